/** A customer's payments as they became known, for history and for events. */
import { invariant } from '../../shared/assert.ts';
import { toHex } from '../../shared/bytes.ts';
import type { WalletPayment } from '../../shared/contract/clearing.ts';
import { type CustomerPaymentRow, readCustomerPayments } from '../db/outcomes.ts';
import type { House } from '../house.ts';

/** At most this many at once; the last number asks for the rest. */
const PAGE = 500;

export function walletPayment(row: CustomerPaymentRow): WalletPayment {
  const number = Number(row.number);
  invariant(Number.isSafeInteger(number), 'a payment number');
  return {
    number,
    purseId: toHex(row.purseId),
    counter: row.counter,
    paymentId: toHex(row.paymentId),
    refundId: row.refundId === null ? null : toHex(row.refundId),
    amountMinor: row.amountMinor.toString(),
    currency: row.currency,
    merchantName: row.merchantName,
    state: row.state,
    reason: row.reason,
    atMs: Number(row.soldAtMs),
  };
}

/** @param after decimal number of the last payment that the wallet knows */
export async function walletPayments(
  house: House,
  customerId: Uint8Array,
  after: string,
): Promise<readonly WalletPayment[]> {
  const rows = await readCustomerPayments(house.database, customerId, BigInt(after), PAGE);
  return rows.map(walletPayment);
}
