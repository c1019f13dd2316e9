/** Purses as they were certified, and their state. What is left in them is the ledger's to say. */
import { sql } from 'kysely';
import type { Database, Tx } from './database.ts';
import type { PurseState } from './schema.ts';

export interface PurseRow {
  readonly purseId: Uint8Array;
  readonly customerId: Uint8Array;
  readonly accountId: bigint;
  readonly publicKey: Uint8Array;
  readonly currency: string;
  readonly allowanceMinor: bigint;
  readonly perPaymentCapMinor: bigint;
  readonly paymentCountCap: number;
  readonly expiresAtS: number;
  readonly certificate: Uint8Array;
  readonly state: PurseState;
  /** Of the purse's account: the allowance less what was settled. */
  readonly balanceMinor: bigint;
}

function purseQuery(db: Database) {
  return db
    .selectFrom('purses')
    .innerJoin('accounts', 'accounts.account_id', 'purses.account_id')
    .select([
      'purse_id',
      'customer_id',
      'purses.account_id',
      'public_key',
      'purses.currency',
      'allowance_minor',
      'per_payment_cap_minor',
      'payment_count_cap',
      'expires_at_s',
      'certificate',
      'state',
      'balance_minor',
    ]);
}

type QueriedPurse = Awaited<ReturnType<ReturnType<typeof purseQuery>['executeTakeFirstOrThrow']>>;

function purseRow(row: QueriedPurse): PurseRow {
  return {
    purseId: row.purse_id,
    customerId: row.customer_id,
    accountId: row.account_id,
    publicKey: row.public_key,
    currency: row.currency,
    allowanceMinor: row.allowance_minor,
    perPaymentCapMinor: row.per_payment_cap_minor,
    paymentCountCap: row.payment_count_cap,
    expiresAtS: Number(row.expires_at_s),
    certificate: row.certificate,
    state: row.state,
    balanceMinor: row.balance_minor,
  };
}

export async function findPurseOfRequest(
  db: Database,
  customerId: Uint8Array,
  requestId: Uint8Array,
): Promise<PurseRow | undefined> {
  const row = await purseQuery(db)
    .where('customer_id', '=', customerId)
    .where('request_id', '=', requestId)
    .executeTakeFirst();
  return row === undefined ? undefined : purseRow(row);
}

/** Newest first. */
export async function listPurses(db: Database, customerId: Uint8Array): Promise<readonly PurseRow[]> {
  const rows = await purseQuery(db)
    .where('customer_id', '=', customerId)
    .orderBy('status_index', 'desc')
    .limit(200)
    .execute();
  return rows.map(purseRow);
}

