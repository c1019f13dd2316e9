/**
 * Stages 4 to 11 of the terminal's decision (protocol §4): facts in, verdict out. Pure. The code was
 * decoded and its signatures were checked before; all later checks are made, so the record is whole, and
 * the first that decides is the reason given. One more failing check never makes the answer milder, nor does
 * a clearing house that does not answer.
 */
import { invariant } from '../assert.ts';
import type { Money } from '../money.ts';
import type { RejectReason } from '../protocol/acknowledgement.ts';
import type { Decided } from '../protocol/journal-bodies.ts';
import type { Payment } from '../protocol/payment.ts';
import type { CountBounds, MinorBounds, PolicyFinding } from '../protocol/policy.ts';
import type { PurseCertificate } from '../protocol/purse-certificate.ts';
import type { TrustBundle } from '../protocol/trust-bundle.ts';
import type { Refusal } from '../refusals.ts';
import type { CheckName, CheckResult } from './checks.ts';
import type { ClockReading } from './clock.ts';
import { againstCount, againstMinor, isSelected, scaleCount, scaleMinor, trustPercent } from './limits.ts';

/** What the terminal holds of the invoice that a bound payment answers; zeros where it is unknown. */
export interface InvoiceFact {
  readonly state: 'open' | 'used' | 'unknown';
  readonly expiresAtS: number;
  /** What the invoice asked for. A wallet may sign another amount over its digest. */
  readonly amountMinor: bigint;
}

export interface DecisionFacts {
  /** To be charged; more than zero. */
  readonly amount: Money;
  readonly certificate: PurseCertificate;
  readonly payment: Payment;
  readonly clock: ClockReading;
  /** Whether this very payment was refused here before because its time was over: no clock changes that. */
  readonly hasEnded: boolean;
  /** Null for a quick code. */
  readonly invoice: InvoiceFact | null;
  readonly isRevoked: boolean;
  /** The payment of this purse and counter that this terminal has charged, if any. */
  readonly seen: { readonly atMs: number; readonly amountMinor: bigint; readonly journalSeq: number } | null;
  /** Whether it contradicts a payment of this purse that this terminal holds. */
  readonly isDoubleSpend: boolean;
  /** Approved here today for this purse, before this payment. */
  readonly purseDay: { readonly amountMinor: bigint; readonly count: number };
  /** Approved here and not settled, before this payment. */
  readonly exposure: { readonly amountMinor: bigint; readonly count: number };
  readonly trust: TrustBundle;
  /** Whether the clearing house can be asked now. */
  readonly isReachable: boolean;
  /** Whether only the clearing house may say yes: then nobody stands in for it. */
  readonly isOnlineRequired: boolean;
  /** Uniform in [0, 1), drawn for this payment. */
  readonly randomUnit: number;
}

export type Verdict =
  | { readonly verdict: 'approve' }
  | { readonly verdict: 'go-online' }
  | { readonly verdict: 'decline'; readonly refusal: Refusal };

export interface Decision {
  readonly outcome: Verdict;
  readonly checks: Readonly<Partial<Record<CheckName, CheckResult>>>;
}

type Severity = 'approve' | 'go-online' | 'decline';

/** Collects findings in the order of reasons. */
class Findings {
  readonly checks: Partial<Record<CheckName, CheckResult>> = {
    decode: 'pass',
    certificate: 'pass',
    signature: 'pass',
  };
  #declined: Refusal | undefined;
  #goesOnline = false;
  readonly #facts: DecisionFacts;

  constructor(facts: DecisionFacts) {
    this.#facts = facts;
  }

  pass(check: CheckName): void {
    this.checks[check] = 'pass';
  }

  /** A check that no policy may soften. */
  hard(check: CheckName, refusal: Refusal | null): void {
    this.checks[check] = refusal === null ? 'pass' : 'fail';
    if (refusal !== null) this.#declined ??= refusal;
  }

  /** A check whose consequence the policy's table names. */
  soft(check: CheckName, result: CheckResult, finding: PolicyFinding | null, refusal: Refusal): void {
    this.checks[check] = result;
    if (finding === null) return;
    const severity = this.#severity(finding);
    if (severity === 'decline') this.#declined ??= refusal;
    if (severity === 'go-online') this.#goesOnline = true;
  }

