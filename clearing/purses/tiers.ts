/**
 * What a customer of a tier may carry offline. Tiers are stated in units of about one euro; the market of the
 * currency (markets.ts) says how much that is in its own money, and which markets there are at all.
 */
import { invariant } from '../../shared/assert.ts';
import { unitMinorOf } from '../markets.ts';

interface Tier {
  readonly allowanceUnits: bigint;
  readonly perPaymentUnits: bigint;
  readonly reservedUnits: bigint;
  readonly openPurses: number;
}

/** From tier 1, where everybody begins. */
const TIERS: readonly Tier[] = [
  { allowanceUnits: 200n, perPaymentUnits: 50n, reservedUnits: 1000n, openPurses: 5 },
  { allowanceUnits: 500n, perPaymentUnits: 150n, reservedUnits: 2000n, openPurses: 8 },
  { allowanceUnits: 1000n, perPaymentUnits: 300n, reservedUnits: 5000n, openPurses: 10 },
];

export interface PurseCaps {
  readonly tier: number;
  /** Of one purse, minor units. */
  readonly allowanceMinor: bigint;
  readonly perPaymentMinor: bigint;
  readonly paymentCount: number;
  /** Of all purses of one currency that can still pay: how many, and their allowances together. */
  readonly openPurses: number;
  readonly reservedMinor: bigint;
  /** Purses of one currency that are not returned yet, whatever became of them. */
  readonly heldPurses: number;
}

/** Undefined where this house does not work. @param tier 1, 2 or 3 */
export function capsOf(tier: number, currency: string): PurseCaps | undefined {
  const caps = TIERS[tier - 1];
  invariant(caps !== undefined, 'a customer of no tier');
  const unit = unitMinorOf(currency);
  return unit === undefined
    ? undefined
    : {
        tier,
        allowanceMinor: caps.allowanceUnits * unit,
        perPaymentMinor: caps.perPaymentUnits * unit,
        paymentCount: 200,
        openPurses: caps.openPurses,
        reservedMinor: caps.reservedUnits * unit,
        heldPurses: 4 * caps.openPurses,
      };
}

/** Days from issue to expiry of a purse. */
export const PURSE_DAYS = 30;
/** In the last days of a purse its renewal takes its place under the caps; before, it is one purse more. */
export const RENEWAL_DAYS = 10;
