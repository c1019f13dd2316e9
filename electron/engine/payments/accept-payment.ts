/**
 * Takes a payment: what was scanned, for an amount, to a verdict that is on disk before it is returned.
 * Every answer, a refusal too, is a journal entry. Nothing here throws for any input.
 */

import { utf8 } from '../../../shared/bytes.ts';
import type { AcceptAnswer } from '../../../shared/contract/terminal.ts';
import { checksUntil, packChecks } from '../../../shared/decision/checks.ts';
import {
  type Decision,
  type DecisionFacts,
  decide,
  type InvoiceFact,
} from '../../../shared/decision/decide.ts';
import { sha256 } from '../../../shared/hash.ts';
import { idBytes } from '../../../shared/ids.ts';
import type { Money } from '../../../shared/money.ts';
import { unseal } from '../../../shared/protocol/box.ts';
import { declineValue, saleValue } from '../../../shared/protocol/journal-bodies.ts';
import type { Payment } from '../../../shared/protocol/payment.ts';
import {
  decodePictureBytes,
  decodePictureText,
  encodePicture,
  isShort,
  type PresentedCode,
} from '../../../shared/protocol/picture.ts';
import {
  checkCertificate,
  checkPaymentSignature,
  checkValidity,
  type PresentedCheck,
} from '../../../shared/protocol/presented-code.ts';
import type { PurseCertificate } from '../../../shared/protocol/purse-certificate.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { watchClock } from '../clock/watch.ts';
import { type Appended, seqOf } from '../db/journal.ts';
import { type Act, record } from '../record.ts';
import { type Session, terminalClock } from '../session.ts';
import { backEnd, type Trust } from '../trust/trust.ts';
import type { DecodedCode } from '../views/decoded.ts';
import { type Contradiction, findContradiction, recordDoubleSpend } from './contradiction.ts';

/** "Per day" is the last 24 hours: no midnight to wait for, no daylight saving to profit from. */
const DAY_MS = 86_400_000;
/** A wallet's time and the till's are one time when they are no further apart. */
const AGREEING_MS = 120_000;

/** A code whose certificate and signature are genuine. */
interface GenuineCode extends DecodedCode {
  readonly code: PresentedCode;
}

/** Stage 1: text to a presented code, unsealed where it was sealed to us. */
function openScan(session: Session, scan: string): Result<PresentedCode> {
  const picture = decodePictureText(scan);
  if (!picture.ok) return picture;
  if (picture.value.kind === 'presented') return ok(picture.value);
  if (picture.value.kind !== 'sealed') return refused({ code: 'wrong-kind' });
  const plain = unseal(picture.value, session.keys.boxSecret, session.keys.boxKey);
  if (plain === undefined) return refused({ code: 'sealed-for-another' });
  const inner = decodePictureBytes(plain);
  if (!inner.ok) return inner;
  return inner.value.kind === 'presented' ? ok(inner.value) : refused({ code: 'wrong-kind' });
}

/** Only a certain time ends a certificate; where a clock that jumped forward says so, the clock is the reason. */
function checkInTime(session: Session, trust: Trust, certificate: PurseCertificate): Result<null> {
  const { effectiveMs, certainMs, aheadS } = terminalClock(session);
  const { clockToleranceS } = trust.bundle.policy;
  const valid = checkValidity(certificate, Math.floor(effectiveMs / 1000), clockToleranceS);
  if (valid.ok || aheadS === 0 || valid.refusal.code !== 'certificate-expired') return valid;
  const certain = checkValidity(certificate, Math.floor(certainMs / 1000), clockToleranceS);
  const isOver = !certain.ok && certain.refusal.code === 'certificate-expired';
  return isOver ? certain : refused({ code: 'clock-jumped-forward', detail: { aheadS } });
}

/** Stages 2 and 3. A bound code in the open, not sealed, is as good: only the onlooker gains. */
function checkGenuine(session: Session, trust: Trust, code: PresentedCode): Result<GenuineCode> {
  const { certificate: given, payment } = code;
  const certificate = isShort(given) ? session.store.certificates.byShort(given.short) : given;
  if (certificate === undefined) return refused({ code: 'full-code-needed' });
  const check: PresentedCheck = {
    world: session.enrolment.world,
    backEnd,
    trust: trust.bundle,
    isKnownCertificate: (candidate) => session.store.certificates.isKnown(candidate),
  };
  const issued = checkCertificate(certificate, check);
  if (!issued.ok) return issued;
  const valid = checkInTime(session, trust, certificate);
  if (!valid.ok) return valid;
  const paymentId = checkPaymentSignature(certificate, payment, check);
  return paymentId.ok ? ok({ code, certificate, payment, paymentId: paymentId.value }) : paymentId;
}

function invoiceFact(session: Session, payment: Payment): InvoiceFact | null {
  if (payment.mode === 'quick') return null;
  const stored = session.store.invoices.byDigest(payment.invoiceDigest);
  if (stored === undefined || stored.state === 'cancelled') {
    return { state: 'unknown', expiresAtS: 0, amountMinor: 0n };
  }
  return { state: stored.state, expiresAtS: stored.expiresAtS, amountMinor: stored.amountMinor };
}

