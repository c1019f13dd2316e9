/**
 * Parts of an order as bytes: its lines, discounts, taxes and tenders. Used by the bodies of order.ts and by
 * the open order on disk, so that both say a line in one way.
 */
import { fromHex, toHex } from '../../bytes.ts';
import { type CurrencyCode, currencyByNumeric } from '../../iso-4217.ts';
import {
  type Discount,
  type Leave,
  type LineTax,
  MAX_LINE_NAME_BYTES,
  MAX_LINES,
  MAX_NOTE_BYTES,
  MAX_QUANTITY,
  MAX_TENDERS,
  type OrderLine,
  type Tender,
  type Tip,
  WHOLE_BASIS_POINTS,
} from '../../sale/order.ts';
import { coveredBy, type LineTotals, type TaxTotals } from '../../sale/totals.ts';
import type { CborValue } from '../cbor.ts';
import { Malformed } from '../malformed.ts';
import {
  readArray,
  readBytes,
  readMinor,
  readNullable,
  readOneOf,
  readOrdinal,
  readText,
  readTimeMs,
  readTuple,
  readUint,
} from '../shape.ts';

const MAX_PERSON_ID_BYTES = 32;
const MAX_ID_BYTES = 64;
const MAX_TAX_NAME_BYTES = 80;
const MAX_METHOD_BYTES = 32;
const MAX_TAX_BASIS_POINTS = 100_000;
const KINDS = ['percent', 'amount'] as const;

export interface ClosedLine extends OrderLine, Omit<LineTotals, 'lineId'> {}

export function orderIdBytes(orderId: string): Uint8Array {
  const bytes = fromHex(orderId);
  if (bytes === undefined || bytes.length !== 8) throw new RangeError('an order id of 8 bytes');
  return bytes;
}

export const readOrderId = (value: CborValue | undefined): string => toHex(readBytes(value, 8));

export function readCurrency(value: CborValue | undefined): CurrencyCode {
  const currency = currencyByNumeric(readUint(value, 999));
  if (currency === undefined) throw new Malformed('currency');
  return currency.code;
}

export const readPerson = (value: CborValue | undefined): string => readText(value, MAX_PERSON_ID_BYTES);

const leaveValue = ({ by, approvedBy }: Leave): readonly CborValue[] => [by, approvedBy];

function readLeave(by: CborValue | undefined, approvedBy: CborValue | undefined): Leave {
  return { by: readPerson(by), approvedBy: readNullable(approvedBy, readPerson) };
}

/** Minor units of either sign. */
function readSigned(value: CborValue | undefined): bigint {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new Malformed('an integer');
  return BigInt(value);
}

/** A percentage of at most the whole, or an amount. */
function readKindAndValue(kindNumber: CborValue | undefined, value: CborValue | undefined) {
  const kind = KINDS[readOneOf(kindNumber, [0, 1])] ?? 'percent';
  return { kind, value: kind === 'percent' ? BigInt(readUint(value, WHOLE_BASIS_POINTS)) : readMinor(value) };
}

export function discountValue(discount: Discount | null): CborValue {
  if (discount === null) return null;
  return [KINDS.indexOf(discount.kind), discount.value, discount.atMostBasisPoints, ...leaveValue(discount)];
}

export function readDiscount(from: CborValue): Discount {
  const [kind, value, atMost, by, approvedBy] = readTuple(from, 5);
  return {
    ...readKindAndValue(kind, value),
    atMostBasisPoints: readUint(atMost, WHOLE_BASIS_POINTS),
    ...readLeave(by, approvedBy),
  };
}

export function tipValue(tip: Tip | null): CborValue {
  return tip === null ? null : [KINDS.indexOf(tip.kind), tip.value];
}

export function readTip(from: CborValue): Tip {
  const [kind, value] = readTuple(from, 2);
  return readKindAndValue(kind, value);
}

const taxValue = (tax: LineTax): readonly CborValue[] => [
  tax.taxRateId,
  tax.name,
  tax.basisPoints,
  tax.isIncluded ? 1 : 0,
];

function readTax(items: readonly (CborValue | undefined)[]): LineTax {
  const [taxRateId, name, basisPoints, isIncluded] = items;
  return {
    taxRateId: readText(taxRateId, MAX_ID_BYTES),
    name: readText(name, MAX_TAX_NAME_BYTES),
    basisPoints: readUint(basisPoints, MAX_TAX_BASIS_POINTS),
    isIncluded: readUint(isIncluded, 1) === 1,
  };
}

