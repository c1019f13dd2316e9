/**
 * The contract of the clearing house: every HTTP route, once. JSON for people's programs (wallet,
 * administration, enrolment), CBOR for terminals (protocol §6). Amounts are decimal strings of minor
 * units; keys, certificates and proofs are base64url. Errors are problem+json (RFC 9457) with `code`.
 */
import * as z from 'zod/mini';
import { customerRoutes, type customerView, type walletPayment } from './clearing/customer.ts';
import {
  base64url,
  currency,
  displayName,
  hexId,
  minor,
  nothing,
  signedMinor,
  timeMs,
  userName,
} from './clearing/fields.ts';
import { guaranteeRoutes } from './clearing/guarantee.ts';
import { orderRoutes } from './clearing/orders.ts';
import type { problem } from './clearing/problem.ts';
import { type PurseLife, type PurseView, purseRoutes } from './clearing/purses.ts';
import { settlementRoutes } from './clearing/settlement.ts';
import { type StaffNeed, staffRoutes } from './clearing/staff.ts';
import { trustRoutes } from './clearing/trust.ts';
import { webhookRoutes } from './clearing/webhooks.ts';

/**
 * What guards a route: nobody; the customer's session cookie; the session of somebody who works for a merchant or the
 * institution, as far as `needs` and the merchant in the path go; the institution's staff alone; a merchant's key; a one-time secret; a
 * terminal's signature. The operator's token does for scripts what an administrator may do.
 */
export type RouteGuard =
  | 'open'
  | 'session'
  | 'staff'
  | 'operator'
  | 'merchant'
  | 'enrolment-secret'
  | 'terminal-signature';

/** What of a role a staff's or operator's route needs; where it does not say: GET to look, the others to run. */
export function needOf(route: { readonly method: string; readonly needs?: StaffNeed }): StaffNeed {
  return route.needs ?? (route.method === 'GET' ? 'look' : 'run');
}

/** JSON routes: `body`, `params`, `query` and `answer` are checked, unknown fields refused. */
export const clearingRoutes = {
  ...staffRoutes,
  ...trustRoutes,
  ...guaranteeRoutes,
  ...purseRoutes,
  ...customerRoutes,
  enrolTerminal: {
    method: 'POST',
    path: '/v1/terminals',
    guard: 'enrolment-secret',
    status: 201,
    body: z.strictObject({
      secret: base64url(32),
      /** shared/protocol/possession.ts over SHA-256 of the secret, with the terminal's box key. */
      possession: base64url(1024),
    }),
    answer: z.strictObject({ certificate: base64url(1024), trustBundle: base64url(8_000_000) }),
  },
  createMerchant: {
    method: 'POST',
    path: '/v1/admin/merchants',
    guard: 'operator',
    status: 201,
    body: z.strictObject({ displayName, currency }),
    answer: z.strictObject({ merchantId: hexId(8) }),
  },
  createEnrolmentCode: {
    method: 'POST',
    path: '/v1/admin/enrolment-codes',
    guard: 'operator',
    status: 201,
    /** Without a branch: the merchant's default one. */
    body: z.strictObject({ merchantId: hexId(8), branchId: z.optional(hexId(8)) }),
    /** shared/protocol/enrolment-code.ts; works once, for a day. */
    answer: z.strictObject({ code: z.string(), expiresAtMs: timeMs }),
  },
  deposit: {
    method: 'POST',
    path: '/v1/admin/deposits',
    guard: 'operator',
    status: 201,
    body: z.strictObject({ transferId: hexId(16), userName, amountMinor: minor, currency }),
    answer: nothing,
  },
  /** From its next bundle on the terminal takes nothing; nobody else takes its invoices or requests any more. */
  revokeTerminal: {
    method: 'POST',
    path: '/v1/admin/terminals/:terminalId/revocation',
    guard: 'operator',
    status: 200,
    params: z.strictObject({ terminalId: hexId(8) }),
    body: nothing,
    answer: z.strictObject({ trustVersion: z.int() }),
  },
  ledger: {
    method: 'GET',
    path: '/v1/admin/ledger',
    guard: 'operator',
    status: 200,
    answer: z.strictObject({
      /** Per currency, over all entries: zero, always. */
      sums: z.array(z.strictObject({ currency, sumMinor: signedMinor, entries: z.int() })),
      accounts: z.array(
        z.strictObject({
          kind: z.enum([
            'available',
            'purse',
            'receivable',
            'fees',
            'guarantee',
            'settlement',
            'reserve',
            'exchange',
          ]),
          owner: z.string(),
          ownerName: z.string(),
          currency,
          balanceMinor: signedMinor,
        }),
      ),
    }),
  },
  ...webhookRoutes,
  ...settlementRoutes,
  ...orderRoutes,
  /** Everything wrong that the auditor's query finds, from the raw entries: nothing, always. */
  ledgerFaults: {
    method: 'GET',
    path: '/v1/admin/ledger/faults',
    guard: 'operator',
    status: 200,
    answer: z.strictObject({
      faults: z.array(z.strictObject({ fault: z.string(), subject: z.string(), offBy: z.string() })),
    }),
  },
} as const;

export type ClearingRoute = keyof typeof clearingRoutes;
export type RouteBody<R extends ClearingRoute> = (typeof clearingRoutes)[R] extends {
  body: infer B extends z.core.$ZodType;
}
  ? z.infer<B>
  : undefined;
export type RouteParams<R extends ClearingRoute> = (typeof clearingRoutes)[R] extends {
  params: infer P extends z.core.$ZodType;
}
  ? z.infer<P>
  : undefined;
export type RouteQuery<R extends ClearingRoute> = (typeof clearingRoutes)[R] extends {
  query: infer Q extends z.core.$ZodType;
}
  ? z.infer<Q>
  : undefined;
export type RouteAnswer<R extends ClearingRoute> = z.infer<(typeof clearingRoutes)[R]['answer']>;
export type { PurseLife, PurseView };
export type WalletPayment = z.infer<typeof walletPayment>;
export type CustomerView = z.infer<typeof customerView>;
export type Problem = z.infer<typeof problem>;

export const CBOR_TYPE = 'application/cbor';
export const COSE_TYPE = 'application/cose';

/** What a terminal's signature must cover (RFC 9421 §2): a request with a body covers its digest too. */
export const SIGNED_COMPONENTS = ['@method', '@authority', '@path', '@query'] as const;
export const SIGNED_BODY_COMPONENTS = [...SIGNED_COMPONENTS, 'content-digest', 'content-type'] as const;
/** Seconds by which a new possession's time may differ from the server's clock. */
export const POSSESSION_MAX_AGE_S = 300;
/** Seconds by which `created` may differ from the server's clock. */
export const SIGNATURE_MAX_AGE_S = 300;
