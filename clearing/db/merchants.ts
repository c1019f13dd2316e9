/** Merchants, enrolment codes and terminals. Secrets are here as digests only. */
import { sql } from 'kysely';
import type { Database, Tx } from './database.ts';

export interface MerchantRow {
  readonly merchantId: Uint8Array;
  readonly displayName: string;
  readonly currency: string;
  readonly accountId: bigint;
}

/** With its first branch, which has the merchant's name. */
export async function insertMerchant(
  tx: Tx,
  merchant: MerchantRow,
  branchId: Uint8Array,
  nowMs: number,
): Promise<void> {
  await tx
    .insertInto('merchants')
    .values({
      merchant_id: merchant.merchantId,
      display_name: merchant.displayName,
      currency: merchant.currency,
      account_id: merchant.accountId,
      created_at_ms: BigInt(nowMs),
    })
    .execute();
  await tx
    .insertInto('branches')
    .values({
      branch_id: branchId,
      merchant_id: merchant.merchantId,
      display_name: merchant.displayName,
      is_default: true,
      created_at_ms: BigInt(nowMs),
    })
    .execute();
}

/** False when there is no such merchant, or no such branch of it. */
export async function insertEnrolmentCode(
  db: Database,
  code: {
    readonly secretDigest: Uint8Array;
    readonly merchantId: Uint8Array;
    /** Undefined: the merchant's default one. */
    readonly branchId: Uint8Array | undefined;
    readonly nowMs: number;
    readonly expiresAtMs: number;
  },
): Promise<boolean> {
  const branch = code.branchId === undefined ? sql`is_default` : sql`branch_id = ${code.branchId}`;
  const { numAffectedRows } = await sql`
    INSERT INTO enrolment_codes (secret_digest, merchant_id, branch_id, created_at_ms, expires_at_ms)
    SELECT ${code.secretDigest}, merchant_id, branch_id, ${code.nowMs}::bigint, ${code.expiresAtMs}::bigint
      FROM branches WHERE merchant_id = ${code.merchantId} AND ${branch}`.execute(db);
  return numAffectedRows === 1n;
}

export interface EnrolmentCodeRow {
  readonly expiresAtMs: number;
  readonly merchant: MerchantRow;
  readonly branchId: Uint8Array;
  /** The terminal that has used it. */
  readonly terminal: { readonly publicKey: Uint8Array; readonly certificate: Uint8Array } | null;
}

/** Holds the code until the transaction ends, so that it can be used once. */
export async function lockEnrolmentCode(
  tx: Tx,
  secretDigest: Uint8Array,
): Promise<EnrolmentCodeRow | undefined> {
  const row = await tx
    .selectFrom('enrolment_codes')
    .innerJoin('merchants', 'merchants.merchant_id', 'enrolment_codes.merchant_id')
    .select([
      'merchants.merchant_id',
      'display_name',
      'currency',
      'account_id',
      'branch_id',
      'expires_at_ms',
      'terminal_id',
    ])
    .where('secret_digest', '=', secretDigest)
    .forNoKeyUpdate('enrolment_codes')
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const terminal =
    row.terminal_id === null
      ? undefined
      : await tx
          .selectFrom('terminals')
          .select(['public_key', 'certificate'])
          .where('terminal_id', '=', row.terminal_id)
          .executeTakeFirstOrThrow();
  return {
    expiresAtMs: Number(row.expires_at_ms),
    merchant: {
      merchantId: row.merchant_id,
      displayName: row.display_name,
      currency: row.currency,
      accountId: row.account_id,
    },
    branchId: row.branch_id,
    terminal:
      terminal === undefined ? null : { publicKey: terminal.public_key, certificate: terminal.certificate },
  };
}

export async function insertTerminal(
  tx: Tx,
  terminal: {
    readonly terminalId: Uint8Array;
    readonly merchantId: Uint8Array;
    readonly branchId: Uint8Array;
    readonly publicKey: Uint8Array;
    readonly boxKey: Uint8Array;
    readonly certificate: Uint8Array;
    readonly certificateDigest: Uint8Array;
    readonly expiresAtS: number;
    readonly nowMs: number;
    readonly secretDigest: Uint8Array;
  },
): Promise<void> {
  await tx
    .insertInto('terminals')
    .values({
      terminal_id: terminal.terminalId,
      merchant_id: terminal.merchantId,
      branch_id: terminal.branchId,
      public_key: terminal.publicKey,
      box_key: terminal.boxKey,
      certificate: terminal.certificate,
      certificate_digest: terminal.certificateDigest,
      expires_at_s: BigInt(terminal.expiresAtS),
      created_at_ms: BigInt(terminal.nowMs),
    })
    .execute();
  await tx
    .updateTable('enrolment_codes')
    .set({ terminal_id: terminal.terminalId })
    .where('secret_digest', '=', terminal.secretDigest)
    .execute();
}

