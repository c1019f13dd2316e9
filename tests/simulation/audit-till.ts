/**
 * What must be on a terminal's disk: every payment that a cashier saw approved, in a chain that is whole
 * (S1, S3, S4). Asked of the terminal after each start; at the end read from the file, past the program.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { decodeJournalEntry } from '../../shared/protocol/journal-entry.ts';
import type { Till } from './till.ts';
import type { World } from './world.ts';

/** Epoch and seq make one key in the file (migrations/0010-journal.sql). */
const SEQ_SPAN = 2n ** 40n;

export async function auditTill(world: World, till: Till): Promise<void> {
  const { book } = world;
  const rows = new Map((await till.rows()).map((row) => [`${row.epoch}/${row.journalSeq}`, row]));
  for (const approval of book.approvals) {
    if (approval.till !== till.name) continue;
    const row = rows.get(`${approval.epoch}/${approval.journalSeq}`);
    const isThere =
      row !== undefined &&
      row.state !== 'declined' &&
      row.paymentId === approval.paymentId &&
      BigInt(row.amount.minor) === approval.amountMinor;
    if (!isThere)
      world.violated('S1', `${till.name} lost ${approval.epoch}/${approval.journalSeq}, which was shown`);
  }
  const brokenAt = till.brokenAt();
  if (brokenAt !== null) world.violated('S4', `the chain of ${till.name} breaks at ${brokenAt}`);
}

export interface FileEntry {
  readonly epoch: number;
  readonly seq: number;
  /** Hexadecimal SHA-256 of the entry's bytes. */
  readonly hash: string;
}

export interface FilePayment {
  readonly epoch: number;
  readonly seq: number;
  /** As in migrations/0010-journal.sql: 0 approved offline … 5 declined. */
  readonly state: number;
  readonly amountMinor: bigint;
}

export interface FileRefund {
  readonly epoch: number;
  readonly seq: number;
  /** As in migrations/0060-after-the-sale.sql: 0 made … 3 rejected. */
  readonly state: number;
  readonly amountMinor: bigint;
}

export interface TillFile {
  readonly entries: readonly FileEntry[];
  readonly payments: readonly FilePayment[];
  readonly refunds: readonly FileRefund[];
  /** Sums by name: `unsent`, `exposure`. */
  readonly tallies: ReadonlyMap<string, bigint>;
  readonly acknowledged: { readonly epoch: number; readonly seq: number };
}

function placeOf(position: bigint): { epoch: number; seq: number } {
  return { epoch: Number(position / SEQ_SPAN), seq: Number(position % SEQ_SPAN) };
}

/** Reads the file of a till that is closed, and checks the chain by its definition. */
export function readTillFile(world: World, till: Till): TillFile {
  const file = new Database(join(till.folder, 'terminal.db'), { readonly: true });
  file.defaultSafeIntegers(true);
  try {
    const journal = file.prepare('SELECT position, bytes FROM journal ORDER BY position').all() as {
      position: bigint;
      bytes: Uint8Array;
    }[];
    const payments = file.prepare('SELECT position, state, amount_minor FROM payment').all() as {
      position: bigint;
      state: bigint;
      amount_minor: bigint;
    }[];
    const refunds = file.prepare('SELECT position, state, amount_minor FROM refund').all() as {
      position: bigint;
      state: bigint;
      amount_minor: bigint;
    }[];
    const tallies = file.prepare('SELECT name, sum_minor FROM tally').all() as {
      name: string;
      sum_minor: bigint;
    }[];
    const acknowledged = file
      .prepare("SELECT CAST(value AS TEXT) FROM setting WHERE name = 'acknowledged-position'")
      .pluck()
      .get();
    return {
      entries: checkedChain(world, till, journal),
      payments: payments.map(({ position, state, amount_minor }) => ({
        ...placeOf(position),
        state: Number(state),
        amountMinor: amount_minor,
      })),
      refunds: refunds.map(({ position, state, amount_minor }) => ({
        ...placeOf(position),
        state: Number(state),
        amountMinor: amount_minor,
      })),
      tallies: new Map(tallies.map(({ name, sum_minor }) => [name, sum_minor])),
      acknowledged: placeOf(BigInt(String(acknowledged ?? 0))),
    };
  } finally {
    file.close();
  }
}

function checkedChain(
  world: World,
  till: Till,
  journal: readonly { position: bigint; bytes: Uint8Array }[],
): readonly FileEntry[] {
  let previous = '00'.repeat(32);
  let expectedSeq = 1;
  let lastEpoch = 1;
  return journal.map(({ position, bytes }) => {
    const { epoch, seq } = placeOf(position);
    const hash = createHash('sha256').update(bytes).digest('hex');
    const read = decodeJournalEntry(bytes);
    if (epoch !== lastEpoch) expectedSeq = 1;
    const isWhole =
      read.ok &&
      read.value.epoch === epoch &&
      read.value.seq === seq &&
      seq === expectedSeq &&
      Buffer.from(read.value.previousHash).toString('hex') === previous;
    if (!isWhole) world.violated('S3', `the file of ${till.name} is no chain at ${epoch}/${seq}`);
    previous = hash;
    expectedSeq = seq + 1;
    lastEpoch = epoch;
    return { epoch, seq, hash };
  });
}
