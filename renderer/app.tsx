/** Which screen stands in the window: fixed by the terminal's phase, never by the window itself. */
import { useEffect, useState } from 'react';
import type { TerminalState } from '../shared/contract/terminal.ts';
import { callTerminal, onTerminalEvent } from './terminal-client.ts';

export function App() {
  const [state, setState] = useState<TerminalState | null>(null);
  useEffect(() => {
    void callTerminal('state.get', {}).then((answer) => {
      if (answer.ok) setState(answer.value);
    });
    return onTerminalEvent('state.changed', setState);
  }, []);
  return <main data-phase={state?.phase ?? 'unknown'}>{state?.phase}</main>;
}
