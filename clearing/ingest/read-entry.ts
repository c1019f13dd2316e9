/**
 * What a journal entry says, as far as the clearing house acts on it. Position and chain are the batch's
 * to prove; an entry that does not say what its place says is malformed, and stops nobody behind it.
 */
import { equalBytes } from '../../shared/bytes.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { type Invoice, readInvoice } from '../../shared/protocol/invoice.ts';
import { readSale } from '../../shared/protocol/journal-bodies.ts';
import { decodeJournalEntry } from '../../shared/protocol/journal-entry.ts';
import type { Payment } from '../../shared/protocol/payment.ts';
import { decodePictureBytes, type PresentedCode } from '../../shared/protocol/picture.ts';
import { reading } from '../../shared/protocol/shape.ts';

/** An entry's place in its chain. */
export interface Place {
  readonly epoch: number;
  readonly seq: number;
  /** Null where any may stand: the first entry of an epoch, whose caller checks it. */
  readonly previousHash: Uint8Array | null;
}

export interface Sale {
  readonly soldAtMs: number;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  readonly certificate: PresentedCode['certificate'];
  readonly payment: Payment;
  /** Of a bound payment. */
  readonly invoice: Invoice | null;
  /** Version of the trust bundle by which the terminal decided. */
  readonly trustVersion: number;
}

export type EntryReading =
  | { readonly kind: 'sale'; readonly sale: Sale }
  | { readonly kind: 'malformed' }
  /** Kept, and nothing follows from it. */
  | { readonly kind: 'other' };

const MALFORMED: EntryReading = { kind: 'malformed' };

export function readEntry(bytes: Uint8Array, place: Place): EntryReading {
  const read = decodeJournalEntry(bytes);
  if (!read.ok) return MALFORMED;
  const entry = read.value;
  if (entry.epoch !== place.epoch || entry.seq !== place.seq) return MALFORMED;
  if (place.previousHash !== null && !equalBytes(entry.previousHash, place.previousHash)) return MALFORMED;
  if (entry.kind !== 'sale') return { kind: 'other' };

  const sale = reading(() => {
    const body = readSale(entry.body);
    return { body, invoice: body.invoice === null ? null : readInvoice(decodeCbor(body.invoice)) };
  });
  if (!sale.ok) return MALFORMED;
  const { body, invoice } = sale.value;
  const code = decodePictureBytes(body.code);
  if (!code.ok || code.value.kind !== 'presented') return MALFORMED;
  return {
    kind: 'sale',
    sale: {
      soldAtMs: entry.atMs,
      amountMinor: body.amountMinor,
      currency: body.currency,
      certificate: code.value.certificate,
      payment: code.value.payment,
      invoice,
      trustVersion: body.decision.trustVersion,
    },
  };
}

/** The payment in an entry that was judged genuine before, for the proof that another contradicts it. */
export function paymentIn(bytes: Uint8Array): Payment | undefined {
  const read = decodeJournalEntry(bytes);
  if (!read.ok || read.value.kind !== 'sale') return undefined;
  const { epoch, seq } = read.value;
  const entry = readEntry(bytes, { epoch, seq, previousHash: null });
  return entry.kind === 'sale' ? entry.sale.payment : undefined;
}
