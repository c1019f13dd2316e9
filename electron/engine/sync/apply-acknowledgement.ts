/**
 * Takes a signed acknowledgement in: keeps it in the journal (what the clearing house holds is then sent, and
 * payments have their outcomes: views/sync.ts), all in one transaction. One whose head is an
 * entry that we do not have is `journal-forked`: it is signed, so another machine runs from a copy of our journal.
 */

import type { PaymentRow } from '../../../shared/contract/terminal.ts';
import type { Acknowledgement } from '../../../shared/protocol/acknowledgement.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { type Result, refused } from '../../../shared/result.ts';
import { positionOf } from '../db/journal.ts';
import type { OpenRefusal } from '../db/open.ts';
import type { Store } from '../db/store.ts';
import { type Act, record } from '../record.ts';
import { isOurHead } from '../views/sync.ts';

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
): Result<Applied, Refusal<'journal-forked'> | OpenRefusal> {
  const upTo = positionOf(ack.epoch, ack.seq);
  const isOurs = isOurHead(store, ack);
  // an epoch that another machine opened, running on from our journal: its outcomes are numbered with ours
  if (!isOurs && ack.epoch <= store.journal.tip.epoch) {
    return refused({ code: 'journal-forked', detail: { lastSeq: Math.max(0, ack.seq - 1) } });
  }
  const acknowledged = store.settings.integer('acknowledged-position', 0n);
  const { upTo: heldUpTo, outcomeNumber } = store.progress.read();
  const fresh = ack.outcomes.filter((outcome) => BigInt(outcome.number) > outcomeNumber);
  const isNew = (isOurs && upTo > heldUpTo) || fresh.length > 0;
  const hasGap = fresh.some((outcome, i) => BigInt(outcome.number) !== outcomeNumber + BigInt(i + 1));

  return store.write(() => {
    let changed: readonly PaymentRow[] = [];
    if (isNew) {
      const touched = new Set([
        ...(isOurs ? store.payments.unsentBetween(heldUpTo, upTo) : []),
        ...fresh.flatMap(({ epoch, seq }) => store.payments.placeOf(positionOf(epoch, seq)) ?? []),
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
    if (isOurs && upTo > acknowledged) store.settings.setInteger('acknowledged-position', upTo);
    const serverMs = store.settings.integer('server-time-ms', 0n);
    if (BigInt(ack.serverTimeMs) > serverMs) {
      store.settings.setInteger('server-time-ms', BigInt(ack.serverTimeMs));
      store.journal.mendFloor(ack.serverTimeMs);
    }
    store.settings.setInteger('last-contact-ms', BigInt(nowMs));
    return { changed, hasGap };
  });
}
