/**
 * Bodies of what happens to the cash of a till: a shift opens, cash is moved, the drawer opens without a sale, the
 * drawer is counted. What closes a shift is a Z report (../z-report.ts). Amounts are minor units of the currency.
 */
import { type CurrencyCode, currencyByNumeric, currencyOf } from '../../iso-4217.ts';
import type { CborValue } from '../cbor.ts';
import { Malformed } from '../malformed.ts';
import {
  readAmount,
  readArray,
  readMinor,
  readNullable,
  readOneOf,
  readOrdinal,
  readText,
  readTuple,
  readUint,
} from '../shape.ts';

/** Why cash was moved, why the drawer was opened, why the count differs. */
export const MAX_REASON_BYTES = 200;
/** Notes and coins of one count: no currency has as many. */
export const MAX_PIECE_KINDS = 40;
/** Pieces of one note or coin in one drawer. */
export const MAX_PIECES = 1_000_000;
const MAX_PERSON_ID_BYTES = 32;
const MAX_NUMBER = 0xffff_ffff;

/** So many notes or coins of one value. */
export interface Pieces {
  readonly valueMinor: bigint;
  readonly pieces: number;
}

/** Cash that somebody counted: its sum, and its notes and coins where they were counted one by one. */
export interface CountedCash {
  readonly totalMinor: bigint;
  readonly pieces: readonly Pieces[] | null;
}

export interface ShiftOpenedBody {
  /** 1…n without a gap, the number of the Z report that will close it. */
  readonly number: number;
  readonly currency: CurrencyCode;
  readonly float: CountedCash;
  readonly approvedBy: string | null;
}

/** For ever: positions are in journals. */
const DIRECTIONS = ['in', 'out'] as const;
export type CashDirection = (typeof DIRECTIONS)[number];

export interface CashMovedBody {
  readonly direction: CashDirection;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  readonly reason: string;
  readonly approvedBy: string | null;
}

export interface DrawerOpenedBody {
  /** Of the till: by it the report knows where the opening belongs. */
  readonly currency: CurrencyCode;
  readonly reason: string;
  readonly approvedBy: string | null;
}

export interface ShiftCountedBody {
  readonly number: number;
  readonly currency: CurrencyCode;
  readonly counted: CountedCash;
  readonly approvedBy: string | null;
}

/** Sum of what was counted piece by piece. */
export function sumOfPieces(pieces: readonly Pieces[]): bigint {
  return pieces.reduce((sum, { valueMinor, pieces: count }) => sum + valueMinor * BigInt(count), 0n);
}

export function countedValue({ totalMinor, pieces }: CountedCash): CborValue {
  return [totalMinor, pieces?.map(({ valueMinor, pieces: count }) => [valueMinor, count]) ?? null];
}

/** @throws Malformed, also where the pieces do not make the sum or a value stands twice */
export function readCounted(value: CborValue | undefined): CountedCash {
  const [total, list] = readTuple(value, 2);
  const totalMinor = readMinor(total);
  const pieces = readNullable(list, (items) =>
    readArray(items, MAX_PIECE_KINDS).map((item): Pieces => {
      const [valueMinor, count] = readTuple(item, 2);
      return { valueMinor: readAmount(valueMinor), pieces: readUint(count, MAX_PIECES) };
    }),
  );
  if (pieces !== null) {
    if (new Set(pieces.map(({ valueMinor }) => valueMinor)).size !== pieces.length)
      throw new Malformed('one row for each note and coin');
    if (sumOfPieces(pieces) !== totalMinor) throw new Malformed('pieces that make the sum');
  }
  return { totalMinor, pieces };
}

function readCurrency(value: CborValue | undefined): CurrencyCode {
  const currency = currencyByNumeric(readUint(value, 999));
  if (currency === undefined) throw new Malformed('currency');
  return currency.code;
}

const readPersonId = (value: CborValue | undefined): string | null =>
  readNullable(value, (text) => readText(text, MAX_PERSON_ID_BYTES));

export function shiftOpenedValue(body: ShiftOpenedBody): CborValue {
  return [body.number, currencyOf(body.currency).numeric, countedValue(body.float), body.approvedBy];
}

/** @throws Malformed */
export function readShiftOpened(value: CborValue): ShiftOpenedBody {
  const [number, numeric, float, approvedBy] = readTuple(value, 4);
  return {
    number: readOrdinal(number, MAX_NUMBER),
    currency: readCurrency(numeric),
    float: readCounted(float),
    approvedBy: readPersonId(approvedBy),
  };
}

export function cashMovedValue(body: CashMovedBody): CborValue {
  const { numeric } = currencyOf(body.currency);
  const direction = DIRECTIONS.indexOf(body.direction);
  return [direction, body.amountMinor, numeric, body.reason, body.approvedBy];
}

/** @throws Malformed */
export function readCashMoved(value: CborValue): CashMovedBody {
  const [direction, amount, numeric, reason, approvedBy] = readTuple(value, 5);
  return {
    direction: readOneOf(direction, [0, 1]) === 0 ? 'in' : 'out',
    amountMinor: readAmount(amount),
    currency: readCurrency(numeric),
    reason: readText(reason, MAX_REASON_BYTES),
    approvedBy: readPersonId(approvedBy),
  };
}

export function drawerOpenedValue(body: DrawerOpenedBody): CborValue {
  return [currencyOf(body.currency).numeric, body.reason, body.approvedBy];
}

/** @throws Malformed */
export function readDrawerOpened(value: CborValue): DrawerOpenedBody {
  const [numeric, reason, approvedBy] = readTuple(value, 3);
  return {
    currency: readCurrency(numeric),
    reason: readText(reason, MAX_REASON_BYTES),
    approvedBy: readPersonId(approvedBy),
  };
}

export function shiftCountedValue(body: ShiftCountedBody): CborValue {
  return [body.number, currencyOf(body.currency).numeric, countedValue(body.counted), body.approvedBy];
}

/** @throws Malformed */
export function readShiftCounted(value: CborValue): ShiftCountedBody {
  const [number, numeric, counted, approvedBy] = readTuple(value, 4);
  return {
    number: readOrdinal(number, MAX_NUMBER),
    currency: readCurrency(numeric),
    counted: readCounted(counted),
    approvedBy: readPersonId(approvedBy),
  };
}
