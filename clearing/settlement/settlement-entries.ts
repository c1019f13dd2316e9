/** A settlement as a merchant's books want it: one line for each thing that changed what is due, in order. */

import { invariant } from '../../shared/assert.ts';
import { toHex } from '../../shared/bytes.ts';
import { type CurrencyCode, isCurrencyCode } from '../../shared/iso-4217.ts';
import type { Database } from '../db/database.ts';
import { findMerchantName } from '../db/merchants.ts';
import { findSettlement, type SettlementRow } from '../db/settlements.ts';
import { readLeaves, statementsOfSettlement } from '../db/statements.ts';

export type EntryKind =
  | 'payment'
  | 'refund'
  | 'correction'
  | 'fee'
  | 'reserve-held'
  | 'reserve-released'
  | 'payout';

export interface SettlementEntry {
  readonly kind: EntryKind;
  /** Payment, refund, payout or settlement, hexadecimal. */
  readonly reference: string;
  /** What it adds to what is due; negative when it takes. */
  readonly amountMinor: bigint;
  readonly atMs: number;
  /** Of payments and refunds: where they stand in a terminal's journal. */
  readonly place: { readonly terminalId: string; readonly epoch: number; readonly seq: number } | null;
}

export interface SettlementPaper {
  readonly row: SettlementRow;
  readonly currency: CurrencyCode;
  readonly merchantName: string;
  readonly entries: readonly SettlementEntry[];
}

export async function settlementPaper(
  db: Database,
  settlementId: Uint8Array,
): Promise<SettlementPaper | undefined> {
  const row = await findSettlement(db, settlementId);
  if (row === undefined) return undefined;
  invariant(isCurrencyCode(row.currency), 'a settlement in no currency');
  const entries: SettlementEntry[] = [];
  for (const { terminalId, epoch, fromNumber, toNumber } of await statementsOfSettlement(db, settlementId)) {
    for (const leaf of await readLeaves(db, terminalId, fromNumber, toNumber)) {
      const { paymentId, refundId, amountMinor, seq } = leaf;
      if (leaf.epoch !== epoch || leaf.state === 'rejected' || amountMinor === null || paymentId === null)
        continue;
      entries.push({
        kind: refundId === null ? 'payment' : 'refund',
        reference: toHex(refundId ?? paymentId),
        amountMinor: refundId === null ? amountMinor : -amountMinor,
        atMs: leaf.soldAtMs ?? row.madeAtMs,
        place: { terminalId: toHex(terminalId), epoch, seq },
      });
    }
  }
  const own = (kind: EntryKind, amountMinor: bigint, reference = row.settlementId) => {
    if (amountMinor !== 0n)
      entries.push({ kind, reference: toHex(reference), amountMinor, atMs: row.madeAtMs, place: null });
  };
  own('correction', row.correctionsMinor);
  own('fee', -row.feesTakenMinor);
  own('reserve-held', -row.reserveHeldMinor);
  own('reserve-released', row.reserveReleasedMinor);
  own('payout', -row.payoutMinor, row.payout?.payoutId);
  const merchantName = await findMerchantName(db, row.merchantId);
  return { row, currency: row.currency, merchantName, entries };
}
