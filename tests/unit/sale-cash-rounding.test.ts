/** Cash rounds to what coins can make, by currency (docs/sales.md). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CurrencyCode, currencies } from '../../shared/iso-4217.ts';
import { cashRoundingOf, roundCash } from '../../shared/sale/cash-rounding.ts';

const rounded = (minor: bigint, currency: CurrencyCode, isEuroRounded = false): bigint =>
  roundCash(minor, cashRoundingOf(currency, isEuroRounded));

describe('5 cash rounding', () => {
  it.each([
    ['CHF', 1_002n, 1_000n],
    ['CHF', 1_003n, 1_005n],
    ['SEK', 1_049n, 1_000n],
    ['SEK', 1_050n, 1_100n],
    ['NOK', 1_050n, 1_100n],
    ['ISK', 1_051n, 1_051n],
    ['DKK', 1_024n, 1_000n],
    ['DKK', 1_025n, 1_050n],
    ['DKK', 1_075n, 1_100n],
    ['CAD', 1_002n, 1_000n],
    ['AUD', 1_008n, 1_010n],
    ['NZD', 1_005n, 1_000n],
    ['NZD', 1_006n, 1_010n],
    ['HUF', 100_249n, 100_000n],
    ['HUF', 100_250n, 100_500n],
    ['CZK', 1_050n, 1_100n],
    ['ILS', 1_005n, 1_010n],
    ['ZAR', 1_005n, 1_000n],
    ['SGD', 1_007n, 1_005n],
    ['MYR', 1_008n, 1_010n],
    ['HKD', 1_005n, 1_010n],
    ['EUR', 1_002n, 1_002n],
    ['USD', 1_002n, 1_002n],
    ['JPY', 1_002n, 1_002n],
    ['KWD', 1_002n, 1_002n],
  ] as const)('%s %s → %s', (currency, minor, expected) => {
    expect(rounded(minor, currency)).toBe(expected);
  });

  it('euro where the shop rounds → to five cents', () => {
    expect([1_002n, 1_003n, 1_007n, 1_008n].map((minor) => rounded(minor, 'EUR', true))).toEqual([
      1_000n,
      1_005n,
      1_005n,
      1_010n,
    ]);
  });

  it('any amount in any currency → a multiple of the step, at most half a step away, never negative', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 10n ** 15n),
        fc.constantFrom(...currencies.map(({ code }) => code)),
        fc.boolean(),
        (minor, currency, isEuroRounded) => {
          const rounding = cashRoundingOf(currency, isEuroRounded);
          const cash = roundCash(minor, rounding);
          expect(cash % rounding.stepMinor).toBe(0n);
          expect(cash >= 0n).toBe(true);
          const away = cash > minor ? cash - minor : minor - cash;
          expect(2n * away <= rounding.stepMinor).toBe(true);
          expect(roundCash(cash, rounding)).toBe(cash);
        },
      ),
    );
  });
});
