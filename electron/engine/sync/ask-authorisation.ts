/**
 * Asks the clearing house for one payment while the customer waits: at most 1.5 seconds by the monotonic clock
 * (protocol §4, stage 11). Whatever comes later is not looked at; the clearing house keeps what it answered, and
 * the journal says what became of the payment.
 */
import type { OnlineAnswer } from '../../../shared/decision/decide.ts';
import type { PaymentId } from '../../../shared/ids.ts';
import type { Money } from '../../../shared/money.ts';
import { encodeAuthorisationRequest } from '../../../shared/protocol/authorisation.ts';
import type { Session } from '../session.ts';
import { Transport } from './transport.ts';

const DEADLINE_MS = 1500;

export interface Asked {
  /** The presented code, with the whole certificate. */
  readonly code: Uint8Array;
  readonly paymentId: PaymentId;
  readonly amount: Money;
  readonly invoice: Uint8Array | null;
  /** Whether it is asked for because somebody wants it, not because a check does. */
  readonly isForced: boolean;
}

export interface Heard {
  readonly answer: OnlineAnswer;
  /** The signed answer; null when there was none. */
  readonly evidence: Uint8Array | null;
}

const NOTHING: Heard = { answer: { answer: 'none' }, evidence: null };

/** Never rejects. After a wait in vain the line counts as lost, so that the next customer does not wait as well. */
export async function askAuthorisation(session: Session, asked: Asked): Promise<Heard> {
  const { ports } = session;
  const { code, paymentId, amount, invoice, isForced } = asked;
  const request = { code, amountMinor: amount.minor, currency: amount.currency, invoice, isForced };
  const wanted = { paymentId, amountMinor: amount.minor, currency: amount.currency };
  const beganMs = ports.clock.monotonicMs();
  const answered = new Transport(session).authorise(encodeAuthorisationRequest(request), wanted, DEADLINE_MS);
  let cancel = (): void => undefined;
  const late = new Promise<undefined>((resolve) => {
    cancel = ports.timers.after(DEADLINE_MS, () => resolve(undefined));
  });
  const heard = await Promise.race([answered, late]);
  cancel();
  // the timer of a machine that slept may come after the answer that woke it
  if (heard === undefined || ports.clock.monotonicMs() - beganMs > DEADLINE_MS) {
    session.line.lost();
    return NOTHING;
  }
  const { declined } = heard.authorisation;
  const answer: OnlineAnswer =
    declined === null ? { answer: 'approved' } : { answer: 'declined', reason: declined };
  return { answer, evidence: heard.bytes };
}
