/**
 * Takes a payment: what was scanned, for an amount, to a verdict that is on disk before it is returned.
 * Every answer, a refusal too, is a journal entry. Nothing here throws for any input. Nothing is written before
 * the clearing house was asked: who pulls the plug meanwhile finds no payment, and the customer can pay again.
 */

import { utf8 } from '../../../shared/bytes.ts';
import type { AcceptAnswer } from '../../../shared/contract/terminal.ts';
import {
  type CheckName,
  type CheckResult,
  checksUntil,
  packChecks,
} from '../../../shared/decision/checks.ts';
import { conclude, type DecisionFacts, decide } from '../../../shared/decision/decide.ts';
import { sha256 } from '../../../shared/hash.ts';
import type { Money } from '../../../shared/money.ts';
import { type DecisionRecord, declineValue, saleValue } from '../../../shared/protocol/journal-bodies.ts';
import { encodePicture } from '../../../shared/protocol/picture.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { watchClock } from '../clock/watch.ts';
import type { Appended } from '../db/journal.ts';
import { type Act, record } from '../record.ts';
import { type Session, terminalClock } from '../session.ts';
import { askAuthorisation, type Heard } from '../sync/ask-authorisation.ts';
import type { Trust } from '../trust/trust.ts';
import { type Contradiction, recordDoubleSpend } from './contradiction.ts';
import { type Gathered, gatherFacts } from './gather-facts.ts';
import { type GenuineCode, openCode } from './open-code.ts';
import { inTurn } from './turns.ts';

/** A wallet's time and the till's are one time when they are no further apart. */
const AGREEING_MS = 120_000;

/**
 * The wallets of so many customers show the time to which this clock has jumped: then the clock is right, and it
 * was the till that had been switched off for long.
 */
function noteAgreement(session: Session, { certificate, payment }: GenuineCode): void {
  const { effectiveMs, aheadS } = terminalClock(session);
  if (aheadS === 0 || Math.abs(payment.iatS * 1000 - effectiveMs) > AGREEING_MS) return;
  if (session.timekeeper.agree(certificate.purseId)) session.store.journal.setFloor(effectiveMs);
}

/** A payment that is part of an order, or of which more is wanted than a decision by the limits. */
export interface AcceptOptions {
  /** 8 bytes; goes into the sale entry. */
  readonly orderId?: Uint8Array;
  /** Only the clearing house may say yes: no stand-in, `online-required` while it cannot be asked. */
  readonly isOnlineRequired?: boolean;
  /** What becomes true with the sale, in its transaction: both are on disk, or neither is. */
  readonly alongside?: (sale: Appended) => void;
}

interface Charge {
  readonly options: AcceptOptions;
  readonly session: Session;
  readonly trust: Trust;
  readonly amount: Money;
  readonly cashier: string;
  readonly scan: string;
  readonly atMs: number;
}

/** How it was decided, for the record. */
interface Decided {
  readonly checks: Readonly<Partial<Record<CheckName, CheckResult>>>;
  readonly reachable: boolean;
  readonly decided: DecisionRecord['decided'];
  readonly authorisation: Uint8Array | null;
}

function decisionRecord(charge: Charge, { checks, ...how }: Decided): DecisionRecord {
  return { trustVersion: charge.trust.bundle.version, checks: packChecks(checks), ...how };
}

/** The invoice that a bound payment answers, as the clearing house needs it. */
function invoiceOf({ session }: Charge, { payment }: GenuineCode): Uint8Array | null {
  if (payment.mode === 'quick') return null;
  return session.store.invoices.byDigest(payment.invoiceDigest)?.bytes ?? null;
}

function approve(charge: Charge, genuine: GenuineCode, decided: Decided): AcceptAnswer {
  const { session, amount, cashier, atMs, options } = charge;
  const { store } = session;
  const act: Act = {
    kind: 'sale',
    atMs,
    actor: cashier,
    body: saleValue({
      amountMinor: amount.minor,
      currency: amount.currency,
      code: encodePicture(genuine.code),
      invoice: invoiceOf(charge, genuine),
      decision: decisionRecord(charge, decided),
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
  genuine: GenuineCode | null,
  decided: Decided,
): AcceptAnswer {
  const { session, amount, cashier, atMs, scan } = charge;
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
      decision: decisionRecord(charge, decided),
    }),
  };
  const { position } = record(store, act, { kind: 'decline', amount, code: genuine, refusal });
  return { verdict: 'declined', payment: store.payments.row(position), refusal };
}

/** Writes a verdict. Needs an open transaction. */
function settle(
  charge: Charge,
  genuine: GenuineCode,
  contradiction: Contradiction | null,
  refusal: Refusal | null,
  decided: Decided,
): AcceptAnswer {
  if (refusal === null) return approve(charge, genuine, decided);
  const declined = decline(charge, refusal, genuine, decided);
  if (contradiction !== null) recordDoubleSpend(charge.session, charge.cashier, genuine, contradiction);
  return declined;
}

