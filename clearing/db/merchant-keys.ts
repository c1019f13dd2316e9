/** Keys of merchants' own programs, by digest. */
import { sql } from 'kysely';
import type { Database } from './database.ts';

/** False when there is no such merchant. */
export async function insertMerchantKey(
  db: Database,
  key: {
    readonly keyId: Uint8Array;
    readonly merchantId: Uint8Array;
    readonly keyDigest: Uint8Array;
    readonly nowMs: number;
  },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    INSERT INTO merchant_keys (key_id, merchant_id, key_digest, created_at_ms)
    SELECT ${key.keyId}, merchant_id, ${key.keyDigest}, ${key.nowMs}::bigint
      FROM merchants WHERE merchant_id = ${key.merchantId}`.execute(db);
  return numAffectedRows === 1n;
}

/** False when there is no such key. Revoking it again changes nothing. */
export async function revokeMerchantKey(db: Database, keyId: Uint8Array, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('merchant_keys')
    .set((eb) => ({ revoked_at_ms: eb.fn.coalesce('revoked_at_ms', eb.val(BigInt(nowMs))) }))
    .where('key_id', '=', keyId)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Whose key it is, while it is good: 8 bytes. */
export async function findMerchantByKey(
  db: Database,
  keyDigest: Uint8Array,
): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom('merchant_keys')
    .select('merchant_id')
    .where('key_digest', '=', keyDigest)
    .where('revoked_at_ms', 'is', null)
    .executeTakeFirst();
  return row?.merchant_id;
}
