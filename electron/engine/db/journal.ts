/**
 * The journal's table: append, read in order, check the chain. Appending needs a transaction that is
 * open; whoever opened it commits the entry and its views together, or neither.
 */
import { invariant } from '../../../shared/assert.ts';
import { equalBytes } from '../../../shared/bytes.ts';
import { LEAP_MS } from '../../../shared/decision/clock.ts';
import { readEpochOpened } from '../../../shared/protocol/bodies/safe-keeping.ts';
import {
  decodeJournalEntry,
  encodeJournalEntry,
  type JournalEntry,
  journalHash,
  NO_HASH,
} from '../../../shared/protocol/journal-entry.ts';
import { reading } from '../../../shared/protocol/shape.ts';
import type { Connection } from './connection.ts';
import type { SettingsTable } from './settings.ts';

/** Entries of one epoch at most; epoch and seq make one integer key. */
const SEQ_SPAN = 2n ** 40n;

export function positionOf(epoch: number, seq: number): bigint {
  return BigInt(epoch) * SEQ_SPAN + BigInt(seq);
}

export function epochOf(position: bigint): number {
  return Number(position / SEQ_SPAN);
}

export function seqOf(position: bigint): number {
  return Number(position % SEQ_SPAN);
}

/** Entries between two looks at whether somebody waits. */
const CHECKED_PAGE = 500;

export interface StoredEntry {
  readonly position: bigint;
  readonly bytes: Uint8Array;
}

export interface Appended {
  readonly position: bigint;
  readonly entry: JournalEntry;
}

/** Where the chain ends: what the next entry continues. */
interface Tip {
  readonly epoch: number;
  readonly seq: number;
  readonly hash: Uint8Array;
  readonly atMs: number;
}

function decoded(bytes: Uint8Array): JournalEntry {
  const entry = decodeJournalEntry(bytes);
  invariant(entry.ok, 'a journal entry that does not decode');
  return entry.value;
}

export class JournalTable {
  readonly #connection: Connection;
  readonly #settings: SettingsTable;
  readonly #insert;
  readonly #range;
  #tip: Tip;
  #floorMs: number;

