/** Orders paid online: made by a merchant's program, answered by a customer's device, settled by the journal. */
import { equalBytes, fromBase64Url, fromHex, toBase64Url, toHex } from '../../shared/bytes.ts';
import type { PaymentRequest, PaymentTransaction } from '../../shared/contract/clearing/orders.ts';
import type { RouteAnswer, RouteBody } from '../../shared/contract/clearing.ts';
import { idBytes } from '../../shared/ids.ts';
import { verifySign1 } from '../../shared/protocol/cose.ts';
import { invoiceAad } from '../../shared/protocol/invoice.ts';
import { decodePictureBytes, isShort } from '../../shared/protocol/picture.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { findTerminal } from '../db/merchants.ts';
import * as db from '../db/orders.ts';
import type { House } from '../house.ts';
import { isTokenOf, orderOfToken, paymentToken } from './payment-token.ts';

type NotFound = Refusal<'not-found'>;
const NOT_FOUND = refused({ code: 'not-found' } as const);

const expired = (expiresAtMs: number, nowMs: number): Refusal<'expired'> => ({
  code: 'expired',
  detail: { ageS: Math.floor((nowMs - expiresAtMs) / 1000) },
});

function requestOf(row: db.OrderRow): PaymentRequest {
  return {
    orderId: toHex(row.order_id),
    merchantName: row.display_name,
    amountMinor: row.amount_minor.toString(),
    currency: row.currency,
    reference: row.reference,
    expiresAtMs: Number(row.expires_at_ms),
    invoice: toBase64Url(row.invoice),
  };
}

function transactionOf(house: House, row: db.OrderRow): PaymentTransaction {
  const isLate = row.state === 'open' && Number(row.expires_at_ms) <= house.nowMs();
  return {
    orderId: toHex(row.order_id),
    state: isLate ? 'expired' : row.state,
    amountMinor: row.amount_minor.toString(),
    currency: row.currency,
    reason: row.reason,
    paymentId: row.payment_id === null ? null : toHex(row.payment_id),
    decidedAtMs: row.decided_at_ms === null ? null : Number(row.decided_at_ms),
  };
}

function withToken(house: House, row: db.OrderRow): RouteAnswer<'paymentTransaction'> {
  const token =
    row.state === 'settled' && row.payment_id !== null
      ? paymentToken(house.keys.boxSecret, row.order_id, row.payment_id)
      : null;
  return { ...transactionOf(house, row), token };
}

async function orderBy(house: House, orderId: string): Promise<db.OrderRow | undefined> {
  const id = fromHex(orderId);
  return id && (await db.findOrder(house.database, id));
}

async function ofMerchant(house: House, merchantId: Uint8Array, orderId: string) {
  const row = await orderBy(house, orderId);
  return row !== undefined && equalBytes(row.merchant_id, merchantId) ? row : undefined;
}

async function ofCustomer(house: House, customerId: Uint8Array, orderId: string) {
  const row = await orderBy(house, orderId);
  const isTheirs = row?.customer_id === null || (row && equalBytes(row.customer_id, customerId));
  return isTheirs ? row : undefined;
}

export async function createOrder(
  house: House,
  merchantId: Uint8Array,
  body: RouteBody<'createOrder'>,
): Promise<
  Result<PaymentRequest, Refusal<'bad-request' | 'forged' | 'expired' | 'exists-with-different-content'>>