export interface TerminalRow {
  readonly terminalId: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly certificateDigest: Uint8Array;
  readonly isRevoked: boolean;
  readonly lastContactAtMs: number;
  readonly merchant: MerchantRow;
}

export async function findTerminal(db: Database, terminalId: Uint8Array): Promise<TerminalRow | undefined> {
  const row = await db
    .selectFrom('terminals')
    .innerJoin('merchants', 'merchants.merchant_id', 'terminals.merchant_id')
    .select([
      'terminal_id',
      'public_key',
      'certificate_digest',
      'revoked_at_ms',
      'last_contact_at_ms',
      'merchants.merchant_id',
      'display_name',
      'currency',
      'account_id',
    ])
    .where('terminal_id', '=', terminalId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    terminalId: row.terminal_id,
    publicKey: row.public_key,
    certificateDigest: row.certificate_digest,
    isRevoked: row.revoked_at_ms !== null,
    lastContactAtMs: Number(row.last_contact_at_ms ?? 0n),
    merchant: {
      merchantId: row.merchant_id,
      displayName: row.display_name,
      currency: row.currency,
      accountId: row.account_id,
    },
  };
}

/** Does not wait for the disk: a contact that a crash forgets is told again by the next one. */
export async function noteContact(db: Database, terminalId: Uint8Array, nowMs: number): Promise<void> {
  await sql`
    WITH relaxed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
    UPDATE terminals SET last_contact_at_ms = ${nowMs}::bigint FROM relaxed
     WHERE terminal_id = ${terminalId}`.execute(db);
}

/** Whether it was revoked before; undefined when there is no such terminal. Call it with the trust lock. */
export async function revokeTerminal(
  tx: Tx,
  terminalId: Uint8Array,
  nowMs: number,
): Promise<{ readonly isNew: boolean } | undefined> {
  const row = await tx
    .selectFrom('terminals')
    .select('revoked_at_ms')
    .where('terminal_id', '=', terminalId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.revoked_at_ms !== null) return { isNew: false };
  await tx
    .updateTable('terminals')
    .set({ revoked_at_ms: BigInt(nowMs) })
    .where('terminal_id', '=', terminalId)
    .execute();
  return { isNew: true };
}

/** Ids of revoked terminals. */
export async function readRevokedTerminals(tx: Tx): Promise<readonly Uint8Array[]> {
  const rows = await tx
    .selectFrom('terminals')
    .select('terminal_id')
    .where('revoked_at_ms', 'is not', null)
    .orderBy('terminal_id')
    .execute();
  return rows.map(({ terminal_id }) => terminal_id);
}

/**
 * Stores the nonce; false when this terminal has used it before. Does not wait for the disk: a nonce
 * that a crash forgets lets a request be repeated, and repeating one changes nothing.
 */
export async function spendNonce(
  db: Database,
  terminalId: Uint8Array,
  nonce: Uint8Array,
  createdS: number,
): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO request_nonces (terminal_id, nonce, created_s)
    SELECT ${terminalId}, ${nonce}, ${createdS}::bigint
      FROM (SELECT set_config('synchronous_commit', 'off', true)) relaxed
    ON CONFLICT DO NOTHING RETURNING 1`.execute(db);
  return rows.length === 1;
}

export async function pruneNonces(db: Database, createdBeforeS: number): Promise<void> {
  await db.deleteFrom('request_nonces').where('created_s', '<', BigInt(createdBeforeS)).execute();
}

/** Empty when there is no such merchant. */
export async function findMerchantName(db: Database, merchantId: Uint8Array): Promise<string> {
  const row = await db
    .selectFrom('merchants')
    .select('display_name')
    .where('merchant_id', '=', merchantId)
    .executeTakeFirst();
  return row?.display_name ?? '';
}
