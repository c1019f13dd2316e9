/** When to try the clearing house again: exponential with full jitter, so that wallets do not come all at once. */

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

/**
 * @param failures how many times in a row there was no contact, from 1
 * @param random in [0, 1)
 */
export function retryDelayMs(failures: number, random: number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.round(FIRST_MS / 2 + random * (ceiling - FIRST_MS / 2));
}
