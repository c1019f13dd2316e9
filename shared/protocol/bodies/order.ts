/**
 * Orders as bytes: the bodies of `order-closed`, `order-discarded` and `order-parked`, and the form in which an
 * open order is kept on disk. A closed order must add up, or it is not read: totals are what tax is paid by.
 */
import { type CurrencyCode, currencyOf } from '../../iso-4217.ts';
import {
  type Discount,
  MAX_LINES,
  MAX_NOTE_BYTES,
  MAX_ORDER_NAME_BYTES,
  type OpenOrder,
  type Tender,
} from '../../sale/order.ts';
import { coveredBy, type TaxTotals } from '../../sale/totals.ts';
import type { CborValue } from '../cbor.ts';
import { Malformed } from '../malformed.ts';
import {
  readArray,
  readMinor,
  readNullable,
  readOneOf,
  readOrdinal,
  readText,
  readTuple,
  readUint,
} from '../shape.ts';
import {
  type ClosedLine,
  closedLineValue,
  discountValue,
  lineValue,
  orderIdBytes,
  readClosedLine,
  readCurrency,
  readDiscount,
  readLines,
  readOrderId,
  readPerson,
  readTaxTotals,
  readTenders,
  readTip,
  taxTotalsValue,
  tenderValue,
  tipValue,
} from './order-parts.ts';

export interface OrderClosedBody {
  readonly orderId: string;
  readonly currency: CurrencyCode;
  /** The shift that was open; null where none was (no cash then). */
  readonly shiftId: number | null;
  /** Id of the person who took the last tender. */
  readonly closedBy: string;
  readonly name: string;
  readonly note: string;
  readonly lines: readonly ClosedLine[];
  readonly discount: Discount | null;
  readonly orderDiscountMinor: bigint;
  readonly taxes: readonly TaxTotals[];
  /** With tax, without tip. */
  readonly totalMinor: bigint;
  readonly tipMinor: bigint;
  readonly tenders: readonly Tender[];
}

export interface OrderDiscardedBody {
  readonly orderId: string;
  readonly currency: CurrencyCode;
  readonly name: string;
  readonly note: string;
  readonly lines: readonly ClosedLine[];
  readonly totalMinor: bigint;
  /** Cash that had been taken and went back over the counter. */
  readonly cashBackMinor: bigint;
  readonly reason: string;
}

export interface OrderParkedBody {
  readonly orderId: string;
  readonly currency: CurrencyCode;
  readonly is: 'parked' | 'recalled';
  readonly name: string;
  readonly lines: number;
  readonly totalMinor: bigint;
}

