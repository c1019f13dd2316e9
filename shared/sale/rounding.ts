/**
 * The two operations by which an amount may be divided, and no others: rounded half away from zero, or shared
 * out without a remainder (docs/sales.md). Bigint only; a float would lose a cent that a tax office finds.
 */
import { invariant } from '../assert.ts';

/** `numerator / denominator` to the nearest whole number; a half goes away from zero. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  invariant(denominator > 0n, 'a division by nothing');
  const magnitude = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * magnitude + denominator) / (2n * denominator);
  return numerator < 0n ? -rounded : rounded;
}

/**
 * Shares a whole out by weights, exactly: every part is the true share rounded down, and what is left over goes,
 * one unit each, to the largest remainders; of equal ones to the first. Parts are never more than their weight
 * when the whole is not more than all weights together.
 * @param whole zero or more
 * @param weights zero or more each; when all are zero the whole must be zero too
 */
export function shareOut(whole: bigint, weights: readonly bigint[]): readonly bigint[] {
  const sum = weights.reduce((total, weight) => total + weight, 0n);
  invariant(whole >= 0n && weights.every((weight) => weight >= 0n), 'a share of less than nothing');
  invariant(sum > 0n || whole === 0n, 'nobody to share with');
  if (sum === 0n) return weights.map(() => 0n);
  const parts = weights.map((weight) => (whole * weight) / sum);
  const left = whole - parts.reduce((total, part) => total + part, 0n);
  const byRemainder = weights
    .map((weight, i) => ({ i, remainder: (whole * weight) % sum }))
    .sort((a, b) => (a.remainder === b.remainder ? a.i - b.i : a.remainder > b.remainder ? -1 : 1));
  for (const { i } of byRemainder.slice(0, Number(left))) parts[i] = (parts[i] ?? 0n) + 1n;
  return parts;
}
