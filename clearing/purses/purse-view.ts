/** A purse as the wallet and its customer see it. */
import { toHex } from '../../shared/bytes.ts';
import type { PurseLife, PurseView } from '../../shared/contract/clearing.ts';
import type { PurseRow } from '../db/purses.ts';
import { returnsAtMs } from './settlement-window.ts';

export function purseView(purse: PurseRow): PurseView {
  return {
    purseId: toHex(purse.purseId),
    currency: purse.currency,
    allowanceMinor: purse.allowanceMinor.toString(),
    settledMinor: (purse.allowanceMinor - purse.balanceMinor - (purse.returnedMinor ?? 0n)).toString(),
    perPaymentCapMinor: purse.perPaymentCapMinor.toString(),
    paymentCountCap: purse.paymentCountCap,
    expiresAtMs: purse.expiresAtS * 1000,
    state: purse.state,
  };
}

function stageOf(purse: PurseRow, nowMs: number): PurseLife['stage'] {
  if (purse.returnedMinor !== null) return 'returned';
  if (purse.state !== 'open') return purse.state;
  return nowMs < purse.endsAtMs ? 'open' : 'ended';
}

/** The same with where it stands in its life. */
export function purseLife(purse: PurseRow, nowMs: number): PurseLife {
  return {
    ...purseView(purse),
    stage: stageOf(purse, nowMs),
    tier: purse.tier,
    issuedAtMs: purse.issuedAtS * 1000,
    endsAtMs: purse.endsAtMs,
    returnsAtMs: returnsAtMs(purse.endsAtMs),
    reservedMinor: purse.balanceMinor.toString(),
    returnedMinor: (purse.returnedMinor ?? 0n).toString(),
    renews: purse.renews === null ? null : toHex(purse.renews),
    renewedBy: purse.renewedBy === null ? null : toHex(purse.renewedBy),
  };
}
