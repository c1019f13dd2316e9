/** Settlements derived again from outcomes, schedules and entries. */
import { toHex } from '../../shared/bytes.ts';
import { postedBy, settlementIds } from '../db/audit.ts';
import type { Tx } from '../db/database.ts';
import { readFees } from '../db/settlement-terms.ts';
import { findSettlement, type SettlementRow } from '../db/settlements.ts';
import { readLeaves, statementsOfSettlement } from '../db/statements.ts';
import { derivedId } from '../settlement/draft-settlement.ts';
import { feeOf } from '../settlement/net.ts';

/** Payments, refunds and fees that the settlement's statements speak of. */
async function rederive(tx: Tx, row: SettlementRow) {
  const fees = row.feeVersion === null ? undefined : await readFees(tx, row.currency, row.feeVersion);
  const sums = { payments: 0n, paymentCount: 0, refunds: 0n, refundCount: 0, fees: 0n };
  for (const { terminalId, epoch, fromNumber, toNumber } of await statementsOfSettlement(
    tx,
    row.settlementId,
  )) {
    for (const leaf of await readLeaves(tx, terminalId, fromNumber, toNumber)) {
      if (leaf.epoch !== epoch || leaf.state === 'rejected' || leaf.amountMinor === null) continue;
      if (leaf.refundId === null) {
        sums.payments += leaf.amountMinor;
        sums.paymentCount++;
        sums.fees += feeOf(leaf.amountMinor, fees);
      } else {
        sums.refunds += leaf.amountMinor;
        sums.refundCount++;
      }
    }
  }
  return sums;
}

/** Kinds of transfers with what each must have moved. */
function promised(
  row: SettlementRow,
): readonly (readonly [kind: string, currency: string, amountMinor: bigint])[] {
  const { currency, payout } = row;
  const isExchanged = payout !== null && payout.rateId !== null;
  return [
    ['settlement-release', currency, row.reserveReleasedMinor],
    ['settlement-fee', currency, row.feesTakenMinor],
    ['settlement-reserve', currency, row.reserveHeldMinor],
    ['settlement-exchange', currency, isExchanged ? row.payoutMinor : 0n],
    ['settlement-payout', payout?.currency ?? currency, payout?.amountMinor ?? 0n],
  ];
}

export async function settlementFaults(tx: Tx): Promise<readonly string[]> {
  const faults: string[] = [];
  let before: SettlementRow | undefined;
  for (const id of await settlementIds(tx)) {
    const row = await findSettlement(tx, id);
    if (row === undefined) continue;
    const fault = (what: string) => faults.push(`settlement ${toHex(id)}: ${what}`);
    const isNext =
      before !== undefined &&
      toHex(before.merchantId) === toHex(row.merchantId) &&
      before.currency === row.currency;
    const last = isNext ? before : undefined;
    if (row.number !== (last?.number ?? 0) + 1) fault('one before it is missing');
    if (row.openingMinor !== (last?.closingMinor ?? 0n)) fault('it does not begin where the last one ended');
    const sums = await rederive(tx, row);
    if (sums.payments !== row.paymentsMinor || sums.paymentCount !== row.paymentCount)
      fault(`payments are ${sums.payments}, not ${row.paymentsMinor}`);
    if (sums.refunds !== row.refundsMinor || sums.refundCount !== row.refundCount)
      fault(`refunds are ${sums.refunds}, not ${row.refundsMinor}`);
    const carried = last === undefined ? 0n : last.feesChargedMinor - last.feesTakenMinor;
    if (carried + sums.fees !== row.feesChargedMinor)
      fault(`fees are ${carried + sums.fees}, not ${row.feesChargedMinor}`);
    const closing =
      row.openingMinor +
      row.paymentsMinor -
      row.refundsMinor +
      row.correctionsMinor -
      row.feesTakenMinor -
      row.reserveHeldMinor +
      row.reserveReleasedMinor -
      row.payoutMinor;
    if (closing !== row.closingMinor) fault(`it ends at ${closing}, not ${row.closingMinor}`);
    const wanted = promised(row);
    const posted = await postedBy(
      tx,
      wanted.map(([kind]) => derivedId(kind, id)),
    );
    for (const [kind, currency, amountMinor] of wanted) {
      const moved = posted.get(kind);
      if ((moved?.amountMinor ?? 0n) !== amountMinor || (moved?.currency ?? currency) !== currency)
        fault(`${kind} is ${amountMinor} ${currency}, posted ${moved?.amountMinor ?? 0n}`);
    }
    before = row;
  }
  return faults;
}
