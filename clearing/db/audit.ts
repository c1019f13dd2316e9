/**
 * What the auditor reads: raw rows, and sums made anew from entries alone. It believes no balance, no head and no
 * trigger, and it never writes.
 */
import { sql } from 'kysely';
import type { Database, Tx } from './database.ts';

/** All that is read is of one moment. */
export async function readAtOneMoment<T>(db: Database, read: (tx: Tx) => Promise<T>): Promise<T> {
  return await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      // a whole house takes as long as it takes
      await sql`SET LOCAL statement_timeout = 0`.execute(tx);
      await sql`SET LOCAL idle_in_transaction_session_timeout = 0`.execute(tx);
      return await read(tx);
    });
}

/** Faults of one kind: a row each, as text. */
async function faults(tx: Tx, query: ReturnType<typeof sql<{ fault: string }>>): Promise<readonly string[]> {
  return (await query.execute(tx)).rows.map(({ fault }) => fault);
}

export async function ledgerFaults(tx: Tx): Promise<readonly string[]> {
  return [
    ...(await faults(
      tx,
      sql`SELECT format('%s sums to %s', currency, sum(amount_minor)) AS fault
            FROM entries GROUP BY currency HAVING sum(amount_minor) <> 0 ORDER BY 1`,
    )),
    ...(await faults(
      tx,
      sql`SELECT DISTINCT format('transfer %s sums to %s %s', transfer_no, sum(amount_minor), currency) AS fault
            FROM entries GROUP BY transfer_no, currency HAVING sum(amount_minor) <> 0 ORDER BY 1`,
    )),
    ...(await faults(
      tx,
      sql`SELECT format('transfer %s has %s lines, not %s', transfer_no, lines, entry_count) AS fault
            FROM transfers FULL JOIN (SELECT transfer_no, count(*) AS lines, max(line) AS last
                                        FROM entries GROUP BY transfer_no) posted USING (transfer_no)
           WHERE entry_count IS DISTINCT FROM lines OR last IS DISTINCT FROM lines ORDER BY transfer_no`,
    )),
    ...(await faults(
      tx,
      sql`SELECT format('account %s (%s %s) holds %s, its entries sum to %s', account_id, kind, currency,
                        balance_minor, coalesce(moved, 0)) AS fault
            FROM accounts LEFT JOIN (SELECT account_id, sum(amount_minor) AS moved
                                       FROM entries GROUP BY account_id) sums USING (account_id)
           WHERE balance_minor <> coalesce(moved, 0) ORDER BY account_id`,
    )),
    ...(await faults(
      tx,
      sql`SELECT format('transfer %s moves %s on account %s', transfer_no, entries.currency, account_id) AS fault
            FROM entries LEFT JOIN accounts USING (account_id)
           WHERE accounts.currency IS DISTINCT FROM entries.currency ORDER BY transfer_no`,
    )),
  ];
}

/** Outcomes against what was posted for them, both ways. */
export async function outcomeFaults(tx: Tx): Promise<readonly string[]> {
  return [
    ...(await faults(
      tx,
      sql`SELECT format('terminal %s has %s outcomes to number %s, and counts %s', encode(terminal_id, 'hex'),
                        coalesce(held, 0), coalesce(last, 0), last_outcome_number) AS fault
            FROM terminals LEFT JOIN (SELECT terminal_id, count(*) AS held, max(number) AS last
                                        FROM outcomes GROUP BY terminal_id) known USING (terminal_id)
           WHERE last_outcome_number <> coalesce(held, 0) OR last_outcome_number <> coalesce(last, 0)
           ORDER BY 1`,
    )),
    ...(await faults(
      tx,
      sql`SELECT format('outcome %s of terminal %s is of an entry that is not held', number,
                        encode(terminal_id, 'hex')) AS fault
            FROM outcomes LEFT JOIN journal_entries USING (terminal_id, epoch, seq)
           WHERE journal_entries.entry IS NULL ORDER BY 1`,
    )),
    // a payment's transfer is named by purse and counter, a refund's by its own id
    ...(await faults(
      tx,
      sql`WITH settled AS (
            SELECT terminal_id, number, amount_minor, outcomes.currency, merchants.account_id,
                   CASE WHEN refund_id IS NULL THEN amount_minor ELSE -amount_minor END AS gained,
                   coalesce(refund_id, purse_id || int8send(counter::bigint)) AS transfer_id
              FROM outcomes JOIN terminals USING (terminal_id) JOIN merchants USING (merchant_id)
             WHERE state <> 'rejected' AND purse_id IS NOT NULL)
          SELECT format('outcome %s of terminal %s: settled for %s %s, posted %s', number, encode(terminal_id, 'hex'),
                        gained, currency, coalesce(posted, 0)) AS fault
            FROM settled LEFT JOIN LATERAL (
              SELECT sum(entries.amount_minor) AS posted FROM transfers JOIN entries USING (transfer_no)
               WHERE transfers.transfer_id = settled.transfer_id AND entries.account_id = settled.account_id
                 AND entries.currency = settled.currency) moved ON true
           WHERE posted IS DISTINCT FROM gained ORDER BY terminal_id, number`,
    )),
    ...(await faults(
      tx,
      sql`SELECT format('transfer %s is a %s without an outcome', transfer_no, kind) AS fault
            FROM transfers
           WHERE (kind = 'payment' AND NOT EXISTS (
                    SELECT FROM outcomes WHERE purse_id = substring(transfer_id FROM 1 FOR 8)
                       AND purse_id || int8send(counter::bigint) = transfer_id
                       AND state <> 'rejected' AND refund_id IS NULL))
              OR (kind = 'refund' AND NOT EXISTS (
                    SELECT FROM outcomes WHERE refund_id = transfer_id AND state <> 'rejected'))
           ORDER BY transfer_no`,
    )),
  ];
}

