/** The guarantee: its rules, its fund, and what it has paid. */
import { sql } from 'kysely';
import { byteaArray } from './binary-array.ts';
import type { Database, Tx } from './database.ts';
import { HOUSE_OWNER, lockBalance, openAccount } from './ledger.ts';

export interface GuaranteeRule {
  readonly currency: string;
  readonly version: number;
  readonly upToMinor: bigint;
  readonly perPurseMinor: bigint;
}

/** The newest of a currency. */
export async function findRule(db: Database, currency: string): Promise<GuaranteeRule | undefined> {
  const row = await db
    .selectFrom('guarantee_rules')
    .selectAll()
    .where('currency', '=', currency)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : {
        currency,
        version: Number(row.version),
        upToMinor: row.up_to_minor,
        perPurseMinor: row.per_purse_minor,
      };
}

/** False when this version is there. */
export async function insertRule(tx: Tx, rule: GuaranteeRule, nowMs: number): Promise<boolean> {
  const result = await tx
    .insertInto('guarantee_rules')
    .values({
      currency: rule.currency,
      version: BigInt(rule.version),
      up_to_minor: rule.upToMinor,
      per_purse_minor: rule.perPurseMinor,
      created_at_ms: BigInt(nowMs),
    })
    .onConflict((conflict) => conflict.columns(['currency', 'version']).doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** The fund, which nobody else can draw on until this transaction ends. */
export async function lockFund(
  tx: Tx,
  currency: string,
): Promise<{ accountId: bigint; balanceMinor: bigint }> {
  const accountId = await openAccount(tx, 'guarantee', HOUSE_OWNER, currency);
  return { accountId, balanceMinor: await lockBalance(tx, accountId) };
}

/** Guaranteed before of each of these purses, in their order. */
export async function guaranteedOfPurses(tx: Tx, purses: readonly Uint8Array[]): Promise<readonly bigint[]> {
  const { rows } = await sql<{ sum: bigint }>`
    SELECT (SELECT coalesce(sum(amount_minor), 0)::bigint FROM outcomes
             WHERE outcomes.purse_id = asked.purse_id AND state = 'settled-guaranteed') AS sum
      FROM unnest(${byteaArray(purses)}::bytea[]) WITH ORDINALITY AS asked (purse_id, place)
     ORDER BY place`.execute(tx);
  return rows.map(({ sum }) => sum);
}

export async function guaranteedOfTerminal(tx: Tx, terminalId: Uint8Array, sinceMs: number): Promise<bigint> {
  const { rows } = await sql<{ sum: bigint }>`
    SELECT coalesce(sum(amount_minor), 0)::bigint AS sum FROM outcomes
     WHERE terminal_id = ${terminalId} AND decided_at_ms > ${BigInt(sinceMs)} AND state = 'settled-guaranteed'`.execute(
    tx,
  );
  return rows[0]?.sum ?? 0n;
}

/** When trust bundles were issued, by version; seconds since 1970. */
export async function issuedOf(tx: Tx, versions: readonly number[]): Promise<ReadonlyMap<number, number>> {
  if (versions.length === 0) return new Map();
  const rows = await tx
    .selectFrom('trust_bundles')
    .select(['version', 'issued_s'])
    .where('version', 'in', versions.map(BigInt))
    .execute();
  return new Map(rows.map((row) => [Number(row.version), Number(row.issued_s)]));
}
