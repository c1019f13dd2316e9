/** Purses as they were certified, and their state. What is left in them is the ledger's to say. */
import { sql } from 'kysely';
import { bigintArray, byteaArray } from './binary-array.ts';
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
  readonly tier: number;
  readonly issuedAtS: number;
  readonly expiresAtS: number;
  readonly certificate: Uint8Array;
  readonly state: PurseState;
  /** Its expiry, or earlier where it was closed or frozen. */
  readonly endsAtMs: number;
  /** Null until what was left of it went back. */
  readonly returnedMinor: bigint | null;
  /** The purse that this one takes the place of, and the one that takes its place. */
  readonly renews: Uint8Array | null;
  readonly renewedBy: Uint8Array | null;
  /** Of the purse's account: the allowance less what was settled or returned. */
  readonly balanceMinor: bigint;
}

function purseQuery(db: Database) {
  return db
    .selectFrom('purses')
    .innerJoin('accounts', 'accounts.account_id', 'purses.account_id')
    .leftJoin('purses as later', 'later.renews', 'purses.purse_id')
    .select([
      'purses.purse_id',
      'purses.customer_id',
      'purses.account_id',
      'purses.public_key',
      'purses.currency',
      'purses.allowance_minor',
      'purses.per_payment_cap_minor',
      'purses.payment_count_cap',
      'purses.tier',
      'purses.issued_at_s',
      'purses.expires_at_s',
      'purses.certificate',
      'purses.state',
      'purses.ends_at_ms',
      'purses.returned_minor',
      'purses.renews',
      'later.purse_id as renewed_by',
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
    tier: row.tier,
    issuedAtS: Number(row.issued_at_s),
    expiresAtS: Number(row.expires_at_s),
    certificate: row.certificate,
    state: row.state,
    endsAtMs: Number(row.ends_at_ms),
    returnedMinor: row.returned_minor,
    renews: row.renews,
    renewedBy: row.renewed_by,
    balanceMinor: row.balance_minor,
  };
}

export async function findPurse(db: Database, purseId: Uint8Array): Promise<PurseRow | undefined> {
  const row = await purseQuery(db).where('purses.purse_id', '=', purseId).executeTakeFirst();
  return row === undefined ? undefined : purseRow(row);
}

export async function findPurseOfRequest(
  db: Database,
  customerId: Uint8Array,
  requestId: Uint8Array,
): Promise<PurseRow | undefined> {
  const row = await purseQuery(db)
    .where('purses.customer_id', '=', customerId)
    .where('purses.request_id', '=', requestId)
    .executeTakeFirst();
  return row === undefined ? undefined : purseRow(row);
}

/** Newest first. */
export async function listPurses(db: Database, customerId: Uint8Array): Promise<readonly PurseRow[]> {
  const rows = await purseQuery(db)
    .where('purses.customer_id', '=', customerId)
    .orderBy('purses.status_index', 'desc')
    .limit(200)
    .execute();
  return rows.map(purseRow);
}

export interface PurseUse {
  /** Purses that can still pay, without those whose renewal has taken their place, and their allowances together. */
  readonly open: number;
  readonly allowanceMinor: bigint;
  /** Purses that are not returned yet. */
  readonly held: number;
}

/**
 * What a customer has of one currency. Call it while their account is locked: then nobody adds to it.
 *
 * @param options.renewing not counted, for its renewal takes its place
 * @param options.renewalS so long before its end a renewal takes a purse's place
 */
export async function readPurseUse(
  tx: Tx,
  customerId: Uint8Array,
  currency: string,
  options: { readonly nowS: number; readonly renewing: Uint8Array | null; readonly renewalS: number },
): Promise<PurseUse> {
  const { nowS, renewing, renewalS } = options;
  const { rows } = await sql<{ open: bigint; allowance: string; held: bigint }>`
    SELECT count(*) FILTER (WHERE counts) AS open,
           coalesce(sum(allowance_minor) FILTER (WHERE counts), 0)::text AS allowance, count(*) AS held
      FROM (
        SELECT mine.allowance_minor,
               mine.state = 'open' AND mine.expires_at_s > ${nowS}::bigint
                 AND mine.purse_id IS DISTINCT FROM ${renewing}::bytea
                 AND (later.purse_id IS NULL OR later.issued_at_s < mine.expires_at_s - ${renewalS}::bigint) AS counts
          FROM purses AS mine LEFT JOIN purses AS later ON later.renews = mine.purse_id
         WHERE mine.customer_id = ${customerId} AND mine.currency = ${currency}
           AND mine.returned_at_ms IS NULL) AS each_purse`.execute(tx);
  const [row] = rows;
  return {
    open: Number(row?.open ?? 0n),
    allowanceMinor: BigInt(row?.allowance ?? '0'),
    held: Number(row?.held ?? 0n),
  };
}

/** A number that no other purse has, for its bit in the status list. */
export async function nextStatusIndex(tx: Tx): Promise<number> {
  const { rows } = await sql<{ index: bigint }>`SELECT nextval('purse_status_indexes') AS index`.execute(tx);
  return Number(rows[0]?.index);
}

export async function insertPurse(
  tx: Tx,
  purse: Omit<PurseRow, 'state' | 'balanceMinor' | 'endsAtMs' | 'returnedMinor' | 'renewedBy'> & {
    readonly requestId: Uint8Array;
    readonly statusIndex: number;
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
      renews: purse.renews,
    })
    .execute();
}

