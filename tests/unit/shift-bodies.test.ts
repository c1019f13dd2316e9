/** Bodies of entries about a drawer's cash: what is written is read back; what is out of bounds is malformed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CashMovedBody,
  type CountedCash,
  cashMovedValue,
  drawerOpenedValue,
  type Pieces,
  readCashMoved,
  readDrawerOpened,
  readShiftCounted,
  readShiftOpened,
  shiftCountedValue,
  shiftOpenedValue,
  sumOfPieces,
} from '../../shared/protocol/bodies/shift.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../shared/protocol/cbor.ts';
import { reading } from '../../shared/protocol/shape.ts';

const viaBytes = (value: CborValue): CborValue => decodeCbor(encodeCbor(value));
const malformed = { ok: false, refusal: { code: 'malformed' } };

const currency = fc.constantFrom('EUR' as const, 'JPY' as const, 'KWD' as const);
const approvedBy = fc.option(fc.string({ maxLength: 8, unit: 'grapheme-ascii' }), { nil: null });
const reason = fc.string({ maxLength: 60, unit: 'grapheme-ascii' });
const pieces: fc.Arbitrary<readonly Pieces[]> = fc.uniqueArray(
  fc.record({ valueMinor: fc.bigInt({ min: 1n, max: 100_000n }), pieces: fc.nat(1000) }),
  { selector: ({ valueMinor }) => valueMinor, maxLength: 40 },
);
const counted: fc.Arbitrary<CountedCash> = fc.oneof(
  fc.record({ totalMinor: fc.bigInt({ min: 0n, max: 10n ** 12n }), pieces: fc.constant(null) }),
  pieces.map((rows) => ({ totalMinor: sumOfPieces(rows), pieces: rows })),
);

describe('bodies of shift entries', () => {
  it('any body → read back as written', () => {
    const number = fc.integer({ min: 1, max: 0xffff_ffff });
    fc.assert(
      fc.property(number, currency, counted, approvedBy, reason, (n, code, cash, by, why) => {
        const opened = { number: n, currency: code, float: cash, approvedBy: by };
        expect(readShiftOpened(viaBytes(shiftOpenedValue(opened)))).toEqual(opened);
        const count = { number: n, currency: code, counted: cash, approvedBy: by };
        expect(readShiftCounted(viaBytes(shiftCountedValue(count)))).toEqual(count);
        const drawer = { currency: code, reason: why, approvedBy: by };
        expect(readDrawerOpened(viaBytes(drawerOpenedValue(drawer)))).toEqual(drawer);
      }),
      { numRuns: 100 },
    );
  });

  it('cash moved in and out → read back as written', () => {
    const moved: fc.Arbitrary<CashMovedBody> = fc.record({
      direction: fc.constantFrom('in' as const, 'out' as const),
      amountMinor: fc.bigInt({ min: 1n, max: 9_007_199_254_740_991n }),
      currency,
      reason,
      approvedBy,
    });
    fc.assert(
      fc.property(moved, (body) => {
        expect(readCashMoved(viaBytes(cashMovedValue(body)))).toEqual(body);
      }),
      { numRuns: 100 },
    );
  });

  it.each<[string, () => unknown]>([
    ['nothing moved', () => readCashMoved([0, 0, 978, 'x', null])],
    ['moved sideways', () => readCashMoved([2, 5, 978, 'x', null])],
    ['moved in no currency', () => readCashMoved([0, 5, 1, 'x', null])],
    ['a reason of 201 bytes', () => readCashMoved([0, 5, 978, 'x'.repeat(201), null])],
    ['an approver of 33 bytes', () => readDrawerOpened([978, 'x', 'y'.repeat(33)])],
    ['shift 0', () => readShiftOpened([0, 978, [0, null], null])],
    ['a float below zero', () => readShiftOpened([1, 978, [-1, null], null])],
    ['pieces that do not make the sum', () => readShiftCounted([1, 978, [5, [[1, 4]]], null])],
    [
      'a coin in two rows',
      () =>
        readShiftCounted([
          1,
          978,
          [
            2,
            [
              [1, 1],
              [1, 1],
            ],
          ],
          null,
        ]),
    ],
    ['a coin of nothing', () => readShiftCounted([1, 978, [0, [[0, 1]]], null])],
    [
      '41 kinds of pieces',
      () => readShiftCounted([1, 978, [0, Array.from({ length: 41 }, (_, i) => [i + 1, 0])], null]),
    ],
    ['one item more', () => readShiftCounted([1, 978, [0, null], null, 0])],
  ])('%s → malformed', (_what, read) => {
    expect(reading(read)).toEqual(malformed);
  });
});
