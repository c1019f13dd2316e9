/** Limits: where a sum or a count stands between its bounds, and how bounds shrink as trust grows old. */
import type { CountBounds, MinorBounds, Policy } from '../protocol/policy.ts';
import type { CheckResult } from './checks.ts';

/** Up to the lower bound: pass. Up to the upper: between. Above: fail. */
export function againstMinor(value: bigint, bounds: MinorBounds): CheckResult {
  return value <= bounds.lower ? 'pass' : value <= bounds.upper ? 'between' : 'fail';
}

export function againstCount(value: number, bounds: CountBounds): CheckResult {
  return value <= bounds.lower ? 'pass' : value <= bounds.upper ? 'between' : 'fail';
}

/** Percent of each limit that an age of the trust bundle leaves: the last step reached; 100 before the first. */
export function trustPercent(policy: Policy, ageH: number): number {
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
