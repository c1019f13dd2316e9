/** Prints a paper again: the same data, marked as a copy with its number, and an entry that says who asked for it. */

import { type Reprinted, reprintValue } from '../../../shared/protocol/bodies/refund.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { epochOf, positionOf, seqOf } from '../db/journal.ts';
import type { Store } from '../db/store.ts';
import { record } from '../record.ts';
import type { Attended } from '../room.ts';

/** A Z report is the shifts' own to print. */
export type Paper = Exclude<Reprinted, 'z-report'>;

/** Whether this paper was ever there to be printed. */
function exists(store: Store, what: Paper, position: bigint): boolean {
  switch (what) {
    case 'receipt': {
      const row = store.payments.find(position);
      return row !== undefined && row.state !== 'declined';
    }
    case 'credit-note':
      return store.refunds.find(position) !== undefined;
    case 'order':
      return store.orders.find(position) !== undefined;
  }
}

/** @returns the copy's number, 1 for the first */
export function reprint(
  { session, person, approver }: Attended,
  what: Paper,
  place: { readonly epoch: number; readonly journalSeq: number },
): Result<{ copy: number; atMs: number }> {
  const { store, ports } = session;
  const position = positionOf(place.epoch, place.journalSeq);
  if (!exists(store, what, position)) return refused({ code: 'not-found' });
  const atMs = ports.clock.nowMs();
  const written = store.write(() => {
    const copy = store.refunds.copiesOf(what, position) + 1;
    const original = { epoch: epochOf(position), seq: seqOf(position) };
    const body = reprintValue({ what, original, copy, approvedBy: approver?.personId ?? null });
    record(store, { kind: 'reprinted', atMs, actor: person.name, body });
    return copy;
  });
  return written.ok ? ok({ copy: written.value, atMs }) : written;
}
