/**
 * The bridge: what the window can reach, and all of it. Derived from the contract by type alone; main checks
 * names, senders and shapes. It must never hand over an Electron object, an event or a free channel name.
 */
import { contextBridge, ipcRenderer } from 'electron';
import type {
  CallParams,
  CallResult,
  EventPayload,
  TerminalCall,
  TerminalEvent,
} from '../shared/contract/terminal.ts';
import type { Refusal } from '../shared/refusals.ts';
import type { Result } from '../shared/result.ts';
import { CALL_CHANNEL, EVENT_CHANNEL } from './ipc-channels.ts';

export interface TerminalBridge {
  /** Asks the terminal. Never rejects for an outcome that can happen: those come as refusals. */
  call<C extends TerminalCall>(name: C, params: CallParams<C>): Promise<Result<CallResult<C>, Refusal>>;
  /** Listens until the answer is called. */
  on<E extends TerminalEvent>(event: E, listener: (payload: EventPayload<E>) => void): () => void;
}

const bridge: TerminalBridge = {
  call(name, params) {
    return ipcRenderer.invoke(CALL_CHANNEL, name, params);
  },
  on(event, listener) {
    // The first argument is Electron's event with its sender: it stays here.
    const forward = (_event: unknown, name: string, payload: unknown) => {
      if (name === event) listener(payload as EventPayload<typeof event>);
    };
    ipcRenderer.on(EVENT_CHANNEL, forward);
    return () => {
      ipcRenderer.removeListener(EVENT_CHANNEL, forward);
    };
  },
};

contextBridge.exposeInMainWorld('fieldtill', Object.freeze(bridge));
