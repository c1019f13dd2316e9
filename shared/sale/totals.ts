/**
 * What an order comes to: line amounts, discounts, tax per rate, total, tip, and what is still due. Pure and
 * exact; the rules and their sources are in docs/sales.md. The order in which lines were added changes nothing.
 */

import { MAX_MINOR } from '../money.ts';
import { type Discount, type LineTax, ONE, type OpenOrder, type OrderLine, type Tender } from './order.ts';
import { divideRounded, shareOut } from './rounding.ts';

const BASIS = 10_000n;

export interface LineTotals {
  readonly lineId: number;
  /** Price times quantity. */
  readonly fullMinor: bigint;
  /** The line's own discount. */
  readonly discountMinor: bigint;
  /** Its share of the order's discount. */
  readonly orderDiscountMinor: bigint;
  /** What is left, as it is priced: with its tax where the tax is included, else without. */
  readonly amountMinor: bigint;
}

export interface TaxTotals {
  readonly tax: LineTax;
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
  /** net + tax. */
  readonly grossMinor: bigint;
}

export interface OrderTotals {
  /** As the order's lines. */
  readonly lines: readonly LineTotals[];
  /** One for each rate and way of pricing, in an order of their own. */
  readonly taxes: readonly TaxTotals[];
  /** Lines after their own discounts. */
  readonly subtotalMinor: bigint;
  readonly orderDiscountMinor: bigint;
  readonly taxMinor: bigint;
  /** With all tax, without the tip. */
  readonly totalMinor: bigint;
  readonly tipMinor: bigint;
}

/** What a discount takes from an amount; never more than the amount, nor than whoever gave it may give. */
export function discountOn(
  baseMinor: bigint,
  discount: Pick<Discount, 'kind' | 'value' | 'atMostBasisPoints'> | null,
): bigint {
  if (discount === null) return 0n;
  if (discount.kind === 'percent') return divideRounded(baseMinor * discount.value, BASIS);
  const most = (baseMinor * BigInt(discount.atMostBasisPoints)) / BASIS;
  return discount.value < most ? discount.value : most;
}

/** Price times quantity, rounded once for the line. */
export function fullLine(line: Pick<OrderLine, 'priceMinor' | 'quantity'>): bigint {
  return divideRounded(line.priceMinor * line.quantity, ONE);
}

/** Tax of an amount that has it included, or that comes without it: rounded once for the rate. */
export function taxOf(amountMinor: bigint, basisPoints: number, isIncluded: boolean): bigint {
  const rate = BigInt(basisPoints);
  return divideRounded(amountMinor * rate, isIncluded ? BASIS + rate : BASIS);
}

/** One text for each rate and way of pricing, and an order that no line can change. */
function rateKey(tax: LineTax): string {
  return `${tax.basisPoints.toString().padStart(6, '0')} ${tax.isIncluded ? 1 : 0} ${tax.taxRateId} ${tax.name}`;
}

interface Rate {
  readonly tax: LineTax;
  /** Places in the order's lines. */
  readonly lines: number[];
}

function byRate(lines: readonly OrderLine[]): readonly Rate[] {
  const rates = new Map<string, Rate>();
  for (const [i, line] of lines.entries()) {
    const key = rateKey(line.tax);
    const rate = rates.get(key) ?? { tax: line.tax, lines: [] };
    rate.lines.push(i);
    rates.set(key, rate);
  }
  return [...rates].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rate]) => rate);
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

/**
 * The order's discount is shared out over the rates first and then, within each, over its lines: so the tax
 * depends on what was sold, and not on the order in which it came over the counter.
 */
function shareDiscount(
  discountMinor: bigint,
  rates: readonly Rate[],
  after: readonly bigint[],
): readonly bigint[] {
  const shares = after.map(() => 0n);
  const perRate = shareOut(
    discountMinor,
    rates.map((rate) => sum(rate.lines.map((i) => after[i] ?? 0n))),
  );
  for (const [r, rate] of rates.entries()) {
    const perLine = shareOut(
      perRate[r] ?? 0n,
      rate.lines.map((i) => after[i] ?? 0n),
    );
    for (const [k, i] of rate.lines.entries()) shares[i] = perLine[k] ?? 0n;
  }
  return shares;
}

export function orderTotals(order: Pick<OpenOrder, 'lines' | 'discount' | 'tip'>): OrderTotals {
  const { lines } = order;
  const full = lines.map(fullLine);
  const own = lines.map((line, i) => discountOn(full[i] ?? 0n, line.discount));
  const after = full.map((amount, i) => amount - (own[i] ?? 0n));
  const subtotalMinor = sum(after);
  const orderDiscountMinor = discountOn(subtotalMinor, order.discount);
  const rates = byRate(lines);
  const shares = shareDiscount(orderDiscountMinor, rates, after);
  const taxes = rates.map(({ tax, lines: places }): TaxTotals => {
    const amount = sum(places.map((i) => (after[i] ?? 0n) - (shares[i] ?? 0n)));
    const taxMinor = taxOf(amount, tax.basisPoints, tax.isIncluded);
    return tax.isIncluded
      ? { tax, netMinor: amount - taxMinor, taxMinor, grossMinor: amount }
      : { tax, netMinor: amount, taxMinor, grossMinor: amount + taxMinor };
  });
  const totalMinor = sum(taxes.map(({ grossMinor }) => grossMinor));
  const { tip } = order;
  return {
    lines: lines.map((line, i) => ({
      lineId: line.lineId,
      fullMinor: full[i] ?? 0n,
      discountMinor: own[i] ?? 0n,
      orderDiscountMinor: shares[i] ?? 0n,
      amountMinor: (after[i] ?? 0n) - (shares[i] ?? 0n),
    })),
    taxes,
    subtotalMinor,
    orderDiscountMinor,
    taxMinor: sum(taxes.map(({ taxMinor }) => taxMinor)),
    totalMinor,
    tipMinor:
      tip === null ? 0n : tip.kind === 'amount' ? tip.value : divideRounded(totalMinor * tip.value, BASIS),
  };
}

export interface Due {
  /** Of the total, without the tip. */
  readonly goodsMinor: bigint;
  readonly tipMinor: bigint;
  /** Both together: what the next tender may pay at most. */
  readonly restMinor: bigint;
}

/** What of the order a tender pays: goods and tip, without what cash was rounded by. */
export function coveredBy(tender: Pick<Tender, 'amountMinor' | 'roundingMinor'>): bigint {
  return tender.amountMinor - tender.roundingMinor;
}

/** What is still to pay. Goods are paid first, so what a tender pays beyond them is the tip. */
export function dueOf(totals: OrderTotals, tenders: readonly Tender[]): Due {
  const paidMinor = sum(tenders.map(coveredBy));
  const paidTipMinor = sum(tenders.map(({ tipMinor }) => tipMinor));
  const goodsMinor = totals.totalMinor - (paidMinor - paidTipMinor);
  const tipMinor = totals.tipMinor - paidTipMinor;
  return { goodsMinor, tipMinor, restMinor: goodsMinor + tipMinor };
}

/** Whether every amount can be money and be written: a larger one would make an entry that nobody reads. */
export function isWithinMoney(totals: OrderTotals): boolean {
  const largest = [
    totals.subtotalMinor,
    totals.totalMinor + totals.tipMinor,
    ...totals.lines.map((line) => line.fullMinor),
  ];
  return largest.every((minor) => minor <= MAX_MINOR);
}
