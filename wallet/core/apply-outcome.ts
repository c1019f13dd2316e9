/**
 * What the clearing house says became of a payment, and what follows when it says nothing for too long. The
 * word of the clearing house stands over a receipt; "settled" stands over "rejected".
 */
import type { WalletPayment } from '../../shared/contract/clearing.ts';
import { parseMinor } from '../../shared/money.ts';
import {
  type PaymentRecord,
  type PaymentResult,
  type PurseState,
  paymentOf,
  withKnownTerminal,
  withPayment,
} from './purse-state.ts';

/**
 * How long a payment may be on its way: the longest time that a terminal may work without a network. Later
 * than this, a payment that the clearing house does not know was not charged.
 */
export const SETTLEMENT_WINDOW_MS = 30 * 86_400_000;

function isSettled(payment: WalletPayment): boolean {
  return payment.state !== 'rejected';
}

/** Anyone can send the clearing house rubbish that names a purse: it says nothing of what the wallet signed. */
const SAYS_NOTHING = new Set<string | null>(['malformed', 'bad-signature']);

/** The state after the clearing house's word on one payment; the same state when it changes nothing. */
export function applyOutcome(state: PurseState, outcome: WalletPayment): PurseState {
  // money that comes back goes to the account: the purse's own sums stay as they were signed
  if (outcome.purseId !== state.purseId || outcome.refundId) return state;
  const record = paymentOf(state, outcome.counter);
  const isOurs = record?.pictureIds.some((id) => id === outcome.paymentId) ?? false;
  if (record === undefined || !isOurs) {
    // settled, so signed with our key, and not in our book: this book is an old copy, and its next counter
    // may be one that was used. It must not sign again.
    return isSettled(outcome) && state.stop === null ? { ...state, stop: 'rolled-back' } : state;
  }
  if (record.result.kind === 'settled') return state;
  if (!isSettled(outcome) && SAYS_NOTHING.has(outcome.reason)) return state;
  const amountMinor = parseMinor(outcome.amountMinor) ?? 0n;
  const { merchantName, atMs } = outcome;
  const result: PaymentResult = isSettled(outcome)
    ? { kind: 'settled', amountMinor, merchantName, atMs }
    : { kind: 'rejected', reason: outcome.reason, merchantName, atMs };
  const decided: PaymentRecord = { ...record, result };
  const changed = withPayment(state, decided);
  const ended = changed.presenting === record.counter ? { ...changed, presenting: null } : changed;
  return isSettled(outcome) && record.mode === 'bound' ? withKnownTerminal(ended, record.terminalId) : ended;
}

/**
 * Frees what payments reserve that never came to the clearing house. Call it only when all outcomes up to
 * `nowMs` are known: silence of a network that was down says nothing.
 */
export function lapseOldPayments(state: PurseState, nowMs: number): PurseState {
  const isOld = (record: PaymentRecord) =>
    record.result.kind === 'unknown' && nowMs - record.beganAtMs > SETTLEMENT_WINDOW_MS;
  if (!state.payments.some(isOld)) return state;
  const payments = state.payments.map((record) =>
    isOld(record) ? { ...record, result: { kind: 'lapsed', atMs: nowMs } as const } : record,
  );
  return { ...state, payments };
}

/** The state after the clearing house's word on the purse itself. */
export function applyStanding(state: PurseState, standing: 'open' | 'frozen' | 'closed'): PurseState {
  if (state.stop === 'rolled-back') return state;
  const stop = standing === 'open' ? null : standing;
  return state.stop === stop ? state : { ...state, stop };
}
