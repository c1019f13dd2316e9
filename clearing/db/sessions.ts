/** Sessions and failed sign-ins, by digest: whoever reads this table can neither sign in nor learn names. */
import { sql } from 'kysely';
import type { Database } from './database.ts';

export async function insertSession(
  db: Database,
  session: {
    readonly tokenDigest: Uint8Array;
    readonly customerId: Uint8Array;
    readonly nowMs: number;
    readonly expiresAtMs: number;
  },
): Promise<void> {
  await db.deleteFrom('sessions').where('expires_at_ms', '<=', BigInt(session.nowMs)).execute();
  await db
    .insertInto('sessions')
    .values({
      token_digest: session.tokenDigest,
      customer_id: session.customerId,
      created_at_ms: BigInt(session.nowMs),
      expires_at_ms: BigInt(session.expiresAtMs),
    })
    .execute();
}

export async function deleteSession(db: Database, tokenDigest: Uint8Array): Promise<void> {
  await db.deleteFrom('sessions').where('token_digest', '=', tokenDigest).execute();
}

/** Milliseconds since 1970 until which this name may not try; 0 when it may. */
export async function readBlock(db: Database, nameDigest: Uint8Array): Promise<number> {
  const row = await db
    .selectFrom('sign_in_failures')
    .select('blocked_until_ms')
    .where('name_digest', '=', nameDigest)
    .executeTakeFirst();
  return Number(row?.blocked_until_ms ?? 0n);
}

/**
 * Counts a failure; from the fifth in a row on, the name waits, twice as long each time.
 *
 * @param forgetAfterMs a failure that is older than this does not count any more
 */
export async function countFailure(
  db: Database,
  nameDigest: Uint8Array,
  nowMs: number,
  back: { readonly freeTries: number; readonly firstMs: number; readonly maxMs: number },
  forgetAfterMs: number,
): Promise<void> {
  const now = BigInt(nowMs);
  await db
    .deleteFrom('sign_in_failures')
    .where('last_at_ms', '<', now - BigInt(forgetAfterMs))
    .execute();
  await sql`
    INSERT INTO sign_in_failures AS known (name_digest, failures, last_at_ms, blocked_until_ms)
    VALUES (${nameDigest}, 1, ${now}, 0)
    ON CONFLICT (name_digest) DO UPDATE SET
      failures = known.failures + 1,
      last_at_ms = ${now},
      blocked_until_ms = CASE WHEN known.failures + 1 < ${back.freeTries} THEN 0
        ELSE ${now}::bigint + least(${back.maxMs}::numeric,
          ${back.firstMs}::numeric * 2 ^ least(known.failures + 1 - ${back.freeTries}::int, 30))::bigint END`.execute(
    db,
  );
}

export async function clearFailures(db: Database, nameDigest: Uint8Array): Promise<void> {
  await db.deleteFrom('sign_in_failures').where('name_digest', '=', nameDigest).execute();
}
