/** Outcomes as customers and terminals read them. */
import type { OutcomeState, RejectReason } from '../../shared/protocol/acknowledgement.ts';
import type { Database } from './database.ts';

export interface CustomerPaymentRow {
  readonly number: bigint;
  readonly purseId: Uint8Array;
  readonly counter: number;
  readonly paymentId: Uint8Array;
  /** Of a refund; null of the payment itself. */
  readonly refundId: Uint8Array | null;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly merchantName: string;
  readonly state: OutcomeState;
  readonly reason: RejectReason | null;
  readonly soldAtMs: bigint;
}

/** In the order in which they became known, after this number. */
export async function readCustomerPayments(
  db: Database,
  customerId: Uint8Array,
  after: bigint,
  limit: number,
): Promise<readonly CustomerPaymentRow[]> {
  const rows = await db
    .selectFrom('outcomes')
    .innerJoin('terminals', 'terminals.terminal_id', 'outcomes.terminal_id')
    .innerJoin('merchants', 'merchants.merchant_id', 'terminals.merchant_id')
    .select([
      'customer_number',
      'purse_id',
      'counter',
      'payment_id',
      'refund_id',
      'amount_minor',
      'outcomes.currency',
      'display_name',
      'state',
      'reason',
      'sold_at_ms',
    ])
    .where('customer_id', '=', customerId)
    .where('customer_number', '>', after)
    .orderBy('customer_number')
    .limit(limit)
    .$narrowType<{
      customer_number: bigint;
      purse_id: Uint8Array;
      counter: number;
      payment_id: Uint8Array;
      amount_minor: bigint;
      currency: string;
      sold_at_ms: bigint;
    }>()
    .execute();
  return rows.map((row) => ({
    number: row.customer_number,
    purseId: row.purse_id,
    counter: row.counter,
    paymentId: row.payment_id,
    refundId: row.refund_id,
    amountMinor: row.amount_minor,
    currency: row.currency,
    merchantName: row.display_name,
    state: row.state,
    reason: row.reason,
    soldAtMs: row.sold_at_ms,
  }));
}
