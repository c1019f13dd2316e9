/**
 * The window's way to the terminal: typed by the contract, nothing added. A call never throws for an outcome
 * that can happen; if the bridge itself breaks, that is the engine being out of reach.
 */
import type {
  CallParams,
  CallResult,
  EventPayload,
  TerminalCall,
  TerminalEvent,
} from '../shared/contract/terminal.ts';
import type { Refusal } from '../shared/refusals.ts';
import { type Result, refused } from '../shared/result.ts';

interface TerminalBridge {
  call<C extends TerminalCall>(name: C, params: CallParams<C>): Promise<Result<CallResult<C>, Refusal>>;
  on<E extends TerminalEvent>(event: E, listener: (payload: EventPayload<E>) => void): () => void;
}

declare global {
  interface Window {
    /** Put there by electron/preload.ts. */
    readonly fieldtill: TerminalBridge;
  }
}

export async function callTerminal<C extends TerminalCall>(
  name: C,
  params: CallParams<C>,
): Promise<Result<CallResult<C>, Refusal>> {
  try {
    return await window.fieldtill.call(name, params);
  } catch {
    // Main is ending, or the message could not be carried: either way nobody answered.
    return refused({ code: 'engine-stopped' });
  }
}

/** Listens until the answer is called. */
export function onTerminalEvent<E extends TerminalEvent>(
  event: E,
  listener: (payload: EventPayload<E>) => void,
): () => void {
  return window.fieldtill.on(event, listener);
}
