/** Routes of settlement: terms, fees and rates, runs, what came of them, and corrections. All are the operator's. */
import * as z from 'zod/mini';
import { base64url, currency, hexId, minor, signedMinor, timeMs } from './fields.ts';

const cycle = z.enum(['same-day', 'next-day', 'manual']);
const basisPoints = z.int().check(z.minimum(0), z.maximum(10_000));
/** Of the calendar, by UTC. */
const day = z.string().check(z.regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/));
/** "1.0834": up to twelve digits after the point. */
const rate = z.string().check(z.regex(/^(0|[1-9][0-9]{0,11})(\.[0-9]{1,12})?$/));
const reason = z.string().check(z.regex(/^[^\p{Cc}\p{Cs}]{1,200}$/u));

const settlementView = z.strictObject({
  settlementId: hexId(16),
  runId: hexId(16),
  merchantId: hexId(8),
  currency,
  /** 1…n per merchant and currency. */
  number: z.int(),
  madeAtMs: timeMs,
  openingMinor: signedMinor,
  paymentCount: z.int(),
  paymentsMinor: minor,
  refundCount: z.int(),
  refundsMinor: minor,
  correctionsMinor: signedMinor,
  /** What could not be taken is charged in the next cycle. */
  feesChargedMinor: minor,
  feesTakenMinor: minor,
  reserveHeldMinor: minor,
  reserveDueMs: timeMs,
  reserveReleasedMinor: minor,
  payoutMinor: minor,
  /** Opening of the next. */
  closingMinor: signedMinor,
  payout: z.nullable(
    z.strictObject({
      payoutId: hexId(16),
      account: z.string(),
      currency,
      amountMinor: minor,
      rateId: z.nullable(hexId(16)),
    }),
  ),
});

const settlementParams = z.strictObject({ settlementId: hexId(16) });

export const settlementRoutes = {
  setSettlementTerms: {
    method: 'POST',
    path: '/v1/admin/merchants/:merchantId/settlement-terms',
    guard: 'operator',
    status: 201,
    params: z.strictObject({ merchantId: hexId(8) }),
    body: z.strictObject({
      /** T+0, T+1, or whenever the operator says. */
      cycle,
      payoutAccount: z.string().check(z.regex(/^[A-Z0-9]{5,34}$/)),
      payoutCurrency: currency,
      /** Held back of each cycle's sales less refunds, and given back so many days later. */
      reserveBasisPoints: basisPoints,
      reserveDays: z.int().check(z.minimum(0), z.maximum(540)),
    }),
    answer: z.strictObject({ version: z.int() }),
  },
  /** Of each payment: the larger of minimum and share (rounded down), plus the fixed part, never more than the payment. */
  setFees: {
    method: 'POST',
    path: '/v1/admin/fee-schedules',
    guard: 'operator',
    status: 201,
    body: z.strictObject({ currency, basisPoints, fixedMinor: minor, minimumMinor: minor }),
    answer: z.strictObject({ version: z.int() }),
  },
  /** One unit of `from` is so many units of `to`. Payouts are rounded down. The same rate again answers the same. */
  setRate: {
    method: 'POST',
    path: '/v1/admin/rates',
    guard: 'operator',
    status: 201,
    body: z.strictObject({
      from: currency,
      to: currency,
      rate,
      validFromMs: timeMs,
      validUntilMs: timeMs,
    }),
    /** shared/protocol/exchange-rate.ts, signed. */
    answer: z.strictObject({ rateId: hexId(16), signed: base64url(512) }),
  },
  /**
   * A daily cycle is named by its day, a manual one by the operator's run id; running it again finishes what is not
   * done and answers the same. With isDryRun nothing is written.
   */
  runSettlement: {
    method: 'POST',
    path: '/v1/admin/settlement-runs',
    guard: 'operator',
    status: 200,
    body: z.strictObject({
      cycle,
      day: z.nullable(day),
      runId: z.nullable(hexId(16)),
      /** Of a manual cycle of one merchant. */
      merchantId: z.nullable(hexId(8)),
      isDryRun: z.boolean(),
    }),
    answer: z.strictObject({
      runId: hexId(16),
      cutoffMs: timeMs,
      isDryRun: z.boolean(),
      settlements: z.array(settlementView),
      /** Merchants whose payout could not be converted; their money stays where it is. */
      skipped: z.array(z.strictObject({ merchantId: hexId(8), reason: z.enum(['no-rate']) })),
    }),
  },
  /** Newest first, 100 at a time; `before` is the last settlement of the page before. */
  settlements: {
    method: 'GET',
    path: '/v1/admin/settlements',
    guard: 'operator',
    status: 200,
    query: z.strictObject({ merchantId: z.optional(hexId(8)), before: z.optional(hexId(16)) }),
    answer: z.strictObject({ settlements: z.array(settlementView) }),
  },
  settlement: {
    method: 'GET',
    path: '/v1/admin/settlements/:settlementId',
    guard: 'operator',
    status: 200,
    params: settlementParams,
    answer: z.strictObject({
      settlement: settlementView,
      statements: z.array(
        z.strictObject({
          terminalId: hexId(8),
          number: z.int(),
          epoch: z.int(),
          fromSeq: z.int(),
          toSeq: z.int(),
          leafCount: z.int(),
          root: hexId(32),
          /** shared/protocol/statement.ts, signed. */
          signed: base64url(16_384),
        }),
      ),
      corrections: z.array(
        z.strictObject({
          correctionId: hexId(16),
          kind: z.enum(['payout-returned', 'fee-returned']),
          amountMinor: minor,
          reason: z.string(),
          madeAtMs: timeMs,
        }),
      ),
    }),
  },
  /** By new entries only; the next cycle pays it. A payout comes back whole; of the fees at most what was taken. */
  correctSettlement: {
    method: 'POST',
    path: '/v1/admin/settlements/:settlementId/corrections',
    guard: 'operator',
    status: 201,
    params: settlementParams,
    body: z.strictObject({
      correctionId: hexId(16),
      kind: z.enum(['payout-returned', 'fee-returned']),
      amountMinor: minor,
      reason,
    }),
    answer: z.strictObject({}),
  },
} as const;

export type SettlementView = z.infer<typeof settlementView>;