export async function countOpenPurses(
  tx: Tx,
  customerId: Uint8Array,
  currency: string,
  nowS: number,
): Promise<number> {
  const row = await tx
    .selectFrom('purses')
    .select((select) => select.fn.countAll<bigint>().as('count'))
    .where('customer_id', '=', customerId)
    .where('currency', '=', currency)
    .where('state', '=', 'open')
    .where('expires_at_s', '>', BigInt(nowS))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** A number that no other purse has, for its bit in the status list. */
export async function nextStatusIndex(tx: Tx): Promise<number> {
  const { rows } = await sql<{ index: bigint }>`SELECT nextval('purse_status_indexes') AS index`.execute(tx);
  return Number(rows[0]?.index);
}

export async function insertPurse(
  tx: Tx,
  purse: Omit<PurseRow, 'state' | 'balanceMinor'> & {
    readonly requestId: Uint8Array;
    readonly tier: number;
    readonly statusIndex: number;
    readonly issuedAtS: number;
    readonly certificateDigest: Uint8Array;
  },
): Promise<void> {
  await tx
    .insertInto('purses')
    .values({
      purse_id: purse.purseId,
      customer_id: purse.customerId,
      request_id: purse.requestId,
      account_id: purse.accountId,
      public_key: purse.publicKey,
      currency: purse.currency,
      allowance_minor: purse.allowanceMinor,
      per_payment_cap_minor: purse.perPaymentCapMinor,
      payment_count_cap: purse.paymentCountCap,
      tier: purse.tier,
      status_index: purse.statusIndex,
      issued_at_s: BigInt(purse.issuedAtS),
      expires_at_s: BigInt(purse.expiresAtS),
      certificate: purse.certificate,
      certificate_digest: purse.certificateDigest,
    })
    .execute();
}

/** Waits for whoever judges payments of this purse; undefined when there is no such purse. */
export async function lockPurse(
  tx: Tx,
  purseId: Uint8Array,
): Promise<{ readonly state: PurseState; readonly frozenInVersion: number | null } | undefined> {
  const row = await tx
    .selectFrom('purses')
    .select(['state', 'frozen_in_version'])
    .where('purse_id', '=', purseId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : {
        state: row.state,
        frozenInVersion: row.frozen_in_version === null ? null : Number(row.frozen_in_version),
      };
}

export async function freezePurse(
  tx: Tx,
  purseId: Uint8Array,
  nowMs: number,
  inVersion: number,
): Promise<void> {
  await tx
    .updateTable('purses')
    .set({ state: 'frozen', frozen_at_ms: BigInt(nowMs), frozen_in_version: BigInt(inVersion) })
    .where('purse_id', '=', purseId)
    .execute();
}

/** Of all frozen purses, and how many indexes were given out. */
export async function readStatusIndexes(
  tx: Tx,
): Promise<{ readonly revoked: readonly number[]; readonly given: number }> {
  const revoked = await tx
    .selectFrom('purses')
    .select('status_index')
    .where('state', '=', 'frozen')
    .execute();
  const highest = await tx
    .selectFrom('purses')
    .select((select) => select.fn.max('status_index').as('index'))
    .executeTakeFirst();
  return {
    revoked: revoked.map(({ status_index }) => status_index),
    given: highest?.index === null || highest?.index === undefined ? 0 : highest.index + 1,
  };
}

/** What never changes of a purse, for judging payments. */
export interface RegisteredPurse {
  readonly purseId: Uint8Array;
  readonly customerId: Uint8Array;
  readonly accountId: bigint;
  readonly publicKey: Uint8Array;
  readonly currency: string;
  readonly perPaymentCapMinor: bigint;
  readonly paymentCountCap: number;
  readonly expiresAtS: number;
  readonly certificate: Uint8Array;
  readonly certificateDigest: Uint8Array;
}

/** @param shortDigests first 8 bytes of certificates' digests, hexadecimal */
export async function findPursesByShortDigest(
  db: Database,
  shortDigests: readonly string[],
): Promise<readonly RegisteredPurse[]> {
  if (shortDigests.length === 0) return [];
  const { rows } = await sql<{
    purse_id: Uint8Array;
    customer_id: Uint8Array;
    account_id: bigint;
    public_key: Uint8Array;
    currency: string;
    per_payment_cap_minor: bigint;
    payment_count_cap: number;
    expires_at_s: bigint;
    certificate: Uint8Array;
    certificate_digest: Uint8Array;
  }>`
    SELECT purse_id, customer_id, account_id, public_key, currency, per_payment_cap_minor,
           payment_count_cap, expires_at_s, certificate, certificate_digest
      FROM purses
     WHERE substring(certificate_digest FROM 1 FOR 8) = ANY(
       SELECT decode(name, 'hex') FROM unnest(${shortDigests}::text[]) name)`.execute(db);
  return rows.map((row) => ({
    purseId: row.purse_id,
    customerId: row.customer_id,
    accountId: row.account_id,
    publicKey: row.public_key,
    currency: row.currency,
    perPaymentCapMinor: row.per_payment_cap_minor,
    paymentCountCap: row.payment_count_cap,
    expiresAtS: Number(row.expires_at_s),
    certificate: row.certificate,
    certificateDigest: row.certificate_digest,
  }));
}