export function orderClosedValue(body: OrderClosedBody): CborValue {
  return [
    orderIdBytes(body.orderId),
    currencyOf(body.currency).numeric,
    body.shiftId,
    body.closedBy,
    body.name,
    body.note,
    body.lines.map(closedLineValue),
    discountValue(body.discount),
    body.orderDiscountMinor,
    body.taxes.map(taxTotalsValue),
    body.totalMinor,
    body.tipMinor,
    body.tenders.map(tenderValue),
  ];
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

/** @throws Malformed, also where lines, rates, tenders and totals do not add up to each other */
export function readOrderClosed(value: CborValue): OrderClosedBody {
  const items = readTuple(value, 13);
  const [
    orderId,
    numeric,
    shiftId,
    closedBy,
    name,
    note,
    lines,
    discount,
    share,
    taxes,
    total,
    tip,
    tenders,
  ] = items;
  const body: OrderClosedBody = {
    orderId: readOrderId(orderId),
    currency: readCurrency(numeric),
    shiftId: readNullable(shiftId, (number) => readOrdinal(number, 0xffff_ffff)),
    closedBy: readPerson(closedBy),
    name: readText(name, MAX_ORDER_NAME_BYTES),
    note: readText(note, MAX_NOTE_BYTES),
    lines: readArray(lines, MAX_LINES).map(readClosedLine),
    discount: readNullable(discount, readDiscount),
    orderDiscountMinor: readMinor(share),
    taxes: readArray(taxes, MAX_LINES).map(readTaxTotals),
    totalMinor: readMinor(total),
    tipMinor: readMinor(tip),
    tenders: readTenders(tenders),
  };
  const priced = sum(
    body.taxes.map(({ tax, netMinor, grossMinor }) => (tax.isIncluded ? grossMinor : netMinor)),
  );
  const addsUp =
    sum(body.lines.map(({ amountMinor }) => amountMinor)) === priced &&
    sum(body.lines.map(({ orderDiscountMinor }) => orderDiscountMinor)) === body.orderDiscountMinor &&
    sum(body.taxes.map(({ grossMinor }) => grossMinor)) === body.totalMinor &&
    sum(body.tenders.map(coveredBy)) === body.totalMinor + body.tipMinor &&
    sum(body.tenders.map(({ tipMinor }) => tipMinor)) === body.tipMinor;
  if (!addsUp) throw new Malformed('an order that adds up');
  return body;
}

export function orderDiscardedValue(body: OrderDiscardedBody): CborValue {
  return [
    orderIdBytes(body.orderId),
    currencyOf(body.currency).numeric,
    body.name,
    body.note,
    body.lines.map(closedLineValue),
    body.totalMinor,
    body.cashBackMinor,
    body.reason,
  ];
}

/** @throws Malformed */
export function readOrderDiscarded(value: CborValue): OrderDiscardedBody {
  const [orderId, numeric, name, note, lines, total, cashBack, reason] = readTuple(value, 8);
  return {
    orderId: readOrderId(orderId),
    currency: readCurrency(numeric),
    name: readText(name, MAX_ORDER_NAME_BYTES),
    note: readText(note, MAX_NOTE_BYTES),
    lines: readArray(lines, MAX_LINES).map(readClosedLine),
    totalMinor: readMinor(total),
    cashBackMinor: readMinor(cashBack),
    reason: readText(reason, MAX_NOTE_BYTES),
  };
}

export function orderParkedValue(body: OrderParkedBody): CborValue {
  const { numeric } = currencyOf(body.currency);
  const is = body.is === 'parked' ? 0 : 1;
  return [orderIdBytes(body.orderId), numeric, is, body.name, body.lines, body.totalMinor];
}

/** @throws Malformed */
export function readOrderParked(value: CborValue): OrderParkedBody {
  const [orderId, numeric, is, name, lines, total] = readTuple(value, 6);
  return {
    orderId: readOrderId(orderId),
    currency: readCurrency(numeric),
    is: readOneOf(is, [0, 1]) === 0 ? 'parked' : 'recalled',
    name: readText(name, MAX_ORDER_NAME_BYTES),
    lines: readUint(lines, MAX_LINES),
    totalMinor: readMinor(total),
  };
}

export function openOrderValue(order: OpenOrder): CborValue {
  return [
    orderIdBytes(order.orderId),
    order.name,
    order.lines.map(lineValue),
    order.nextLineId,
    discountValue(order.discount),
    tipValue(order.tip),
    order.note,
    order.tenders.map(tenderValue),
  ];
}

/** @throws Malformed */
export function readOpenOrder(value: CborValue): OpenOrder {
  const [orderId, name, lines, nextLineId, discount, tip, note, tenders] = readTuple(value, 8);
  return {
    orderId: readOrderId(orderId),
    name: readText(name, MAX_ORDER_NAME_BYTES),
    lines: readLines(lines),
    nextLineId: readOrdinal(nextLineId, Number.MAX_SAFE_INTEGER),
    discount: readNullable(discount, readDiscount),
    tip: readNullable(tip, readTip),
    note: readText(note, MAX_NOTE_BYTES),
    tenders: readTenders(tenders),
  };
}
