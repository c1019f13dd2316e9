/** What an order comes to (docs/sales.md): exact, whole, and the same in whichever order the lines came. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currencies } from '../../shared/iso-4217.ts';
import { type Discount, emptyOrder, type LineTax, type OrderLine } from '../../shared/sale/order.ts';
import { divideRounded, shareOut } from '../../shared/sale/rounding.ts';
import { discountOn, dueOf, fullLine, orderTotals, taxOf } from '../../shared/sale/totals.ts';

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

const NO_TAX: LineTax = { taxRateId: '', name: '', basisPoints: 0, isIncluded: true };
const rate = (basisPoints: number, isIncluded: boolean): LineTax => ({
  taxRateId: `r${basisPoints}`,
  name: `${basisPoints}`,
  basisPoints,
  isIncluded,
});

function line(lineId: number, priceMinor: bigint, more: Partial<OrderLine> = {}): OrderLine {
  return {
    lineId,
    itemId: null,
    name: 'Thing',
    priceMinor,
    overridden: null,
    quantity: 1000n,
    tax: NO_TAX,
    discount: null,
    note: '',
    addedBy: 'c1',
    ...more,
  };
}

const percent = (basisPoints: bigint): Discount => ({
  kind: 'percent',
  value: basisPoints,
  atMostBasisPoints: 10_000,
  by: 'c1',
  approvedBy: null,
});
const amount = (minor: bigint, atMostBasisPoints = 10_000): Discount => ({
  ...percent(0n),
  kind: 'amount',
  value: minor,
  atMostBasisPoints,
});

const discounts = fc.option(
  fc.oneof(
    fc.bigInt(0n, 10_000n).map(percent),
    fc
      .tuple(fc.bigInt(0n, 1_000_000n), fc.integer({ min: 0, max: 10_000 }))
      .map(([a, most]) => amount(a, most)),
  ),
);
const taxes = fc
  .tuple(fc.constantFrom(0, 250, 550, 700, 770, 1000, 1900, 2100, 2550), fc.boolean())
  .map(([basisPoints, isIncluded]) => rate(basisPoints, isIncluded));
const lines = fc
  .array(
    fc.record({
      price: fc.bigInt(0n, 1_000_000n),
      quantity: fc.oneof(
        fc.bigInt(1n, 20n).map((n) => n * 1000n),
        fc.bigInt(1n, 9_999n),
      ),
      tax: taxes,
      discount: discounts,
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((records) =>
    records.map(({ price, quantity, tax, discount }, i) => line(i + 1, price, { quantity, tax, discount })),
  );
const orders = fc.record({ lines, discount: discounts, tip: fc.constant(null) });

describe('5 rounding', () => {
  it.each([
    [5n, 2n, 3n],
    [-5n, 2n, -3n],
    [4n, 3n, 1n],
    [-4n, 3n, -1n],
    [7n, 2n, 4n],
    [0n, 9n, 0n],
  ])('%s ÷ %s → %s, a half goes away from zero', (numerator, denominator, expected) => {
    expect(divideRounded(numerator, denominator)).toBe(expected);
  });

  it('any whole, any weights → parts sum exactly to the whole, each within one unit of its true share', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 10n ** 12n),
        fc.array(fc.bigInt(0n, 10n ** 9n), { minLength: 1, maxLength: 30 }),
        (whole, weights) => {
          const all = sum(weights);
          fc.pre(all > 0n);
          const parts = shareOut(whole, weights);
          expect(sum(parts)).toBe(whole);
          for (const [i, part] of parts.entries()) {
            const floor = (whole * (weights[i] ?? 0n)) / all;
            expect(part === floor || part === floor + 1n).toBe(true);
            if (whole <= all) expect(part).toBeLessThanOrEqual(weights[i] ?? 0n);
          }
        },
      ),
    );
  });

  it('10 over three equal weights → 4, 3, 3: the rest goes to the first of equals', () => {
    expect(shareOut(10n, [1n, 1n, 1n])).toEqual([4n, 3n, 3n]);
  });
});

describe('5 totals', () => {
  it('any order → lines, discounts, rates and total sum exactly, nothing is negative', () => {
    fc.assert(
      fc.property(orders, (order) => {
        const totals = orderTotals(order);
        const priced = sum(
          totals.taxes.map(({ tax, netMinor, grossMinor }) => (tax.isIncluded ? grossMinor : netMinor)),
        );
        expect(sum(totals.lines.map(({ amountMinor }) => amountMinor))).toBe(priced);
        expect(priced).toBe(totals.subtotalMinor - totals.orderDiscountMinor);
        expect(sum(totals.lines.map((of) => of.orderDiscountMinor))).toBe(totals.orderDiscountMinor);
        expect(sum(totals.taxes.map(({ grossMinor }) => grossMinor))).toBe(totals.totalMinor);
        for (const tax of totals.taxes) {
          expect(tax.netMinor + tax.taxMinor).toBe(tax.grossMinor);
          expect([tax.netMinor, tax.taxMinor, tax.grossMinor].every((minor) => minor >= 0n)).toBe(true);
        }
        for (const of of totals.lines) {
          const parts = [of.fullMinor, of.discountMinor, of.orderDiscountMinor, of.amountMinor];
          expect(parts.every((minor) => minor >= 0n)).toBe(true);
        }
        expect(totals.totalMinor).toBeGreaterThanOrEqual(0n);
      }),
    );
  });

  it('the same lines in another order → the same total and the same tax table', () => {
    fc.assert(
      fc.property(
        orders.chain((order) =>
          fc.record({
            order: fc.constant(order),
            shuffled: fc.shuffledSubarray([...order.lines], { minLength: order.lines.length }),
          }),
        ),
        ({ order, shuffled }) => {
          const one = orderTotals(order);
          const other = orderTotals({ ...order, lines: shuffled });
          expect({ ...other, lines: [] }).toEqual({ ...one, lines: [] });
        },
      ),
    );
  });

  it('a net price, tax put on, taken as a price with tax → the same tax, at every rate', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 12n), fc.integer({ min: 1, max: 20_000 }), (net, basisPoints) => {
        const tax = taxOf(net, basisPoints, false);
        expect(taxOf(net + tax, basisPoints, true)).toBe(tax);
      }),
    );
  });

  it('a price with tax, tax taken out and put on again → at most one unit away', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 12n), fc.integer({ min: 1, max: 9_999 }), (gross, basisPoints) => {
        const tax = taxOf(gross, basisPoints, true);
        const again = taxOf(gross - tax, basisPoints, false);
        expect([-1n, 0n, 1n]).toContain(again - tax);
      }),
    );
  });

  it('two rates, one included and one on top, 10 % off the order → each rate pays its part', () => {
    const order = {
      lines: [line(1, 1190n, { tax: rate(1900, true) }), line(2, 1000n, { tax: rate(700, false) })],
      discount: percent(1000n),
      tip: null,
    };
    const totals = orderTotals(order);
    expect(totals.orderDiscountMinor).toBe(219n);
    expect(totals.taxes.map(({ tax, netMinor, taxMinor }) => [tax.basisPoints, netMinor, taxMinor])).toEqual([
      [700, 900n, 63n],
      [1900, 900n, 171n],
    ]);
    expect(totals.totalMinor).toBe(963n + 1071n);
  });

  it('the tax of three lines at one rate → is rounded once, not three times', () => {
    const three = [1, 2, 3].map((id) => line(id, 33n, { tax: rate(1000, false) }));
    expect(orderTotals({ lines: three, discount: null, tip: null }).taxMinor).toBe(10n);
  });

  it('1.250 kg at 1.99 → 2.49', () => {
    expect(fullLine({ priceMinor: 199n, quantity: 1250n })).toBe(249n);
  });

  it('five off by somebody who may give 5 % → five off 100, 30 cents off 6', () => {
    expect(discountOn(10_000n, amount(500n, 500))).toBe(500n);
    expect(discountOn(600n, amount(500n, 500))).toBe(30n);
  });

  it('minor units of every currency → are never looked at: one unit is one unit', () => {
    expect([...new Set(currencies.map(({ minorUnits }) => minorUnits))].sort()).toEqual([0, 2, 3, 4]);
    const order = { lines: [line(1, 1n, { quantity: 3000n })], discount: null, tip: null };
    expect(orderTotals(order).totalMinor).toBe(3n);
  });
});

describe('5 what is due', () => {
  const order = {
    ...emptyOrder('00'),
    lines: [line(1, 1000n)],
    tip: { kind: 'percent', value: 1000n } as const,
  };
  const totals = orderTotals(order);
  const tender = { roundingMinor: 0n, tipMinor: 0n, givenMinor: null, sale: null, atMs: 0, takenBy: 'c1' };

  it('a tip of 10 % → on top of the total, apart from it and never taxed', () => {
    expect([totals.totalMinor, totals.tipMinor, totals.taxMinor]).toEqual([1000n, 100n, 0n]);
    expect(dueOf(totals, []).restMinor).toBe(1100n);
  });

  it('tenders → goods first, then the tip; rounding is neither', () => {
    const paid = { ...tender, method: 'cash', amountMinor: 600n };
    expect(dueOf(totals, [paid])).toEqual({ goodsMinor: 400n, tipMinor: 100n, restMinor: 500n });
    const last = { ...tender, method: 'cash', amountMinor: 502n, roundingMinor: 2n, tipMinor: 100n };
    expect(dueOf(totals, [paid, last]).restMinor).toBe(0n);
  });
});
