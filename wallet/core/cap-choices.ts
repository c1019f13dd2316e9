/** Round amounts to choose the cap of a quick code from: 1, 2 or 5 times a power of ten, none above the limit. */

const CHOICES = 4;

/**
 * Rising; the limit itself is the last one, so "all that I may" is one tap.
 * @param limitMinor the most that a code may carry now, minor units; nothing to choose when 0
 */
export function capChoices(limitMinor: bigint): readonly bigint[] {
  if (limitMinor <= 0n) return [];
  const round: bigint[] = [];
  for (let power = 1n; power <= limitMinor; power *= 10n) {
    for (const step of [1n, 2n, 5n]) if (step * power < limitMinor) round.push(step * power);
  }
  return [...round.slice(1 - CHOICES), limitMinor];
}

/** What is chosen before the customer chooses: the amount of last time, else the second. */
export function defaultCap(choices: readonly bigint[], lastMinor: bigint | null): bigint | null {
  const most = choices.at(-1);
  if (most === undefined) return null;
  if (lastMinor !== null && lastMinor > 0n && lastMinor <= most) return lastMinor;
  return choices[1] ?? most;
}
