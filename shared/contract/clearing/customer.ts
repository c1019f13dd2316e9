/** What a customer's own program asks: joining, sessions, themselves, their payments. Small, for it is in the wallet. */
import * as z from 'zod/mini';
import { OUTCOME_STATES, REJECT_REASONS } from '../../protocol/acknowledgement.ts';
import {
  base64url,
  currency,
  hexId,
  language,
  minor,
  nothing,
  password,
  timeMs,
  userName,
} from './fields.ts';
import { purseView } from './purses.ts';

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

export const customerView = z.strictObject({
  customerId: hexId(8),
  userName,
  language: z.string(),
  /** The root key to pin, and the world that signatures belong to. */
  rootPublicKey: base64url(64),
  world: z.enum(['live', 'test']),
  accounts: z.array(z.strictObject({ currency, availableMinor: minor, reservedMinor: minor })),
  purses: z.array(purseView),
});

export const customerRoutes = {
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
} as const;
