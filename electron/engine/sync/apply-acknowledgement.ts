/**
 * Takes a signed acknowledgement in: keeps it in the journal (what the clearing house holds is then sent, and
 * payments have their outcomes: views/sync.ts), all in one transaction. One that claims what we
 * never sent, or another history, is refused: somebody is lying.
 */

import { equalBytes } from '../../../shared/bytes.ts';
import type { PaymentRow } from '../../../shared/contract/terminal.ts';
import type { Acknowledgement } from '../../../shared/protocol/acknowledgement.ts';
import { journalHash, NO_HASH } from '../../../shared/protocol/journal-entry.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { type Result, refused } from '../../../shared/result.ts';
import { positionOf } from '../db/journal.ts';
import type { OpenRefusal } from '../db/open.ts';
import type { Store } from '../db/store.ts';
import { type Act, record } from '../record.ts';

export interface Applied {
  /** Payments whose state moved, as they now are. */
  readonly changed: readonly PaymentRow[];
  /** Outcomes with lower numbers are missing and must be fetched. */
  readonly hasGap: boolean;
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
  const { upTo: heldUpTo, outcomeNumber } = store.progress.read();
  const fresh = ack.outcomes.filter((outcome) => BigInt(outcome.number) > outcomeNumber);
  const isNew = upTo > heldUpTo || fresh.length > 0;
  const hasGap = fresh.some((outcome, i) => BigInt(outcome.number) !== outcomeNumber + BigInt(i + 1));

  return store.write(() => {
    let changed: readonly PaymentRow[] = [];
    if (isNew) {
      const touched = new Set([
        ...store.payments.unsentBetween(heldUpTo, upTo),
        ...fresh.map((outcome) => positionOf(outcome.epoch, outcome.seq)),
      ]);
      const before = new Map(
        [...touched].map((position) => [position, store.payments.find(position)?.state]),
      );
      const act: Act = { kind: 'synced', atMs: nowMs, actor: '', body: bytes };
      record(store, act, { kind: 'synced', acknowledgement: ack });
      changed = [...before].flatMap(([position, state]) => {
        const row = store.payments.find(position);
        return row === undefined || row.state === state ? [] : [row];
      });
      // what became of a refund is told with its payment
      const refunded = new Set(
        fresh.flatMap((outcome) => {
          const refund = store.refunds.find(positionOf(outcome.epoch, outcome.seq));
          return refund === undefined ? [] : [positionOf(refund.original.epoch, refund.original.journalSeq)];
        }),
      );
      changed = [...changed, ...[...refunded].flatMap((position) => store.payments.find(position) ?? [])];
    }
    if (upTo > acknowledged) store.settings.setInteger('acknowledged-position', upTo);
    const serverMs = store.settings.integer('server-time-ms', 0n);
    if (BigInt(ack.serverTimeMs) > serverMs) {
      store.settings.setInteger('server-time-ms', BigInt(ack.serverTimeMs));
      store.journal.mendFloor(ack.serverTimeMs);
    }
    store.settings.setInteger('last-contact-ms', BigInt(nowMs));
    return { changed, hasGap };
  });
}
