/**
 * Reading and posting the ledger. Posting is one statement for any number of transfers; the triggers of
 * migrations/0010-ledger.sql hold the rules and carry the balances. Never updates a balance itself.
 */
import { sql } from 'kysely';
import { invariant } from '../../shared/assert.ts';
import { bigintArray, byteaArray, integerArray, textArray } from './binary-array.ts';
import type { Database, Tx } from './database.ts';
import type { AccountKind } from './schema.ts';

export interface LedgerEntry {
  readonly accountId: bigint;
  /** Minor units, never zero; positive adds to the account. */
  readonly amountMinor: bigint;
}

export interface LedgerTransfer {
  /** 16 bytes, the sender's: posting it twice fails. */
  readonly transferId: Uint8Array;
  /** What it is for, such as "deposit". */
  readonly kind: string;
  readonly atMs: bigint;
  readonly currency: string;
  readonly entries: readonly LedgerEntry[];
}

/** Owner of the house's own accounts. */
export const HOUSE_OWNER: Uint8Array = new Uint8Array(0);

/** The account, made when there is none yet. */
export async function openAccount(
  tx: Tx,
  kind: AccountKind,
  ownerId: Uint8Array,
  currency: string,
): Promise<bigint> {
  const made = await tx
    .insertInto('accounts')
    .values({ kind, owner_id: ownerId, currency })
    .onConflict((conflict) => conflict.columns(['kind', 'owner_id', 'currency']).doNothing())
    .returning('account_id')
    .executeTakeFirst();
  if (made !== undefined) return made.account_id;
  const known = await findAccount(tx, kind, ownerId, currency);
  invariant(known !== undefined, 'an account that is neither new nor there');
  return known;
}

export async function findAccount(
  tx: Tx,
  kind: AccountKind,
  ownerId: Uint8Array,
  currency: string,
): Promise<bigint | undefined> {
  const row = await tx
    .selectFrom('accounts')
    .select('account_id')
    .where('kind', '=', kind)
    .where('owner_id', '=', ownerId)
    .where('currency', '=', currency)
    .executeTakeFirst();
  return row?.account_id;
}

