/** Z reports of the past, from the journal, byte for byte as they were signed; and printing one again. */
import { invariant } from '../../../shared/assert.ts';
import { reprintValue } from '../../../shared/protocol/bodies/refund.ts';
import { decodeJournalEntry } from '../../../shared/protocol/journal-entry.ts';
import { readZReport, type ZReport } from '../../../shared/protocol/z-report.ts';
import { type Result, refused } from '../../../shared/result.ts';
import { epochOf, seqOf } from '../db/journal.ts';
import type { ClosedShift } from '../db/shifts.ts';
import type { Store } from '../db/store.ts';
import { record } from '../record.ts';
import type { Attended } from '../room.ts';

/** The report of a closed shift. */
export function zReportOf(store: Store, { closedPosition }: ClosedShift): ZReport {
  const stored = store.journal.at(closedPosition);
  const entry = stored === undefined ? undefined : decodeJournalEntry(stored.bytes);
  invariant(
    entry?.ok === true && entry.value.body instanceof Uint8Array,
    'a Z report that is not in the journal',
  );
  return readZReport(entry.value.body);
}

/** @returns the copy's number: 1 for the first that is printed after the report itself */
export function reprintZReport({ session, person, approver }: Attended, number: number): Result<number> {
  const { store, ports } = session;
  const shift = store.shifts.closed(number);
  if (shift === undefined) return refused({ code: 'not-found' });
  const copy = shift.copies + 1;
  const body = reprintValue({
    what: 'z-report',
    original: { epoch: epochOf(shift.closedPosition), seq: seqOf(shift.closedPosition) },
    copy,
    approvedBy: approver?.personId ?? null,
  });
  const atMs = ports.clock.nowMs();
  return store.write(() => {
    record(store, { kind: 'reprinted', atMs, actor: person.name, body });
    return copy;
  });
}
