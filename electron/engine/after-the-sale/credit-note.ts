/** The credit note of a refund, as it was signed: read from its journal entry, so it is the same each time. */
import { readRefundBody } from '../../../shared/protocol/bodies/refund.ts';
import { decodeJournalEntry } from '../../../shared/protocol/journal-entry.ts';
import { pictureText } from '../../../shared/protocol/picture.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { Session } from '../session.ts';

/** @returns digits of a credit note; `not-found` for what is no refund, or was paid out in cash */
export function creditNote(session: Session, position: bigint): Result<string, Refusal<'not-found'>> {
  const { store, enrolment } = session;
  const row = store.refunds.find(position);
  const stored = row === undefined ? undefined : store.journal.at(position);
  const entry = stored === undefined ? undefined : decodeJournalEntry(stored.bytes);
  const note = entry?.ok === true ? readRefundBody(entry.value.body).note : null;
  if (note === null) return refused({ code: 'not-found' });
  // whole, as a receipt: the wallet may never have met this terminal
  return ok(pictureText({ kind: 'refund', certificate: enrolment.certificate, refund: note }));
}
