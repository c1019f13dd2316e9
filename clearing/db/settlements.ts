/** Settlement runs, settlements, payouts, reserves and corrections. All of it only grows. */
import { sql } from 'kysely';
import type { Database, Tx } from './database.ts';
import type { CorrectionKind, CycleKind } from './settlement-schema.ts';

export interface RunRow {
  readonly runId: Uint8Array;
  readonly cycle: CycleKind;
  readonly day: string | null;
  readonly merchantId: Uint8Array | null;
  readonly cutoffMs: number;
}

/** Notes the run at the first call; returns it as it was first noted. */
export async function claimRun(db: Database, run: RunRow, nowMs: number): Promise<RunRow> {
  await db
    .insertInto('settlement_runs')
    .values({
      run_id: run.runId,
      cycle: run.cycle,
      day: run.day,
      merchant_id: run.merchantId,
      cutoff_ms: BigInt(run.cutoffMs),
      made_at_ms: BigInt(nowMs),
    })
    .onConflict((conflict) => conflict.column('run_id').doNothing())
    .execute();
  return (await findRun(db, run.runId)) ?? run;
}

export async function findRun(db: Database, runId: Uint8Array): Promise<RunRow | undefined> {
  const row = await db
    .selectFrom('settlement_runs')
    .selectAll()
    .where('run_id', '=', runId)
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : {
        runId: row.run_id,
        cycle: row.cycle,
        day: row.day,
        merchantId: row.merchant_id,
        cutoffMs: Number(row.cutoff_ms),
      };
}

export interface Payout {
  readonly payoutId: Uint8Array;
  readonly account: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly rateId: Uint8Array | null;
}

export interface SettlementRow {
  readonly settlementId: Uint8Array;
  readonly runId: Uint8Array;
  readonly merchantId: Uint8Array;
  readonly currency: string;
  readonly number: number;
  readonly madeAtMs: number;
  readonly termsVersion: number;
  readonly feeVersion: number | null;
  readonly openingMinor: bigint;
  readonly paymentCount: number;
  readonly paymentsMinor: bigint;
  readonly refundCount: number;
  readonly refundsMinor: bigint;
  readonly correctionNumber: number;
  readonly correctionsMinor: bigint;
  readonly feesChargedMinor: bigint;
  readonly feesTakenMinor: bigint;
  readonly reserveHeldMinor: bigint;
  readonly reserveDueMs: number;
  readonly reserveReleasedMinor: bigint;
  readonly payoutMinor: bigint;
  readonly closingMinor: bigint;
  /** Null when nothing is paid out. */
  readonly payout: Payout | null;
}

export async function insertSettlement(tx: Tx, row: SettlementRow): Promise<void> {
  await tx
    .insertInto('settlements')
    .values({
      settlement_id: row.settlementId,
      run_id: row.runId,
      merchant_id: row.merchantId,
      currency: row.currency,
      number: row.number,
      made_at_ms: BigInt(row.madeAtMs),
      terms_version: row.termsVersion,
      fee_version: row.feeVersion,
      opening_minor: row.openingMinor,
      payment_count: BigInt(row.paymentCount),
      payments_minor: row.paymentsMinor,
      refund_count: BigInt(row.refundCount),
      refunds_minor: row.refundsMinor,
      correction_number: row.correctionNumber,
      corrections_minor: row.correctionsMinor,
      fees_charged_minor: row.feesChargedMinor,
      fees_taken_minor: row.feesTakenMinor,
      reserve_held_minor: row.reserveHeldMinor,
      reserve_due_ms: BigInt(row.reserveDueMs),
      reserve_released_minor: row.reserveReleasedMinor,
      payout_minor: row.payoutMinor,
      closing_minor: row.closingMinor,
    })
    .execute();
  if (row.payout === null) return;
  await tx
    .insertInto('payout_orders')
    .values({
      payout_id: row.payout.payoutId,
      settlement_id: row.settlementId,
      account: row.payout.account,
      currency: row.payout.currency,
      amount_minor: row.payout.amountMinor,
      rate_id: row.payout.rateId,
    })
    .execute();
}

