/** What goes wrong in a simulated world, each kind by name and counted: a kind that never came proves nothing. */

export const FAULT_KINDS = [
  // the network, message by message
  'request-lost',
  'answer-lost',
  'message-doubled',
  'message-delayed',
  'message-overtaken',
  'answer-429',
  'answer-500',
  'answer-503',
  'captive-portal',
  'half-request',
  'half-answer',
  'partition',
  // the clearing house
  'clearing-restarted',
  'purse-revoked',
  // a terminal
  'terminal-killed',
  'terminal-killed-before-shown',
  'torn-write',
  'terminal-clock-back',
  'terminal-clock-forward',
  // a wallet
  'wallet-killed-before-commit',
  'wallet-killed-after-commit',
  'wallet-restored',
  'wallet-clock-off',
  // codes that nobody should take
  'invoice-answered-by-two',
  'code-replayed',
  'code-replayed-elsewhere',
  'code-expired',
  'code-altered',
  'code-forged',
  'code-of-unknown-issuer',
  'code-of-other-currency',
  // what they lead to
  'double-spend',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export class FaultCount {
  readonly #counts = new Map<FaultKind, number>(FAULT_KINDS.map((kind) => [kind, 0]));

  happened(kind: FaultKind): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** In the order of FAULT_KINDS. */
  all(): Readonly<Record<FaultKind, number>> {
    return Object.fromEntries(this.#counts) as Record<FaultKind, number>;
  }

  missing(): readonly FaultKind[] {
    return FAULT_KINDS.filter((kind) => this.#counts.get(kind) === 0);
  }
}

/** Mistakes that a test plants to see whether the invariants notice. None in an honest run. */
export type PlantedBug =
  /** Something between terminal and clearing house answers "held" and holds nothing. */
  | 'acknowledged-before-held'
  /** A wallet's storage says "on disk" before it is. */
  | 'wallet-forgets'
  /** A terminal's disk says "on disk" before it is. */
  | 'terminal-forgets'
  /** The cashier is shown "approved" for a code that was used already. */
  | 'shown-twice'
  /** Somebody writes to the ledger past its guards. */
  | 'ledger-bent'
  /** A terminal's queue is never woken again after its first failure. */
  | 'queue-sleeps';
