/**
 * What was given back of which sale, what the clearing house said of it, and which papers were printed again.
 * Comes before the view of syncs, which moves the point up to which acknowledgements were taken in.
 */
import { invariant } from '../../../shared/assert.ts';
import { idBytes } from '../../../shared/ids.ts';
import { money } from '../../../shared/money.ts';
import { type EntryName, readRefundBody, readReprint } from '../../../shared/protocol/bodies/refund.ts';
import { refundIdOf } from '../../../shared/protocol/refund.ts';
import type { World } from '../../../shared/protocol/world.ts';
import { type Appended, positionOf } from '../db/journal.ts';
import type { Store } from '../db/store.ts';
import { decodedAs } from './decoded.ts';
import type { View } from './view.ts';

const placeOf = ({ epoch, seq }: EntryName): bigint => positionOf(epoch, seq);

function worldOf(store: Store): World {
  const world = store.settings.text('world');
  invariant(world === 'live' || world === 'test', 'a journal of no world');
  return world;
}

function applyRefund(store: Store, { position, entry }: Appended): void {
  const { note, original, amountMinor, currency, reason, approvedBy } = readRefundBody(entry.body);
  store.refunds.insert({
    position,
    original: placeOf(original),
    atMs: entry.atMs,
    what: entry.kind === 'payment-voided' ? 'void' : 'refund',
    amount: money(amountMinor, currency),
    actor: entry.actor,
    approvedBy,
    reason,
    refundId: note === null ? null : idBytes(refundIdOf(note.sign1, worldOf(store))),
  });
}

function applySynced(store: Store, { entry }: Appended): void {
  const { acknowledgement } = decodedAs(store, entry, 'synced');
  const held = store.progress.read();
  const upTo = positionOf(acknowledgement.epoch, acknowledgement.seq);
  if (upTo > held.upTo) store.refunds.markSent(held.upTo, upTo);
  const fresh = acknowledgement.outcomes.filter(({ number }) => BigInt(number) > held.outcomeNumber);
  // out of order: left, as the view of syncs leaves them
  if (!fresh.every(({ number }, i) => BigInt(number) === held.outcomeNumber + BigInt(i + 1))) return;
  for (const outcome of fresh) {
    const moved = store.refunds.setOutcome(positionOf(outcome.epoch, outcome.seq), outcome);
    if (moved !== undefined && outcome.state === 'rejected') {
      store.orders.refund(moved.original, -moved.amountMinor);
    }
  }
}

function applyReprinted(store: Store, { position, entry }: Appended): void {
  const { what, original, copy, approvedBy } = readReprint(entry.body);
  const { atMs, actor } = entry;
  store.refunds.insertReprint({ position, what, original: placeOf(original), copy, atMs, actor, approvedBy });
}

export const refundsView: View = {
  kinds: ['refund', 'payment-voided', 'synced', 'reprinted'],
  apply: (store, appended) => {
    switch (appended.entry.kind) {
      case 'synced':
        return applySynced(store, appended);
      case 'reprinted':
        return applyReprinted(store, appended);
      default:
        return applyRefund(store, appended);
    }
  },
};
