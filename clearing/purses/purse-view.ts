/** A purse as the wallet sees it. */
import { toHex } from '../../shared/bytes.ts';
import type { PurseView } from '../../shared/contract/clearing.ts';
import type { PurseRow } from '../db/purses.ts';

export function purseView(purse: PurseRow): PurseView {
  return {
    purseId: toHex(purse.purseId),
    currency: purse.currency,
    allowanceMinor: purse.allowanceMinor.toString(),
    settledMinor: (purse.allowanceMinor - purse.balanceMinor).toString(),
    perPaymentCapMinor: purse.perPaymentCapMinor.toString(),
    paymentCountCap: purse.paymentCountCap,
    expiresAtMs: purse.expiresAtS * 1000,
    state: purse.state,
  };
}
