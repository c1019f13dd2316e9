/**
 * What a receipt carries so that a dead terminal is rebuilt from paper: the payment as it was charged, signed by
 * this terminal. Made anew from the journal each time; Ed25519 is deterministic, so it is the same paper each time.
 */
import { invariant } from '../../../shared/assert.ts';
import type { CallResult } from '../../../shared/contract/terminal.ts';
import { decodeCbor } from '../../../shared/protocol/cbor.ts';
import { sign1Value } from '../../../shared/protocol/cose.ts';
import { readInvoice } from '../../../shared/protocol/invoice.ts';
import { decodeJournalEntry, type JournalEntry } from '../../../shared/protocol/journal-entry.ts';
import { encodePaperCopy, readCharge, signCharge } from '../../../shared/protocol/paper-copy.ts';
import { paperTexts } from '../../../shared/protocol/paper-parts.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { epochOf, positionOf, seqOf } from '../db/journal.ts';
import type { Session } from '../session.ts';
import { decodedAs, paperBytesIn, saleBodyIn } from '../views/decoded.ts';

/** As it is signed: the sale's own place and time, wherever its entry stands now. */
function signedPaper({ store, enrolment, keys }: Session, entry: JournalEntry): Uint8Array {
  const { invoice, decision } = saleBodyIn(entry);
  const isOwn = entry.kind === 'sale';
  const { amount, code } = isOwn
    ? decodedAs(store, entry, 'sale')
    : decodedAs(store, entry, 'payment-imported');
  const was = isOwn ? undefined : decodedAs(store, entry, 'payment-imported');
  const place = was?.position ?? positionOf(entry.epoch, entry.seq);
  const fields = {
    paymentId: code.paymentId,
    amountMinor: amount.minor,
    currency: amount.currency,
    atMs: was?.atMs ?? entry.atMs,
    epoch: epochOf(place),
    journalSeq: seqOf(place),
    trustVersion: decision.trustVersion,
  };
  return encodePaperCopy({
    purse: code.certificate,
    payment: code.payment,
    invoice: invoice === null ? null : readInvoice(decodeCbor(invoice)),
    terminal: enrolment.certificate,
    charge: readCharge(sign1Value(signCharge(fields, enrolment.world, keys.signer))),
  });
}

/** @returns digits of one picture or two; `not-found` for what was not charged here */
export function paperCopy(
  session: Session,
  position: bigint,
): Result<readonly string[], Refusal<'not-found'>> {
  const row = session.store.payments.find(position);
  const stored = session.store.journal.at(position);
  if (row === undefined || stored === undefined || row.state === 'declined')
    return refused({ code: 'not-found' });
  const entry = decodeJournalEntry(stored.bytes);
  invariant(entry.ok, 'a payment whose entry does not decode');
  // what came from paper goes onto paper as the terminal that is dead had signed it
  return ok(paperTexts(paperBytesIn(entry.value) ?? signedPaper(session, entry.value)));
}

/** Larger than any position. */
const END = 2n ** 62n;

/** First and last position of a shift. */
function boundsOf({ store }: Session, shift: number | null): readonly [bigint, bigint] | undefined {
  if (shift === null) return [0n, END];
  const open = store.shifts.current();
  if (open?.shiftId === shift) return [open.openedPosition, END];
  const closed = store.shifts.closed(shift);
  return closed === undefined ? undefined : [closed.openedPosition, closed.closedPosition];
}

/** A page of papers of payments that the clearing house does not hold, in the order in which they were taken. */
export function unsentPapers(
  session: Session,
  shift: number | null,
  after: bigint,
  limit: number,
): Result<CallResult<'payments.paperCopies'>, Refusal<'not-found'>> {
  const bounds = boundsOf(session, shift);
  if (bounds === undefined) return refused({ code: 'not-found' });
  const { payments } = session.store;
  const [first, last] = bounds;
  const found = payments.waitingBetween(after > first ? after : first, last, limit + 1);
  const papers = found.slice(0, limit).map((position) => {
    const digits = paperCopy(session, position);
    invariant(digits.ok, 'an unsent payment without its paper');
    const { amount } = payments.row(position);
    return { epoch: epochOf(position), journalSeq: seqOf(position), amount, digits: [...digits.value] };
  });
  const end = found.length > limit ? papers.at(-1) : undefined;
  return ok({
    papers,
    next: end === undefined ? null : { epoch: end.epoch, journalSeq: end.journalSeq },
  });
}