/** No other step of its life is made until the transaction ends; undefined when there is no such purse. */
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

/** A purse that was returned before stays what it was, but the next trust bundle lists it. */
export async function freezePurse(
  tx: Tx,
  purseId: Uint8Array,
  nowMs: number,
  inVersion: number,
): Promise<void> {
  await tx
    .updateTable('purses')
    .set({
      state: sql<PurseState>`CASE WHEN returned_at_ms IS NULL THEN 'frozen' ELSE state END`,
      frozen_at_ms: BigInt(nowMs),
      frozen_in_version: BigInt(inVersion),
    })
    .where('purse_id', '=', purseId)
    .execute();
}

/** The next trust bundle lists it. */
export async function closePurse(tx: Tx, purseId: Uint8Array, nowMs: number): Promise<void> {
  await tx
    .updateTable('purses')
    .set({ state: 'closed', closed_at_ms: BigInt(nowMs) })
    .where('purse_id', '=', purseId)
    .execute();
}

/** Closed purses that no bundle has listed are listed from this version on. */
export async function listClosedFrom(tx: Tx, version: number): Promise<void> {
  await tx
    .updateTable('purses')
    .set({ closed_in_version: BigInt(version) })
    .where('closed_at_ms', 'is not', null)
    .where('closed_in_version', 'is', null)
    .execute();
}

export interface DuePurse {
  readonly purseId: Uint8Array;
  readonly customerId: Uint8Array;
  readonly accountId: bigint;
  readonly currency: string;
}

/**
 * Purses to return, locked, without those that another process returns now and those of which an authorised amount is
 * still held. Oldest end first.
 */
export async function lockDuePurses(
  tx: Tx,
  options: { readonly endedBeforeMs: number; readonly heldSinceMs: number; readonly limit: number },
): Promise<readonly DuePurse[]> {
  const { rows } = await sql<{
    purse_id: Uint8Array;
    customer_id: Uint8Array;
    account_id: bigint;
    currency: string;
  }>`
    SELECT purse_id, customer_id, account_id, currency FROM purses
     WHERE returned_at_ms IS NULL AND ends_at_ms <= ${options.endedBeforeMs}::bigint
       AND NOT EXISTS (
         SELECT FROM authorisations AS held
          WHERE held.purse_id = purses.purse_id AND held.authorised_at_ms >= ${options.heldSinceMs}::bigint
            AND NOT EXISTS (
              SELECT FROM outcomes
               WHERE outcomes.purse_id = held.purse_id AND outcomes.counter = held.counter
                 AND outcomes.state <> 'rejected' AND refund_id IS NULL))
     ORDER BY ends_at_ms LIMIT ${options.limit} FOR NO KEY UPDATE SKIP LOCKED`.execute(tx);
  return rows.map((row) => ({
    purseId: row.purse_id,
    customerId: row.customer_id,
    accountId: row.account_id,
    currency: row.currency,
  }));
}

/** Their accounts are empty now. */
export async function markReturned(
  tx: Tx,
  nowMs: number,
  purses: readonly { readonly purseId: Uint8Array; readonly leftMinor: bigint }[],
): Promise<void> {
  await sql`
    UPDATE purses SET returned_at_ms = ${nowMs}::bigint, returned_minor = done.left_minor,
           state = CASE WHEN state = 'open' THEN 'closed' ELSE state END
      FROM unnest(${byteaArray(purses.map(({ purseId }) => purseId))}::bytea[],
                  ${bigintArray(purses.map(({ leftMinor }) => leftMinor))}::bigint[]) AS done (purse_id, left_minor)
     WHERE purses.purse_id = done.purse_id`.execute(tx);
}

/** Of all purses that were frozen or closed by their customer, and how many indexes were given out. */
export async function readStatusIndexes(
  tx: Tx,
): Promise<{ readonly revoked: readonly number[]; readonly given: number }> {
  const revoked = await tx
    .selectFrom('purses')
    .select('status_index')
    .where((is) => is.or([is('frozen_in_version', 'is not', null), is('closed_in_version', 'is not', null)]))
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
