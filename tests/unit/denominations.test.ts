/** Notes and coins for counting a drawer: the table is well formed, and sums come out exactly. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marketCurrencies } from '../../clearing/markets.ts';
import { currencies } from '../../shared/iso-4217.ts';
import { sumOfPieces } from '../../shared/protocol/bodies/shift.ts';
import { denominationsOf, smallestNote } from '../../shared/shift/denominations.ts';

const known = currencies.filter(({ code }) => denominationsOf(code) !== undefined);
const valuesOf = (code: (typeof currencies)[number]['code']): readonly bigint[] => {
  const { notes, coins } = denominationsOf(code) ?? { notes: [], coins: [] };
  return [...notes, ...coins];
};

describe('denominations', () => {
  it('euro → the notes and coins of the European Central Bank, in cents', () => {
    expect(denominationsOf('EUR')).toEqual({
      notes: [50_000n, 20_000n, 10_000n, 5000n, 2000n, 1000n, 500n],
      coins: [200n, 100n, 50n, 20n, 10n, 5n, 2n, 1n],
    });
  });

  it('yen, without minor units → as printed; Kuwaiti dinar, with three digits → in fils', () => {
    expect(denominationsOf('JPY')?.coins).toEqual([500n, 100n, 50n, 10n, 5n, 1n]);
    expect(denominationsOf('KWD')?.notes).toEqual([20_000n, 10_000n, 5000n, 1000n, 500n, 250n]);
    expect(denominationsOf('KWD')?.coins).toEqual([100n, 50n, 20n, 10n, 5n]);
  });

  it('every currency in which this house issues purses → has a row', () => {
    expect(marketCurrencies.filter((code) => denominationsOf(code) === undefined)).toEqual([]);
  });

  it('the most traded currencies of the world → have a row', () => {
    const traded =
      'USD EUR JPY GBP CNY AUD CAD CHF HKD SGD SEK KRW NOK NZD INR MXN TWD ZAR BRL DKK PLN THB ILS IDR CZK AED TRY HUF CLP SAR PHP MYR COP RUB RON PEN';
    expect(traded.split(' ').filter((code) => !known.some((row) => row.code === code))).toEqual([]);
  });

  it.each(known)(
    '$code → largest first, each value once, notes above coins, no part of a minor unit',
    ({ code }) => {
      const { notes, coins } = denominationsOf(code) ?? { notes: [], coins: [] };
      const values = [...notes, ...coins];
      expect(values.every((value) => value > 0n)).toBe(true);
      expect(values).toEqual([...new Set(values)].sort((a, b) => (a > b ? -1 : 1)));
      expect(notes.length).toBeGreaterThan(0);
      expect(values.length).toBeLessThanOrEqual(40);
    },
  );

  it('a currency that nobody has written down → undefined, and its smallest note is ten units', () => {
    expect(denominationsOf('CLF')).toBeUndefined();
    expect(smallestNote('CLF')).toBe(100_000n);
    expect(smallestNote('EUR')).toBe(500n);
    expect(smallestNote('JPY')).toBe(1000n);
    expect(smallestNote('KWD')).toBe(250n);
  });

  it('any drawer, counted piece by piece in any order → the same sum', () => {
    const drawer = fc
      .constantFrom(...known)
      .chain(({ code }) =>
        fc.tuple(
          fc.shuffledSubarray([...valuesOf(code)]),
          fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 20, maxLength: 20 }),
        ),
      );
    fc.assert(
      fc.property(drawer, ([values, counts]) => {
        const pieces = values.map((valueMinor, i) => ({ valueMinor, pieces: counts[i] ?? 0 }));
        const expected = pieces.flatMap(({ valueMinor, pieces: count }) =>
          Array<bigint>(count).fill(valueMinor),
        );
        const sum = expected.reduce((all, value) => all + value, 0n);
        expect(sumOfPieces(pieces)).toBe(sum);
        expect(sumOfPieces(pieces.toReversed())).toBe(sum);
      }),
      { numRuns: 50 },
    );
  });
});
