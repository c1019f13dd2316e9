/** What a settlement comes to: to the last minor unit, for any sums. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closingOf, feeOf, netOf } from '../../clearing/settlement/net.ts';
import { convertMinor } from '../../shared/protocol/exchange-rate.ts';

const minor = fc.bigInt({ min: 0n, max: 10n ** 12n });

describe('fees', () => {
  it.each([
    [1000n, { basisPoints: 150, fixedMinor: 10n, minimumMinor: 0n }, 25n],
    [1999n, { basisPoints: 150, fixedMinor: 0n, minimumMinor: 0n }, 29n],
    [100n, { basisPoints: 150, fixedMinor: 5n, minimumMinor: 20n }, 25n],
    [7n, { basisPoints: 150, fixedMinor: 5n, minimumMinor: 20n }, 7n],
    [7n, undefined, 0n],
  ])('%s by %o → %s', (amount, schedule, fee) => {
    expect(feeOf(amount, schedule)).toBe(fee);
  });

  it('any payment and schedule → never negative, never more than the payment', () => {
    fc.assert(
      fc.property(
        minor,
        fc.integer({ min: 0, max: 10_000 }),
        minor,
        minor,
        (amount, basisPoints, fixed, least) => {
          const fee = feeOf(amount, { basisPoints, fixedMinor: fixed, minimumMinor: least });
          return fee >= 0n && fee <= amount;
        },
      ),
    );
  });
});

describe('netting', () => {
  it('any sums → never pays more than the receivable with the reserve that ends, and loses nothing', () => {
    fc.assert(
      fc.property(
        fc.record({
          openingMinor: fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }),
          paymentsMinor: minor,
          refundsMinor: minor,
          correctionsMinor: minor,
          feesChargedMinor: minor,
          reserveBasisPoints: fc.integer({ min: 0, max: 10_000 }),
          releasedMinor: minor,
          receivableMinor: minor,
        }),
        (sums) => {
          const net = netOf(sums);
          const out = net.feesTakenMinor + net.reserveHeldMinor + net.payoutMinor;
          const due = sums.openingMinor + sums.paymentsMinor - sums.refundsMinor + sums.correctionsMinor;
          expect(net.payoutMinor >= 0n && net.reserveHeldMinor >= 0n && net.feesTakenMinor >= 0n).toBe(true);
          expect(net.feesTakenMinor <= sums.feesChargedMinor).toBe(true);
          expect(out <= sums.receivableMinor + sums.releasedMinor).toBe(true);
          expect(closingOf(sums, net)).toBe(due + sums.releasedMinor - out);
        },
      ),
    );
  });

  it('a merchant in debt → the reserve pays the debt before the merchant', () => {
    const sums = {
      openingMinor: -300n,
      paymentsMinor: 100n,
      refundsMinor: 0n,
      correctionsMinor: 0n,
      feesChargedMinor: 10n,
      reserveBasisPoints: 500,
      releasedMinor: 250n,
      receivableMinor: 0n,
    };
    const net = netOf(sums);
    expect(net).toEqual({ feesTakenMinor: 0n, reserveHeldMinor: 0n, payoutMinor: 50n });
    expect(closingOf(sums, net)).toBe(0n);
  });
});

describe('conversion', () => {
  it.each([
    [1000n, 'EUR', 'USD', 10834n, 4, 1083n],
    [1000n, 'EUR', 'JPY', 1621n, 1, 1621n],
    [999n, 'JPY', 'EUR', 617n, 5, 616n],
    [100n, 'EUR', 'KWD', 333n, 3, 333n],
    [1n, 'JPY', 'KWD', 1n, 6, 0n],
  ] as const)('%s %s in %s at %s/10^%s → %s, rounded down', (amount, from, to, mantissa, scale, expected) => {
    expect(convertMinor(amount, { from, to, mantissa, scale })).toBe(expected);
  });
});
