/**
 * The contract between the terminal's window and its engine: every call and every event, once. Main's
 * relay, the preload, the window's client, the engine's dispatcher and the tests are derived from it. What
 * crosses is plain JSON-like data; money is a decimal string of minor units.
 */
import * as z from 'zod/mini';
import { LOSS_BEARERS, OUTCOME_STATES, REJECT_REASONS } from '../protocol/acknowledgement.ts';
import { MAX_REFERENCE_BYTES } from '../protocol/invoice.ts';
import { MAX_ACTOR_BYTES } from '../protocol/journal-entry.ts';
import { boundedText } from './bounded-text.ts';
import { moneyWire, refusalWire } from './refusal-wire.ts';

const nothing = z.strictObject({});
const text = (max: number) => z.string().check(z.maxLength(max));
const count = z.int().check(z.minimum(0));
const timeMs = z.int().check(z.minimum(0));

/** A scan or a paste: larger than any code, small enough to refuse cheaply. */
export const MAX_SCAN_CHARACTERS = 8000;

/**
 * `locked`: keys are sealed by a passphrase that was not given yet; `not-enrolled`: belongs to no
 * merchant yet; `signed-out`: no cashier; `ready`: takes payments; `stopped`: refuses to, see `stopped`.
 */
export const terminalPhase = z.enum(['locked', 'not-enrolled', 'signed-out', 'ready', 'stopped']);

export const syncState = z.strictObject({
  /** Of the clearing house, by a signed answer; never by the network card's word. */
  reachability: z.enum(['unknown', 'online', 'offline']),
  isRunning: z.boolean(),
  /** Journal entries that matter to the clearing house and are not acknowledged. */
  unsentPayments: count,
  unsentSum: z.nullable(moneyWire),
  /** Approved here and not settled: money at risk, with the policy's upper limit. */
  exposure: z.nullable(z.strictObject({ sum: moneyWire, limit: moneyWire })),
  lastContactAtMs: z.nullable(timeMs),
  nextTryAtMs: z.nullable(timeMs),
  tries: count,
  lastProblem: z.nullable(refusalWire),
});

export const terminalState = z.strictObject({
  phase: terminalPhase,
  /** How keys at rest are protected on this machine. */
  keyProtection: z.enum(['keychain', 'passphrase']),
  terminal: z.nullable(
    z.strictObject({
      terminalId: text(16),
      displayName: text(32),
      currency: text(3),
      minorUnits: count,
      world: z.enum(['live', 'test']),
    }),
  ),
  cashier: z.nullable(z.strictObject({ cashierId: text(32), name: text(64) })),
  trust: z.nullable(z.strictObject({ version: count, iatMs: timeMs, ageH: count })),
  sync: syncState,
  stopped: z.nullable(refusalWire),
});

export const paymentState = z.enum(['approved-offline', 'sent', ...OUTCOME_STATES, 'declined']);

export const paymentRow = z.strictObject({
  epoch: count,
  journalSeq: count,
  atMs: timeMs,
  state: paymentState,
  amount: moneyWire,
  mode: z.enum(['quick', 'bound', 'unknown']),
  paymentId: z.nullable(text(32)),
  /** Last four characters of the purse id: enough to find it, not to name the customer. */
  purseTail: z.nullable(text(4)),
  cashier: text(64),
  /** Why the terminal declined. */
  refusal: z.nullable(refusalWire),
  /** Why the clearing house rejected. */
  rejectReason: z.nullable(z.enum(REJECT_REASONS)),
  lossBearer: z.nullable(z.enum(LOSS_BEARERS)),
});

export const acceptAnswer = z.union([
  z.strictObject({ verdict: z.literal('approved'), payment: paymentRow }),
  z.strictObject({ verdict: z.literal('declined'), payment: paymentRow, refusal: refusalWire }),
]);

/**
 * `accept` never answers before its journal entry is on disk. Refusals outside of a decision (no cashier,
 * storage failed) come as `{ok: false}` of the call itself.
 */
export const terminalCalls = {
  'state.get': { params: nothing, result: terminalState },
  'keys.unlock': { params: z.strictObject({ passphrase: text(1024) }), result: nothing },
  'enrolment.enrol': {
    params: z.strictObject({
      code: text(1000),
      /** Needed where keys are protected by a passphrase; at least 8 characters. */
      passphrase: z.nullable(text(1024)),
      /** It becomes the actor of journal entries. */
      cashierName: boundedText(1, MAX_ACTOR_BYTES),
      cashierPin: z.string().check(z.regex(/^[0-9]{4,8}$/)),
    }),
    result: nothing,
  },
  'cashiers.list': {
    params: nothing,
    result: z.array(z.strictObject({ cashierId: text(32), name: text(64) })),
  },
  'cashiers.signIn': {
    params: z.strictObject({ cashierId: text(32), pin: z.string().check(z.regex(/^[0-9]{4,8}$/)) }),
    result: nothing,
  },
  'cashiers.signOut': { params: nothing, result: nothing },
  'payments.accept': {
    params: z.strictObject({ amount: moneyWire, scan: text(MAX_SCAN_CHARACTERS) }),
    result: acceptAnswer,
  },
  /** The signed receipt of a payment that was approved here, as often as anybody asks. */
  'payments.receipt': {
    params: z.strictObject({ epoch: count, journalSeq: count }),
    /** Digits, for the customer's wallet to scan. */
    result: z.strictObject({ digits: text(MAX_SCAN_CHARACTERS) }),
  },
  'payments.list': {
    params: z.strictObject({
      /** Rows before this journal seq of this epoch; null for the newest. */
      before: z.nullable(z.strictObject({ epoch: count, journalSeq: count })),
      limit: z.int().check(z.minimum(1), z.maximum(200)),
    }),
    result: z.strictObject({ rows: z.array(paymentRow), hasMore: z.boolean() }),
  },
  'invoices.issue': {
    params: z.strictObject({ amount: moneyWire, reference: boundedText(0, MAX_REFERENCE_BYTES) }),
    result: z.strictObject({ invoiceId: text(32), digits: text(MAX_SCAN_CHARACTERS), expiresAtMs: timeMs }),
  },
  'invoices.cancel': { params: z.strictObject({ invoiceId: text(32) }), result: nothing },
  'sync.now': { params: nothing, result: syncState },
} as const;

export const terminalEvents = {
  /** The whole state, whenever any of it changed. */
  'state.changed': terminalState,
  /** A payment row is new or its state moved. */
  'payments.changed': paymentRow,
} as const;

export type TerminalCall = keyof typeof terminalCalls;
export type TerminalEvent = keyof typeof terminalEvents;
export type CallParams<C extends TerminalCall> = z.infer<(typeof terminalCalls)[C]['params']>;
export type CallResult<C extends TerminalCall> = z.infer<(typeof terminalCalls)[C]['result']>;
export type EventPayload<E extends TerminalEvent> = z.infer<(typeof terminalEvents)[E]>;
export type TerminalState = z.infer<typeof terminalState>;
export type SyncState = z.infer<typeof syncState>;
export type PaymentRow = z.infer<typeof paymentRow>;
export type PaymentState = z.infer<typeof paymentState>;
export type AcceptAnswer = z.infer<typeof acceptAnswer>;

export function isTerminalCall(name: unknown): name is TerminalCall {
  return typeof name === 'string' && Object.hasOwn(terminalCalls, name);
}

export function isTerminalEvent(name: unknown): name is TerminalEvent {
  return typeof name === 'string' && Object.hasOwn(terminalEvents, name);
}
