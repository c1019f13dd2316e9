/**
 * After a restore, or a fork: what the clearing house holds of this terminal and this disk does not, learnt from it.
 * Each entry must go on from the last that we have, hash by hash, up to a head that the clearing house signed; then
 * its payments are put in, so that none is taken a second time.
 */
import { equalBytes } from '../../../shared/bytes.ts';
import { importedValue } from '../../../shared/protocol/bodies/safe-keeping.ts';
import { readSale } from '../../../shared/protocol/journal-bodies.ts';
import { decodeJournalEntry, journalHash } from '../../../shared/protocol/journal-entry.ts';
import { decodePictureBytes, isShort } from '../../../shared/protocol/picture.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { epochOf, positionOf, seqOf } from '../db/journal.ts';
import type { OpenRefusal } from '../db/open.ts';
import type { Store } from '../db/store.ts';
import { record } from '../record.ts';
import type { Session } from '../session.ts';
import type { Transport, TransportRefusal } from './transport.ts';

/** Entries that go on one from the other after a place; undefined when they do not. */
function salesAfter(from: bigint, hash: Uint8Array, entries: readonly Uint8Array[]) {
  let [seq, previous] = [seqOf(from), hash];
  const sales: Uint8Array[] = [];
  for (const bytes of entries) {
    const entry = decodeJournalEntry(bytes);
    if (!entry.ok || entry.value.epoch !== epochOf(from) || entry.value.seq !== seq + 1) return undefined;
    if (!equalBytes(entry.value.previousHash, previous)) return undefined;
    if (entry.value.kind === 'sale') sales.push(bytes);
    [seq, previous] = [entry.value.seq, journalHash(bytes)];
  }
  return { sales, last: positionOf(epochOf(from), seq), hash: previous };
}

/** A short code whose certificate went down with the disk names a purse that nobody here knows. */
function isReadable(store: Store, bytes: Uint8Array): boolean {
  const entry = decodeJournalEntry(bytes);
  if (!entry.ok) return false;
  const picture = decodePictureBytes(readSale(entry.value.body).code);
  if (!picture.ok || picture.value.kind !== 'presented') return false;
  const { certificate } = picture.value;
  return !isShort(certificate) || store.certificates.byShort(certificate.short) !== undefined;
}

type Learnt = Result<
  null,
  {
    refusal: TransportRefusal | OpenRefusal | Refusal<'clearing-answer-invalid'>;
    retryAfterMs: number | null;
  }
>;

/** @param isClosed whether the store may be gone since the last wait */
export async function learnHeld(
  session: Session,
  transport: Transport,
  isClosed: () => boolean,
): Promise<Learnt> {
  const { store, ports } = session;
  for (;;) {
    const from = store.settings.integer('learn-from', -1n);
    if (from < 0n) return ok(null);
    const stored = store.journal.at(from);
    const learnt = store.settings.bytes('learn-hash') ?? new Uint8Array();
    // of the entry that we have, or of the last that we learnt
    const known = learnt.length > 0 ? learnt : stored === undefined ? undefined : journalHash(stored.bytes);
    const answer = await transport.fetchHeld(epochOf(from), seqOf(from));
    if (isClosed()) return ok(null);
    if (!answer.ok) return answer;
    const { ack, entries } = answer.value;
    const found = known === undefined ? undefined : salesAfter(from, known, entries);
    // another history from here on: a fork, which sending will show
    const isOver = entries.length === 0 || found === undefined;
    if (
      !isOver &&
      (ack.epoch !== epochOf(from) || ack.seq !== seqOf(found.last) || !equalBytes(ack.headHash, found.hash))
    ) {
      return refused({ refusal: { code: 'clearing-answer-invalid' }, retryAfterMs: null });
    }
    const written = store.write(() => {
      const act = { kind: 'payment-imported', atMs: ports.clock.nowMs(), actor: '' } as const;
      for (const bytes of isOver ? [] : found.sales) {
        if (isReadable(store, bytes))
          record(store, { ...act, body: importedValue({ source: 'held', bytes }) });
      }
      store.settings.setInteger('learn-from', isOver ? -1n : found.last);
      store.settings.setBytes('learn-hash', isOver ? new Uint8Array() : found.hash);
    });
    if (!written.ok) return refused({ refusal: written.refusal, retryAfterMs: null });
  }
}
