/** Exponential backoff with full jitter: a uniform draw below min(cap, base × 2^n), so that terminals that
 * come back together do not knock together. */

const BASE_MS = 1000;
const CAP_MS = 5 * 60_000;

/** @param tries failed tries so far, from 1; @param jitter uniform in [0, 1) */
export function backoffMs(tries: number, jitter: number): number {
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(tries - 1, 20));
  return Math.ceil(jitter * ceiling);
}