interface Gathered {
  readonly facts: DecisionFacts;
  readonly contradiction: Contradiction | null;
}

function gatherFacts(session: Session, trust: Trust, genuine: GenuineCode, amount: Money): Gathered {
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
    hasEnded: session.store.endedCodes.has(payment),
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
    trust: trust.bundle,
    // no authorisation is asked for yet: what would go online is decided by the offline result (stand-in)
    isReachable: false,
    isOnlineRequired: false,
    randomUnit: 0,
  };
  return { facts, contradiction };
}

/**
 * The wallets of so many customers show the time to which this clock has jumped: then the clock is right, and it
 * was the till that had been switched off for long.
 */
function noteAgreement(session: Session, { certificate, payment }: GenuineCode): void {
  const { effectiveMs, aheadS } = terminalClock(session);
  if (aheadS === 0 || Math.abs(payment.iatS * 1000 - effectiveMs) > AGREEING_MS) return;
  if (session.timekeeper.agree(certificate.purseId)) session.store.journal.setFloor(effectiveMs);
}

/** A payment that is part of an order. */
export interface AcceptOptions {
  /** 8 bytes; goes into the sale entry. */
  readonly orderId?: Uint8Array;
  /** What becomes true with the sale, in its transaction: both are on disk, or neither is. */
  readonly alongside?: (sale: Appended) => void;
}

interface Charge {
  readonly options: AcceptOptions;
  readonly session: Session;
  readonly trust: Trust;
  readonly amount: Money;
  readonly cashier: string;
  readonly atMs: number;
}

function approve(charge: Charge, genuine: GenuineCode, decision: Decision): AcceptAnswer {
  const { session, trust, amount, cashier, atMs, options } = charge;
  const { store } = session;
  const { payment } = genuine;
  const bound = payment.mode === 'bound';
  const invoice = bound ? (store.invoices.byDigest(payment.invoiceDigest)?.bytes ?? null) : null;
  const checks = packChecks(decision.checks);
  const act: Act = {
    kind: 'sale',
    atMs,
    actor: cashier,
    body: saleValue({
      amountMinor: amount.minor,
      currency: amount.currency,
      code: encodePicture(genuine.code),
      invoice,
      decision: {
        trustVersion: trust.bundle.version,
        reachable: false,
        checks,
        decided: 'offline',
        authorisation: null,
      },
      orderId: options.orderId ?? null,
    }),
  };
  const sale = record(store, act, { kind: 'sale', amount, code: genuine });
  options.alongside?.(sale);
  noteAgreement(session, genuine);
  return { verdict: 'approved', payment: store.payments.row(sale.position) };
}

function decline(
  charge: Charge,
  refusal: Refusal,
  scan: string,
  genuine: GenuineCode | null,
  decision: Decision | null,
): AcceptAnswer {
  const { session, trust, amount, cashier, atMs } = charge;
  const { store } = session;
  const act: Act = {
    kind: 'decline',
    atMs,
    actor: cashier,
    body: declineValue({
      refusal,
      amountMinor: amount.minor,
      currency: amount.currency,
      scanDigest: sha256(utf8(scan)),
      code: genuine === null ? null : encodePicture(genuine.code),
      decision: {
        trustVersion: trust.bundle.version,
        reachable: false,
        checks: packChecks(decision?.checks ?? checksUntil(refusal.code)),
        decided: 'offline',
        authorisation: null,
      },
    }),
  };
  const { position } = record(store, act, { kind: 'decline', amount, code: genuine, refusal });
  return { verdict: 'declined', payment: store.payments.row(position), refusal };
}

/**
 * @param amount what to charge, in the terminal's currency, more than zero
 * @param scan text of a camera, a scanner or the clipboard; anything at all
 * @returns a verdict that is durable, or why the terminal could not decide
 */
export function acceptPayment(
  session: Session,
  cashier: string,
  amount: Money,
  scan: string,
  options: AcceptOptions = {},
): Result<AcceptAnswer> {
  const { trust, store, enrolment } = session;
  if (trust === undefined) return refused({ code: 'no-trust-bundle' });
  if (trust.bundle.revokedTerminals.includes(enrolment.certificate.terminalId)) {
    return refused({ code: 'terminal-revoked' });
  }
  if (amount.minor <= 0n || amount.currency !== enrolment.certificate.currency) {
    return refused({ code: 'amount-invalid' });
  }
  const watched = watchClock(session);
  if (!watched.ok) return watched;
  const charge: Charge = { options, session, trust, amount, cashier, atMs: session.ports.clock.nowMs() };
  const opened = openScan(session, scan);
  const genuine = opened.ok ? checkGenuine(session, trust, opened.value) : opened;
  return store.write(() => {
    if (!genuine.ok) return decline(charge, genuine.refusal, scan, null, null);
    const { facts, contradiction } = gatherFacts(session, trust, genuine.value, amount);
    const decision = decide(facts);
    if (decision.outcome.verdict !== 'decline') return approve(charge, genuine.value, decision);
    const declined = decline(charge, decision.outcome.refusal, scan, genuine.value, decision);
    if (contradiction !== null) recordDoubleSpend(session, cashier, genuine.value, contradiction);
    return declined;
  });
}
