/** Closed orders as they were written: the list, one with all of it, and what a printer needs. */
import { invariant } from '../../../shared/assert.ts';
import type { CallResult, ClosedOrderWire } from '../../../shared/contract/terminal.ts';
import { readOrderClosed } from '../../../shared/protocol/bodies/order.ts';
import { decodeJournalEntry } from '../../../shared/protocol/journal-entry.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { positionOf } from '../db/journal.ts';
import type { Store } from '../db/store.ts';
import { issueReceipt } from '../payments/issue-receipt.ts';
import type { Session } from '../session.ts';
import { closedOrderWire, closedRowWire } from './order-wire.ts';

/** Larger than any position: the newest rows. */
const NEWEST = 2n ** 62n;

interface Place {
  readonly epoch: number;
  readonly journalSeq: number;
}

export function listClosed(store: Store, before: Place | null, limit: number): CallResult<'orders.closed'> {
  const from = before === null ? NEWEST : positionOf(before.epoch, before.journalSeq);
  const rows = store.orders.list(from, limit + 1);
  return { rows: rows.slice(0, limit).map(closedRowWire), hasMore: rows.length > limit };
}

/** From its journal entry: the tables are for finding it. */
export function closedOrderAt(store: Store, { epoch, journalSeq }: Place): Result<ClosedOrderWire> {
  const row = store.orders.find(positionOf(epoch, journalSeq));
  const stored = row === undefined ? undefined : store.journal.at(row.position);
  if (row === undefined || stored === undefined) return refused({ code: 'not-found' });
  const entry = decodeJournalEntry(stored.bytes);
  invariant(entry.ok && entry.value.kind === 'order-closed', 'an order without its entry');
  return ok(closedOrderWire(row, readOrderClosed(entry.value.body)));
}

export function orderReceipt(session: Session, place: Place): Result<CallResult<'orders.receipt'>> {
  const order = closedOrderAt(session.store, place);
  if (!order.ok) return order;
  const payments: CallResult<'orders.receipt'>['payments'] = [];
  for (const { sale } of order.value.tenders) {
    if (sale === null) continue;
    const receipt = issueReceipt(session, sale.epoch, sale.journalSeq);
    if (!receipt.ok) return receipt;
    payments.push({ sale, digits: receipt.value.digits });
  }
  const { displayName, terminalId } = session.enrolment.certificate;
  return ok({ shop: displayName, terminalId, world: session.enrolment.world, order: order.value, payments });
}
