/**
 * Webhooks: the routes by which a merchant's program says where it wants to hear of what happened, and the events
 * themselves, by the rules of Standard Webhooks (https://www.standardwebhooks.com): headers webhook-id,
 * webhook-timestamp and webhook-signature over the exact body. A receiver must check the signature before it reads.
 */
import * as z from 'zod/mini';
import { OUTCOME_STATES, REJECT_REASONS } from '../../protocol/acknowledgement.ts';
import { hexId, nothing, timeMs } from './fields.ts';

/** A place in a list, as a decimal. */
const listNumber = z.string().check(z.regex(/^[1-9][0-9]{0,15}$/));

const OUTCOME_EVENTS = ['payment.settled', 'payment.rejected', 'refund.settled'] as const;
export const WEBHOOK_EVENTS = [...OUTCOME_EVENTS, 'settlement.paid'] as const;
const event = z.enum(WEBHOOK_EVENTS);
export type WebhookEventName = z.infer<typeof event>;

/** The body of a webhook about an entry of a journal. */
const outcomeBody = z.strictObject({
  type: z.enum(OUTCOME_EVENTS),
  /** When it happened, ISO 8601 in UTC. */
  timestamp: z.string(),
  data: z.strictObject({
    merchantId: hexId(8),
    /** The terminal whose journal holds it, and where. */
    terminalId: hexId(8),
    epoch: z.int(),
    seq: z.int(),
    state: z.enum(OUTCOME_STATES),
    reason: z.nullable(z.enum(REJECT_REASONS)),
    lossBearer: z.enum(['nobody', 'merchant', 'issuer']),
    /** These are null of an entry that held no genuine payment. */
    paymentId: z.nullable(hexId(16)),
    amountMinor: z.nullable(z.string()),
    currency: z.nullable(z.string()),
    soldAtMs: z.nullable(timeMs),
    /** The order that it pays, where it was paid online. */
    orderId: z.nullable(hexId(16)),
    /** Of a refund only. */
    refundId: z.nullable(hexId(16)),
  }),
});
/** The body of a webhook about money that the bank was told to pay to the merchant. */
const payoutBody = z.strictObject({
  type: z.literal('settlement.paid'),
  timestamp: z.string(),
  data: z.strictObject({
    merchantId: hexId(8),
    settlementId: hexId(16),
    payoutId: hexId(16),
    /** Of the settlement: 1 … n of the merchant, in its currency. */
    number: z.int(),
    currency: z.string(),
    amountMinor: z.string(),
  }),
});

/** The body of a webhook. */
export const webhookBody = z.discriminatedUnion('type', [outcomeBody, payoutBody]);
export type WebhookBody = z.infer<typeof webhookBody>;

const webhookView = z.strictObject({
  endpointId: hexId(8),
  url: z.string(),
  events: z.array(event),
  state: z.enum(['enabled', 'disabled']),
  disabledBecause: z.nullable(z.enum(['asked', 'gone', 'failing'])),
  failingSinceMs: z.nullable(timeMs),
});
export type WebhookView = z.infer<typeof webhookView>;

const deliveryView = z.strictObject({
  number: listNumber,
  merchantId: hexId(8),
  endpointId: hexId(8),
  eventId: z.string(),
  event,
  state: z.enum(['waiting', 'delivered', 'dead']),
  tries: z.int(),
  happenedAtMs: timeMs,
  nextAtMs: timeMs,
  lastStatus: z.nullable(z.int()),
  lastFault: z.nullable(z.string()),
});

const deliveryQuery = z.strictObject({
  state: z.enum(['waiting', 'delivered', 'dead']),
  after: z.optional(listNumber),
});
const deliveries = z.strictObject({ deliveries: z.array(deliveryView) });
/** `whsec_` and base64, as libraries of Standard Webhooks take it. Shown this once. */
const secret = z.string();

export const webhookRoutes = {
  /** A key for a merchant's own programs: `Authorization: Bearer mk_…`. Shown this once. */
  createMerchantKey: {
    method: 'POST',
    path: '/v1/admin/merchants/:merchantId/keys',
    guard: 'operator',
    status: 201,
    params: z.strictObject({ merchantId: hexId(8) }),
    body: nothing,
    answer: z.strictObject({ keyId: hexId(8), key: z.string() }),
  },
  revokeMerchantKey: {
    method: 'DELETE',
    path: '/v1/admin/merchant-keys/:keyId',
    guard: 'operator',
    status: 200,
    params: z.strictObject({ keyId: hexId(8) }),
    answer: nothing,
  },
  createWebhook: {
    method: 'POST',
    path: '/v1/merchant/webhooks',
    guard: 'merchant',
    status: 201,
    body: z.strictObject({
      url: z.string().check(z.minLength(8), z.maxLength(1024)),
      events: z.array(event).check(z.minLength(1), z.maxLength(WEBHOOK_EVENTS.length)),
    }),
    answer: z.strictObject({ webhook: webhookView, secret }),
  },
  webhooks: {
    method: 'GET',
    path: '/v1/merchant/webhooks',
    guard: 'merchant',
    status: 200,
    answer: z.strictObject({ webhooks: z.array(webhookView) }),
  },
  changeWebhook: {
    method: 'PUT',
    path: '/v1/merchant/webhooks/:endpointId',
    guard: 'merchant',
    status: 200,
    params: z.strictObject({ endpointId: hexId(8) }),
    body: z.strictObject({ state: z.enum(['enabled', 'disabled']) }),
    answer: z.strictObject({ webhook: webhookView }),
  },
  /** The secret before it goes on signing beside the new one for a day. */
  rotateWebhookSecret: {
    method: 'POST',
    path: '/v1/merchant/webhooks/:endpointId/secrets',
    guard: 'merchant',
    status: 201,
    params: z.strictObject({ endpointId: hexId(8) }),
    body: nothing,
    answer: z.strictObject({ secret, previousUntilMs: timeMs }),
  },
  /** In the order in which they happened; `dead`: given up after days. */
  webhookDeliveries: {
    method: 'GET',
    path: '/v1/merchant/webhook-deliveries',
    guard: 'merchant',
    status: 200,
    query: deliveryQuery,
    answer: deliveries,
  },
  /** Sends it again, now, whatever became of it. */
  replayWebhook: {
    method: 'POST',
    path: '/v1/merchant/webhook-deliveries/:number/replay',
    guard: 'merchant',
    status: 200,
    params: z.strictObject({ number: listNumber }),
    body: nothing,
    answer: nothing,
  },
  allWebhookDeliveries: {
    method: 'GET',
    path: '/v1/admin/webhook-deliveries',
    guard: 'operator',
    status: 200,
    query: deliveryQuery,
    answer: deliveries,
  },
  replayAnyWebhook: {
    method: 'POST',
    path: '/v1/admin/webhook-deliveries/:number/replay',
    guard: 'operator',
    status: 200,
    params: z.strictObject({ number: listNumber }),
    body: nothing,
    answer: nothing,
  },
} as const;
