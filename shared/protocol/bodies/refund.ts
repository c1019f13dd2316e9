/**
 * Bodies of what happens after a sale: `refund` and `payment-voided` (one shape: what is given back, of which
 * entry, why, by whose leave) and `reprinted`. The clearing house acts on the credit note in the first two.
 */
import { type CurrencyCode, currencyByNumeric, currencyOf } from '../../iso-4217.ts';
import { type CborValue, decodeCbor } from '../cbor.ts';
import { encodeSign1 } from '../cose.ts';
import { Malformed } from '../malformed.ts';
import { type Refund, readRefund } from '../refund.ts';
import {
  readAmount,
  readBytesUpTo,
  readNullable,
  readOneOf,
  readOrdinal,
  readText,
  readTuple,
  readUint,
} from '../shape.ts';

/** An entry of the same terminal's journal. */
export interface EntryName {
  readonly epoch: number;
  readonly seq: number;
}

export interface RefundBody {
  /** The credit note; null where the money went back in cash, which is the till's own affair. */
  readonly note: Refund | null;
  /** The sale, or the order whose cash it gives back. */
  readonly original: EntryName;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  readonly reason: string;
  readonly approvedBy: string | null;
}

export const MAX_REASON_BYTES = 120;
const MAX_PERSON_ID_BYTES = 32;
/** A note makes 120 bytes at most. */
const MAX_NOTE_BYTES = 160;

export function refundValue(body: RefundBody): CborValue {
  return [
    body.note === null ? null : encodeSign1(body.note.sign1),
    [body.original.epoch, body.original.seq],
    body.amountMinor,
    currencyOf(body.currency).numeric,
    body.reason,
    body.approvedBy,
  ];
}

function readEntryName(value: CborValue | undefined): EntryName {
  const [epoch, seq] = readTuple(value, 2);
  return { epoch: readOrdinal(epoch, 0xffff_ffff), seq: readOrdinal(seq, Number.MAX_SAFE_INTEGER) };
}

/** A note and the entry around it say one thing, or it is no refund. @throws Malformed */
export function readRefundBody(value: CborValue | undefined): RefundBody {
  const [noteBytes, original, amount, numeric, reason, approvedBy] = readTuple(value, 6);
  const currency = currencyByNumeric(readUint(numeric, 999));
  if (currency === undefined) throw new Malformed('currency');
  const note = readNullable(noteBytes, (bytes) =>
    readRefund(decodeCbor(readBytesUpTo(bytes, MAX_NOTE_BYTES))),
  );
  const amountMinor = readAmount(amount);
  if (note !== null && (note.amountMinor !== amountMinor || note.currency !== currency.code)) {
    throw new Malformed('a note of another amount');
  }
  return {
    note,
    original: readEntryName(original),
    amountMinor,
    currency: currency.code,
    reason: readText(reason, MAX_REASON_BYTES),
    approvedBy: readNullable(approvedBy, (id) => readText(id, MAX_PERSON_ID_BYTES)),
  };
}

/** For ever: positions are in journals. */
export const REPRINTED = ['receipt', 'credit-note', 'order', 'z-report'] as const;
export type Reprinted = (typeof REPRINTED)[number];

export interface ReprintBody {
  readonly what: Reprinted;
  readonly original: EntryName;
  /** 1 for the first copy. */
  readonly copy: number;
  readonly approvedBy: string | null;
}

export function reprintValue({ what, original, copy, approvedBy }: ReprintBody): CborValue {
  return [REPRINTED.indexOf(what), [original.epoch, original.seq], copy, approvedBy];
}

/** @throws Malformed */
export function readReprint(value: CborValue | undefined): ReprintBody {
  const [what, original, copy, approvedBy] = readTuple(value, 4);
  return {
    what: REPRINTED[readOneOf(what, [0, 1, 2, 3])] ?? 'receipt',
    original: readEntryName(original),
    copy: readOrdinal(copy, 1_000_000),
    approvedBy: readNullable(approvedBy, (id) => readText(id, MAX_PERSON_ID_BYTES)),
  };
}
