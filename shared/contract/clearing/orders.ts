/**
 * Paying online (docs/api-for-apps.md): order → PaymentRequest → PaymentResponse → PaymentTransaction. The payment is
 * an ordinary bound code of a purse key that lives on the customer's device; the clearing house carries it sealed to
 * the merchant's terminal and can neither read nor make one.
 */
import * as z from 'zod/mini';
import { REJECT_REASONS } from '../../protocol/acknowledgement.ts';
import { base64url, currency, hexId, minor, timeMs } from './fields.ts';

const orderParams = z.strictObject({ orderId: hexId(16) });

/** What a customer's device is asked to pay. It must believe the invoice's signature, never the fields beside it. */
export const paymentRequest = z.strictObject({
  orderId: hexId(16),
  merchantName: z.string(),
  amountMinor: minor,
  currency,
  reference: z.string(),
  expiresAtMs: timeMs,
  /** A picture of kind 2 with the whole terminal certificate (shared/protocol/picture.ts). */
  invoice: base64url(1024),
});
export type PaymentRequest = z.infer<typeof paymentRequest>;

/** What became of it. */
export const paymentTransaction = z.strictObject({
  orderId: hexId(16),
  state: z.enum(['open', 'answered', 'settled', 'rejected', 'expired']),
  amountMinor: minor,
  currency,
  reason: z.nullable(z.enum(REJECT_REASONS)),
  /** Of the payment that was settled or rejected. */
  paymentId: z.nullable(hexId(16)),
  decidedAtMs: z.nullable(timeMs),
});
export type PaymentTransaction = z.infer<typeof paymentTransaction>;

/** `pt_…`: whoever holds it has paid; the merchant confirms it before it delivers. */
const token = z.string().check(z.regex(/^pt_[A-Za-z0-9_-]{54}$/));
const customerTransaction = z.extend(paymentTransaction, { token: z.nullable(token) });

export const orderRoutes = {
  /** The id is made by the merchant's program; the same id with the same invoice answers the same for ever. */
  createOrder: {
    method: 'POST',
    path: '/v1/merchant/orders',
    guard: 'merchant',
    status: 201,
    body: z.strictObject({ orderId: hexId(16), invoice: base64url(1024) }),
    answer: paymentRequest,
  },
  /** `response`: the customer's code, a picture of kind 1, sealed to the terminal's box key. */
  merchantOrder: {
    method: 'GET',
    path: '/v1/merchant/orders/:orderId',
    guard: 'merchant',
    status: 200,
    params: orderParams,
    answer: z.extend(paymentTransaction, { response: z.nullable(base64url(1024)) }),
  },
  confirmPaymentToken: {
    method: 'POST',
    path: '/v1/merchant/payment-tokens',
    guard: 'merchant',
    status: 200,
    body: z.strictObject({ token }),
    answer: paymentTransaction,
  },
  /** To anybody who is signed in and was given the id; once it is answered, to that customer only. */
  paymentRequest: {
    method: 'GET',
    path: '/v1/orders/:orderId',
    guard: 'session',
    status: 200,
    params: orderParams,
    answer: paymentRequest,
  },
  /** The PaymentResponse. An order takes one; the same again answers the same. */
  answerOrder: {
    method: 'POST',
    path: '/v1/orders/:orderId/response',
    guard: 'session',
    status: 200,
    params: orderParams,
    body: z.strictObject({ code: base64url(1024) }),
    answer: customerTransaction,
  },
  paymentTransaction: {
    method: 'GET',
    path: '/v1/orders/:orderId/transaction',
    guard: 'session',
    status: 200,
    params: orderParams,
    answer: customerTransaction,
  },
} as const;
