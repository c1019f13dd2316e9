/**
 * Takes a signed acknowledgement in: marks what the clearing house holds as sent, gives payments their
 * outcomes, and keeps the acknowledgement in the journal, all in one transaction. One that claims what we
 * never sent, or another history, is refused: somebody is lying.
 */

import { invariant } from '../../../shared/assert.ts';
import { equalBytes } from '../../../shared/bytes.ts';
import type { PaymentRow } from '../../../shared/contract/terminal.ts';
import { fromWire } from '../../../shared/money.ts';
import type { Acknowledgement } from '../../../shared/protocol/acknowledgement.ts';
import { journalHash, NO_HASH } from '../../../shared/protocol/journal-entry.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { type Result, refused } from '../../../shared/result.ts';
import { positionOf } from '../db/journal.ts';
import type { OpenRefusal } from '../db/open.ts';
import type { Store } from '../db/store.ts';
import { record } from '../record.ts';

export interface Applied {
  /** Payments whose state moved, as they now are. */
  readonly changed: readonly PaymentRow[];
  /** Outcomes with lower numbers are missing and must be fetched. */
  readonly hasGap: boolean;
}

function amountOf(row: PaymentRow) {
  const amount = fromWire(row.amount);
  invariant(amount !== undefined, 'a stored payment without an amount');
  return amount;
}

export function applyAcknowledgement(
  store: Store,
  ack: Acknowledgement,
  bytes: Uint8Array,
  nowMs: number,
): Result<Applied, Refusal<'clearing-answer-invalid'> | OpenRefusal> {
  const upTo = positionOf(ack.epoch, ack.seq);
  if (ack.seq > 0) {
    const stored = store.journal.at(upTo);
    if (stored === undefined || !equalBytes(journalHash(stored.bytes), ack.headHash)) {
      return refused({ code: 'clearing-answer-invalid' });
    }
  } else if (!equalBytes(ack.headHash, NO_HASH)) {
    return refused({ code: 'clearing-answer-invalid' });
  }
  const acknowledged = store.settings.integer('acknowledged-position', 0n);
  const held = store.settings.integer('outcome-number', 0n);
  const fresh = ack.outcomes.filter((outcome) => BigInt(outcome.number) > held);
  const isNew = upTo > acknowledged || fresh.length > 0;
  const inOrder = fresh.every((outcome, i) => BigInt(outcome.number) === held + BigInt(i + 1));

  return store.write(() => {
    const changed = new Map<string, PaymentRow>();
    const note = (row: PaymentRow): void => {
      changed.set(`${row.epoch}/${row.journalSeq}`, row);
    };
    if (isNew) record(store, { kind: 'synced', atMs: nowMs, actor: '', body: bytes });
    if (upTo > acknowledged) {
      for (const row of store.payments.markSent(acknowledged, upTo)) {
        store.tallies.subtract('unsent', amountOf(row));
        note(row);
      }
      store.settings.setInteger('acknowledged-position', upTo);
    }
    // out of order: leave them all, the fetch that follows brings them again in order
    for (const outcome of inOrder ? fresh : []) {
      const moved = store.payments.setOutcome(positionOf(outcome.epoch, outcome.seq), outcome);
      if (moved !== undefined) {
        if (moved.before === 'approved-offline') store.tallies.subtract('unsent', amountOf(moved.row));
        store.tallies.subtract('exposure', amountOf(moved.row));
        note(moved.row);
      }
      store.settings.setInteger('outcome-number', BigInt(outcome.number));
    }
    const serverMs = store.settings.integer('server-time-ms', 0n);
    if (BigInt(ack.serverTimeMs) > serverMs) {
      store.settings.setInteger('server-time-ms', BigInt(ack.serverTimeMs));
      store.journal.mendFloor(ack.serverTimeMs);
    }
    store.settings.setInteger('last-contact-ms', BigInt(nowMs));
    return { changed: [...changed.values()], hasGap: !inOrder };
  });
}
