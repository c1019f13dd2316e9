/** A settlement as the operator reads it. */
import { fromHex, toBase64Url, toHex } from '../../shared/bytes.ts';
import type { SettlementView } from '../../shared/contract/clearing/settlement.ts';
import type { RouteAnswer, RouteQuery } from '../../shared/contract/clearing.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { findSettlement, listSettlements, readCorrections, type SettlementRow } from '../db/settlements.ts';
import { statementsOfSettlement } from '../db/statements.ts';
import type { House } from '../house.ts';

const PAGE = 100;

export function settlementView(row: SettlementRow): SettlementView {
  const { payout } = row;
  return {
    settlementId: toHex(row.settlementId),
    runId: toHex(row.runId),
    merchantId: toHex(row.merchantId),
    currency: row.currency,
    number: row.number,
    madeAtMs: row.madeAtMs,
    openingMinor: row.openingMinor.toString(),
    paymentCount: row.paymentCount,
    paymentsMinor: row.paymentsMinor.toString(),
    refundCount: row.refundCount,
    refundsMinor: row.refundsMinor.toString(),
    correctionsMinor: row.correctionsMinor.toString(),
    feesChargedMinor: row.feesChargedMinor.toString(),
    feesTakenMinor: row.feesTakenMinor.toString(),
    reserveHeldMinor: row.reserveHeldMinor.toString(),
    reserveDueMs: row.reserveDueMs,
    reserveReleasedMinor: row.reserveReleasedMinor.toString(),
    payoutMinor: row.payoutMinor.toString(),
    closingMinor: row.closingMinor.toString(),
    payout:
      payout === null
        ? null
        : {
            payoutId: toHex(payout.payoutId),
            account: payout.account,
            currency: payout.currency,
            amountMinor: payout.amountMinor.toString(),
            rateId: payout.rateId === null ? null : toHex(payout.rateId),
          },
  };
}

export async function settlementList(
  house: House,
  query: RouteQuery<'settlements'>,
): Promise<Result<RouteAnswer<'settlements'>, Refusal<'not-found'>>> {
  const merchantId = query.merchantId === undefined ? null : (fromHex(query.merchantId) ?? null);
  const beforeId = query.before === undefined ? undefined : fromHex(query.before);
  const before = beforeId && (await findSettlement(house.database, beforeId));
  if (beforeId !== undefined && before === undefined) return refused({ code: 'not-found' });
  const rows = await listSettlements(house.database, merchantId, before ?? null, PAGE);
  return ok({ settlements: rows.map(settlementView) });
}

export async function settlementDetails(
  house: House,
  settlementId: string,
): Promise<Result<RouteAnswer<'settlement'>, Refusal<'not-found'>>> {
  const id = fromHex(settlementId);
  const row = id && (await findSettlement(house.database, id));
  if (row === undefined) return refused({ code: 'not-found' });
  const statements = await statementsOfSettlement(house.database, row.settlementId);
  const corrections = await readCorrections(house.database, { settlementId: row.settlementId });
  return ok({
    settlement: settlementView(row),
    statements: statements.map(({ terminalId, number, epoch, fromSeq, toSeq, leafCount, root, bytes }) => ({
      terminalId: toHex(terminalId),
      number,
      epoch,
      fromSeq,
      toSeq,
      leafCount,
      root: toHex(root),
      signed: toBase64Url(bytes),
    })),
    corrections: corrections.map(({ correctionId, kind, amountMinor, reason, madeAtMs }) => ({
      correctionId: toHex(correctionId),
      kind,
      amountMinor: amountMinor.toString(),
      reason,
      madeAtMs,
    })),
  });
}