  /** Chance asks; it has no reason to give, for it never declines (policy.ts). */
  selected(isPicked: boolean): void {
    this.checks['random-selection'] = isPicked ? 'between' : 'pass';
    if (isPicked && this.#severity('random-selection') !== 'approve') this.#goesOnline = true;
  }

  /** Stage 11, and so the last of reasons. */
  onlineRequired(): void {
    if (this.#facts.isReachable) this.#goesOnline = true;
    else this.#declined ??= { code: 'online-required' };
  }

  #severity(finding: PolicyFinding): Severity {
    const action = this.#facts.trust.policy.actions[finding];
    return this.#facts.isReachable ? action.online : action.offline;
  }

  outcome(): Verdict {
    if (this.#declined !== undefined) return { verdict: 'decline', refusal: this.#declined };
    return { verdict: this.#goesOnline ? 'go-online' : 'approve' };
  }
}

function clockRefusal({ clock, trust }: DecisionFacts): Refusal<'clock-turned-back'> | null {
  const { behindS } = clock;
  return behindS > trust.policy.clockToleranceS ? { code: 'clock-turned-back', detail: { behindS } } : null;
}

/** @param nowS the latest that it may be @param certainS the earliest that it can be: only that ends anything */
function freshness(facts: DecisionFacts, nowS: number, certainS: number): Refusal | null {
  const { payment, invoice, certificate } = facts;
  const { clockToleranceS, quickTtlMaxS } = facts.trust.policy;
  const ageS = nowS - payment.iatS;
  const certainAgeS = facts.hasEnded ? Number.POSITIVE_INFINITY : certainS - payment.iatS;
  // dated when the purse has ended: however little that is from now, the clearing house would not settle it
  const isAfterPurse = ageS < 0 && payment.iatS >= certificate.expS;
  if (isAfterPurse || (payment.mode === 'quick' && ageS < -clockToleranceS)) {
    // a terminal that knows its own clock to be wrong may not blame the customer's
    return clockRefusal(facts) ?? { code: 'customer-clock-ahead', detail: { aheadS: -ageS } };
  }
  if (payment.mode === 'bound') {
    if (invoice === null || invoice.state === 'unknown') return { code: 'invoice-unknown' };
    if (invoice.state === 'used') return { code: 'invoice-used' };
    return facts.hasEnded || certainS >= invoice.expiresAtS ? { code: 'invoice-expired' } : null;
  }
  const lifeS = Math.min(payment.ttlS, quickTtlMaxS) + clockToleranceS;
  if (certainAgeS <= lifeS) return null;
  // nor may it say that the code is old, where only a time says so that its own clock has left behind
  const turnedBack = certainAgeS - facts.clock.behindS <= lifeS ? clockRefusal(facts) : null;
  return turnedBack ?? { code: 'expired', detail: { ageS: Math.max(0, ageS) } };
}

/** The clock says that the code's time is over, and the clock is not to be believed: neither is the code. */
function leapRefusal(facts: DecisionFacts, nowS: number): Refusal<'clock-jumped-forward'> | null {
  const { aheadS } = facts.clock;
  if (aheadS === 0 || freshness(facts, nowS, nowS) === null) return null;
  return { code: 'clock-jumped-forward', detail: { aheadS } };
}

function amountRefusals(
  facts: DecisionFacts,
): Record<'currency' | 'cap' | 'allowance' | 'count', Refusal | null> {
  const { amount, certificate, payment, invoice } = facts;
  const capMinor =
    payment.mode === 'quick' && payment.capMinor < certificate.perPaymentCapMinor
      ? payment.capMinor
      : certificate.perPaymentCapMinor;
  const leftMinor = certificate.allowanceMinor - payment.spentMinor;
  let cap: Refusal | null = null;
  const agreed = payment.mode === 'bound' ? [payment.amountMinor, invoice?.amountMinor ?? 0n] : [];
  const other = agreed.find((minor) => minor !== amount.minor);
  if (other !== undefined) {
    cap = { code: 'amount-differs', detail: { signedMinor: other.toString() } };
  } else if (amount.minor > capMinor) {
    cap = { code: 'over-cap', detail: { capMinor: capMinor.toString() } };
  }
  return {
    currency:
      certificate.currency === amount.currency
        ? null
        : { code: 'currency-mismatch', detail: { purseCurrency: certificate.currency } },
    cap,
    allowance:
      amount.minor <= leftMinor
        ? null
        : { code: 'over-allowance', detail: { leftMinor: (leftMinor < 0n ? 0n : leftMinor).toString() } },
    count: payment.counter <= certificate.paymentCountCap ? null : { code: 'over-count' },
  };
}

type Above<F> = F extends `${infer Check}:above` ? Check : never;
/** The checks whose finding is `between` or `above`. */
type LimitCheck = Above<Exclude<PolicyFinding, 'limit-trust-age:above'>>;

function findingOf(check: LimitCheck, result: CheckResult): PolicyFinding | null {
  return result === 'pass' ? null : result === 'between' ? `${check}:between` : `${check}:above`;
}

function limits(facts: DecisionFacts, findings: Findings, nowS: number): void {
  const { amount, payment, purseDay, exposure, trust } = facts;
  const ageH = Math.max(0, Math.floor((nowS - trust.iatS) / 3600));
  const percent = nowS >= trust.expS ? 0 : trustPercent(trust.policy, ageH);
  const tooOld = percent === 0;
  findings.soft('limit-trust-age', tooOld ? 'fail' : 'pass', tooOld ? 'limit-trust-age:above' : null, {
    code: 'limit-trust-age',
    detail: { ageH },
  });

  const named = trust.policy.currencies.find((limit) => limit.currency === amount.currency);
  if (named === undefined) {
    // no row of the table speaks of a currency without limits, so none may let it pass
    findings.hard('limit-payment', { code: 'limit-payment', detail: { limitMinor: '0' } });
    return;
  }
  const minor = (
    check: 'limit-payment' | 'limit-purse-amount' | 'limit-exposure-amount',
    value: bigint,
    bounds: MinorBounds,
  ): void => {
    const scaled = scaleMinor(bounds, percent);
    const result = againstMinor(value, scaled);
    const detail = { limitMinor: scaled.upper.toString() };
    findings.soft(check, result, findingOf(check, result), { code: check, detail });
  };
  const count = (
    check: 'limit-purse-count' | 'limit-exposure-count',
    value: number,
    bounds: CountBounds,
  ): void => {
    const scaled = scaleCount(bounds, percent);
    const result = againstCount(value, scaled);
    findings.soft(check, result, findingOf(check, result), { code: check, detail: { limit: scaled.upper } });
  };
  const ofMode = payment.mode === 'quick' ? named.quickPayment : named.boundPayment;
  minor('limit-payment', amount.minor, ofMode);
  minor('limit-purse-amount', purseDay.amountMinor + amount.minor, named.purseDayAmount);
  count('limit-purse-count', purseDay.count + 1, named.purseDayCount);
  minor('limit-exposure-amount', exposure.amountMinor + amount.minor, named.exposureAmount);
  count('limit-exposure-count', exposure.count + 1, named.exposureCount);
  const { lower } = scaleMinor(ofMode, percent);
  findings.selected(isSelected(named.randomSelection, amount.minor, lower, facts.randomUnit));
}

/** @throws InvariantViolation on an amount or a running sum that no caller may come with */
export function decide(facts: DecisionFacts): Decision {
  const { amount, purseDay, exposure, seen } = facts;
  invariant(amount.minor > 0n, 'decide: an amount of nothing');
  invariant(purseDay.amountMinor >= 0n && exposure.amountMinor >= 0n, 'decide: a negative sum');
  const findings = new Findings(facts);
  const nowS = Math.floor(facts.clock.effectiveMs / 1000);

  findings.hard('freshness', freshness(facts, nowS, Math.floor(facts.clock.certainMs / 1000)));
  const turnedBack = clockRefusal(facts);
  if (turnedBack === null) findings.pass('clock');
  else findings.soft('clock', 'fail', 'clock-turned-back', turnedBack);
  const leap = leapRefusal(facts, nowS);
  if (leap !== null) findings.hard('clock', leap);
  findings.hard('revocation', facts.isRevoked ? { code: 'revoked' } : null);
  findings.hard(
    'replay',
    seen === null
      ? null
      : {
          code: 'already-used',
          detail: { atMs: seen.atMs, amountMinor: seen.amountMinor.toString(), journalSeq: seen.journalSeq },
        },
  );
  findings.hard('consistency', facts.isDoubleSpend ? { code: 'double-spend' } : null);
  const amounts = amountRefusals(facts);
  findings.hard('currency', amounts.currency);
  findings.hard('cap', amounts.cap);
  findings.hard('allowance', amounts.allowance);
  findings.hard('count', amounts.count);
  limits(facts, findings, nowS);
  if (facts.isOnlineRequired) findings.onlineRequired();
  return { outcome: findings.outcome(), checks: findings.checks };
}

/** How asking the clearing house ended; `none`: no answer that it signed came in time. */
export type OnlineAnswer =
  | { readonly answer: 'approved' }
  | { readonly answer: 'declined'; readonly reason: RejectReason }
  | { readonly answer: 'none' };

export interface Conclusion {
  readonly outcome: Exclude<Verdict, { readonly verdict: 'go-online' }>;
  readonly checks: Decision['checks'];
  readonly decided: Decided;
}

/**
 * Stage 11: the verdict of a payment that went online. The terminal's own checks are made again, on facts
 * gathered after the answer, for its world went on while it waited: what declines now is not approved
 * because the clearing house said yes to what it was told before.
 */
export function conclude(facts: DecisionFacts, answer: OnlineAnswer): Conclusion {
  const isAnswered = answer.answer !== 'none';
  const { outcome, checks } = decide({ ...facts, isReachable: isAnswered });
  const decided: Decided = isAnswered ? 'online' : 'stand-in';
  if (outcome.verdict === 'decline') return { outcome, checks, decided };
  invariant(isAnswered || outcome.verdict === 'approve', 'conclude: online without an answer');
  if (answer.answer === 'declined') {
    const refusal = { code: 'declined-online', detail: { reason: answer.reason } } as const;
    return { outcome: { verdict: 'decline', refusal }, checks, decided };
  }
  return { outcome: { verdict: 'approve' }, checks, decided };
}
