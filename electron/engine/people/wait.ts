/**
 * The wait after wrong tries. How long follows from their number, which is on disk; it runs by the monotonic
 * clock of this process. So a clock that is moved forward ends nothing, and a restart begins the wait anew.
 */
import type { EngineCore } from '../core.ts';
import { beganMs, memoryOf } from './memory.ts';

/** Wrong PINs before the first wait; each further one doubles it. */
export const FREE_TRIES = 5;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 60 * 60_000;

export function waitMs(failedTries: number): number {
  const over = failedTries - FREE_TRIES;
  return over < 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** over);
}

/** Milliseconds until this person may try again; 0 when they may now. */
export function waitLeftMs(core: EngineCore, personId: string, failedTries: number): number {
  const untilMs = memoryOf(core).waits.get(personId) ?? beganMs(core) + waitMs(failedTries);
  return Math.max(0, untilMs - core.options.ports.clock.monotonicMs());
}

export function beginWait(core: EngineCore, personId: string, failedTries: number): void {
  memoryOf(core).waits.set(personId, core.options.ports.clock.monotonicMs() + waitMs(failedTries));
}

export function endWait(core: EngineCore, personId: string): void {
  memoryOf(core).waits.set(personId, core.options.ports.clock.monotonicMs());
}
