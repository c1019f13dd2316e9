/**
 * What an entry says, decoded once for all views that want it. The operation that made an entry has just had
 * all of it in hand and may say so (`remember`): the till does not decode its own words while a customer waits.
 * `rebuild` decodes, and that both give the same tables is what its comparison shows.
 */
import { invariant } from '../../../shared/assert.ts';
import type { PaymentId } from '../../../shared/ids.ts';
import { type Money, money } from '../../../shared/money.ts';
import { type Acknowledgement, readAcknowledgement } from '../../../shared/protocol/acknowledgement.ts';
import { type ImportSource, readImported } from '../../../shared/protocol/bodies/safe-keeping.ts';
import { readDecline, readSale, type SaleBody } from '../../../shared/protocol/journal-bodies.ts';
import { decodeJournalEntry, type JournalEntry } from '../../../shared/protocol/journal-entry.ts';
import { readPaperCopy } from '../../../shared/protocol/paper-copy.ts';
import { type Payment, paymentIdOf } from '../../../shared/protocol/payment.ts';
import { decodePictureBytes, isShort } from '../../../shared/protocol/picture.ts';
import type { PurseCertificate } from '../../../shared/protocol/purse-certificate.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { positionOf } from '../db/journal.ts';
import type { Store } from '../db/store.ts';

/** A code whose certificate and signature were found genuine when its entry was made. */
export interface DecodedCode {
  readonly certificate: PurseCertificate;
  readonly payment: Payment;
  readonly paymentId: PaymentId;
}

export interface DecodedSale {
  readonly kind: 'sale';
  readonly amount: Money;
  readonly code: DecodedCode;
}

export interface DecodedDecline {
  readonly kind: 'decline';
  readonly amount: Money;
  readonly code: DecodedCode | null;
  readonly refusal: Refusal;
}

export interface DecodedAcknowledgement {
  readonly kind: 'synced';
  readonly acknowledgement: Acknowledgement;
}

/** A sale in an entry of its own, brought back by another. */
export interface DecodedImport {
  readonly kind: 'payment-imported';
  readonly source: ImportSource;
  /** Where the sale's entry stood; of a paper, in the journal of the terminal that it names. */
  readonly position: bigint;
  readonly atMs: number;
  readonly actor: string;
  readonly amount: Money;
  readonly code: DecodedCode;
}

export type Decoded = DecodedSale | DecodedDecline | DecodedAcknowledgement | DecodedImport;

/** By the entry itself, so a decoded form lives no longer than what it was made from. */
const decodedOf = new WeakMap<JournalEntry, Decoded>();

/** The decoded form of an entry, from whoever made it. */
export function remember(entry: JournalEntry, decoded: Decoded): void {
  invariant(entry.kind === decoded.kind, 'a decoded form of another kind');
  decodedOf.set(entry, decoded);
}

/** The certificate comes with the code, or came with an earlier one of this journal. */
function decodeCode(store: Store, bytes: Uint8Array): DecodedCode {
  const picture = decodePictureBytes(bytes);
  invariant(picture.ok && picture.value.kind === 'presented', 'an entry without its code');
  const { certificate: given, payment } = picture.value;
  const certificate = isShort(given) ? store.certificates.byShort(given.short) : given;
  invariant(certificate !== undefined, 'a short code whose certificate never came');
  const world = store.settings.text('world');
  invariant(world === 'live' || world === 'test', 'a journal of no world');
  return { certificate, payment, paymentId: paymentIdOf(payment.sign1, world, certificate.digest) };
}

/** The sale in an entry: of its own, or of one that it brought back. @throws Malformed */
export function saleBodyIn(entry: JournalEntry): SaleBody {
  if (entry.kind !== 'payment-imported') return readSale(entry.body);
  const inner = decodeJournalEntry(readImported(entry.body).bytes);
  invariant(inner.ok && inner.value.kind === 'sale', 'an import that holds no sale');
  return readSale(inner.value.body);
}

/** The paper that an entry brought back; undefined of any other. @throws Malformed */
export function paperBytesIn(entry: JournalEntry): Uint8Array | undefined {
  if (entry.kind !== 'payment-imported') return undefined;
  const { source, bytes } = readImported(entry.body);
  return source === 'paper' ? bytes : undefined;
}

/** Its signatures were checked before it was written down, and the payment's id by what the terminal had signed. */
function decodePaper({ actor }: JournalEntry, bytes: Uint8Array): DecodedImport {
  const { purse, payment, charge } = readPaperCopy(bytes);
  const { paymentId, amountMinor, currency, atMs, epoch, journalSeq } = charge;
  return {
    kind: 'payment-imported',
    source: 'paper',
    position: positionOf(epoch, journalSeq),
    atMs,
    actor,
    amount: money(amountMinor, currency),
    code: { certificate: purse, payment, paymentId },
  };
}

function decode(store: Store, entry: JournalEntry): Decoded {
  switch (entry.kind) {
    case 'sale': {
      const { amountMinor, currency, code } = readSale(entry.body);
      return { kind: 'sale', amount: money(amountMinor, currency), code: decodeCode(store, code) };
    }
    case 'decline': {
      const { amountMinor, currency, code, refusal } = readDecline(entry.body);
      const amount = money(amountMinor, currency);
      return { kind: 'decline', amount, refusal, code: code === null ? null : decodeCode(store, code) };
    }
    case 'payment-imported': {
      const { source, bytes } = readImported(entry.body);
      if (source === 'paper') return decodePaper(entry, bytes);
      const inner = decodeJournalEntry(bytes);
      invariant(inner.ok && inner.value.kind === 'sale', 'an import that holds no sale');
      const { epoch, seq, atMs, actor, body } = inner.value;
      const { amountMinor, currency, code } = readSale(body);
      const amount = money(amountMinor, currency);
      const position = positionOf(epoch, seq);
      return {
        kind: 'payment-imported',
        source,
        position,
        atMs,
        actor,
        amount,
        code: decodeCode(store, code),
      };
    }
    default: {
      invariant(
        entry.kind === 'synced' && entry.body instanceof Uint8Array,
        `${entry.kind}: not decoded here`,
      );
      return { kind: 'synced', acknowledgement: readAcknowledgement(entry.body) };
    }
  }
}

/** @param kind of the entry; any other is a bug */
export function decodedAs<K extends Decoded['kind']>(
  store: Store,
  entry: JournalEntry,
  kind: K,
): Extract<Decoded, { kind: K }> {
  invariant(entry.kind === kind, `a ${entry.kind} where a ${kind} should be`);
  let decoded = decodedOf.get(entry);
  if (decoded === undefined) {
    decoded = decode(store, entry);
    decodedOf.set(entry, decoded);
  }
  return decoded as Extract<Decoded, { kind: K }>;
}
