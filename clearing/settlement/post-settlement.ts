/** Writes a settlement with everything that belongs to it: rows, balanced transfers, signed statements. */
import { terminalIdFrom } from '../../shared/ids.ts';
import { inTreeOrder, makeStatement, signStatement } from '../../shared/protocol/statement.ts';
import type { World } from '../../shared/protocol/world.ts';
import type { Tx } from '../db/database.ts';
import { HOUSE_OWNER, type LedgerTransfer, openAccount, postTransfers } from '../db/ledger.ts';
import type { MerchantToSettle } from '../db/settlement-terms.ts';
import { insertReleases, insertSettlement, type SettlementRow } from '../db/settlements.ts';
import { insertStatement, readSettledSeqs } from '../db/statements.ts';
import { tellPayout } from '../db/webhooks.ts';
import type { IssuerSigner } from '../keys.ts';
import { derivedId, type SettlementDraft } from './draft-settlement.ts';

/** From one account to another, in one currency; its id follows from what it is for. */
export function movement(
  kind: string,
  of: Uint8Array,
  atMs: number,
  currency: string,
  [from, to]: readonly [from: bigint, to: bigint],
  amountMinor: bigint,
): LedgerTransfer {
  return {
    transferId: derivedId(kind, of),
    kind,
    atMs: BigInt(atMs),
    currency,
    entries: [
      { accountId: from, amountMinor: -amountMinor },
      { accountId: to, amountMinor },
    ],
  };
}

async function transfersOf(
  tx: Tx,
  merchant: MerchantToSettle,
  row: SettlementRow,
): Promise<readonly LedgerTransfer[]> {
  const { settlementId: of, currency, madeAtMs, payout } = row;
  const receivable = merchant.accountId;
  const transfers: LedgerTransfer[] = [];
  const move = (kind: string, unit: string, path: readonly [bigint, bigint], amountMinor: bigint) => {
    if (amountMinor > 0n) transfers.push(movement(kind, of, madeAtMs, unit, path, amountMinor));
  };
  const fees = await openAccount(tx, 'fees', HOUSE_OWNER, currency);
  const reserve = await openAccount(tx, 'reserve', merchant.merchantId, currency);
  move('settlement-release', currency, [reserve, receivable], row.reserveReleasedMinor);
  move('settlement-fee', currency, [receivable, fees], row.feesTakenMinor);
  move('settlement-reserve', currency, [receivable, reserve], row.reserveHeldMinor);
  if (payout === null) return transfers;
  const outside = await openAccount(tx, 'settlement', HOUSE_OWNER, payout.currency);
  if (payout.rateId === null) {
    move('settlement-payout', currency, [receivable, outside], row.payoutMinor);
    return transfers;
  }
  const given = await openAccount(tx, 'exchange', HOUSE_OWNER, currency);
  const got = await openAccount(tx, 'exchange', HOUSE_OWNER, payout.currency);
  move('settlement-exchange', currency, [receivable, given], row.payoutMinor);
  move('settlement-payout', payout.currency, [got, outside], payout.amountMinor);
  return transfers;
}

/** One statement of each epoch of which a terminal has outcomes here. */
async function signStatements(
  tx: Tx,
  world: World,
  issuer: IssuerSigner,
  settlementId: Uint8Array,
  { soFar, leaves }: SettlementDraft['terminals'][number],
): Promise<void> {
  const { terminalId } = soFar;
  const settledSeqs = await readSettledSeqs(tx, terminalId);
  const epochs = [...new Set(leaves.map(({ epoch }) => epoch))].sort((a, b) => a - b);
  const toNumber = leaves.at(-1)?.number ?? soFar.outcomeNumber;
  for (const [i, epoch] of epochs.entries()) {
    const tree = inTreeOrder(leaves.filter((leaf) => leaf.epoch === epoch));
    const firstSeq = tree[0]?.seq ?? 1;
    const place = {
      terminalId: terminalIdFrom(terminalId),
      epoch,
      // from where the last one ended, so that no entry falls between two; or earlier, for an outcome that came late
      fromSeq: Math.min((settledSeqs.get(epoch) ?? 0) + 1, firstSeq),
      toSeq: tree.at(-1)?.seq ?? firstSeq,
    };
    const statement = makeStatement(place, tree);
    await insertStatement(tx, {
      ...place,
      terminalId,
      number: soFar.statementNumber + i + 1,
      settlementId,
      fromNumber: soFar.outcomeNumber + 1,
      toNumber,
      leafCount: statement.leafCount,
      root: statement.root,
      bytes: signStatement(statement, world, issuer.kid, issuer.signer),
    });
  }
}

/** Under the merchant's lock. */
export async function postSettlement(
  tx: Tx,
  world: World,
  issuer: IssuerSigner,
  merchant: MerchantToSettle,
  draft: SettlementDraft,
): Promise<void> {
  const { settlementId } = draft.row;
  await insertSettlement(tx, draft.row);
  await insertReleases(tx, draft.releases, settlementId);
  for (const terminal of draft.terminals) await signStatements(tx, world, issuer, settlementId, terminal);
  await postTransfers(tx, await transfersOf(tx, merchant, draft.row));
  const { payout, number, madeAtMs } = draft.row;
  if (payout === null) return;
  const { merchantId } = merchant;
  await tellPayout(tx, { ...payout, merchantId, settlementId, number, nowMs: madeAtMs });
}
