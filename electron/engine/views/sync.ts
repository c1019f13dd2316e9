/**
 * What an acknowledgement changes: entries that the clearing house holds are sent, payments get their outcomes,
 * and the running sums follow. Outcomes are taken in by number without a gap; a batch of them out of order is left,
 * the fetch that follows brings them again.
 */
import { invariant } from '../../../shared/assert.ts';
import { equalBytes } from '../../../shared/bytes.ts';
import type { PaymentRow } from '../../../shared/contract/terminal.ts';
import { fromWire, type Money } from '../../../shared/money.ts';
import type { Acknowledgement } from '../../../shared/protocol/acknowledgement.ts';
import { journalHash, NO_HASH } from '../../../shared/protocol/journal-entry.ts';
import { positionOf } from '../db/journal.ts';
import type { Store } from '../db/store.ts';
import { decodedAs } from './decoded.ts';
import type { View } from './view.ts';

function amountOf(row: PaymentRow): Money {
  const amount = fromWire(row.amount);
  invariant(amount !== undefined, 'a stored payment without an amount');
  return amount;
}

/** Whether the head that was acknowledged is an entry of this journal; before the first, there is none to compare. */
export function isOurHead(store: Store, { epoch, seq, headHash }: Acknowledgement): boolean {
  if (seq === 0) return equalBytes(headHash, NO_HASH);
  const stored = store.journal.at(positionOf(epoch, seq));
  return stored !== undefined && equalBytes(journalHash(stored.bytes), headHash);
}

export const syncView: View = {
  kinds: ['synced'],
  apply: (store, { entry }) => {
    const { acknowledgement } = decodedAs(store, entry, 'synced');
    const { upTo: heldUpTo, outcomeNumber: heldNumber } = store.progress.read();
    const upTo = positionOf(acknowledgement.epoch, acknowledgement.seq);
    // a head of another machine that runs on from our journal says nothing of our entries
    const isHeldFurther = upTo > heldUpTo && isOurHead(store, acknowledgement);
    if (isHeldFurther) {
      for (const row of store.payments.markSent(heldUpTo, upTo))
        store.tallies.subtract('unsent', amountOf(row));
    }
    const fresh = acknowledgement.outcomes.filter(({ number }) => BigInt(number) > heldNumber);
    const inOrder = fresh.every(({ number }, i) => BigInt(number) === heldNumber + BigInt(i + 1));
    for (const outcome of inOrder ? fresh : []) {
      const moved = store.payments.setOutcome(positionOf(outcome.epoch, outcome.seq), outcome);
      if (moved === undefined) continue;
      if (moved.before === 'approved-offline') store.tallies.subtract('unsent', amountOf(moved.row));
      store.tallies.subtract('exposure', amountOf(moved.row));
    }
    const last = inOrder ? fresh.at(-1) : undefined;
    store.progress.set({
      upTo: isHeldFurther ? upTo : heldUpTo,
      outcomeNumber: last === undefined ? heldNumber : BigInt(last.number),
    });
  },
};