/** Decides by what this terminal holds. The facts where the clearing house must be asked; nothing is written then. */
function decideHere(charge: Charge, genuine: GenuineCode): AcceptAnswer | DecisionFacts {
  const { facts, contradiction } = gather(charge, genuine);
  const { outcome, checks } = decide(facts);
  if (outcome.verdict === 'go-online') return facts;
  const decided = { checks, reachable: facts.isReachable, decided: 'offline', authorisation: null } as const;
  const refusal = outcome.verdict === 'decline' ? outcome.refusal : null;
  return settle(charge, genuine, contradiction, refusal, decided);
}

function gather({ session, trust, amount, options }: Charge, genuine: GenuineCode): Gathered {
  return gatherFacts(session, trust, genuine, {
    amount,
    isOnlineRequired: options.isOnlineRequired ?? false,
  });
}

/**
 * Decides with the answer of the clearing house, or without one. What this terminal holds is read anew, for its world
 * went on; time and chance are those of the first look, for the customer came then.
 */
function decideAnswered(
  charge: Charge,
  genuine: GenuineCode,
  first: DecisionFacts,
  { answer, evidence }: Heard,
): AcceptAnswer {
  const { facts, contradiction } = gather(charge, genuine);
  const { clock, hasEnded, randomUnit } = first;
  const { outcome, checks, decided } = conclude({ ...facts, clock, hasEnded, randomUnit }, answer);
  const refusal = outcome.verdict === 'decline' ? outcome.refusal : null;
  const how = { checks, reachable: true, decided, authorisation: evidence };
  return settle(charge, genuine, contradiction, refusal, how);
}

/** Of this terminal: it takes nothing more. */
function isRevoked({ enrolment }: Session, { bundle }: Trust): boolean {
  return bundle.revokedTerminals.includes(enrolment.certificate.terminalId);
}

async function chargeOnline(
  charge: Charge,
  genuine: GenuineCode,
  first: DecisionFacts,
): Promise<Result<AcceptAnswer>> {
  const { session, amount, options } = charge;
  const { certificate, payment, paymentId } = genuine;
  const heard = await askAuthorisation(session, {
    code: encodePicture({ kind: 'presented', certificate, payment }),
    paymentId,
    amount,
    invoice: invoiceOf(charge, genuine),
    isForced: options.isOnlineRequired ?? false,
  });
  const { line, trust, store } = session;
  if (line.isClosed || trust === undefined) return refused({ code: 'engine-stopped' });
  if (isRevoked(session, trust)) return refused({ code: 'terminal-revoked' });
  return store.write(() => decideAnswered({ ...charge, trust }, genuine, first, heard));
}

function chargeGenuine(
  charge: Charge,
  genuine: GenuineCode,
): Result<AcceptAnswer> | Promise<Result<AcceptAnswer>> {
  if (charge.session.line.isClosed) return refused({ code: 'engine-stopped' });
  const decided = charge.session.store.write(() => decideHere(charge, genuine));
  if (!decided.ok) return decided;
  const { value } = decided;
  return 'verdict' in value ? ok(value) : chargeOnline(charge, genuine, value);
}

/**
 * Asks the clearing house only where the decision wants it (protocol §4, stage 11), for 1.5 seconds at most.
 * Payments of one purse are taken one after the other.
 *
 * @param amount what to charge, in the terminal's currency, more than zero
 * @param scan text of a camera, a scanner or the clipboard; anything at all
 * @returns a verdict that is durable, or why the terminal could not decide
 */
export async function acceptPayment(
  session: Session,
  cashier: string,
  amount: Money,
  scan: string,
  options: AcceptOptions = {},
): Promise<Result<AcceptAnswer>> {
  const { trust, store, enrolment } = session;
  if (trust === undefined) return refused({ code: 'no-trust-bundle' });
  if (isRevoked(session, trust)) return refused({ code: 'terminal-revoked' });
  if (amount.minor <= 0n || amount.currency !== enrolment.certificate.currency) {
    return refused({ code: 'amount-invalid' });
  }
  const watched = watchClock(session);
  if (!watched.ok) return watched;
  const charge: Charge = {
    options,
    session,
    trust,
    amount,
    cashier,
    scan,
    atMs: session.ports.clock.nowMs(),
  };
  const opened = openCode(session, trust, scan);
  if (!opened.ok) {
    const checks = checksUntil(opened.refusal.code);
    const how = { checks, reachable: session.line.isUp, decided: 'offline', authorisation: null } as const;
    return store.write(() => decline(charge, opened.refusal, null, how));
  }
  const genuine = opened.value;
  return inTurn(session, genuine.certificate.purseId, () => chargeGenuine(charge, genuine));
}
