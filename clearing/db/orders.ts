/** Orders paid online. What settles one is written in the transaction that settles its payment. */
import { type Selectable, sql } from 'kysely';
import type { RejectReason } from '../../shared/protocol/acknowledgement.ts';
import { byteaArray, textArray } from './binary-array.ts';
import type { Database, Tx } from './database.ts';
import type { Schema } from './schema.ts';

export type OrderRow = Selectable<Schema['orders']> & { readonly display_name: string };

/** False when the id or the invoice is taken. */
export async function insertOrder(
  db: Database,
  order: Pick<
    OrderRow,
    | 'order_id'
    | 'merchant_id'
    | 'invoice_digest'
    | 'invoice'
    | 'amount_minor'
    | 'currency'
    | 'reference'
    | 'created_at_ms'
    | 'expires_at_ms'
  >,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('orders')
    .values(order)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function findOrder(db: Database, orderId: Uint8Array): Promise<OrderRow | undefined> {
  return await db
    .selectFrom('orders')
    .innerJoin('merchants', 'merchants.merchant_id', 'orders.merchant_id')
    .selectAll('orders')
    .select('display_name')
    .where('order_id', '=', orderId)
    .executeTakeFirst();
}

/** The first answer stays; false when there is one already, or when it is too late. */
export async function answerOrder(
  db: Database,
  orderId: Uint8Array,
  customerId: Uint8Array,
  response: Uint8Array,
  nowMs: number,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('orders')
    .set({ state: 'answered', customer_id: customerId, response })
    .where('order_id', '=', orderId)
    .where('state', '=', 'open')
    .where('expires_at_ms', '>', BigInt(nowMs))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export interface DecidedInvoice {
  /** 16 bytes. */
  readonly invoiceDigest: Uint8Array;
  readonly paymentId: Uint8Array;
  readonly customerId: Uint8Array;
  readonly state: 'settled' | 'rejected';
  readonly reason: RejectReason | null;
}

/** Tells orders what became of payments over their invoices. What is settled stays settled. */
export async function decideOrders(
  tx: Tx,
  merchantId: Uint8Array,
  invoices: readonly DecidedInvoice[],
  nowMs: number,
): Promise<void> {
  if (invoices.length === 0) return;
  await sql`
    UPDATE orders SET state = d.state, reason = d.reason, payment_id = d.payment_id,
           customer_id = d.customer_id, decided_at_ms = ${nowMs}::bigint
      FROM (SELECT DISTINCT ON (digest) * FROM unnest(
              ${byteaArray(invoices.map(({ invoiceDigest }) => invoiceDigest))}::bytea[],
              ${byteaArray(invoices.map(({ paymentId }) => paymentId))}::bytea[],
              ${byteaArray(invoices.map(({ customerId }) => customerId))}::bytea[],
              ${textArray(invoices.map(({ state }) => state))}::text[],
              ${textArray(invoices.map(({ reason }) => reason))}::text[])
              AS given (digest, payment_id, customer_id, state, reason)
             ORDER BY digest, state = 'settled' DESC) d
     WHERE merchant_id = ${merchantId} AND invoice_digest = d.digest AND orders.state <> 'settled'`.execute(
    tx,
  );
}
