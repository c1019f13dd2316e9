/** Orders as bytes: what was written is what is read, and an order that does not add up is not read at all. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type OrderClosedBody,
  openOrderValue,
  orderClosedValue,
  orderDiscardedValue,
  orderParkedValue,
  readOpenOrder,
  readOrderClosed,
  readOrderDiscarded,
  readOrderParked,
} from '../../shared/protocol/bodies/order.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../shared/protocol/cbor.ts';
import { reading } from '../../shared/protocol/shape.ts';
import type { Discount, OpenOrder, OrderLine, Tender } from '../../shared/sale/order.ts';
import { orderTotals } from '../../shared/sale/totals.ts';

const again = (value: CborValue): CborValue => decodeCbor(encodeCbor(value));

const person = fc.stringMatching(/^[a-z0-9]{1,16}$/);
const leave = { by: person, approvedBy: fc.option(person) };
const discount: fc.Arbitrary<Discount> = fc.record({
  kind: fc.constantFrom('percent', 'amount'),
  value: fc.bigInt(1n, 10_000n),
  atMostBasisPoints: fc.integer({ min: 0, max: 10_000 }),
  ...leave,
});
const text = (maxLength: number) =>
  fc.string({ unit: 'grapheme', maxLength }).filter((one) => one.isWellFormed());
const line: fc.Arbitrary<Omit<OrderLine, 'lineId'>> = fc.record({
  itemId: fc.option(fc.stringMatching(/^[a-z]{1,20}$/)),
  name: text(8),
  priceMinor: fc.bigInt(0n, 1_000_000n),
  overridden: fc.option(fc.record({ listPriceMinor: fc.bigInt(0n, 1_000_000n), ...leave })),
  quantity: fc.bigInt(1n, 100_000n),
  tax: fc.record({
    taxRateId: fc.constantFrom('', 'standard', 'reduced'),
    name: text(4),
    basisPoints: fc.integer({ min: 0, max: 10_000 }),
    isIncluded: fc.boolean(),
  }),
  discount: fc.option(discount),
  note: text(8),
  addedBy: person,
});
const order: fc.Arbitrary<OpenOrder> = fc
  .record({
    lines: fc.array(line, { minLength: 1, maxLength: 6 }),
    discount: fc.option(discount),
    tip: fc.option(fc.record({ kind: fc.constant('amount' as const), value: fc.bigInt(1n, 5000n) })),
    note: text(8),
    name: text(8),
  })
  .map((fields) => ({
    ...fields,
    orderId: '6553f100a1b2c3d4',
    lines: fields.lines.map((one, i) => ({ ...one, lineId: i + 1 })),
    nextLineId: fields.lines.length + 1,
    tenders: [],
  }));

/** Paid by one tender in cash, rounded by a little. */
function closedOf(open: OpenOrder, roundingMinor: bigint): OrderClosedBody {
  const totals = orderTotals(open);
  const dueMinor = totals.totalMinor + totals.tipMinor;
  const rounded = dueMinor + roundingMinor < 0n ? 0n : dueMinor + roundingMinor;
  const tender: Tender = {
    method: 'cash',
    amountMinor: rounded,
    roundingMinor: rounded - dueMinor,
    tipMinor: totals.tipMinor,
    givenMinor: rounded + 5n,
    sale: null,
    atMs: 1_767_229_200_000,
    takenBy: 'c1',
  };
  return {
    orderId: open.orderId,
    currency: 'CHF',
    shiftId: 3,
    closedBy: 'c1',
    name: open.name,
    note: open.note,
    lines: open.lines.map((one, i) => {
      const of = totals.lines[i];
      if (of === undefined) throw new Error('a line without totals');
      return { ...one, ...of };
    }),
    discount: open.discount,
    orderDiscountMinor: totals.orderDiscountMinor,
    taxes: totals.taxes,
    totalMinor: totals.totalMinor,
    tipMinor: totals.tipMinor,
    tenders: [tender],
  };
}

describe('5 orders as bytes', () => {
  it('any order, open or closed → read as it was written', () => {
    fc.assert(
      fc.property(order, fc.bigInt(-2n, 2n), (open, roundingMinor) => {
        expect(readOpenOrder(again(openOrderValue(open)))).toEqual(open);
        const closed = closedOf(open, roundingMinor);
        expect(readOrderClosed(again(orderClosedValue(closed)))).toEqual(closed);
        const { orderId, currency, name, note, lines, totalMinor } = closed;
        const discarded = {
          orderId,
          currency,
          name,
          note,
          lines,
          totalMinor,
          cashBackMinor: 7n,
          reason: 'left',
        };
        expect(readOrderDiscarded(again(orderDiscardedValue(discarded)))).toEqual(discarded);
        const parked = { orderId, currency, is: 'parked', name, lines: lines.length, totalMinor } as const;
        expect(readOrderParked(again(orderParkedValue(parked)))).toEqual(parked);
      }),
      { numRuns: 50 },
    );
  });

  it('any one sum that is a unit off → malformed', () => {
    fc.assert(
      fc.property(order, (open) => {
        const body = closedOf(open, 0n);
        const [first, ...others] = body.lines;
        const [tax, ...taxes] = body.taxes;
        const [tender] = body.tenders;
        if (first === undefined || tax === undefined || tender === undefined) throw new Error('no order');
        const wrong: readonly OrderClosedBody[] = [
          { ...body, totalMinor: body.totalMinor + 1n },
          { ...body, tipMinor: body.tipMinor + 1n },
          { ...body, orderDiscountMinor: body.orderDiscountMinor + 1n },
          { ...body, lines: [{ ...first, amountMinor: first.amountMinor + 1n }, ...others] },
          {
            ...body,
            lines: [
              { ...first, fullMinor: first.fullMinor + 1n, amountMinor: first.amountMinor + 1n },
              ...others,
            ],
          },
          { ...body, taxes: [{ ...tax, taxMinor: tax.taxMinor + 1n }, ...taxes] },
          {
            ...body,
            taxes: [{ ...tax, taxMinor: tax.taxMinor + 1n, grossMinor: tax.grossMinor + 1n }, ...taxes],
          },
          { ...body, tenders: [{ ...tender, amountMinor: tender.amountMinor + 1n }] },
          { ...body, tenders: [tender, tender] },
        ];
        for (const one of wrong) {
          // a second tender of nothing adds nothing
          if (one.tenders.length === 2 && tender.amountMinor === 0n) continue;
          expect(reading(() => readOrderClosed(again(orderClosedValue(one))))).toEqual({
            ok: false,
            refusal: { code: 'malformed' },
          });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('cash of which more was taken than given → malformed', () => {
    const open: OpenOrder = {
      orderId: '6553f100a1b2c3d4',
      name: '',
      note: '',
      lines: [
        {
          lineId: 1,
          itemId: null,
          name: 'Lamp',
          priceMinor: 100n,
          overridden: null,
          quantity: 1000n,
          tax: { taxRateId: '', name: '', basisPoints: 0, isIncluded: true },
          discount: null,
          note: '',
          addedBy: 'c1',
        },
      ],
      nextLineId: 2,
      discount: null,
      tip: null,
      tenders: [],
    };
    const body = closedOf(open, 0n);
    const tenders = body.tenders.map((tender) => ({ ...tender, givenMinor: 99n }));
    expect(reading(() => readOrderClosed(again(orderClosedValue({ ...body, tenders }))))).toMatchObject({
      ok: false,
    });
  });
});