/** Of all settlements with their payouts; whoever asks adds a condition. */
function selectSettlements(db: Database) {
  return db
    .selectFrom('settlements')
    .leftJoin('payout_orders', 'payout_orders.settlement_id', 'settlements.settlement_id')
    .selectAll('settlements')
    .select(['payout_id', 'account', 'payout_orders.currency as payout_currency', 'amount_minor', 'rate_id']);
}

type SelectedSettlement = Awaited<ReturnType<ReturnType<typeof selectSettlements>['execute']>>[number];

function settlementOf(row: SelectedSettlement): SettlementRow {
  const { payout_id: payoutId, account, payout_currency: currency, amount_minor: amountMinor } = row;
  return {
    settlementId: row.settlement_id,
    runId: row.run_id,
    merchantId: row.merchant_id,
    currency: row.currency,
    number: row.number,
    madeAtMs: Number(row.made_at_ms),
    termsVersion: row.terms_version,
    feeVersion: row.fee_version,
    openingMinor: row.opening_minor,
    paymentCount: Number(row.payment_count),
    paymentsMinor: row.payments_minor,
    refundCount: Number(row.refund_count),
    refundsMinor: row.refunds_minor,
    correctionNumber: row.correction_number,
    correctionsMinor: row.corrections_minor,
    feesChargedMinor: row.fees_charged_minor,
    feesTakenMinor: row.fees_taken_minor,
    reserveHeldMinor: row.reserve_held_minor,
    reserveDueMs: Number(row.reserve_due_ms),
    reserveReleasedMinor: row.reserve_released_minor,
    payoutMinor: row.payout_minor,
    closingMinor: row.closing_minor,
    payout:
      payoutId === null || account === null || currency === null || amountMinor === null
        ? null
        : { payoutId, account, currency, amountMinor, rateId: row.rate_id },
  };
}

export async function findSettlement(
  db: Database,
  settlementId: Uint8Array,
): Promise<SettlementRow | undefined> {
  const row = await selectSettlements(db)
    .where('settlements.settlement_id', '=', settlementId)
    .executeTakeFirst();
  return row === undefined ? undefined : settlementOf(row);
}

/** @param merchantId of one only */
export async function settlementsOfRun(
  db: Database,
  runId: Uint8Array,
  merchantId?: Uint8Array,
): Promise<readonly SettlementRow[]> {
  let query = selectSettlements(db).where('run_id', '=', runId);
  if (merchantId !== undefined) query = query.where('settlements.merchant_id', '=', merchantId);
  const rows = await query.orderBy('settlements.merchant_id').orderBy('settlements.currency').execute();
  return rows.map(settlementOf);
}

