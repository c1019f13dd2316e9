/**
 * Invariants: what must be true if the program is right. A broken one is a bug, never an input
 * error: it throws, the terminal stops taking payments and keeps its journal.
 */

/** Thrown for a bug of ours. Nothing may catch it in order to go on with money. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantViolation(message);
}

/** The end of a switch that must be exhaustive: does not compile when a case is missing. */
export function unreachable(value: never): never {
  throw new InvariantViolation(`unreachable case: ${JSON.stringify(value)}`);
}
