/**
 * Where a batch joins the chain that is held: gaps are asked for, forks are refused, what is held already
 * is compared and skipped (protocol §5, §6). Pure.
 */
import { hash } from 'node:crypto';
import { equalBytes } from '../../shared/bytes.ts';
import type { JournalBatch } from '../../shared/protocol/journal-batch.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';

export interface ChainEntry {
  readonly seq: number;
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes. */
  readonly hash: Uint8Array;
}

/** The last entry held of an epoch; seq 0 when none is. */
export interface HeldHead {
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** Entries with their places; the signed head must be the last one's. */
export function entriesOf(batch: JournalBatch): Result<readonly ChainEntry[], Refusal<'malformed'>> {
  const firstSeq = batch.head.seq - batch.entries.length + 1;
  if (firstSeq < 1) return refused({ code: 'malformed' });
  const entries = batch.entries.map((bytes, i) => ({
    seq: firstSeq + i,
    bytes,
    hash: hash('sha256', bytes, 'buffer'),
  }));
  const last = entries.at(-1);
  return last !== undefined && equalBytes(last.hash, batch.head.headHash)
    ? ok(entries)
    : refused({ code: 'malformed' });
}

/**
 * The entries that are new.
 *
 * @param heldHashes of the entries that the batch and the chain have both, by seq
 */
export function joinChain(
  entries: readonly ChainEntry[],
  head: HeldHead,
  heldHashes: ReadonlyMap<number, Uint8Array>,
): Result<readonly ChainEntry[], Refusal<'journal-gap' | 'journal-forked'>> {
  const [first] = entries;
  if (first !== undefined && first.seq > head.seq + 1)
    return refused({ code: 'journal-gap', detail: { expectedSeq: head.seq + 1 } });
  for (const { seq, hash: sent } of entries) {
    if (seq > head.seq) break;
    const held = heldHashes.get(seq);
    if (held === undefined || !equalBytes(held, sent))
      return refused({ code: 'journal-forked', detail: { lastSeq: seq - 1 } });
  }
  return ok(entries.filter(({ seq }) => seq > head.seq));
}