export interface ChainRow {
  readonly terminalId: Uint8Array;
  readonly epoch: number;
  /** As the house noted it; null when it noted none. */
  readonly head: { readonly seq: number; readonly hash: Uint8Array } | null;
}

export async function readChains(tx: Tx): Promise<readonly ChainRow[]> {
  const { rows } = await sql<{
    terminal_id: Uint8Array;
    epoch: bigint;
    seq: bigint | null;
    head_hash: Uint8Array | null;
  }>`
    SELECT terminal_id, epoch, journal_heads.seq, head_hash
      FROM (SELECT DISTINCT terminal_id, epoch FROM journal_entries) chains
      FULL JOIN journal_heads USING (terminal_id, epoch) ORDER BY terminal_id, epoch`.execute(tx);
  return rows.map((row) => ({
    terminalId: row.terminal_id,
    epoch: Number(row.epoch),
    head: row.seq === null || row.head_hash === null ? null : { seq: Number(row.seq), hash: row.head_hash },
  }));
}

/** What a settlement moved, by kind of transfer: from its raw entries. */
export async function postedBy(
  tx: Tx,
  transferIds: readonly Uint8Array[],
): Promise<ReadonlyMap<string, { readonly amountMinor: bigint; readonly currency: string }>> {
  if (transferIds.length === 0) return new Map();
  const rows = await tx
    .selectFrom('transfers')
    .innerJoin('entries', 'entries.transfer_no', 'transfers.transfer_no')
    .select(['kind', 'amount_minor', 'currency'])
    .where('transfer_id', 'in', transferIds)
    .where('amount_minor', '>', 0n)
    .execute();
  return new Map(rows.map((row) => [row.kind, { amountMinor: row.amount_minor, currency: row.currency }]));
}

/** All settlements' ids, each merchant's in their order. */
export async function settlementIds(tx: Tx): Promise<readonly Uint8Array[]> {
  const rows = await tx
    .selectFrom('settlements')
    .select('settlement_id')
    .orderBy('merchant_id')
    .orderBy('currency')
    .orderBy('number')
    .execute();
  return rows.map(({ settlement_id }) => settlement_id);
}

/** Terminals of which there are statements. */
export async function terminalsWithStatements(tx: Tx): Promise<readonly Uint8Array[]> {
  const rows = await tx
    .selectFrom('statements')
    .select('terminal_id')
    .distinct()
    .orderBy('terminal_id')
    .execute();
  return rows.map(({ terminal_id }) => terminal_id);
}

export async function readRates(
  tx: Tx,
): Promise<readonly { readonly rateId: Uint8Array; readonly text: string; readonly bytes: Uint8Array }[]> {
  const rows = await tx.selectFrom('exchange_rates').selectAll().orderBy('rate_id').execute();
  return rows.map((row) => ({
    rateId: row.rate_id,
    text: [
      row.from_currency,
      row.to_currency,
      row.mantissa,
      row.scale,
      row.valid_from_s,
      row.valid_until_s,
    ].join('/'),
    bytes: row.rate,
  }));
}