  constructor(connection: Connection, settings: SettingsTable) {
    this.#connection = connection;
    this.#settings = settings;
    this.#insert = connection.prepare<[bigint, Uint8Array]>(
      'INSERT INTO journal (position, bytes) VALUES (?, ?)',
    );
    this.#range = connection.prepare<[bigint, bigint], StoredEntry>(
      'SELECT position, bytes FROM journal WHERE position > ? ORDER BY position LIMIT ?',
    );
    this.#tip = this.#readTip();
    this.#floorMs = this.#readFloor();
  }

  #readTip(): Tip {
    const last = this.#connection
      .prepare<[], StoredEntry>('SELECT position, bytes FROM journal ORDER BY position DESC LIMIT 1')
      .get();
    if (last === undefined) return { epoch: 1, seq: 0, hash: NO_HASH, atMs: 0 };
    const entry = decodeJournalEntry(last.bytes);
    invariant(entry.ok, 'the last journal entry does not decode');
    return {
      epoch: entry.value.epoch,
      seq: entry.value.seq,
      hash: journalHash(last.bytes),
      atMs: entry.value.atMs,
    };
  }

  get tip(): Tip {
    return this.#tip;
  }

  /**
   * The highest time that the journal has seen and that no single leap made, milliseconds since 1970. It is the newest entry's while the clock
   * runs on; one that was turned back adds an earlier entry, and from then on the highest is kept beside it.
   */
  get floorMs(): number {
    return this.#floorMs;
  }

  /** A signed time of the clearing house: entries until now that claim a later one were written by a wrong clock. */
  mendFloor(serverMs: number): void {
    if (this.#floorMs > serverMs) this.#keepFloor(serverMs);
  }

  /** The time is agreed on, by customers' wallets or by a person: it counts, whatever entries until now claim. */
  setFloor(agreedMs: number): void {
    this.#keepFloor(agreedMs);
  }

  /** A time so far beyond all that is known that one entry does not make it true. */
  #isLeap(atMs: number): boolean {
    const knownMs = Math.max(this.#floorMs, Number(this.#settings.integer('server-time-ms', 0n)));
    return knownMs > 0 && atMs > knownMs + LEAP_MS;
  }

  #readFloor(): number {
    const keptMs = Number(this.#settings.integer('journal-floor-ms', 0n));
    const upTo = this.#settings.integer('journal-floor-position', -1n);
    return this.#tipPosition() > upTo ? Math.max(keptMs, this.#tip.atMs) : keptMs;
  }

  /** From here on the times of the entries that are there do not count, only this does. */
  #keepFloor(floorMs: number): void {
    invariant(this.#connection.inTransaction, 'a floor outside of a transaction');
    this.#floorMs = floorMs;
    this.#settings.setInteger('journal-floor-ms', BigInt(floorMs));
    this.#settings.setInteger('journal-floor-position', this.#tipPosition());
  }

  #tipPosition(): bigint {
    return positionOf(this.#tip.epoch, this.#tip.seq);
  }

  /** Appends within the open transaction. On roll-back the caller must call `reload`. */
  append(act: Pick<JournalEntry, 'kind' | 'atMs' | 'actor' | 'body'>): Appended {
    invariant(this.#connection.inTransaction, 'an entry outside of a transaction');
    const { epoch, seq, hash } = this.#tip;
    const bytes = encodeJournalEntry({ epoch, seq: seq + 1, previousHash: hash, ...act });
    // as it will be read: views see what `rebuild` sees, and a chain never holds what cannot be decoded
    const entry = decoded(bytes);
    const position = positionOf(epoch, entry.seq);
    this.#insert.run(position, bytes);
    // an earlier time than the newest entry's: what was seen before must outlive this process
    if (act.atMs < this.#floorMs && this.#floorMs === this.#tip.atMs) this.#keepFloor(this.#floorMs);
    const isLeap = this.#isLeap(act.atMs);
    if (!isLeap) this.#floorMs = Math.max(this.#floorMs, act.atMs);
    this.#tip = { epoch, seq: entry.seq, hash: journalHash(bytes), atMs: act.atMs };
    // one far jump must not burn the terminal: the entry stands, its time does not count, also after a restart
    if (isLeap) this.#keepFloor(this.#floorMs);
    return { position, entry };
  }

  /** Takes an entry of another journal as it is, in its place; for a copy that is made in order, from the start. */
  take(stored: StoredEntry): Appended {
    invariant(this.#connection.inTransaction, 'an entry outside of a transaction');
    const entry = decoded(stored.bytes);
    this.#insert.run(stored.position, stored.bytes);
    return { position: stored.position, entry };
  }

  /** After a transaction was rolled back: what was appended in it is not there. */
  reload(): void {
    this.#tip = this.#readTip();
    this.#floorMs = this.#readFloor();
  }

  /** Entries after a position, in order. */
  after(position: bigint, limit: number): readonly StoredEntry[] {
    return this.#range.all(position, BigInt(limit));
  }

  at(position: bigint): StoredEntry | undefined {
    return this.#connection
      .prepare<[bigint], StoredEntry>('SELECT position, bytes FROM journal WHERE position = ?')
      .get(position);
  }

  count(): number {
    return Number(this.#connection.prepare('SELECT count(*) FROM journal').pluck().get());
  }

  /** True for what the terminal notes of its own housekeeping: nothing happened in the shop. */
  isHouseNote(stored: StoredEntry): boolean {
    const entry = decodeJournalEntry(stored.bytes);
    return entry.ok && (entry.value.kind === 'synced' || entry.value.kind === 'backup-made');
  }

  /** True for the note of an acknowledgement: it goes along with the next news, and is no news itself. */
  isSyncNote(stored: StoredEntry): boolean {
    const entry = decodeJournalEntry(stored.bytes);
    return entry.ok && entry.value.kind === 'synced';
  }

  /**
   * Recomputes the chain over the last entries (all when not given). The position of the first entry that does
   * not decode, stands at the wrong place or does not continue the one before; undefined when all is well.
   */
  firstBreak(last?: number): bigint | undefined {
    const from =
      last === undefined
        ? -1n
        : (this.#connection
            .prepare<[bigint], { position: bigint }>(
              'SELECT position FROM journal ORDER BY position DESC LIMIT 1 OFFSET ?',
            )
            .get(BigInt(last))?.position ?? -1n);
    for (const brokenAt of this.#walk(from)) if (brokenAt !== undefined) return brokenAt;
    return undefined;
  }

  /**
   * The same over all entries, giving way after each page so that a sale can pass between.
   *
   * @param giveWay resolves when it is this check's turn again
   */
  async firstBreakGivingWay(giveWay: () => Promise<void>): Promise<bigint | undefined> {
    for (const brokenAt of this.#walk(-1n)) {
      if (brokenAt !== undefined) return brokenAt;
      await giveWay();
    }
    return undefined;
  }

  /** Page by page from after a position: where the chain breaks, or undefined for each page that is whole. */
  *#walk(from: bigint): Generator<bigint | undefined> {
    const start = from < 0n ? undefined : this.at(from);
    let previous = { epoch: 1, seq: 0, hash: start === undefined ? NO_HASH : journalHash(start.bytes) };
    if (start !== undefined) previous = { ...previous, epoch: epochOf(from), seq: seqOf(from) };
    for (let page = this.after(from, CHECKED_PAGE); page.length > 0; ) {
      for (const row of page) {
        const entry = decodeJournalEntry(row.bytes);
        if (!entry.ok) {
          yield row.position;
          return;
        }
        const { value } = entry;
        const isInPlace = row.position === positionOf(value.epoch, value.seq);
        const continues =
          value.epoch === previous.epoch
            ? value.seq === previous.seq + 1 && equalBytes(value.previousHash, previous.hash)
            : value.epoch > previous.epoch && this.#opensEpoch(value);
        if (!isInPlace || !continues) {
          yield row.position;
          return;
        }
        previous = { epoch: value.epoch, seq: value.seq, hash: journalHash(row.bytes) };
      }
      yield undefined;
      page = this.after(positionOf(previous.epoch, previous.seq), CHECKED_PAGE);
    }
  }

  /** A later epoch begins with an entry that names the one it goes on from, by place and by hash. */
  #opensEpoch(entry: JournalEntry): boolean {
    if (entry.seq !== 1 || entry.kind !== 'epoch-opened') return false;
    const body = reading(() => readEpochOpened(entry.body));
    if (!body.ok || body.value.fromEpoch >= entry.epoch) return false;
    const { fromEpoch, fromSeq } = body.value;
    const from = fromSeq === 0 ? undefined : this.at(positionOf(fromEpoch, fromSeq));
    const hash = fromSeq === 0 ? NO_HASH : from === undefined ? undefined : journalHash(from.bytes);
    return hash !== undefined && equalBytes(hash, entry.previousHash);
  }

  /**
   * The next entry opens this epoch and goes on from that entry (0: from nothing), whatever came after it. Needs an
   * open transaction, like the append that follows.
   */
  openEpoch(epoch: number, from: bigint): void {
    invariant(this.#connection.inTransaction, 'an epoch outside of a transaction');
    invariant(epoch > this.#tip.epoch, 'an epoch that is not new');
    const stored = from === 0n ? undefined : this.at(from);
    invariant(from === 0n || stored !== undefined, 'an epoch that goes on from an entry that is not there');
    const hash = stored === undefined ? NO_HASH : journalHash(stored.bytes);
    this.#tip = { ...this.#tip, epoch, seq: 0, hash };
  }
}
