/** The life of purses: what a customer may do with their own, and the operator's part in it. */
import * as z from 'zod/mini';
import { base64url, currency, hexId, minor, nothing, timeMs, userName } from './fields.ts';

export const purseView = z.strictObject({
  purseId: hexId(8),
  currency,
  allowanceMinor: minor,
  settledMinor: minor,
  perPaymentCapMinor: minor,
  paymentCountCap: z.int(),
  expiresAtMs: timeMs,
  state: z.enum(['open', 'frozen', 'closed']),
});

export const purseLife = z.extend(purseView, {
  /** `ended`: its time is over; `returned`: nothing of it is left, and nothing of it settles any more. */
  stage: z.enum(['open', 'ended', 'closed', 'frozen', 'returned']),
  tier: z.int(),
  issuedAtMs: timeMs,
  /** Its expiry, or earlier where it was closed or frozen. */
  endsAtMs: timeMs,
  /** When the settlement window is over and what is left goes back. */
  returnsAtMs: timeMs,
  /** What is still in it. */
  reservedMinor: minor,
  /** What went back. */
  returnedMinor: minor,
  /** The purse that this one takes the place of, and the one that takes its place. */
  renews: z.nullable(hexId(8)),
  renewedBy: z.nullable(hexId(8)),
});

const newPurse = z.strictObject({
  /** Made by the wallet; the same id with the same content answers the same for ever. */
  requestId: hexId(16),
  currency,
  allowanceMinor: minor,
  /** shared/protocol/possession.ts over SHA-256 of the customer id's bytes. */
  possession: base64url(1024),
});
const issuedPurse = z.strictObject({ certificate: base64url(1024), purse: purseView });
const ofPurse = z.strictObject({ purseId: hexId(8) });

export const purseRoutes = {
  issuePurse: {
    method: 'POST',
    path: '/v1/purses',
    guard: 'session',
    status: 201,
    body: newPurse,
    answer: issuedPurse,
  },
  /** Newest first. */
  purses: {
    method: 'GET',
    path: '/v1/purses',
    guard: 'session',
    status: 200,
    answer: z.strictObject({ purses: z.array(purseLife) }),
  },
  /** A further purse in the place of one that ends soon; what the old one has is not touched. */
  renewPurse: {
    method: 'POST',
    path: '/v1/purses/:purseId/renewal',
    guard: 'session',
    status: 201,
    params: ofPurse,
    body: newPurse,
    answer: issuedPurse,
  },
  closePurse: {
    method: 'POST',
    path: '/v1/purses/:purseId/closure',
    guard: 'session',
    status: 200,
    params: ofPurse,
    body: nothing,
    answer: z.strictObject({ purse: purseLife }),
  },
  /** The device is lost: no payment after this moment is good. */
  freezePurse: {
    method: 'POST',
    path: '/v1/purses/:purseId/freeze',
    guard: 'session',
    status: 200,
    params: ofPurse,
    body: nothing,
    answer: z.strictObject({ trustVersion: z.int(), purse: purseLife }),
  },
  revokePurse: {
    method: 'POST',
    path: '/v1/admin/purses/:purseId/revocation',
    guard: 'operator',
    status: 200,
    params: ofPurse,
    body: nothing,
    answer: z.strictObject({ trustVersion: z.int() }),
  },
  /** What is due now goes back, as it does by itself every few minutes. */
  returnUnspent: {
    method: 'POST',
    path: '/v1/admin/purse-returns',
    guard: 'operator',
    status: 200,
    body: nothing,
    answer: z.strictObject({ purses: z.int() }),
  },
  /** What the customer may carry from now on; purses that were issued stay as they are. */
  setCustomerTier: {
    method: 'POST',
    path: '/v1/admin/customer-tiers',
    guard: 'operator',
    status: 200,
    body: z.strictObject({ userName, tier: z.int().check(z.minimum(1), z.maximum(3)) }),
    answer: nothing,
  },
} as const;

export type PurseView = z.infer<typeof purseView>;
export type PurseLife = z.infer<typeof purseLife>;
