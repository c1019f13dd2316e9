/** What the decision looks at (protocol §4, stages 4 to 11), read from this terminal at one moment. Writes nothing. */
import type { DecisionFacts, InvoiceFact } from '../../../shared/decision/decide.ts';
import { idBytes } from '../../../shared/ids.ts';
import type { Money } from '../../../shared/money.ts';
import type { Payment } from '../../../shared/protocol/payment.ts';
import { seqOf } from '../db/journal.ts';
import { type Session, terminalClock } from '../session.ts';
import { shopBundle } from '../trust/shop-bundle.ts';
import type { Trust } from '../trust/trust.ts';
import { type Contradiction, findContradiction } from './contradiction.ts';
import type { GenuineCode } from './open-code.ts';

/** "Per day" is the last 24 hours: no midnight to wait for, no daylight saving to profit from. */
const DAY_MS = 86_400_000;

function randomUnit(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) / 2 ** 32;
}

function invoiceFact(session: Session, payment: Payment): InvoiceFact | null {
  if (payment.mode === 'quick') return null;
  const stored = session.store.invoices.byDigest(payment.invoiceDigest);
  if (stored === undefined || stored.state === 'cancelled') {
    return { state: 'unknown', expiresAtS: 0, amountMinor: 0n };
  }
  return { state: stored.state, expiresAtS: stored.expiresAtS, amountMinor: stored.amountMinor };
}

/** What is asked for. */
export interface Ask {
  readonly amount: Money;
  /** Only the clearing house may say yes. */
  readonly isOnlineRequired: boolean;
}

export interface Gathered {
  readonly facts: DecisionFacts;
  readonly contradiction: Contradiction | null;
}

export function gatherFacts(session: Session, trust: Trust, genuine: GenuineCode, ask: Ask): Gathered {
  const { amount, isOnlineRequired } = ask;
  const isReachable = session.line.isUp;
  const { certificate, payment } = genuine;
  const purseId = idBytes(certificate.purseId);
  const charged = session.store.payments.chargedTo(purseId);
  const contradiction = findContradiction(session, payment, charged);
  // what contradicts is no repetition: the same counter for another payment is double spending
  const seen =
    contradiction === null ? charged.find((earlier) => earlier.counter === payment.counter) : undefined;
  const clock = terminalClock(session);
  const today = charged.filter((earlier) => earlier.atMs > clock.certainMs - DAY_MS);
  const exposure = session.store.tallies.read('exposure', amount.currency);
  const facts: DecisionFacts = {
    amount,
    certificate,
    payment,
    clock,
    hasEnded: session.store.endedCodes.has(genuine.paymentId),
    invoice: invoiceFact(session, payment),
    isRevoked: trust.isRevoked(certificate.statusIndex) || session.store.doubleSpends.isBlocked(purseId),
    seen:
      seen === undefined
        ? null
        : { atMs: seen.atMs, amountMinor: seen.amountMinor, journalSeq: seqOf(seen.position) },
    isDoubleSpend: contradiction !== null,
    purseDay: {
      amountMinor: today.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
      count: today.length,
    },
    exposure: { amountMinor: exposure.sumMinor, count: exposure.count },
    trust: shopBundle(session, trust),
    isReachable,
    isOnlineRequired,
    // drawn where it can have a consequence, by randomness that no customer foresees
    randomUnit: isReachable ? randomUnit(session.ports.randomBytes(4)) : 0,
  };
  return { facts, contradiction };
}
