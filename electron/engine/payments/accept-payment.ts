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
import { contradict } from '../../../shared/protocol/double-spend.ts';
import { declineValue, readSale, saleValue } from '../../../shared/protocol/journal-bodies.ts';
import { decodeJournalEntry } from '../../../shared/protocol/journal-entry.ts';
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
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { seqOf } from '../db/journal.ts';
import type { ChargedPayment } from '../db/payments.ts';
import { type Act, record } from '../record.ts';
import { type Session, terminalClock } from '../session.ts';
import { backEnd, type Trust } from '../trust/trust.ts';
import type { DecodedCode } from '../views/decoded.ts';

/** "Per day" is the last 24 hours: no midnight to wait for, no daylight saving to profit from. */
const DAY_MS = 86_400_000;

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

/** Stages 2 and 3. A bound code in the open, not sealed, is as good: only the onlooker gains. */
function checkGenuine(
  session: Session,
  trust: Trust,
  code: PresentedCode,
  nowS: number,
): Result<GenuineCode> {
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
  const valid = checkValidity(certificate, nowS, trust.bundle.policy.clockToleranceS);
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

/** The earlier payment, whole, from its journal entry: a proof needs both signatures. */
function isContradiction(session: Session, payment: Payment, earlier: ChargedPayment): boolean {
  const stored = session.store.journal.at(earlier.position);
  const entry = stored === undefined ? undefined : decodeJournalEntry(stored.bytes);
  if (entry === undefined || !entry.ok) return true;
  const picture = decodePictureBytes(readSale(entry.value.body).code);
  return !picture.ok || picture.value.kind !== 'presented' || contradict(payment, picture.value.payment);
}

/** Cheap columns first; only a suspicion reads the journal. */
function isSuspicious(payment: Payment, earlier: ChargedPayment): boolean {
  const [first, second] = payment.counter < earlier.counter ? [payment, earlier] : [earlier, payment];
  const firstAmount =
    first === payment
      ? payment.mode === 'bound'
        ? payment.amountMinor
        : 0n
      : earlier.mode === 'bound'
        ? earlier.amountMinor
        : 0n;
  return (
    payment.counter === earlier.counter ||
    second.spentMinor < first.spentMinor + firstAmount ||
    payment.previous.every((byte, i) => byte === earlier.previous[i])
  );
}

function gatherFacts(session: Session, trust: Trust, genuine: GenuineCode, amount: Money): DecisionFacts {
  const { certificate, payment } = genuine;
  const charged = session.store.payments.chargedTo(idBytes(certificate.purseId));
  const seen = charged.find((earlier) => earlier.counter === payment.counter);
  const clock = terminalClock(session);
  const today = charged.filter((earlier) => earlier.atMs > clock.effectiveMs - DAY_MS);
  const exposure = session.store.tallies.read('exposure', amount.currency);
  return {
    amount,
    certificate,
    payment,
    clock,
    invoice: invoiceFact(session, payment),
    isRevoked: trust.isRevoked(certificate.statusIndex),
    seen:
      seen === undefined
        ? null
        : { atMs: seen.atMs, amountMinor: seen.amountMinor, journalSeq: seqOf(seen.position) },
    isDoubleSpend: charged.some(
      (earlier) => isSuspicious(payment, earlier) && isContradiction(session, payment, earlier),
    ),
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
}

interface Charge {
  readonly session: Session;
  readonly trust: Trust;
  readonly amount: Money;
  readonly cashier: string;
  readonly atMs: number;
}

function approve(charge: Charge, genuine: GenuineCode, decision: Decision): AcceptAnswer {
  const { session, trust, amount, cashier, atMs } = charge;
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
      orderId: null,
    }),
  };
  const { position } = record(store, act, { kind: 'sale', amount, code: genuine });
  return { verdict: 'approved', payment: store.payments.row(position) };
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
): Result<AcceptAnswer> {
  const { trust, store, enrolment } = session;
  if (trust === undefined) return refused({ code: 'no-trust-bundle' });
  if (trust.bundle.revokedTerminals.includes(enrolment.certificate.terminalId)) {
    return refused({ code: 'terminal-revoked' });
  }
  if (amount.minor <= 0n || amount.currency !== enrolment.certificate.currency) {
    return refused({ code: 'amount-invalid' });
  }
  const charge: Charge = { session, trust, amount, cashier, atMs: session.ports.clock.nowMs() };
  const nowS = Math.floor(terminalClock(session).effectiveMs / 1000);
  const opened = openScan(session, scan);
  const genuine = opened.ok ? checkGenuine(session, trust, opened.value, nowS) : opened;
  return store.write(() => {
    if (!genuine.ok) return decline(charge, genuine.refusal, scan, null, null);
    const decision = decide(gatherFacts(session, trust, genuine.value, amount));
    return decision.outcome.verdict === 'decline'
      ? decline(charge, decision.outcome.refusal, scan, genuine.value, decision)
      : approve(charge, genuine.value, decision);
  });
}
