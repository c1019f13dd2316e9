/**
 * Corrections of a settlement: a payout that came back, a fee that is given back. New entries only; what was posted
 * stays as it is, and the next cycle pays what was corrected. The operator's id makes it once.
 */
import { equalBytes, fromHex } from '../../shared/bytes.ts';
import type { RouteBody } from '../../shared/contract/clearing.ts';
import { parseMinor } from '../../shared/money.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { inTransaction, type Tx } from '../db/database.ts';
import { HOUSE_OWNER, type LedgerTransfer, openAccount, postTransfers } from '../db/ledger.ts';
import { lockMerchant } from '../db/settlement-terms.ts';
import {
  type CorrectionRow,
  findSettlement,
  insertCorrection,
  readCorrections,
  type SettlementRow,
} from '../db/settlements.ts';
import type { House } from '../house.ts';
import { movement } from './post-settlement.ts';

type CorrectionRefusal = Refusal<'bad-request' | 'not-found' | 'exists-with-different-content'>;
type Done = Result<Record<string, never>, CorrectionRefusal>;

const badField = (field: string) => refused({ code: 'bad-request', detail: { field } } as const);

/** Whether the settlement has so much to give back of this kind. */
async function checkAmount(
  tx: Tx,
  settlement: SettlementRow,
  { kind, amountMinor }: CorrectionRow,
): Promise<Done> {
  const before = (await readCorrections(tx, { settlementId: settlement.settlementId })).filter(
    (one) => one.kind === kind,
  );
  if (kind === 'payout-returned') {
    if (before.length > 0) return refused({ code: 'exists-with-different-content' });
    return settlement.payout !== null && amountMinor === settlement.payoutMinor
      ? ok({})
      : badField('amountMinor');
  }
  const returned = before.reduce((sum, one) => sum + one.amountMinor, 0n);
  const isCovered = amountMinor > 0n && returned + amountMinor <= settlement.feesTakenMinor;
  return isCovered ? ok({}) : badField('amountMinor');
}

async function transfersOf(
  tx: Tx,
  settlement: SettlementRow,
  row: CorrectionRow,
): Promise<readonly LedgerTransfer[]> {
  const { currency, merchantId, payout } = settlement;
  const receivable = await openAccount(tx, 'receivable', merchantId, currency);
  const house = (kind: 'fees' | 'settlement' | 'exchange', of: string) =>
    openAccount(tx, kind, HOUSE_OWNER, of);
  const move = (kind: string, of: string, path: readonly [bigint, bigint], amountMinor: bigint) =>
    movement(kind, row.correctionId, row.madeAtMs, of, path, amountMinor);
  if (row.kind === 'fee-returned')
    return [move('fee-returned', currency, [await house('fees', currency), receivable], row.amountMinor)];
  if (payout === null) return [];
  const outside = await house('settlement', payout.currency);
  if (payout.rateId === null)
    return [move('payout-returned', currency, [outside, receivable], row.amountMinor)];
  return [
    move(
      'payout-returned',
      payout.currency,
      [outside, await house('exchange', payout.currency)],
      payout.amountMinor,
    ),
    move('exchange-returned', currency, [await house('exchange', currency), receivable], row.amountMinor),
  ];
}

export async function correctSettlement(
  house: House,
  id: string,
  body: RouteBody<'correctSettlement'>,
): Promise<Done> {
  const settlementId = fromHex(id);
  const correctionId = fromHex(body.correctionId);
  const amountMinor = parseMinor(body.amountMinor);
  if (correctionId === undefined) return badField('correctionId');
  if (amountMinor === undefined) return badField('amountMinor');
  return await inTransaction(house.database, async (tx): Promise<Done> => {
    const settlement = settlementId && (await findSettlement(tx, settlementId));
    if (settlement === undefined) return refused({ code: 'not-found' });
    await lockMerchant(tx, settlement.merchantId);
    const row: CorrectionRow = {
      correctionId,
      settlementId: settlement.settlementId,
      merchantId: settlement.merchantId,
      currency: settlement.currency,
      kind: body.kind,
      amountMinor,
      reason: body.reason,
      madeAtMs: house.nowMs(),
    };
    const [known] = await readCorrections(tx, { correctionId });
    if (known !== undefined) {
      const isSame =
        equalBytes(known.settlementId, row.settlementId) &&
        known.kind === row.kind &&
        known.amountMinor === amountMinor &&
        known.reason === row.reason;
      return isSame ? ok({}) : refused({ code: 'exists-with-different-content' });
    }
    const checked = await checkAmount(tx, settlement, row);
    if (!checked.ok) return checked;
    await insertCorrection(tx, row);
    await postTransfers(tx, await transfersOf(tx, settlement, row));
    return ok({});
  });
}
