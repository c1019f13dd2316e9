/**
 * What a settlement comes to: fees, reserve and payout. Pure, in whole minor units of one currency. It never pays out
 * more than the receivable holds, and what it cannot take or pay is carried to the next cycle to the last unit.
 */
import type { FeeSchedule } from '../db/settlement-terms.ts';

const ALL_BASIS_POINTS = 10_000n;

/** Of one payment: the share rounded down, for the merchant; never more than the payment. */
export function feeOf(
  amountMinor: bigint,
  fees: Pick<FeeSchedule, 'basisPoints' | 'fixedMinor' | 'minimumMinor'> | undefined,
): bigint {
  if (fees === undefined) return 0n;
  const share = (amountMinor * BigInt(fees.basisPoints)) / ALL_BASIS_POINTS;
  const fee = (share > fees.minimumMinor ? share : fees.minimumMinor) + fees.fixedMinor;
  return fee < amountMinor ? fee : amountMinor;
}

export interface CycleSums {
  /** What earlier cycles left to be paid; negative when refunds took more than was sold. */
  readonly openingMinor: bigint;
  readonly paymentsMinor: bigint;
  readonly refundsMinor: bigint;
  /** Given back to the merchant since the settlement before. */
  readonly correctionsMinor: bigint;
  /** Of this cycle's payments, with what an earlier cycle could not take. */
  readonly feesChargedMinor: bigint;
  readonly reserveBasisPoints: number;
  /** Reserves that end with this cycle. */
  readonly releasedMinor: bigint;
  /** What the account holds now: later refunds may have drawn on it already. */
  readonly receivableMinor: bigint;
}

export interface CycleNet {
  readonly feesTakenMinor: bigint;
  readonly reserveHeldMinor: bigint;
  readonly payoutMinor: bigint;
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const notNegative = (a: bigint): bigint => (a < 0n ? 0n : a);

export function netOf(sums: CycleSums): CycleNet {
  const due = sums.openingMinor + sums.paymentsMinor - sums.refundsMinor + sums.correctionsMinor;
  const available = notNegative(least(due, sums.receivableMinor));
  const feesTakenMinor = least(sums.feesChargedMinor, available);
  const afterFees = available - feesTakenMinor;
  const sold = notNegative(sums.paymentsMinor - sums.refundsMinor);
  // rounded up: a reserve is given back whole
  const share = (sold * BigInt(sums.reserveBasisPoints) + ALL_BASIS_POINTS - 1n) / ALL_BASIS_POINTS;
  const reserveHeldMinor = least(share, afterFees);
  // a merchant in debt gets a reserve back only as far as the debt leaves something of it
  const released = notNegative(sums.releasedMinor - notNegative(-due));
  return { feesTakenMinor, reserveHeldMinor, payoutMinor: afterFees - reserveHeldMinor + released };
}

/** What is left to be paid after it. */
export function closingOf(sums: CycleSums, net: CycleNet): bigint {
  return (
    sums.openingMinor +
    sums.paymentsMinor -
    sums.refundsMinor +
    sums.correctionsMinor -
    net.feesTakenMinor -
    net.reserveHeldMinor +
    sums.releasedMinor -
    net.payoutMinor
  );
}