/** What of the balance is not reserved by pending transfers; nobody else can move it until this transaction ends. */
export async function lockBalance(tx: Tx, accountId: bigint): Promise<bigint> {
  const row = await tx
    .selectFrom('accounts')
    .select(['balance_minor', 'pending_out_minor'])
    .where('account_id', '=', accountId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  return row.balance_minor - row.pending_out_minor;
}

/** Posts transfers with their entries. Breaking a rule of the ledger throws: it is a bug. */
export async function postTransfers(tx: Tx, transfers: readonly LedgerTransfer[]): Promise<void> {
  if (transfers.length === 0) return;
  const lines = transfers.flatMap(({ transferId, currency, entries }) =>
    entries.map((entry, i) => ({ ...entry, transferId, currency, line: i + 1 })),
  );
  await sql`
    WITH posted AS (
      INSERT INTO transfers (transfer_id, kind, at_ms, entry_count)
      SELECT * FROM unnest(
        ${byteaArray(transfers.map(({ transferId }) => transferId))}::bytea[],
        ${textArray(transfers.map(({ kind }) => kind))}::text[],
        ${bigintArray(transfers.map(({ atMs }) => atMs))}::bigint[],
        ${integerArray(transfers.map(({ entries }) => entries.length))}::integer[])
      RETURNING transfer_no, transfer_id)
    INSERT INTO entries (transfer_no, line, account_id, amount_minor, currency)
    SELECT posted.transfer_no, lines.line, lines.account_id, lines.amount_minor, lines.currency
      FROM unnest(
        ${byteaArray(lines.map(({ transferId }) => transferId))}::bytea[],
        ${integerArray(lines.map(({ line }) => line))}::integer[],
        ${bigintArray(lines.map(({ accountId }) => accountId))}::bigint[],
        ${bigintArray(lines.map(({ amountMinor }) => amountMinor))}::bigint[],
        ${textArray(lines.map(({ currency }) => currency))}::text[])
        AS lines (transfer_id, line, account_id, amount_minor, currency)
      JOIN posted USING (transfer_id)`.execute(tx);
}

export interface PostedTransfer {
  readonly kind: string;
  /** In the order in which they were posted. */
  readonly entries: readonly {
    readonly accountKind: AccountKind;
    readonly ownerId: Uint8Array;
    readonly amountMinor: bigint;
    readonly currency: string;
  }[];
}

export async function findTransfer(tx: Tx, transferId: Uint8Array): Promise<PostedTransfer | undefined> {
  const rows = await tx
    .selectFrom('transfers')
    .innerJoin('entries', 'entries.transfer_no', 'transfers.transfer_no')
    .innerJoin('accounts', 'accounts.account_id', 'entries.account_id')
    .select([
      'transfers.kind',
      'accounts.kind as account_kind',
      'owner_id',
      'amount_minor',
      'entries.currency',
    ])
    .where('transfer_id', '=', transferId)
    .orderBy('line')
    .execute();
  const [first] = rows;
  return first === undefined
    ? undefined
    : {
        kind: first.kind,
        entries: rows.map((row) => ({
          accountKind: row.account_kind,
          ownerId: row.owner_id,
          amountMinor: row.amount_minor,
          currency: row.currency,
        })),
      };
}

export interface LedgerReport {
  /** Per currency over all entries; anything but zero is a fault that the database should have stopped. */
  readonly sums: readonly {
    readonly currency: string;
    readonly sumMinor: bigint;
    readonly entries: number;
  }[];
  readonly accounts: readonly {
    readonly kind: AccountKind;
    readonly ownerId: Uint8Array;
    readonly ownerName: string;
    readonly currency: string;
    readonly balanceMinor: bigint;
  }[];
}

/** Both halves from one moment. */
export async function readLedger(db: Database): Promise<LedgerReport> {
  return await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      const sums = await sql<{ currency: string; sum: string; entries: bigint }>`
        SELECT currency, sum(amount_minor)::text AS sum, count(*) AS entries
          FROM entries GROUP BY currency ORDER BY currency`.execute(tx);
      const accounts = await sql<{
        kind: AccountKind;
        owner_id: Uint8Array;
        owner_name: string | null;
        currency: string;
        balance_minor: bigint;
      }>`
        SELECT accounts.kind, owner_id, accounts.currency, balance_minor,
               CASE accounts.kind
                 WHEN 'available' THEN (SELECT user_name FROM customers WHERE customer_id = owner_id)
                 WHEN 'purse' THEN (SELECT user_name FROM purses JOIN customers USING (customer_id)
                                     WHERE purse_id = owner_id)
                 WHEN 'receivable' THEN (SELECT display_name FROM merchants WHERE merchant_id = owner_id)
                 WHEN 'reserve' THEN (SELECT display_name FROM merchants WHERE merchant_id = owner_id)
               END AS owner_name
          FROM accounts ORDER BY accounts.account_id`.execute(tx);
      return {
        sums: sums.rows.map((row) => ({
          currency: row.currency,
          sumMinor: BigInt(row.sum),
          entries: Number(row.entries),
        })),
        accounts: accounts.rows.map((row) => ({
          kind: row.kind,
          ownerId: row.owner_id,
          ownerName: row.owner_name ?? '',
          currency: row.currency,
          balanceMinor: row.balance_minor,
        })),
      };
    });
}

/** One thing that is wrong in the ledger, in the words of migrations/0125-pending-transfers.sql. */
export interface LedgerFault {
  readonly fault: string;
  readonly subject: string;
  /** Minor units, or lines of a transfer. */
  readonly offBy: string;
}

/** Everything that can be wrong, summed anew from the raw rows at one moment. Reads the whole ledger. */
export async function auditLedger(db: Database): Promise<readonly LedgerFault[]> {
  const { rows } = await sql<{ fault: string; subject: string; off_by: string }>`
    SELECT fault, subject, off_by::text AS off_by FROM ledger_faults()`.execute(db);
  return rows.map(({ fault, subject, off_by }) => ({ fault, subject, offBy: off_by }));
}
