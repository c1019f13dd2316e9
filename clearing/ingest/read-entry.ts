/**
 * What a journal entry says, as far as the clearing house acts on it. Position and chain are the batch's
 * to prove; an entry that does not say what its place says is malformed, and stops nobody behind it.
 */
import { equalBytes } from '../../shared/bytes.ts';
import { idBytes } from '../../shared/ids.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { type EntryName, readRefundBody } from '../../shared/protocol/bodies/refund.ts';
import { readImported } from '../../shared/protocol/bodies/safe-keeping.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { type Invoice, readInvoice } from '../../shared/protocol/invoice.ts';
import { readSale } from '../../shared/protocol/journal-bodies.ts';
import { decodeJournalEntry, type JournalEntry } from '../../shared/protocol/journal-entry.ts';
import { type PaperCopy, readPaperCopy } from '../../shared/protocol/paper-copy.ts';
import type { Payment } from '../../shared/protocol/payment.ts';
import { decodePictureBytes, type PresentedCode } from '../../shared/protocol/picture.ts';
import type { Refund } from '../../shared/protocol/refund.ts';
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
  /** Brought back by another entry than the one it was made in: it may be settled already. */
  readonly isBroughtBack: boolean;
  /** Charged by another terminal of the merchant, which signed what; null of a terminal's own. */
  readonly paper: Pick<PaperCopy, 'terminal' | 'charge'> | null;
}

/** A credit note in its journal entry. */
export interface RefundEntry {
  readonly madeAtMs: number;
  /** Gives the payment back whole, before anything else was given back of it. */
  readonly isVoid: boolean;
  readonly original: EntryName;
  readonly note: Refund;
}

export type EntryReading =
  | { readonly kind: 'sale'; readonly sale: Sale }
  | { readonly kind: 'refund'; readonly refund: RefundEntry }
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
  if (entry.kind === 'refund' || entry.kind === 'payment-voided') return refundIn(entry);
  if (entry.kind === 'payment-imported') return importedIn(entry);
  return entry.kind === 'sale' ? saleIn(entry, false) : { kind: 'other' };
}

/** A sale whose own place was taken, whole in the entry that brings it back. */
function importedIn(entry: JournalEntry): EntryReading {
  const imported = reading(() => readImported(entry.body));
  if (!imported.ok) return MALFORMED;
  const { source, bytes } = imported.value;
  // what this house told the terminal, the terminal need not tell it
  if (source === 'held') return { kind: 'other' };
  if (source === 'paper') return paperIn(bytes);
  const inner = decodeJournalEntry(bytes);
  return inner.ok && inner.value.kind === 'sale' ? saleIn(inner.value, true) : MALFORMED;
}

/** A sale of a dead terminal, from its receipt: as that terminal's own entry would say it. */
function paperIn(bytes: Uint8Array): EntryReading {
  const paper = reading(() => readPaperCopy(bytes));
  if (!paper.ok) return MALFORMED;
  const { purse, payment, invoice, terminal, charge } = paper.value;
  const { atMs: soldAtMs, amountMinor, currency, trustVersion } = charge;
  return {
    kind: 'sale',
    sale: {
      soldAtMs,
      amountMinor,
      currency,
      certificate: purse,
      payment,
      invoice,
      trustVersion,
      isBroughtBack: true,
      paper: { terminal, charge },
    },
  };
}

function saleIn(entry: JournalEntry, isBroughtBack: boolean): EntryReading {
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
      isBroughtBack,
      paper: null,
    },
  };
}

/** Money that went back in cash is the till's own affair. */
function refundIn(entry: JournalEntry): EntryReading {
  const body = reading(() => readRefundBody(entry.body));
  if (!body.ok) return MALFORMED;
  const { note, original } = body.value;
  if (note === null) return { kind: 'other' };
  if (note.epoch !== entry.epoch || note.journalSeq !== entry.seq) return MALFORMED;
  const isVoid = entry.kind === 'payment-voided';
  return { kind: 'refund', refund: { madeAtMs: entry.atMs, isVoid, original, note } };
}

/** How a sale that was settled came: by whose hand it was charged, and whether another entry brought it back. */
export function originOf(bytes: Uint8Array, terminalId: Uint8Array): SaleOrigin {
  const read = decodeJournalEntry(bytes);
  const entry = read.ok ? readEntry(bytes, { ...read.value, previousHash: null }) : MALFORMED;
  return entry.kind === 'sale'
    ? { chargedBy: chargedBy(entry.sale, terminalId), isBroughtBack: entry.sale.isBroughtBack }
    : { chargedBy: terminalId, isBroughtBack: false };
}

export interface SaleOrigin {
  readonly chargedBy: Uint8Array;
  readonly isBroughtBack: boolean;
}

/** @param terminalId of whose journal the sale is in */
export function chargedBy({ paper }: Sale, terminalId: Uint8Array): Uint8Array {
  return paper === null ? terminalId : idBytes(paper.terminal.terminalId);
}

/** The payment in an entry that was judged genuine before, for the proof that another contradicts it. */
export function paymentIn(bytes: Uint8Array): Payment | undefined {
  const read = decodeJournalEntry(bytes);
  if (!read.ok) return undefined;
  const { epoch, seq } = read.value;
  const entry = readEntry(bytes, { epoch, seq, previousHash: null });
  return entry.kind === 'sale' ? entry.sale.payment : undefined;
}
