/**
 * The journal: everything a terminal does, one append-only chain (protocol §5). An entry is CBOR [epoch,
 * seq, previous hash, kind, at, actor, body]; its hash is SHA-256 of exactly these bytes. Other tables are
 * views of it. Nothing in it is ever changed.
 */
import { invariant } from '../assert.ts';
import { utf8 } from '../bytes.ts';
import { sha256 } from '../hash.ts';
import type { Refusal } from '../refusals.ts';
import type { Result } from '../result.ts';
import { type CborValue, decodeCbor, encodeCbor } from './cbor.ts';
import { Malformed } from './malformed.ts';
import { readBytes, reading, readOrdinal, readText, readTimeMs, readTuple, readUint } from './shape.ts';

/** For ever: numbers are in journals. */
export const JOURNAL_KINDS = {
  enrolled: 1,
  'epoch-opened': 2,
  'trust-accepted': 3,
  'signed-in': 4,
  'invoice-issued': 5,
  sale: 6,
  decline: 7,
  'clock-fault': 8,
  refund: 9,
  'cash-moved': 10,
  'shift-opened': 11,
  synced: 12,
  /** Two payments of one purse that contradict each other, and the proof of it. */
  'double-spend': 13,
  'signed-out': 14,
  'sign-in-refused': 15,
  'invoice-cancelled': 16,
  'shift-closed': 17,
  /** A whole order with its lines and tenders, paid. */
  'order-closed': 18,
  'payment-voided': 19,
  'person-changed': 20,
  'approval-given': 21,
  'catalogue-changed': 22,
  'setting-changed': 23,
  'backup-made': 24,
  'drawer-opened': 25,
  /** A payment of a lost journal, brought back from paper. */
  'payment-imported': 26,
  reprinted: 27,
  'order-discarded': 28,
  exported: 29,
  'order-parked': 30,
  /** The drawer's cash, counted; the last count before the closing is the one that counts. */
  'shift-counted': 31,
} as const;

export type JournalKind = keyof typeof JOURNAL_KINDS;

const KIND_BY_NUMBER = new Map(
  Object.entries(JOURNAL_KINDS).map(([kind, number]) => [number, kind as JournalKind]),
);

export interface JournalEntry {
  /** 1…n; a new one where a chain would fork. */
  readonly epoch: number;
  /** 1…n without a gap in each epoch. */
  readonly seq: number;
  readonly previousHash: Uint8Array;
  readonly kind: JournalKind;
  /** Milliseconds since 1970 by the terminal's clock: evidence, not order. */
  readonly atMs: number;
  /** Who did it: a user's name at the till, or "" for the terminal itself. */
  readonly actor: string;
  readonly body: CborValue;
}

/** What comes before seq 1 of the first epoch. */
export const NO_HASH: Uint8Array = new Uint8Array(32);
export const MAX_ACTOR_BYTES = 64;
/** The largest single act: the note of an acknowledgement full of proofs. A batch's limit is in journal-batch.ts. */
export const MAX_ENTRY_BYTES = 1280 * 1024;

/** @throws InvariantViolation for what `decodeJournalEntry` would refuse: a chain must never hold it */
export function encodeJournalEntry(entry: JournalEntry): Uint8Array<ArrayBuffer> {
  invariant(entry.epoch >= 1 && entry.seq >= 1, 'journal: epochs and seqs begin with 1');
  invariant(utf8(entry.actor).length <= MAX_ACTOR_BYTES, 'journal: an actor too long');
  const bytes = encodeCbor([
    entry.epoch,
    entry.seq,
    entry.previousHash,
    JOURNAL_KINDS[entry.kind],
    entry.atMs,
    entry.actor,
    entry.body,
  ]);
  invariant(bytes.length <= MAX_ENTRY_BYTES, 'journal: an entry too large');
  return bytes;
}

export function journalHash(entryBytes: Uint8Array): Uint8Array {
  return sha256(entryBytes);
}

export function decodeJournalEntry(bytes: Uint8Array): Result<JournalEntry, Refusal<'malformed'>> {
  return reading(() => {
    if (bytes.length > MAX_ENTRY_BYTES) throw new Malformed('entry too large');
    const [epoch, seq, previousHash, kindNumber, at, actor, body] = readTuple(decodeCbor(bytes), 7);
    const kind = KIND_BY_NUMBER.get(readUint(kindNumber, 255) as never);
    if (kind === undefined || body === undefined) throw new Malformed('kind');
    return {
      epoch: readOrdinal(epoch, 0xffff_ffff),
      seq: readOrdinal(seq, Number.MAX_SAFE_INTEGER),
      previousHash: readBytes(previousHash, 32),
      kind,
      atMs: readTimeMs(at),
      actor: readText(actor, MAX_ACTOR_BYTES),
      body,
    };
  });
}
