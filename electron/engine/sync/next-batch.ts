/** What goes to the clearing house next, by the line or in a file: entries of the journal under a signed head. */
import { invariant } from '../../../shared/assert.ts';
import {
  encodeJournalBatch,
  type JournalHead,
  MAX_BATCH_BYTES,
} from '../../../shared/protocol/journal-batch.ts';
import { journalHash } from '../../../shared/protocol/journal-entry.ts';
import { epochOf, type StoredEntry, seqOf } from '../db/journal.ts';
import type { Store } from '../db/store.ts';
import type { Session } from '../session.ts';

/** What an entry's length costs beside it. */
const ENTRY_OVERHEAD_BYTES = 9;

/** Entries of one epoch after a position, at most so many and within a batch's bytes. */
export function batchAfter(store: Store, position: bigint, most: number): readonly StoredEntry[] {
  const batch: StoredEntry[] = [];
  let bytes = 0;
  for (const entry of store.journal.after(position, most)) {
    bytes += entry.bytes.length + ENTRY_OVERHEAD_BYTES;
    const [first] = batch;
    if (
      first !== undefined &&
      (bytes > MAX_BATCH_BYTES / 2 || epochOf(entry.position) !== epochOf(first.position))
    ) {
      break;
    }
    batch.push(entry);
  }
  return batch;
}

/** True when there is anything but our own notes of earlier syncs, which would chase themselves for ever. */
export function hasNews(store: Store, batch: readonly StoredEntry[]): boolean {
  return batch.some((entry) => !store.journal.isSyncNote(entry));
}

/** The batch as bytes (shared/protocol/journal-batch.ts), and the head that was signed. */
export function signedBatch(
  { enrolment, keys }: Session,
  entries: readonly StoredEntry[],
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly head: JournalHead } {
  const last = entries.at(-1);
  invariant(last !== undefined, 'a batch of nothing');
  const head = {
    terminalId: enrolment.certificate.terminalId,
    epoch: epochOf(last.position),
    seq: seqOf(last.position),
    headHash: journalHash(last.bytes),
  };
  const batch = { head, entries: entries.map(({ bytes }) => bytes) };
  return { bytes: encodeJournalBatch(batch, enrolment.world, keys.signer), head };
}
