/** What a merchant's settlement would be now: reads everything and writes nothing. */
import { concatBytes, utf8 } from '../../shared/bytes.ts';
import { sha256 } from '../../shared/hash.ts';
import { isCurrencyCode } from '../../shared/iso-4217.ts';
import { MAX_MINOR } from '../../shared/money.ts';
import { convertMinor } from '../../shared/protocol/exchange-rate.ts';
import type { Tx } from '../db/database.ts';
import { lockBalance } from '../db/ledger.ts';
import { findRate, type MerchantToSettle, readFees } from '../db/settlement-terms.ts';
import {
  correctionsAfter,
  dueReserves,
  lastSettlement,
  type Payout,
  type RunRow,
  type SettlementRow,
} from '../db/settlements.ts';
import { type OutcomeLeaf, readLeavesBefore, readSettledSoFar, type SettledSoFar } from '../db/statements.ts';
import { closingOf, feeOf, netOf } from './net.ts';

export interface SettlementDraft {
  readonly row: SettlementRow;
  /** Settlements whose reserve ends with this one. */
  readonly releases: readonly Uint8Array[];
  /** Terminals with the outcomes that it takes in, at least one each. */
  readonly terminals: readonly { readonly soFar: SettledSoFar; readonly leaves: readonly OutcomeLeaf[] }[];
}

const DAY_MS = 86_400_000;

/** 16 bytes that follow from what they name, so that it cannot be made twice. */
export function derivedId(kind: string, ...of: readonly Uint8Array[]): Uint8Array {
  return sha256(concatBytes(utf8(`${kind}/`), ...of)).subarray(0, 16);
}

function sumsOf(leaves: readonly OutcomeLeaf[]) {
  const settled = leaves.filter(({ state, amountMinor }) => state !== 'rejected' && amountMinor !== null);
  const amounts = (isRefund: boolean) =>
    settled.flatMap(({ amountMinor, refundId }) =>
      amountMinor !== null && (refundId !== null) === isRefund ? [amountMinor] : [],
    );
  return { payments: amounts(false), refunds: amounts(true) };
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);

/** Null when there is nothing to settle; 'no-rate' when there is no rate to pay it out by. */
export async function draftSettlement(
  tx: Tx,
  run: RunRow,
  merchant: MerchantToSettle,
  nowMs: number,
): Promise<SettlementDraft | null | 'no-rate'> {
  const { merchantId, currency, terms } = merchant;
  const last = await lastSettlement(tx, merchantId, currency);
  const fees = await readFees(tx, currency);
  const terminals = [];
  for (const soFar of await readSettledSoFar(tx, merchantId)) {
    const leaves = await readLeavesBefore(tx, soFar.terminalId, soFar.outcomeNumber, run.cutoffMs);
    if (leaves.length > 0) terminals.push({ soFar, leaves });
  }
  const { payments, refunds } = sumsOf(terminals.flatMap(({ leaves }) => leaves));
  const corrections = await correctionsAfter(tx, merchantId, currency, last?.correctionNumber ?? 0);
  const reserves = await dueReserves(tx, merchantId, currency, run.cutoffMs);
  const carriedFees = last === undefined ? 0n : last.feesChargedMinor - last.feesTakenMinor;
  const sums = {
    openingMinor: last?.closingMinor ?? 0n,
    paymentsMinor: sum(payments),
    refundsMinor: sum(refunds),
    correctionsMinor: corrections.sumMinor,
    feesChargedMinor: carriedFees + sum(payments.map((amount) => feeOf(amount, fees))),
    reserveBasisPoints: terms.reserveBasisPoints,
    releasedMinor: sum(reserves.map(({ amountMinor }) => amountMinor)),
    receivableMinor: await lockBalance(tx, merchant.accountId),
  };
  const whole = netOf(sums);
  const settlementId = derivedId('settlement', run.runId, merchantId, utf8(currency));
  const payout = await payoutOf(tx, merchant, settlementId, whole.payoutMinor, nowMs);
  if (payout === 'no-rate') return payout;
  // so little that it is nothing in the other currency waits for more
  const net = payout === null ? { ...whole, payoutMinor: 0n } : whole;
  const isNothing = net.feesTakenMinor === 0n && net.reserveHeldMinor === 0n && net.payoutMinor === 0n;
  if (isNothing && terminals.length === 0 && corrections.sumMinor === 0n && reserves.length === 0)
    return null;
  return {
    row: {
      settlementId,
      runId: run.runId,
      merchantId,
      currency,
      number: (last?.number ?? 0) + 1,
      madeAtMs: nowMs,
      termsVersion: terms.version,
      feeVersion: fees?.version ?? null,
      openingMinor: sums.openingMinor,
      paymentCount: payments.length,
      paymentsMinor: sums.paymentsMinor,
      refundCount: refunds.length,
      refundsMinor: sums.refundsMinor,
      correctionNumber: corrections.number,
      correctionsMinor: sums.correctionsMinor,
      feesChargedMinor: sums.feesChargedMinor,
      feesTakenMinor: net.feesTakenMinor,
      reserveHeldMinor: net.reserveHeldMinor,
      reserveDueMs: run.cutoffMs + terms.reserveDays * DAY_MS,
      reserveReleasedMinor: sums.releasedMinor,
      payoutMinor: net.payoutMinor,
      closingMinor: closingOf(sums, net),
      payout,
    },
    releases: reserves.map((reserve) => reserve.settlementId),
    terminals,
  };
}

async function payoutOf(
  tx: Tx,
  { currency, terms }: MerchantToSettle,
  settlementId: Uint8Array,
  payoutMinor: bigint,
  nowMs: number,
): Promise<Payout | null | 'no-rate'> {
  if (payoutMinor === 0n) return null;
  const order = {
    payoutId: derivedId('settlement-payout', settlementId),
    account: terms.payoutAccount,
    currency: terms.payoutCurrency,
  };
  if (terms.payoutCurrency === currency) return { ...order, amountMinor: payoutMinor, rateId: null };
  const rate = await findRate(tx, currency, terms.payoutCurrency, Math.floor(nowMs / 1000));
  if (rate === undefined || !isCurrencyCode(terms.payoutCurrency)) return 'no-rate';
  const amountMinor = convertMinor(payoutMinor, { from: currency, to: terms.payoutCurrency, ...rate });
  // no wire could carry it: a rate that cannot be meant
  if (amountMinor > MAX_MINOR) return 'no-rate';
  return amountMinor === 0n ? null : { ...order, amountMinor, rateId: rate.rateId };
}
