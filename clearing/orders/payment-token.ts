/**
 * The token that says "this order is paid": derived from the key store, so none is kept, and only of a settled order.
 * Whoever shows one to the merchant was given it by us or by the customer who paid.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { concatBytes, fromBase64Url, toBase64Url } from '../../shared/bytes.ts';

const PREFIX = 'pt_';
const ORDER_BYTES = 16;
const MAC_BYTES = 24;

function mac(boxSecret: Uint8Array, orderId: Uint8Array, paymentId: Uint8Array): Uint8Array {
  const key = new Uint8Array(hkdfSync('sha256', boxSecret, 'fieldtill/payment-token/1', '', 32));
  return createHmac('sha256', key).update(orderId).update(paymentId).digest().subarray(0, MAC_BYTES);
}

export function paymentToken(boxSecret: Uint8Array, orderId: Uint8Array, paymentId: Uint8Array): string {
  return PREFIX + toBase64Url(concatBytes(orderId, mac(boxSecret, orderId, paymentId)));
}

/** The order that the token is of, 16 bytes; nothing is proved yet. */
export function orderOfToken(text: string): Uint8Array | undefined {
  const bytes = text.startsWith(PREFIX) ? fromBase64Url(text.slice(PREFIX.length)) : undefined;
  return bytes?.length === ORDER_BYTES + MAC_BYTES ? bytes.subarray(0, ORDER_BYTES) : undefined;
}

export function isTokenOf(
  text: string,
  boxSecret: Uint8Array,
  orderId: Uint8Array,
  paymentId: Uint8Array,
): boolean {
  const given = Buffer.from(text);
  const good = Buffer.from(paymentToken(boxSecret, orderId, paymentId));
  return given.length === good.length && timingSafeEqual(given, good);
}
