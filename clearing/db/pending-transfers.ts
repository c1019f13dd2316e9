/**
 * Transfers in two phases. The triggers of migrations/0125-pending-transfers.sql reserve, release and post; a row
 * here is never changed. Nothing is decided here.
 */
import { sql } from 'kysely';
import type { Database, Tx } from './database.ts';
import type { AccountKind, PendingEnd } from './schema.ts';

interface Side {
  readonly accountId: bigint;
  readonly kind: AccountKind;
  readonly ownerId: Uint8Array;
}

export interface PendingTransferRow {
  readonly pendingNo: bigint;
  readonly kind: string;
  readonly debit: Side;
  readonly credit: Side;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly expiresAtMs: number | null;
  /** Null while it is pending. */
  readonly end: { readonly endId: Uint8Array; readonly how: PendingEnd; readonly amountMinor: bigint } | null;
}

/** False when there is one of this id; then nothing was done. Breaking a rule of the ledger throws. */
export async function insertPending(
  tx: Tx,
  pending: {
    readonly pendingId: Uint8Array;
    readonly kind: string;
    readonly debitAccountId: bigint;
    readonly creditAccountId: bigint;
    readonly amountMinor: bigint;
    readonly currency: string;
    readonly atMs: number;
    readonly expiresAtMs: number | null;
  },
): Promise<boolean> {
  const result = await tx
    .insertInto('pending_transfers')
    .values({
      pending_id: pending.pendingId,
      kind: pending.kind,
      debit_account_id: pending.debitAccountId,
      credit_account_id: pending.creditAccountId,
      amount_minor: pending.amountMinor,
      currency: pending.currency,
      at_ms: BigInt(pending.atMs),
      expires_at_ms: pending.expiresAtMs === null ? null : BigInt(pending.expiresAtMs),
    })
    .onConflict((conflict) => conflict.column('pending_id').doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** Whether this account may owe: the world outside, and the house's own position in a currency. */
export async function isWithoutFloor(tx: Tx, accountId: bigint): Promise<boolean> {
  const row = await tx
    .selectFrom('accounts')
    .select('kind')
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row?.kind === 'settlement' || row?.kind === 'exchange';
}

/** Nobody else ends it until this transaction ends. */
export async function lockPending(tx: Tx, pendingId: Uint8Array): Promise<PendingTransferRow | undefined> {
  const locked = await tx
    .selectFrom('pending_transfers')
    .select('pending_no')
    .where('pending_id', '=', pendingId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  // a statement of its own: it sees what was committed while we waited
  return locked === undefined ? undefined : await findPending(tx, pendingId);
}

export async function findPending(
  db: Database,
  pendingId: Uint8Array,
): Promise<PendingTransferRow | undefined> {
  const row = await db
    .selectFrom('pending_transfers as pending')
    .innerJoin('accounts as debit', 'debit.account_id', 'debit_account_id')
    .innerJoin('accounts as credit', 'credit.account_id', 'credit_account_id')
    .leftJoin('pending_ends as ended', 'ended.pending_no', 'pending.pending_no')
    .select([
      'pending.pending_no',
      'pending.kind',
      'pending.amount_minor',
      'pending.currency',
      'pending.expires_at_ms',
      'debit_account_id',
      'debit.kind as debit_kind',
      'debit.owner_id as debit_owner',
      'credit_account_id',
      'credit.kind as credit_kind',
      'credit.owner_id as credit_owner',
      'ended.end_id',
      'ended.how',
      'ended.amount_minor as ended_minor',
    ])
    .where('pending.pending_id', '=', pendingId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    pendingNo: row.pending_no,
    kind: row.kind,
    debit: { accountId: row.debit_account_id, kind: row.debit_kind, ownerId: row.debit_owner },
    credit: { accountId: row.credit_account_id, kind: row.credit_kind, ownerId: row.credit_owner },
    amountMinor: row.amount_minor,
    currency: row.currency,
    expiresAtMs: row.expires_at_ms === null ? null : Number(row.expires_at_ms),
    end:
      row.end_id === null || row.how === null || row.ended_minor === null
        ? null
        : { endId: row.end_id, how: row.how, amountMinor: row.ended_minor },
  };
}

/** Releases what was reserved; of a posting the transfer of `endId` is made in the same statement. */
export async function insertPendingEnd(
  tx: Tx,
  end: {
    readonly pendingNo: bigint;
    readonly endId: Uint8Array;
    readonly how: PendingEnd;
    readonly amountMinor: bigint;
    readonly atMs: number;
  },
): Promise<void> {
  await tx
    .insertInto('pending_ends')
    .values({
      pending_no: end.pendingNo,
      end_id: end.endId,
      how: end.how,
      amount_minor: end.amountMinor,
      at_ms: BigInt(end.atMs),
    })
    .execute();
}

/**
 * Locks pending transfers whose time is over, except those that another process ends now.
 *
 * @returns their numbers and ids
 */
export async function lockExpiredPending(
  tx: Tx,
  nowMs: number,
  limit: number,
): Promise<readonly { readonly pendingNo: bigint; readonly pendingId: Uint8Array }[]> {
  const { rows } = await sql<{ pending_no: bigint; pending_id: Uint8Array }>`
    SELECT pending_no, pending_id FROM pending_transfers
     WHERE expires_at_ms <= ${nowMs}::bigint
       AND NOT EXISTS (SELECT FROM pending_ends WHERE pending_ends.pending_no = pending_transfers.pending_no)
     ORDER BY expires_at_ms LIMIT ${limit} FOR NO KEY UPDATE SKIP LOCKED`.execute(tx);
  return rows.map((row) => ({ pendingNo: row.pending_no, pendingId: row.pending_id }));
}
