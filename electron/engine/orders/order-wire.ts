/** Orders as the window sees them: every sum worked out here, none left to a screen. */
import { invariant } from '../../../shared/assert.ts';
import type { ClosedOrderWire, OpenOrderWire } from '../../../shared/contract/terminal.ts';
import type { CurrencyCode } from '../../../shared/iso-4217.ts';
import { type MoneyWire, toWire } from '../../../shared/money.ts';
import type { OrderClosedBody } from '../../../shared/protocol/bodies/order.ts';
import type { ClosedLine } from '../../../shared/protocol/bodies/order-parts.ts';
import { cashRoundingOf, roundCash } from '../../../shared/sale/cash-rounding.ts';
import type { Discount, OpenOrder, Tender, Tip } from '../../../shared/sale/order.ts';
import { dueOf, type OrderTotals, orderTotals, type TaxTotals } from '../../../shared/sale/totals.ts';
import { epochOf, seqOf } from '../db/journal.ts';
import type { ClosedOrderRow } from '../db/orders.ts';
import type { Session } from '../session.ts';

type ToMoney = (minor: bigint) => MoneyWire;

const moneyOf =
  (currency: CurrencyCode): ToMoney =>
  (minor) =>
    toWire({ minor, currency });

function shareOrAmount({ kind, value }: Tip, of: ToMoney) {
  return kind === 'percent' ? { kind, basisPoints: Number(value) } : { kind, amount: of(value) };
}

function discountWire(discount: Discount | null, of: ToMoney) {
  if (discount === null) return null;
  const { by, approvedBy } = discount;
  return { by, approvedBy, given: shareOrAmount(discount, of) };
}

function lineWire(line: ClosedLine, of: ToMoney): OpenOrderWire['lines'][number] {
  const { overridden } = line;
  return {
    lineId: line.lineId,
    itemId: line.itemId,
    name: line.name,
    price: of(line.priceMinor),
    overridden:
      overridden === null
        ? null
        : { by: overridden.by, approvedBy: overridden.approvedBy, listPrice: of(overridden.listPriceMinor) },
    quantity: line.quantity.toString(),
    tax: line.tax,
    discount: discountWire(line.discount, of),
    note: line.note,
    addedBy: line.addedBy,
    full: of(line.fullMinor),
    discountAmount: of(line.discountMinor),
    orderDiscountAmount: of(line.orderDiscountMinor),
    amount: of(line.amountMinor),
  };
}

function tenderWire(tender: Tender, of: ToMoney): OpenOrderWire['tenders'][number] {
  const { givenMinor, sale } = tender;
  return {
    method: tender.method,
    amount: of(tender.amountMinor),
    rounding: of(tender.roundingMinor),
    tip: of(tender.tipMinor),
    given: givenMinor === null ? null : of(givenMinor),
    change: givenMinor === null ? null : of(givenMinor - tender.amountMinor),
    sale: sale === null ? null : { epoch: sale.epoch, journalSeq: sale.seq },
    atMs: tender.atMs,
    takenBy: tender.takenBy,
  };
}

const taxWire = ({ tax, netMinor, taxMinor, grossMinor }: TaxTotals, of: ToMoney) => ({
  tax,
  net: of(netMinor),
  taxAmount: of(taxMinor),
  gross: of(grossMinor),
});

/** Each line beside what it comes to. */
export function linesWithTotals(order: OpenOrder, totals: OrderTotals): readonly ClosedLine[] {
  return order.lines.map((line, i) => {
    const of = totals.lines[i];
    invariant(of !== undefined && of.lineId === line.lineId, 'a line without its totals');
    return { ...line, ...of };
  });
}

/** How cash rounds at this till. */
export function cashRoundingHere({ store, enrolment }: Session) {
  return cashRoundingOf(enrolment.certificate.currency, store.shopSettings.isOn('round-euro-cash'));
}

export function openOrderWire(session: Session, order: OpenOrder, isPaying: boolean): OpenOrderWire {
  const of = moneyOf(session.enrolment.certificate.currency);
  const totals = orderTotals(order);
  const { restMinor } = dueOf(totals, order.tenders);
  return {
    orderId: order.orderId,
    name: order.name,
    note: order.note,
    lines: linesWithTotals(order, totals).map((line) => lineWire(line, of)),
    subtotal: of(totals.subtotalMinor),
    discount: discountWire(order.discount, of),
    discountAmount: of(totals.orderDiscountMinor),
    taxes: totals.taxes.map((tax) => taxWire(tax, of)),
    taxAmount: of(totals.taxMinor),
    total: of(totals.totalMinor),
    tip: order.tip === null ? null : shareOrAmount(order.tip, of),
    tipAmount: of(totals.tipMinor),
    tenders: order.tenders.map((tender) => tenderWire(tender, of)),
    due: of(restMinor),
    dueInCash: of(roundCash(restMinor, cashRoundingHere(session))),
    canUndo: order.tenders.length === 0 && session.store.openOrders.canUndo(order.orderId),
    isPaying,
  };
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

export function closedOrderWire(
  { position, atMs, cashier }: Pick<ClosedOrderRow, 'position' | 'atMs' | 'cashier'>,
  body: OrderClosedBody,
): ClosedOrderWire {
  const of = moneyOf(body.currency);
  return {
    epoch: epochOf(position),
    journalSeq: seqOf(position),
    orderId: body.orderId,
    atMs,
    shiftId: body.shiftId,
    cashier,
    name: body.name,
    note: body.note,
    lines: body.lines.map((line) => lineWire(line, of)),
    subtotal: of(sum(body.lines.map(({ fullMinor, discountMinor }) => fullMinor - discountMinor))),
    discount: discountWire(body.discount, of),
    discountAmount: of(body.orderDiscountMinor),
    taxes: body.taxes.map((tax) => taxWire(tax, of)),
    taxAmount: of(sum(body.taxes.map(({ taxMinor }) => taxMinor))),
    total: of(body.totalMinor),
    tipAmount: of(body.tipMinor),
    tenders: body.tenders.map((tender) => tenderWire(tender, of)),
  };
}

export function closedRowWire(row: ClosedOrderRow) {
  const of = moneyOf(row.currency);
  return {
    epoch: epochOf(row.position),
    journalSeq: seqOf(row.position),
    orderId: row.orderId,
    atMs: row.atMs,
    shiftId: row.shiftId,
    cashier: row.cashier,
    name: row.name,
    lineCount: row.lines,
    total: of(row.totalMinor),
    tipAmount: of(row.tipMinor),
  };
}
