/** Limits: where a sum or a count stands between its bounds, and how bounds shrink as trust grows old. */
import type { CountBounds, MinorBounds, Policy, RandomSelection } from '../protocol/policy.ts';
import type { CheckResult } from './checks.ts';

/** Up to the lower bound: pass. Up to the upper: between. Above: fail. */
export function againstMinor(value: bigint, bounds: MinorBounds): CheckResult {
  return value <= bounds.lower ? 'pass' : value <= bounds.upper ? 'between' : 'fail';
}

export function againstCount(value: number, bounds: CountBounds): CheckResult {
  return value <= bounds.lower ? 'pass' : value <= bounds.upper ? 'between' : 'fail';
}

/** Percent of each limit that an age of the trust bundle leaves: the last step reached; 100 before the first. */
export function trustPercent(policy: Pick<Policy, 'trustAge'>, ageH: number): number {
  let percent = 100;
  for (const step of policy.trustAge) if (ageH >= step.fromH) percent = step.percent;
  return percent;
}

export function scaleMinor(bounds: MinorBounds, percent: number): MinorBounds {
  const share = BigInt(percent);
  return { lower: (bounds.lower * share) / 100n, upper: (bounds.upper * share) / 100n };
}

export function scaleCount(bounds: CountBounds, percent: number): CountBounds {
  return {
    lower: Math.floor((bounds.lower * percent) / 100),
    upper: Math.floor((bounds.upper * percent) / 100),
  };
}

/** Shares are compared in millionths, whole numbers, so that two machines select the same payments. */
const MILLIONTHS_OF_A_PERCENT = 10_000;

/**
 * Whether chance picks this payment to be asked for online (EMV's biased random selection): with the target
 * share below the threshold, from there to the lower bound of a payment rising in line to the highest share.
 * A smaller threshold or bound never picks less.
 *
 * @param lowerMinor lower bound of a payment of this mode, as the age of the trust leaves it
 * @param randomUnit uniform in [0, 1), and not to be foreseen by the customer
 */
export function isSelected(
  selection: RandomSelection,
  amountMinor: bigint,
  lowerMinor: bigint,
  randomUnit: number,
): boolean {
  const { targetPercent, thresholdMinor, maxTargetPercent } = selection;
  const target = targetPercent * MILLIONTHS_OF_A_PERCENT;
  const rise = (maxTargetPercent - targetPercent) * MILLIONTHS_OF_A_PERCENT;
  let share = target;
  if (amountMinor >= lowerMinor) share += rise;
  else if (amountMinor > thresholdMinor) {
    const part = (BigInt(rise) * (amountMinor - thresholdMinor)) / (lowerMinor - thresholdMinor);
    share += Number(part);
  }
  return Math.floor(randomUnit * 100 * MILLIONTHS_OF_A_PERCENT) < share;
}