/** Newest first. @param before settlements made before this one only */
export async function listSettlements(
  db: Database,
  merchantId: Uint8Array | null,
  before: SettlementRow | null,
  limit: number,
): Promise<readonly SettlementRow[]> {
  let query = selectSettlements(db);
  if (merchantId !== null) query = query.where('settlements.merchant_id', '=', merchantId);
  if (before !== null) {
    const madeAt = BigInt(before.madeAtMs);
    query = query.where(
      sql<boolean>`(settlements.made_at_ms, settlements.settlement_id) < (${madeAt}::bigint, ${before.settlementId}::bytea)`,
    );
  }
  const rows = await query
    .orderBy('settlements.made_at_ms', 'desc')
    .orderBy('settlements.settlement_id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(settlementOf);
}

/** Under the merchant's lock: what the next settlement goes on from. */
export async function lastSettlement(
  db: Database,
  merchantId: Uint8Array,
  currency: string,
): Promise<SettlementRow | undefined> {
  const row = await selectSettlements(db)
    .where('settlements.merchant_id', '=', merchantId)
    .where('settlements.currency', '=', currency)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : settlementOf(row);
}

/** Reserves that are due and were not given back. */
export async function dueReserves(
  db: Database,
  merchantId: Uint8Array,
  currency: string,
  nowMs: number,
): Promise<readonly { readonly settlementId: Uint8Array; readonly amountMinor: bigint }[]> {
  const rows = await db
    .selectFrom('settlements')
    .leftJoin('reserve_releases', 'held_by', 'settlement_id')
    .select(['settlement_id', 'reserve_held_minor'])
    .where('merchant_id', '=', merchantId)
    .where('currency', '=', currency)
    .where('reserve_held_minor', '>', 0n)
    .where('reserve_due_ms', '<=', BigInt(nowMs))
    .where('held_by', 'is', null)
    .orderBy('number')
    .execute();
  return rows.map((row) => ({ settlementId: row.settlement_id, amountMinor: row.reserve_held_minor }));
}

export async function insertReleases(
  tx: Tx,
  heldBy: readonly Uint8Array[],
  releasedBy: Uint8Array,
): Promise<void> {
  if (heldBy.length === 0) return;
  await tx
    .insertInto('reserve_releases')
    .values(heldBy.map((held_by) => ({ held_by, released_by: releasedBy })))
    .execute();
}

export interface CorrectionRow {
  readonly correctionId: Uint8Array;
  readonly settlementId: Uint8Array;
  readonly merchantId: Uint8Array;
  readonly currency: string;
  readonly kind: CorrectionKind;
  readonly amountMinor: bigint;
  readonly reason: string;
  readonly madeAtMs: number;
}

/** Under the merchant's lock. */
export async function insertCorrection(tx: Tx, row: CorrectionRow): Promise<void> {
  const { last } = await tx
    .selectFrom('settlement_corrections')
    .select((b) => b.fn.max('number').as('last'))
    .where('merchant_id', '=', row.merchantId)
    .where('currency', '=', row.currency)
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('settlement_corrections')
    .values({
      correction_id: row.correctionId,
      settlement_id: row.settlementId,
      merchant_id: row.merchantId,
      currency: row.currency,
      number: (last ?? 0) + 1,
      kind: row.kind,
      amount_minor: row.amountMinor,
      reason: row.reason,
      made_at_ms: BigInt(row.madeAtMs),
    })
    .execute();
}

/** By id, or all of one settlement. */
export async function readCorrections(
  db: Database,
  by: { readonly correctionId: Uint8Array } | { readonly settlementId: Uint8Array },
): Promise<readonly CorrectionRow[]> {
  const rows = await db
    .selectFrom('settlement_corrections')
    .selectAll()
    .where((where) =>
      'correctionId' in by
        ? where('correction_id', '=', by.correctionId)
        : where('settlement_id', '=', by.settlementId),
    )
    .orderBy('number')
    .execute();
  return rows.map((row) => ({
    correctionId: row.correction_id,
    settlementId: row.settlement_id,
    merchantId: row.merchant_id,
    currency: row.currency,
    kind: row.kind,
    amountMinor: row.amount_minor,
    reason: row.reason,
    madeAtMs: Number(row.made_at_ms),
  }));
}

/** Those after this number: how far they go, and their sum. */
export async function correctionsAfter(
  db: Database,
  merchantId: Uint8Array,
  currency: string,
  after: number,
): Promise<{ readonly number: number; readonly sumMinor: bigint }> {
  const rows = await db
    .selectFrom('settlement_corrections')
    .select(['number', 'amount_minor'])
    .where('merchant_id', '=', merchantId)
    .where('currency', '=', currency)
    .where('number', '>', after)
    .orderBy('number')
    .execute();
  return {
    number: rows.at(-1)?.number ?? after,
    sumMinor: rows.reduce((sum, row) => sum + row.amount_minor, 0n),
  };
}