export function lineValue(line: OrderLine): CborValue {
  const { overridden } = line;
  return [
    line.lineId,
    line.itemId,
    line.name,
    line.priceMinor,
    overridden === null ? null : [overridden.listPriceMinor, ...leaveValue(overridden)],
    line.quantity,
    taxValue(line.tax),
    discountValue(line.discount),
    line.note,
    line.addedBy,
  ];
}

function readLine(from: CborValue | undefined): OrderLine {
  const [lineId, itemId, name, price, overridden, quantity, tax, discount, note, addedBy] = readTuple(
    from,
    10,
  );
  return {
    lineId: readOrdinal(lineId, Number.MAX_SAFE_INTEGER),
    itemId: readNullable(itemId, (id) => readText(id, MAX_ID_BYTES)),
    name: readText(name, MAX_LINE_NAME_BYTES),
    priceMinor: readMinor(price),
    overridden: readNullable(overridden, (value) => {
      const [listPrice, by, approvedBy] = readTuple(value, 3);
      return { listPriceMinor: readMinor(listPrice), ...readLeave(by, approvedBy) };
    }),
    quantity: BigInt(readOrdinal(quantity, Number(MAX_QUANTITY))),
    tax: readTax(readTuple(tax, 4)),
    discount: readNullable(discount, readDiscount),
    note: readText(note, MAX_NOTE_BYTES),
    addedBy: readPerson(addedBy),
  };
}

export const readLines = (value: CborValue | undefined): readonly OrderLine[] =>
  readArray(value, MAX_LINES).map(readLine);

export function closedLineValue(line: ClosedLine): CborValue {
  return [lineValue(line), line.fullMinor, line.discountMinor, line.orderDiscountMinor, line.amountMinor];
}

export function readClosedLine(from: CborValue): ClosedLine {
  const [line, full, discount, share, amount] = readTuple(from, 5);
  const totals = {
    fullMinor: readMinor(full),
    discountMinor: readMinor(discount),
    orderDiscountMinor: readMinor(share),
    amountMinor: readMinor(amount),
  };
  if (totals.fullMinor - totals.discountMinor - totals.orderDiscountMinor !== totals.amountMinor)
    throw new Malformed('a line that adds up');
  return { ...readLine(line), ...totals };
}

export function tenderValue(tender: Tender): CborValue {
  const { sale } = tender;
  return [
    tender.method,
    tender.amountMinor,
    tender.roundingMinor,
    tender.tipMinor,
    tender.givenMinor,
    sale === null ? null : [sale.epoch, sale.seq],
    tender.atMs,
    tender.takenBy,
  ];
}

function readTender(from: CborValue): Tender {
  const [method, amount, rounding, tip, given, sale, atMs, takenBy] = readTuple(from, 8);
  const tender: Tender = {
    method: readText(method, MAX_METHOD_BYTES),
    amountMinor: readMinor(amount),
    roundingMinor: readSigned(rounding),
    tipMinor: readMinor(tip),
    givenMinor: readNullable(given, readMinor),
    sale: readNullable(sale, (value) => {
      const [epoch, seq] = readTuple(value, 2);
      return { epoch: readOrdinal(epoch, 0xffff_ffff), seq: readOrdinal(seq, Number.MAX_SAFE_INTEGER) };
    }),
    atMs: readTimeMs(atMs),
    takenBy: readPerson(takenBy),
  };
  if (tender.tipMinor > coveredBy(tender)) throw new Malformed('a tip within its tender');
  if (tender.givenMinor !== null && tender.givenMinor < tender.amountMinor)
    throw new Malformed('cash that was given');
  return tender;
}

export const readTenders = (value: CborValue | undefined): readonly Tender[] =>
  readArray(value, MAX_TENDERS).map(readTender);

export function taxTotalsValue({ tax, netMinor, taxMinor, grossMinor }: TaxTotals): CborValue {
  return [...taxValue(tax), netMinor, taxMinor, grossMinor];
}

export function readTaxTotals(from: CborValue): TaxTotals {
  const items = readTuple(from, 7);
  const totals = {
    tax: readTax(items),
    netMinor: readMinor(items[4]),
    taxMinor: readMinor(items[5]),
    grossMinor: readMinor(items[6]),
  };
  if (totals.netMinor + totals.taxMinor !== totals.grossMinor) throw new Malformed('a rate that adds up');
  return totals;
}
