/** The terminal's state as the engine told it last; the same for every part of the window. */
import { useSyncExternalStore } from 'react';
import type { TerminalState } from '../shared/contract/terminal.ts';
import { callTerminal, onTerminalEvent } from './terminal-client.ts';

let state: TerminalState | null = null;
const listeners = new Set<() => void>();

function set(next: TerminalState): void {
  state = next;
  for (const listener of listeners) listener();
}

/** Call once. */
export function followTerminal(): void {
  onTerminalEvent('state.changed', set);
  void callTerminal('state.get', {}).then((answer) => {
    // An event that came meanwhile is newer than this answer.
    if (answer.ok && state === null) set(answer.value);
  });
}

/** Null until the first word of the terminal. */
export function useTerminalState(): TerminalState | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
