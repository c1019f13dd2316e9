/** What the window is told while no engine runs: the last known facts, and that no payment is taken. */
import type { TerminalState } from '../../shared/contract/terminal.ts';
import type { Refusal } from '../../shared/refusals.ts';

/** `engine-stopped`: it is being started (again). `storage-failed`: its keys do not open on this machine. */
export type WhyWithoutEngine = Refusal<'engine-stopped' | 'storage-failed'>;

/** @param last the engine's last word, null before the first */
export function stateWithoutEngine(last: TerminalState | null, why: WhyWithoutEngine): TerminalState {
  return {
    phase: 'stopped',
    keyProtection: last?.keyProtection ?? 'passphrase',
    terminal: last?.terminal ?? null,
    cashier: null,
    isTraining: false,
    trust: last?.trust ?? null,
    clock: null,
    sync: {
      reachability: 'unknown',
      isRunning: false,
      unsentPayments: last?.sync.unsentPayments ?? 0,
      unsentSum: last?.sync.unsentSum ?? null,
      exposure: last?.sync.exposure ?? null,
      lastContactAtMs: last?.sync.lastContactAtMs ?? null,
      nextTryAtMs: null,
      tries: 0,
      lastProblem: null,
    },
    disk: last?.disk ?? { level: 'unknown', freeMb: null },
    backup: last?.backup ?? { lastAtMs: null, secondCopy: 'none' },
    stopped: why,
  };
}