> {
  const bad = refused({ code: 'bad-request', detail: { field: 'invoice' } } as const);
  const picture = decodePictureBytes(fromBase64Url(body.invoice) ?? new Uint8Array());
  if (!picture.ok || picture.value.kind !== 'invoice' || isShort(picture.value.certificate)) return bad;
  const { certificate, invoice } = picture.value;
  const terminal = await findTerminal(house.database, idBytes(certificate.terminalId));
  const isOurs =
    terminal !== undefined &&
    !terminal.isRevoked &&
    equalBytes(terminal.merchant.merchantId, merchantId) &&
    equalBytes(terminal.certificateDigest, certificate.digest);
  if (!isOurs) return bad;
  const aad = invoiceAad(house.config.world, certificate.digest);
  if (!verifySign1(house.backEnd, terminal.publicKey, invoice.sign1, aad)) return refused({ code: 'forged' });
  const orderId = fromHex(body.orderId) ?? new Uint8Array();
  const nowMs = house.nowMs();
  const expiresAtMs = (invoice.iatS + invoice.ttlS) * 1000;
  const held = await db.findOrder(house.database, orderId);
  if (held === undefined) {
    if (expiresAtMs <= nowMs) return refused(expired(expiresAtMs, nowMs));
    await db.insertOrder(house.database, {
      order_id: orderId,
      merchant_id: merchantId,
      invoice_digest: invoice.digest,
      invoice: fromBase64Url(body.invoice) ?? new Uint8Array(),
      amount_minor: invoice.amountMinor,
      currency: certificate.currency,
      reference: invoice.reference,
      created_at_ms: BigInt(nowMs),
      expires_at_ms: BigInt(expiresAtMs),
    });
  }
  const row = held ?? (await db.findOrder(house.database, orderId));
  const isSame =
    row !== undefined &&
    equalBytes(row.merchant_id, merchantId) &&
    equalBytes(row.invoice_digest, invoice.digest);
  return isSame ? ok(requestOf(row)) : refused({ code: 'exists-with-different-content' });
}

export async function merchantOrder(
  house: House,
  merchantId: Uint8Array,
  orderId: string,
): Promise<Result<RouteAnswer<'merchantOrder'>, NotFound>> {
  const row = await ofMerchant(house, merchantId, orderId);
  if (row === undefined) return NOT_FOUND;
  const response = row.response === null ? null : toBase64Url(row.response);
  return ok({ ...transactionOf(house, row), response });
}

export async function confirmPaymentToken(
  house: House,
  merchantId: Uint8Array,
  { token }: RouteBody<'confirmPaymentToken'>,
): Promise<Result<PaymentTransaction, NotFound>> {
  const orderId = orderOfToken(token);
  const row = orderId && (await ofMerchant(house, merchantId, toHex(orderId)));
  if (row === undefined || row.state !== 'settled' || row.payment_id === null) return NOT_FOUND;
  const isGood = isTokenOf(token, house.keys.boxSecret, row.order_id, row.payment_id);
  return isGood ? ok(transactionOf(house, row)) : NOT_FOUND;
}

export async function paymentRequest(
  house: House,
  customerId: Uint8Array,
  orderId: string,
): Promise<Result<PaymentRequest, NotFound>> {
  const row = await ofCustomer(house, customerId, orderId);
  return row === undefined ? NOT_FOUND : ok(requestOf(row));
}

export async function paymentTransaction(
  house: House,
  customerId: Uint8Array,
  orderId: string,
): Promise<Result<RouteAnswer<'paymentTransaction'>, NotFound>> {
  const row = await ofCustomer(house, customerId, orderId);
  return row === undefined ? NOT_FOUND : ok(withToken(house, row));
}

export async function answerOrder(
  house: House,
  customerId: Uint8Array,
  orderId: string,
  { code }: RouteBody<'answerOrder'>,
): Promise<
  Result<
    RouteAnswer<'answerOrder'>,
    Refusal<'bad-request' | 'expired' | 'exists-with-different-content'> | NotFound
  >
> {
  const response = fromBase64Url(code) ?? new Uint8Array();
  const picture = decodePictureBytes(response);
  // an open code here would be money that we, and whoever reads our tables, could spend at another till
  if (!picture.ok || picture.value.kind !== 'sealed')
    return refused({ code: 'bad-request', detail: { field: 'code' } });
  const before = await ofCustomer(house, customerId, orderId);
  if (before === undefined) return NOT_FOUND;
  const nowMs = house.nowMs();
  await db.answerOrder(house.database, before.order_id, customerId, response, nowMs);
  const row = await ofCustomer(house, customerId, orderId);
  if (row === undefined) return NOT_FOUND;
  if (row.response !== null && equalBytes(row.response, response)) return ok(withToken(house, row));
  if (row.state === 'open') return refused(expired(Number(row.expires_at_ms), nowMs));
  return refused({ code: 'exists-with-different-content' });
}
