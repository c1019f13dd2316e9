/** What waits for a root that is kept offline, and what was given out to be signed. Rows are never changed. */
import { sql } from 'kysely';
import type { Database, Tx } from './database.ts';

/** A version that no bundle has and none was prepared for. The caller has the trust lock. */
export async function nextVersion(tx: Tx): Promise<number> {
  const { rows } = await sql<{ version: bigint }>`
    SELECT 1 + GREATEST(coalesce((SELECT max(version) FROM trust_bundles), 0),
                        coalesce((SELECT max(version) FROM trust_preparations), 0)) AS version`.execute(tx);
  return Number(rows[0]?.version ?? 1n);
}

export async function queueCause(tx: Tx, cause: string, nowMs: number): Promise<void> {
  await tx
    .insertInto('trust_queue')
    .values({ cause, queued_at_ms: BigInt(nowMs) })
    .execute();
}

export interface QueuedCause {
  readonly number: bigint;
  readonly cause: string;
  readonly queuedAtMs: number;
}

/** What no published bundle holds yet, in order. */
export async function readQueue(db: Database): Promise<readonly QueuedCause[]> {
  const rows = await db
    .selectFrom('trust_queue')
    .selectAll()
    .where(
      'number',
      '>',
      sql<bigint>`(SELECT coalesce(max(last_queued), 0) FROM trust_preparations JOIN trust_bundles USING (version))`,
    )
    .orderBy('number')
    .execute();
  return rows.map((row) => ({
    number: row.number,
    cause: row.cause,
    queuedAtMs: Number(row.queued_at_ms),
  }));
}

/** The newest version, or the next where something waits to be signed. */
export async function newestOrNext(tx: Tx): Promise<number> {
  const next = await nextVersion(tx);
  if ((await readQueue(tx)).length > 0) return next;
  const newest = await tx
    .selectFrom('trust_bundles')
    .select(({ fn }) => fn.max('version').as('version'))
    .executeTakeFirst();
  return Number(newest?.version ?? 0n);
}

export interface Preparation {
  readonly version: number;
  readonly base: number | null;
  readonly payload: Uint8Array;
  readonly lastQueued: bigint;
}

export async function insertPreparation(tx: Tx, made: Preparation, nowMs: number): Promise<void> {
  await tx
    .insertInto('trust_preparations')
    .values({
      version: BigInt(made.version),
      base: made.base === null ? null : BigInt(made.base),
      payload: made.payload,
      last_queued: made.lastQueued,
      made_at_ms: BigInt(nowMs),
    })
    .execute();
}

export async function findPreparation(tx: Tx, version: number): Promise<Preparation | undefined> {
  const row = await tx
    .selectFrom('trust_preparations')
    .selectAll()
    .where('version', '=', BigInt(version))
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : {
        version,
        base: row.base === null ? null : Number(row.base),
        payload: row.payload,
        lastQueued: row.last_queued,
      };
}
