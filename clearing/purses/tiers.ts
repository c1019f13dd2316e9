/** What a customer of a tier may carry offline, in units of about one euro (markets.ts). */
export interface Tier {
  readonly tier: number;
  readonly allowanceUnits: bigint;
  readonly perPaymentUnits: bigint;
  readonly paymentCount: number;
  /** Of one currency, open at one time. */
  readonly openPurses: number;
}

/** Everybody begins here. */
export const TIER_1: Tier = {
  tier: 1,
  allowanceUnits: 200n,
  perPaymentUnits: 50n,
  paymentCount: 200,
  openPurses: 5,
};

/** Days from issue to expiry of a purse. */
export const PURSE_DAYS = 30;
