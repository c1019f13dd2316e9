/** Tries where a guess is worth something, counted for all processes together. Addresses are here as digests only. */
import { sql } from 'kysely';
import type { Database } from './database.ts';

const MINUTE_MS = 60_000;
const KEPT_MINUTES = 2;

/** Counts one more try of this source. @returns its tries in this minute, with this one */
export async function countGuess(db: Database, sourceDigest: Uint8Array, nowMs: number): Promise<number> {
  const minute = BigInt(Math.floor(nowMs / MINUTE_MS));
  const { tries } = await db
    .insertInto('guesses')
    .values({ source_digest: sourceDigest, minute, tries: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['source_digest', 'minute'])
        .doUpdateSet({ tries: sql<number>`least(guesses.tries + 1, 1000000000)` }),
    )
    .returning('tries')
    .executeTakeFirstOrThrow();
  // rows that somebody else is removing just now are left to them
  if (tries === 1)
    await sql`
      DELETE FROM guesses WHERE (source_digest, minute) IN (
        SELECT source_digest, minute FROM guesses
         WHERE minute < ${minute - BigInt(KEPT_MINUTES)}::bigint LIMIT 1000 FOR UPDATE SKIP LOCKED)`.execute(
      db,
    );
  return tries;
}
