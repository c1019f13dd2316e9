/**
 * The way out of a fork (protocol §5): the clearing house holds other entries at our places, because this disk is
 * an older copy, or another machine runs from one. A new epoch goes on from the last entry that was acknowledged, and
 * every payment since is brought into it, once; the old entries stay where they are, as evidence.
 */
import {
  epochOpenedValue,
  type ImportedBody,
  importedValue,
  readImported,
} from '../../../shared/protocol/bodies/safe-keeping.ts';
import { decodeJournalEntry } from '../../../shared/protocol/journal-entry.ts';
import type { Result } from '../../../shared/result.ts';
import { epochOf, positionOf, type StoredEntry, seqOf } from '../db/journal.ts';
import type { OpenRefusal } from '../db/open.ts';
import { record } from '../record.ts';
import type { Session } from '../session.ts';

const PAGE = 500;

/** The payment's entry in what the clearing house refused to hold: a sale, or one that was carried before. */
function carried({ bytes }: StoredEntry): ImportedBody | undefined {
  const entry = decodeJournalEntry(bytes);
  if (!entry.ok) return undefined;
  if (entry.value.kind === 'sale') return { source: 'fork', bytes };
  if (entry.value.kind !== 'payment-imported') return undefined;
  const imported = readImported(entry.value.body);
  // what the clearing house told us, it need not be told
  return imported.source === 'held' ? undefined : imported;
}

/**
 * @param heldEpoch the newest epoch that the clearing house holds, by a signed answer
 * @param lastCommonSeq where nothing was acknowledged yet: the last entry that the clearing house found equal
 */
export function openForkedEpoch(
  session: Session,
  heldEpoch: number,
  lastCommonSeq: number,
): Result<number, OpenRefusal> {
  const { store, ports } = session;
  return store.write(() => {
    const { tip } = store.journal;
    const acknowledged = store.progress.read().upTo;
    const common = positionOf(tip.epoch, lastCommonSeq);
    const isCommon = acknowledged === 0n && lastCommonSeq > 0 && store.journal.at(common) !== undefined;
    const from = isCommon ? common : acknowledged;
    const epoch = Math.max(tip.epoch, heldEpoch) + 1;
    const end = positionOf(epoch, 0);
    store.journal.openEpoch(epoch, from);
    const act = { atMs: ports.clock.nowMs(), actor: '' };
    const opened = epochOpenedValue({
      reason: 'forked',
      fromEpoch: Math.max(1, epochOf(from)),
      fromSeq: seqOf(from),
    });
    record(store, { ...act, kind: 'epoch-opened', body: opened });
    let count = 0;
    for (let page = store.journal.after(from, PAGE); page.length > 0; ) {
      const past = page.filter(({ position }) => position < end);
      for (const body of past.flatMap((stored) => carried(stored) ?? [])) {
        record(store, { ...act, kind: 'payment-imported', body: importedValue(body) });
        count++;
      }
      const last = past.at(-1);
      page = last === undefined ? [] : store.journal.after(last.position, PAGE);
    }
    // what comes next to send is the new epoch, from its first entry
    store.settings.setInteger('acknowledged-position', end);
    // what the other machine, or this one before its disk went back, has sent from there
    store.settings.setInteger('learn-from', from);
    store.settings.setBytes('learn-hash', new Uint8Array());
    return count;
  });
}
