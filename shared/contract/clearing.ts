/**
 * The contract of the clearing house: every HTTP route, once. JSON for people's programs (wallet,
 * administration, enrolment), CBOR for terminals (protocol §6). Amounts are decimal strings of minor
 * units; keys, certificates and proofs are base64url. Errors are problem+json (RFC 9457) with `code`.
 */
import * as z from 'zod/mini';
import { OUTCOME_STATES, REJECT_REASONS } from '../protocol/acknowledgement.ts';
import { refusalCodes } from '../refusals.ts';
import {
  base64url,
  currency,
  displayName,
  hexId,
  language,
  minor,
  nothing,
  password,
  signedMinor,
  timeMs,
  userName,
} from './clearing/fields.ts';
import { guaranteeRoutes } from './clearing/guarantee.ts';
import { orderRoutes } from './clearing/orders.ts';
import { type PurseLife, type PurseView, purseRoutes, purseView } from './clearing/purses.ts';
import { settlementRoutes } from './clearing/settlement.ts';
import { type StaffNeed, staffRoutes } from './clearing/staff.ts';
import { trustRoutes } from './clearing/trust.ts';
import { webhookRoutes } from './clearing/webhooks.ts';

export const walletPayment = z.strictObject({
  /** 1…n per customer, in the order in which they became known; the cursor of history and events. */
  number: z.int(),
  purseId: hexId(8),
  counter: z.int(),
  paymentId: hexId(16),
  /** Set of a refund of that payment: the amount goes back to the account, or was refused to. */
  refundId: z.nullable(hexId(16)),
  amountMinor: minor,
  currency,
  merchantName: z.string(),
  state: z.enum(OUTCOME_STATES),
  reason: z.nullable(z.enum(REJECT_REASONS)),
  atMs: timeMs,
});

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(refusalCodes as [string, ...string[]]),
  detail: z.optional(z.record(z.string(), z.union([z.string(), z.number()]))),
});

const customerView = z.strictObject({
  customerId: hexId(8),
  userName,
  language: z.string(),
  /** The root key to pin, and the world that signatures belong to. */
  rootPublicKey: base64url(64),
  world: z.enum(['live', 'test']),
  accounts: z.array(z.strictObject({ currency, availableMinor: minor, reservedMinor: minor })),
  purses: z.array(purseView),
});

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
  registerCustomer: {
    method: 'POST',
    path: '/v1/customers',
    guard: 'open',
    status: 201,
    body: z.strictObject({ userName, password, language }),
    answer: z.strictObject({ customerId: hexId(8) }),
  },
  signIn: {
    method: 'POST',
    path: '/v1/sessions',
    guard: 'open',
    status: 200,
    body: z.strictObject({ userName: z.string().check(z.maxLength(64)), password }),
    answer: customerView,
  },
  signOut: { method: 'DELETE', path: '/v1/sessions', guard: 'session', status: 200, answer: nothing },
  me: { method: 'GET', path: '/v1/me', guard: 'session', status: 200, answer: customerView },
  walletPayments: {
    method: 'GET',
    path: '/v1/payments',
    guard: 'session',
    status: 200,
    query: z.strictObject({ after: z.optional(z.string().check(z.regex(/^[0-9]{1,12}$/))) }),
    answer: z.strictObject({ payments: z.array(walletPayment) }),
  },
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

/** Routes that carry CBOR or event streams, for terminals and wallets (protocol §6). */
export const clearingStreams = {
  /**
   * COSE, ETag = "<version>"; 304 on If-None-Match. Open: it is signed and holds no secret. With ?from=<version>
   * the answer is trust-update.ts: deltas where they lead there and are smaller; 304 when it is the newest.
   */
  trustBundle: { method: 'GET', path: '/v1/trust-bundle', guard: 'open' },
  /** ?nonce=<16 bytes, base64url>. Answer: signed-time.ts. Open: who asks may not know what time it is. */
  time: { method: 'GET', path: '/v1/time', guard: 'open' },
  /** Body: a double-spend proof. Answer: proof-answer.ts; bringing it again answers the same. */
  proofs: { method: 'POST', path: '/v1/terminals/:terminalId/proofs', guard: 'terminal-signature' },
  /** Body: journal-batch.ts, may be encoded by gzip or zstd. Answer: acknowledgement.ts. */
  journal: { method: 'POST', path: '/v1/terminals/:terminalId/journal', guard: 'terminal-signature' },
  /**
   * Body: a batch of courier-file.ts, brought by anybody. Answer: acknowledgement.ts, for the terminal that it is of;
   * bringing it again, or beside the network, answers the same.
   */
  courier: { method: 'POST', path: '/v1/courier', guard: 'open' },
  /** ?epoch=&after=<seq>. Answer: held-entries.ts: what is held after there, for a terminal that lost it. */
  heldEntries: { method: 'GET', path: '/v1/terminals/:terminalId/journal', guard: 'terminal-signature' },
  /** ?after=<outcome number>. Answer: acknowledgement.ts. */
  outcomes: { method: 'GET', path: '/v1/terminals/:terminalId/outcomes', guard: 'terminal-signature' },
  /** ?after=<statement number>. Answer: [number, statement.ts] of each after it, in order, at most 100. */
  statements: { method: 'GET', path: '/v1/terminals/:terminalId/statements', guard: 'terminal-signature' },
  /** ?epoch=&seq=. Answer: a proof of statement.ts that this entry is in the statement that speaks for it, or is not. */
  statementProof: {
    method: 'GET',
    path: '/v1/terminals/:terminalId/statement-proof',
    guard: 'terminal-signature',
  },
  /** A merchant's settlement as a file. */
  settlementCsv: {
    method: 'GET',
    path: '/v1/admin/settlements/:settlementId/entries.csv',
    guard: 'operator',
  },
  settlementCamt053: {
    method: 'GET',
    path: '/v1/admin/settlements/:settlementId/camt053.xml',
    guard: 'operator',
  },
  /** Body and answer: authorisation.ts. A decline is an answer as an approval is; asking again answers the same. */
  authorisations: { method: 'POST', path: '/v1/authorisations', guard: 'terminal-signature' },
  /** Server-sent events `fetch` that say "fetch now"; the data is empty. */
  terminalEvents: { method: 'GET', path: '/v1/terminals/:terminalId/events', guard: 'terminal-signature' },
  /**
   * Server-sent events `payment` with a walletPayment, id = its number. `Last-Event-ID`, or ?after=<number>
   * at the first connection, resumes after that number; with neither only what comes from now on is told.
   */
  walletEvents: { method: 'GET', path: '/v1/events', guard: 'session' },
} as const;

export const CBOR_TYPE = 'application/cbor';
export const COSE_TYPE = 'application/cose';

/** What a terminal's signature must cover (RFC 9421 §2): a request with a body covers its digest too. */
export const SIGNED_COMPONENTS = ['@method', '@authority', '@path', '@query'] as const;
export const SIGNED_BODY_COMPONENTS = [...SIGNED_COMPONENTS, 'content-digest', 'content-type'] as const;
/** Seconds by which a new possession's time may differ from the server's clock. */
export const POSSESSION_MAX_AGE_S = 300;
/** Seconds by which `created` may differ from the server's clock. */
export const SIGNATURE_MAX_AGE_S = 300;
