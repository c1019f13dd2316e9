/**
 * The contract between the terminal's window and its engine: every call and every event, once, room by room
 * (shared/contract/terminal/). Main's relay, the preload, the window's client, the engine's dispatcher and the
 * tests are derived from it. What crosses is plain JSON-like data; money is a decimal string of minor units.
 */
import type * as z from 'zod/mini';
import { afterTheSaleCalls } from './terminal/after-the-sale.ts';
import { catalogueCalls } from './terminal/catalogue.ts';
import { clockCalls } from './terminal/clock.ts';
import { orderCalls } from './terminal/orders.ts';
import { paymentCalls, paymentRow } from './terminal/payments.ts';
import { peopleCalls } from './terminal/people.ts';
import { safeKeepingCalls } from './terminal/safe-keeping.ts';
import { settingCalls } from './terminal/settings.ts';
import { shiftCalls } from './terminal/shifts.ts';
import { stateCalls, terminalState } from './terminal/state.ts';
import { trainingCalls } from './terminal/training.ts';

export const terminalCalls = {
  ...stateCalls,
  ...peopleCalls,
  ...settingCalls,
  ...catalogueCalls,
  ...trainingCalls,
  ...paymentCalls,
  ...safeKeepingCalls,
  ...orderCalls,
  ...afterTheSaleCalls,
  ...clockCalls,
  ...shiftCalls,
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
export type CallNeeds<C extends TerminalCall> = (typeof terminalCalls)[C]['needs'];
export type EventPayload<E extends TerminalEvent> = z.infer<(typeof terminalEvents)[E]>;

export type { ClosedOrderWire, OpenOrderWire, PayAnswer } from './terminal/orders.ts';
export type { AcceptAnswer, PaymentRow, PaymentState } from './terminal/payments.ts';
export type { SyncState, TerminalState } from './terminal/state.ts';

export function isTerminalCall(name: unknown): name is TerminalCall {
  return typeof name === 'string' && Object.hasOwn(terminalCalls, name);
}

export function isTerminalEvent(name: unknown): name is TerminalEvent {
  return typeof name === 'string' && Object.hasOwn(terminalEvents, name);
}
