/** What settlements are made by: merchants' terms, fee schedules, rates. A change is a new version; none is lost. */
import { sql } from 'kysely';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import type { ExchangeRate } from '../../shared/protocol/exchange-rate.ts';
import type { Database, Tx } from './database.ts';
import type { CycleKind } from './settlement-schema.ts';

export interface Terms {
  readonly version: number;
  readonly cycle: CycleKind;
  readonly payoutAccount: string;
  readonly payoutCurrency: string;
  readonly reserveBasisPoints: number;
  readonly reserveDays: number;
}

/** Under the merchant's lock. @returns the version */
export async function insertTerms(
  tx: Tx,
  merchantId: Uint8Array,
  terms: Omit<Terms, 'version'>,
  nowMs: number,
): Promise<number> {
  const version = ((await readTerms(tx, merchantId))?.version ?? 0) + 1;
  await tx
    .insertInto('settlement_terms')
    .values({
      merchant_id: merchantId,
      version,
      cycle: terms.cycle,
      payout_account: terms.payoutAccount,
      payout_currency: terms.payoutCurrency,
      reserve_basis_points: terms.reserveBasisPoints,
      reserve_days: terms.reserveDays,
      set_at_ms: BigInt(nowMs),
    })
    .execute();
  return version;
}

/** Those in force. */
export async function readTerms(db: Database, merchantId: Uint8Array): Promise<Terms | undefined> {
  const row = await db
    .selectFrom('settlement_terms')
    .selectAll()
    .where('merchant_id', '=', merchantId)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : {
        version: row.version,
        cycle: row.cycle,
        payoutAccount: row.payout_account,
        payoutCurrency: row.payout_currency,
        reserveBasisPoints: row.reserve_basis_points,
        reserveDays: row.reserve_days,
      };
}

export interface FeeSchedule {
  readonly version: number;
  readonly basisPoints: number;
  readonly fixedMinor: bigint;
  readonly minimumMinor: bigint;
}

/** Any number that no other user of the same database takes: "FTFE". */
const FEES_LOCK = 0x46_54_46_45;

/** Until the transaction ends nobody else makes a version of a schedule. */
export async function lockFees(tx: Tx): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${FEES_LOCK}::bigint)`.execute(tx);
}

/** Under lockFees. @returns the version */
export async function insertFees(
  tx: Tx,
  currency: string,
  fees: Omit<FeeSchedule, 'version'>,
  nowMs: number,
): Promise<number> {
  const version = ((await readFees(tx, currency))?.version ?? 0) + 1;
  await tx
    .insertInto('fee_schedules')
    .values({
      currency,
      version,
      basis_points: fees.basisPoints,
      fixed_minor: fees.fixedMinor,
      minimum_minor: fees.minimumMinor,
      set_at_ms: BigInt(nowMs),
    })
    .execute();
  return version;
}

/** @param version without it, the one in force */
export async function readFees(
  db: Database,
  currency: string,
  version?: number,
): Promise<FeeSchedule | undefined> {
  const row = await db
    .selectFrom('fee_schedules')
    .selectAll()
    .where('currency', '=', currency)
    .$if(version !== undefined, (query) => query.where('version', '=', version ?? 0))
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : {
        version: row.version,
        basisPoints: row.basis_points,
        fixedMinor: row.fixed_minor,
        minimumMinor: row.minimum_minor,
      };
}

export interface StoredRate extends Pick<ExchangeRate, 'mantissa' | 'scale'> {
  readonly rateId: Uint8Array;
}

/** Does nothing when the very rate is there. */
export async function insertRate(
  db: Database,
  rateId: Uint8Array,
  rate: ExchangeRate,
  bytes: Uint8Array,
  nowMs: number,
): Promise<void> {
  await db
    .insertInto('exchange_rates')
    .values({
      rate_id: rateId,
      from_currency: rate.from,
      to_currency: rate.to,
      mantissa: rate.mantissa,
      scale: rate.scale,
      valid_from_s: BigInt(rate.validFromS),
      valid_until_s: BigInt(rate.validUntilS),
      rate: bytes,
      set_at_ms: BigInt(nowMs),
    })
    .onConflict((conflict) => conflict.column('rate_id').doNothing())
    .execute();
}

/** Good at this second: of several the one that began last, and of those the one set last. */
export async function findRate(
  db: Database,
  from: string,
  to: string,
  atS: number,
): Promise<StoredRate | undefined> {
  const row = await db
    .selectFrom('exchange_rates')
    .select(['rate_id', 'mantissa', 'scale'])
    .where('from_currency', '=', from)
    .where('to_currency', '=', to)
    .where('valid_from_s', '<=', BigInt(atS))
    .where('valid_until_s', '>', BigInt(atS))
    .orderBy('valid_from_s', 'desc')
    .orderBy('set_at_ms', 'desc')
    .orderBy('rate_id')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : { rateId: row.rate_id, mantissa: row.mantissa, scale: row.scale };
}

export interface MerchantToSettle {
  readonly merchantId: Uint8Array;
  readonly displayName: string;
  readonly currency: CurrencyCode;
  /** Receivable. */
  readonly accountId: bigint;
  readonly terms: Terms;
}

/**
 * Merchants whose terms say this cycle, by id.
 *
 * @param merchantId of one only
 */
export async function merchantsOfCycle(
  db: Database,
  cycle: CycleKind,
  merchantId: Uint8Array | null,
): Promise<readonly MerchantToSettle[]> {
  const { rows } = await sql<{
    merchant_id: Uint8Array;
    display_name: string;
    currency: CurrencyCode;
    account_id: bigint;
    version: number;
    cycle: CycleKind;
    payout_account: string;
    payout_currency: string;
    reserve_basis_points: number;
    reserve_days: number;
  }>`
    SELECT merchants.merchant_id, display_name, merchants.currency, account_id, terms.*
      FROM merchants CROSS JOIN LATERAL (
        SELECT version, cycle, payout_account, payout_currency, reserve_basis_points, reserve_days
          FROM settlement_terms WHERE settlement_terms.merchant_id = merchants.merchant_id
         ORDER BY version DESC LIMIT 1) terms
     WHERE terms.cycle = ${cycle}
       AND (${merchantId}::bytea IS NULL OR merchants.merchant_id = ${merchantId}::bytea)
     ORDER BY merchants.merchant_id`.execute(db);
  return rows.map((row) => ({
    merchantId: row.merchant_id,
    displayName: row.display_name,
    currency: row.currency,
    accountId: row.account_id,
    terms: {
      version: row.version,
      cycle: row.cycle,
      payoutAccount: row.payout_account,
      payoutCurrency: row.payout_currency,
      reserveBasisPoints: row.reserve_basis_points,
      reserveDays: row.reserve_days,
    },
  }));
}

/** Until the transaction ends nobody else settles this merchant or sets its terms. False when there is none. */
export async function lockMerchant(tx: Tx, merchantId: Uint8Array): Promise<boolean> {
  const row = await tx
    .selectFrom('merchants')
    .select('merchant_id')
    .where('merchant_id', '=', merchantId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row !== undefined;
}
