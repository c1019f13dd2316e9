/**
 * The chain of a purse's payments (protocol §3): takes the next counter, and enters the payment into the
 * state. Pure: the caller makes the new state durable before it signs or shows anything.
 */
import { invariant } from '../../shared/assert.ts';
import { sha256 } from '../../shared/hash.ts';
import { idBytes, paymentIdFrom } from '../../shared/ids.ts';
import type { Draft } from '../../shared/protocol/cose.ts';
import { checkValidity } from '../../shared/protocol/presented-code.ts';
import type { PurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { leftMinor, type PaymentRecord, type PurseState, spentMinor } from './purse-state.ts';

/** A wallet's clock may be this much behind the issuer's when a purse is new. */
const CLOCK_TOLERANCE_S = 60;

export type ChainRefusal = Refusal<
  | 'amount-invalid'
  | 'certificate-expired'
  | 'certificate-not-yet-valid'
  | 'over-allowance'
  | 'over-cap'
  | 'over-count'
  | 'revoked'
>;

export interface ChainLink {
  readonly counter: number;
  readonly spentMinor: bigint;
  readonly previous: Uint8Array;
}

/**
 * The place in the chain of a payment that may cost up to `mostMinor`.
 * @param nowS seconds since 1970
 */
export function nextLink(
  state: PurseState,
  certificate: PurseCertificate,
  mostMinor: bigint,
  nowS: number,
): Result<ChainLink, ChainRefusal> {
  if (state.stop !== null) return refused({ code: 'revoked' });
  const valid = checkValidity(certificate, nowS, CLOCK_TOLERANCE_S);
  if (!valid.ok) return valid;
  if (mostMinor <= 0n) return refused({ code: 'amount-invalid' });
  if (mostMinor > certificate.perPaymentCapMinor) {
    return refused({ code: 'over-cap', detail: { capMinor: certificate.perPaymentCapMinor.toString() } });
  }
  const left = leftMinor(state, certificate.allowanceMinor);
  if (mostMinor > left) return refused({ code: 'over-allowance', detail: { leftMinor: left.toString() } });
  const counter = state.counter + 1;
  if (counter > certificate.paymentCountCap) return refused({ code: 'over-count' });
  return ok({ counter, spentMinor: spentMinor(state), previous: state.previous });
}

/** The id of the payment that waits for its signature: the signature has no part in it. */
export function paymentIdOfDraft(waiting: Draft): PaymentRecord['pictureIds'][number] {
  return paymentIdFrom(sha256(waiting.toBeSigned).subarray(0, 16));
}

/** The state after this payment: counter, floor and `previous` are those that the next one builds on. */
export function enterPayment(state: PurseState, record: PaymentRecord): PurseState {
  const [first] = record.pictureIds;
  invariant(first !== undefined && record.pictureIds.length === 1, 'a payment begins with one picture');
  invariant(record.counter === state.counter + 1, 'counters rise by one');
  // what this payment makes certain, whatever becomes of it: a quick one may be left unused
  const certain = record.spentMinor + (record.mode === 'bound' ? record.amountMinor : 0n);
  invariant(record.spentMinor >= state.floorMinor, 'spent never goes down');
  return {
    ...state,
    counter: record.counter,
    presenting: record.mode === 'quick' ? record.counter : null,
    floorMinor: certain,
    previous: idBytes(first).slice(0, 8),
    payments: [...state.payments, record],
  };
}
