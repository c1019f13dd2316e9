/**
 * Journals and outcomes: everything a batch writes, one statement a table however long the batch is.
 * Locks are taken in one order by everybody: terminal, purse accounts, customers, and last (by the
 * ledger's trigger) the merchant's account; so batches wait for each other and never in a ring.
 */
import { sql } from 'kysely';
import type { LossBearer, OutcomeState, RejectReason } from '../../shared/protocol/acknowledgement.ts';
import { bigintArray, byteaArray, integerArray, textArray } from './binary-array.ts';
import type { Database, Tx } from './database.ts';

export interface HeadRow {
  readonly epoch: number;
  readonly seq: number;
  readonly hash: Uint8Array;
}

export async function readHead(
  db: Database,
  terminalId: Uint8Array,
  epoch: number,
): Promise<HeadRow | undefined> {
  const row = await db
    .selectFrom('journal_heads')
    .select(['epoch', 'seq', 'head_hash'])
    .where('terminal_id', '=', terminalId)
    .where('epoch', '=', BigInt(epoch))
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : { epoch: Number(row.epoch), seq: Number(row.seq), hash: row.head_hash };
}

/** Of the highest epoch. */
export async function readLastHead(db: Database, terminalId: Uint8Array): Promise<HeadRow | undefined> {
  const row = await db
    .selectFrom('journal_heads')
    .select(['epoch', 'seq', 'head_hash'])
    .where('terminal_id', '=', terminalId)
    .orderBy('epoch', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : { epoch: Number(row.epoch), seq: Number(row.seq), hash: row.head_hash };
}

/** Whether this terminal's journal holds an entry of this hash in an epoch before this one. */
export async function holdsHashBefore(
  db: Database,
  terminalId: Uint8Array,
  epoch: number,
  hash: Uint8Array,
): Promise<boolean> {
  const row = await db
    .selectFrom('journal_entries')
    .select('seq')
    .where('terminal_id', '=', terminalId)
    .where('epoch', '<', BigInt(epoch))
    .where('entry_hash', '=', hash)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Entries after a seq of one epoch, as they came, in order: what a terminal that lost its disk had sent. */
export async function readEntriesAfter(
  db: Database,
  terminalId: Uint8Array,
  epoch: number,
  afterSeq: number,
  limit: number,
): Promise<readonly { readonly seq: number; readonly entry: Uint8Array; readonly hash: Uint8Array }[]> {
  const rows = await db
    .selectFrom('journal_entries')
    .select(['seq', 'entry', 'entry_hash'])
    .where('terminal_id', '=', terminalId)
    .where('epoch', '=', BigInt(epoch))
    .where('seq', '>', BigInt(afterSeq))
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map(({ seq, entry, entry_hash }) => ({ seq: Number(seq), entry, hash: entry_hash }));
}

export async function readHashes(
  db: Database,
  terminalId: Uint8Array,
  epoch: number,
  fromSeq: number,
  toSeq: number,
): Promise<ReadonlyMap<number, Uint8Array>> {
  const rows = await db
    .selectFrom('journal_entries')
    .select(['seq', 'entry_hash'])
    .where('terminal_id', '=', terminalId)
    .where('epoch', '=', BigInt(epoch))
    .where('seq', '>=', BigInt(fromSeq))
    .where('seq', '<=', BigInt(toSeq))
    .execute();
  return new Map(rows.map(({ seq, entry_hash }) => [Number(seq), entry_hash]));
}

/** No other batch of this terminal is taken in until the transaction ends. @returns its last outcome's number */
export async function lockTerminal(tx: Tx, terminalId: Uint8Array): Promise<number> {
  const row = await tx
    .selectFrom('terminals')
    .select('last_outcome_number')
    .where('terminal_id', '=', terminalId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  return Number(row.last_outcome_number);
}

export interface LockedPurse {
  readonly purseId: Uint8Array;
  readonly balanceMinor: bigint;
  readonly frozenAtMs: number | null;
  readonly frozenInVersion: number | null;
  readonly closedAtMs: number | null;
  readonly closedInVersion: number | null;
  readonly endsAtMs: number;
  readonly isReturned: boolean;
}

/** Nobody else settles payments of these purses until the transaction ends. */
export async function lockPurses(tx: Tx, accountIds: readonly bigint[]): Promise<readonly LockedPurse[]> {
  if (accountIds.length === 0) return [];
  const { rows } = await sql<{
    purse_id: Uint8Array;
    balance_minor: bigint;
    frozen_at_ms: bigint | null;
    frozen_in_version: bigint | null;
    closed_at_ms: bigint | null;
    closed_in_version: bigint | null;
    ends_at_ms: bigint;
    is_returned: boolean;
  }>`
    SELECT purse_id, balance_minor, frozen_at_ms, frozen_in_version, closed_at_ms, closed_in_version,
           ends_at_ms, returned_at_ms IS NOT NULL AS is_returned
      FROM accounts JOIN purses USING (account_id)
     WHERE account_id = ANY(${bigintArray(accountIds)}::bigint[])
     ORDER BY account_id FOR NO KEY UPDATE OF accounts`.execute(tx);
  return rows.map((row) => ({
    purseId: row.purse_id,
    balanceMinor: row.balance_minor,
    frozenAtMs: row.frozen_at_ms === null ? null : Number(row.frozen_at_ms),
    frozenInVersion: row.frozen_in_version === null ? null : Number(row.frozen_in_version),
    closedAtMs: row.closed_at_ms === null ? null : Number(row.closed_at_ms),
    closedInVersion: row.closed_in_version === null ? null : Number(row.closed_in_version),
    endsAtMs: Number(row.ends_at_ms),
    isReturned: row.is_returned,
  }));
}

/** Which of these payments are settled already. Call it after lockPurses: then the answer stays true. */
/** A counter of a purse that is settled: by which picture, and for whom. */
export interface SettledPayment {
  readonly purseId: Uint8Array;
  readonly counter: number;
  readonly merchantId: Uint8Array;
  /** The entry that it was settled by, and whose journal that is in. */
  readonly terminalId: Uint8Array;
  readonly entry: Uint8Array;
  /** Null where the outcome was kept without it. */
  readonly sale: {
    readonly purseId: Uint8Array;
    readonly counter: number;
    readonly paymentId: Uint8Array;
    readonly amountMinor: bigint;
    readonly soldAtMs: number;
  } | null;
}

export async function findSettled(
  tx: Tx,
  payments: readonly { readonly purseId: Uint8Array; readonly counter: number }[],
): Promise<readonly SettledPayment[]> {
  if (payments.length === 0) return [];
  const { rows } = await sql<{
    purse_id: Uint8Array;
    counter: number;
    payment_id: Uint8Array | null;
    amount_minor: string | bigint | null;
    sold_at_ms: string | bigint | null;
    merchant_id: Uint8Array;
    terminal_id: Uint8Array;
    entry: Uint8Array;
  }>`
    SELECT asked.purse_id, asked.counter, known.*
      FROM unnest(${byteaArray(payments.map(({ purseId }) => purseId))}::bytea[],
                  ${integerArray(payments.map(({ counter }) => counter))}::integer[]) AS asked (purse_id, counter)
      -- looked up one by one: a join could choose to read all outcomes there ever were
     CROSS JOIN LATERAL (
       SELECT outcomes.payment_id, outcomes.amount_minor, outcomes.sold_at_ms, terminals.merchant_id,
              terminal_id, journal_entries.entry
         FROM outcomes JOIN terminals USING (terminal_id) JOIN journal_entries USING (terminal_id, epoch, seq)
        WHERE purse_id = asked.purse_id AND counter = asked.counter AND state <> 'rejected'
          AND refund_id IS NULL LIMIT 1) known`.execute(tx);
  return rows.map(({ purse_id: purseId, counter, payment_id, amount_minor, sold_at_ms, ...row }) => ({
    purseId,
    counter,
    merchantId: row.merchant_id,
    terminalId: row.terminal_id,
    entry: row.entry,
    sale:
      payment_id === null || amount_minor === null || sold_at_ms === null
        ? null
        : {
            purseId,
            counter,
            paymentId: payment_id,
            amountMinor: BigInt(amount_minor),
            soldAtMs: Number(sold_at_ms),
          },
  }));
}

/** The entries that hold the settled payments of a purse, newest first. */
export async function readSettledEntries(
  tx: Tx,
  purseId: Uint8Array,
  limit: number,
): Promise<readonly Uint8Array[]> {
  const rows = await tx
    .selectFrom('outcomes')
    .innerJoin('journal_entries', (join) =>
      join
        .onRef('journal_entries.terminal_id', '=', 'outcomes.terminal_id')
        .onRef('journal_entries.epoch', '=', 'outcomes.epoch')
        .onRef('journal_entries.seq', '=', 'outcomes.seq'),
    )
    .select('entry')
    .where('purse_id', '=', purseId)
    .where('state', '<>', 'rejected')
    .where('refund_id', 'is', null)
    .orderBy('counter', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ entry }) => entry);
}

/** Gives each customer so many new places in their history. @returns the last place given, by hexadecimal id */
export async function takeCustomerNumbers(
  tx: Tx,
  counts: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, number>> {
  if (counts.size === 0) return new Map();
  const { rows } = await sql<{ id: string; last: bigint }>`
    WITH wanted AS (
      SELECT decode(id, 'hex') AS customer_id, count
        FROM unnest(${textArray([...counts.keys()])}::text[], ${bigintArray([...counts.values()])}::bigint[]) AS w (id, count)),
    locked AS MATERIALIZED (
      SELECT customer_id FROM customers
       WHERE customer_id IN (SELECT customer_id FROM wanted)
       ORDER BY customer_id FOR NO KEY UPDATE)
    UPDATE customers SET last_payment_number = last_payment_number + wanted.count
      FROM wanted JOIN locked USING (customer_id)
     WHERE customers.customer_id = locked.customer_id
    RETURNING encode(customers.customer_id, 'hex') AS id, last_payment_number AS last`.execute(tx);
  return new Map(rows.map(({ id, last }) => [id, Number(last)]));
}

export interface NewEntry {
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
  readonly outcomeNumber: number | null;
}

export interface NewOutcome {
  readonly number: number;
  readonly seq: number;
  readonly state: OutcomeState;
  readonly reason: RejectReason | null;
  readonly lossBearer: LossBearer;
  readonly proof: Uint8Array | null;
  readonly soldAtMs: number | null;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly payment: {
    readonly purseId: Uint8Array;
    readonly counter: number;
    readonly paymentId: Uint8Array;
    readonly customerId: Uint8Array;
    readonly customerNumber: number;
  } | null;
  /** Of a refund, 16 bytes; null of a payment. */
  readonly refundId: Uint8Array | null;
}

/** Stores a batch's entries and outcomes and moves the head. */
export async function insertBatch(
  tx: Tx,
  batch: {
    readonly terminalId: Uint8Array;
    readonly epoch: number;
    readonly nowMs: number;
    readonly entries: readonly NewEntry[];
    readonly outcomes: readonly NewOutcome[];
  },
): Promise<void> {
  const { terminalId, epoch, nowMs, entries, outcomes } = batch;
  const last = entries.at(-1);
  if (last === undefined) return;
  // one statement: one answer to wait for
  await sql`
    WITH kept AS (
      INSERT INTO journal_entries (terminal_id, epoch, seq, entry_hash, entry, received_at_ms, outcome_number)
      SELECT ${terminalId}, ${epoch}::bigint, seq, entry_hash, entry, ${nowMs}::bigint, outcome_number
        FROM unnest(${bigintArray(entries.map(({ seq }) => seq))}::bigint[],
                    ${byteaArray(entries.map(({ hash }) => hash))}::bytea[],
                    ${byteaArray(entries.map(({ bytes }) => bytes))}::bytea[],
                    ${bigintArray(entries.map(({ outcomeNumber }) => outcomeNumber))}::bigint[])
          AS fresh (seq, entry_hash, entry, outcome_number)),
    decided AS (
      INSERT INTO outcomes (terminal_id, epoch, decided_at_ms, number, seq, state, reason, loss_bearer,
        proof, sold_at_ms, amount_minor, currency, purse_id, counter, payment_id, customer_id,
        customer_number, refund_id)
      SELECT ${terminalId}, ${epoch}::bigint, ${nowMs}::bigint, fresh.*
        FROM unnest(
          ${bigintArray(outcomes.map(({ number }) => number))}::bigint[],
          ${bigintArray(outcomes.map(({ seq }) => seq))}::bigint[],
          ${textArray(outcomes.map(({ state }) => state))}::text[],
          ${textArray(outcomes.map(({ reason }) => reason))}::text[],
          ${textArray(outcomes.map(({ lossBearer }) => lossBearer))}::text[],
          ${byteaArray(outcomes.map(({ proof }) => proof))}::bytea[],
          ${bigintArray(outcomes.map(({ soldAtMs }) => soldAtMs))}::bigint[],
          ${bigintArray(outcomes.map(({ amountMinor }) => amountMinor))}::bigint[],
          ${textArray(outcomes.map(({ currency }) => currency))}::text[],
          ${byteaArray(outcomes.map(({ payment }) => payment?.purseId ?? null))}::bytea[],
          ${integerArray(outcomes.map(({ payment }) => payment?.counter ?? null))}::integer[],
          ${byteaArray(outcomes.map(({ payment }) => payment?.paymentId ?? null))}::bytea[],
          ${byteaArray(outcomes.map(({ payment }) => payment?.customerId ?? null))}::bytea[],
          ${bigintArray(outcomes.map(({ payment }) => payment?.customerNumber ?? null))}::bigint[],
          ${byteaArray(outcomes.map(({ refundId }) => refundId))}::bytea[]) AS fresh),
    moved AS (
      INSERT INTO journal_heads (terminal_id, epoch, seq, head_hash)
      VALUES (${terminalId}, ${epoch}, ${last.seq}, ${last.hash})
      ON CONFLICT (terminal_id, epoch) DO UPDATE SET seq = excluded.seq, head_hash = excluded.head_hash)
    UPDATE terminals SET last_contact_at_ms = ${nowMs}::bigint,
           last_outcome_number = last_outcome_number + ${outcomes.length}::bigint
     WHERE terminal_id = ${terminalId}`.execute(tx);
}
