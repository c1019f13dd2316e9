/**
 * Gives money back, offline: a credit note that this terminal signs, or cash out of the drawer. Tied to its
 * original and never above it; within the limits of whoever does it or gives leave for it; durable before
 * anybody sees it. A void is the same act, whole, of a payment of the open shift.
 */
import type { RefundRow } from '../../../shared/contract/terminal/after-the-sale.ts';
import { scaleMinor, trustPercent } from '../../../shared/decision/limits.ts';
import { parsePaymentId } from '../../../shared/ids.ts';
import { fromWire, type Money, money } from '../../../shared/money.ts';
import { ROLE_RULES } from '../../../shared/people/roles.ts';
import { refundValue } from '../../../shared/protocol/bodies/refund.ts';
import { sign1Value } from '../../../shared/protocol/cose.ts';
import { type Refund, readRefund, signRefund } from '../../../shared/protocol/refund.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { epochOf, seqOf } from '../db/journal.ts';
import { record } from '../record.ts';
import type { Attended } from '../room.ts';
import { terminalClock } from '../session.ts';
import { shopBundle } from '../trust/shop-bundle.ts';

/** "Per day" is the last 24 hours, as everywhere. */
const DAY_MS = 86_400_000;

/** What may be given back of. */
export interface Original {
  readonly position: bigint;
  readonly left: Money;
  /** Hexadecimal id of the payment that was charged; null of an order's cash. */
  readonly paymentId: string | null;
}

type OriginalRefusal = Refusal<'not-found' | 'not-refundable' | 'shift-needed'>;

/** A payment by code that was charged here, or an order that brought in cash. */
export function findOriginal(
  { session }: Pick<Attended, 'session'>,
  position: bigint,
  method: RefundRow['method'],
): Result<Original, OriginalRefusal> {
  const { store, enrolment } = session;
  if (method === 'cash' && store.shifts.current() === undefined) return refused({ code: 'shift-needed' });
  const payment = store.payments.find(position);
  if (payment !== undefined) {
    const charged = fromWire(payment.amount);
    const back = fromWire(payment.refunded);
    const isCharged = payment.state !== 'declined' && payment.state !== 'rejected';
    if (charged === undefined || back === undefined || payment.paymentId === null || !isCharged) {
      return refused({ code: 'not-refundable' });
    }
    const left = money(charged.minor - back.minor, charged.currency);
    return ok({ position, left, paymentId: payment.paymentId });
  }
  const cash = store.refunds.cashOf(position);
  if (cash === undefined) return refused({ code: 'not-found' });
  if (method !== 'cash') return refused({ code: 'not-refundable' });
  const left = money(cash.paidMinor - cash.refundedMinor, enrolment.certificate.currency);
  return ok({ position, left, paymentId: null });
}

/** A payment that can be undone: of the open shift, or of the last day where there is none, and nothing of it back. */
export function findVoidable(
  by: Attended,
  position: bigint,
): Result<Original, OriginalRefusal | Refusal<'void-too-late' | 'over-refund'>> {
  const original = findOriginal(by, position, 'credit-note');
  if (!original.ok) return original;
  const { store } = by.session;
  const row = store.payments.row(position);
  const shift = store.shifts.current();
  const isToday =
    shift === undefined
      ? row.atMs > terminalClock(by.session).effectiveMs - DAY_MS
      : position > shift.openedPosition;
  if (!isToday) return refused({ code: 'void-too-late' });
  if (row.refunded.minor !== '0') {
    return refused({ code: 'over-refund', detail: { leftMinor: original.value.left.minor.toString() } });
  }
  return original;
}

type LimitRefusal = Refusal<'no-trust-bundle' | 'limit-refund' | 'limit-refund-day'>;

/** The policy's limits, as the age of the trust leaves them, times the share of who does it or gives leave. */
function withinLimits({ session, person, approver }: Attended, amount: Money): Result<null, LimitRefusal> {
  const { trust, store } = session;
  if (trust === undefined) return refused({ code: 'no-trust-bundle' });
  const { policy, iatS } = shopBundle(session, trust);
  const { effectiveMs } = terminalClock(session);
  const limits = policy.currencies.find(({ currency }) => currency === amount.currency);
  const agePercent = trustPercent(policy, Math.floor((effectiveMs / 1000 - iatS) / 3600));
  const share = ROLE_RULES[(approver ?? person).role].refundPercent;
  const upperOf = (bounds: Parameters<typeof scaleMinor>[0] | undefined): bigint =>
    bounds === undefined ? 0n : scaleMinor(scaleMinor(bounds, agePercent), share).upper;
  const one = upperOf(limits?.refundPayment);
  if (amount.minor > one) {
    return refused({ code: 'limit-refund', detail: { limitMinor: one.toString() } });
  }
  const day = upperOf(limits?.refundDayAmount);
  const leftMinor = day - store.refunds.sumSince(effectiveMs - DAY_MS);
  if (amount.minor <= leftMinor) return ok(null);
  const shown = leftMinor > 0n ? leftMinor : 0n;
  return refused({ code: 'limit-refund-day', detail: { leftMinor: shown.toString() } });
}

export interface GiveBack {
  readonly original: Original;
  readonly amount: Money;
  readonly what: RefundRow['what'];
  readonly method: RefundRow['method'];
  readonly reason: string;
}

/** @returns the refund's row, on disk */
export function giveBack(by: Attended, wish: GiveBack): Result<RefundRow> {
  const { session, person, approver } = by;
  const { store, ports, keys, enrolment, trust } = session;
  const { original, amount, what, method, reason } = wish;
  if (trust?.bundle.revokedTerminals.includes(enrolment.certificate.terminalId) === true) {
    return refused({ code: 'terminal-revoked' });
  }
  if (amount.minor <= 0n || amount.currency !== original.left.currency) {
    return refused({ code: 'amount-invalid' });
  }
  if (amount.minor > original.left.minor) {
    return refused({ code: 'over-refund', detail: { leftMinor: original.left.minor.toString() } });
  }
  const allowed = withinLimits(by, amount);
  if (!allowed.ok) return allowed;
  const paymentId = original.paymentId === null ? undefined : parsePaymentId(original.paymentId);
  const atMs = ports.clock.nowMs();
  const iatS = Math.floor(terminalClock(session).effectiveMs / 1000);
  return store.write(() => {
    const { epoch, seq } = store.journal.tip;
    let note: Refund | null = null;
    if (method === 'credit-note' && paymentId !== undefined) {
      const fields = {
        paymentId,
        amountMinor: amount.minor,
        currency: amount.currency,
        iatS,
        epoch,
        journalSeq: seq + 1,
      };
      note = readRefund(sign1Value(signRefund(fields, enrolment.world, keys.signer)));
    }
    const body = refundValue({
      note,
      original: { epoch: epochOf(original.position), seq: seqOf(original.position) },
      amountMinor: amount.minor,
      currency: amount.currency,
      reason,
      approvedBy: approver?.personId ?? null,
    });
    const kind = what === 'void' ? 'payment-voided' : 'refund';
    const { position } = record(store, { kind, atMs, actor: person.name, body });
    const row = store.refunds.find(position);
    if (row === undefined) throw new RangeError('a refund that was just written');
    return row;
  });
}
