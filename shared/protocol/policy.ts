/**
 * The policy: what a terminal may decide alone (protocol §4). It travels inside the trust bundle, signed
 * by the root. Limits have a lower and an upper bound: up to the lower approve offline, between them try
 * online first, above the upper online or decline. What each finding leads to is a table, in the manner
 * of EMV's terminal action codes. A check of cryptography is never in the table: it always declines.
 */
import { type CurrencyCode, currencyByNumeric, currencyOf } from '../iso-4217.ts';
import type { CborValue } from './cbor.ts';
import { Malformed } from './malformed.ts';
import { readArray, readMinor, readOneOf, readTuple, readTupleOf, readUint } from './shape.ts';

/** Minor units. */
export interface MinorBounds {
  readonly lower: bigint;
  readonly upper: bigint;
}
export interface CountBounds {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Which payments that no limit concerns are asked for online all the same, by chance, in the manner of EMV's
 * random transaction selection: below the threshold the target share, from there rising to the highest share
 * at the lower bound of a payment.
 */
export interface RandomSelection {
  readonly targetPercent: number;
  readonly thresholdMinor: bigint;
  readonly maxTargetPercent: number;
}

export interface CurrencyPolicy {
  readonly currency: CurrencyCode;
  readonly quickPayment: MinorBounds;
  readonly boundPayment: MinorBounds;
  /** Of one purse at this terminal in one day. */
  readonly purseDayAmount: MinorBounds;
  readonly purseDayCount: CountBounds;
  /** Approved here and not yet settled. */
  readonly exposureAmount: MinorBounds;
  readonly exposureCount: CountBounds;
  /** Paid back without the clearing house: one refund, and all of this terminal in one day. */
  readonly refundPayment: MinorBounds;
  readonly refundDayAmount: MinorBounds;
  readonly randomSelection: RandomSelection;
}

/** What the policy may decide; the rest of protocol §4 always declines. In the order of reasons. */
export const POLICY_FINDINGS = [
  'clock-turned-back',
  'limit-trust-age:above',
  'limit-payment:between',
  'limit-payment:above',
  'limit-purse-amount:between',
  'limit-purse-amount:above',
  'limit-purse-count:between',
  'limit-purse-count:above',
  'limit-exposure-amount:between',
  'limit-exposure-amount:above',
  'limit-exposure-count:between',
  'limit-exposure-count:above',
  'random-selection',
] as const;

/** How many findings and how many columns of a currency a policy of the version before had. */
const BEFORE = { findings: 12, columns: 7 } as const;

export type PolicyFinding = (typeof POLICY_FINDINGS)[number];
export type OnlineAction = 'approve' | 'go-online' | 'decline';
export type OfflineAction = 'approve' | 'decline';

export interface PolicyAction {
  /** While the clearing house is reachable. */
  readonly online: OnlineAction;
  /** While it is not, and when an online authorisation gave no answer in time (stand-in). */
  readonly offline: OfflineAction;
}

/** From this age of the trust bundle on, limits are this share of themselves; 0 refuses all. */
export interface TrustAgeStep {
  readonly fromH: number;
  readonly percent: number;
}

export interface Policy {
  /** How far a customer's clock may be off, and the terminal's below its floor. */
  readonly clockToleranceS: number;
  readonly quickTtlMaxS: number;
  readonly invoiceTtlS: number;
  /** Ascending in age, descending in percent. */
  readonly trustAge: readonly TrustAgeStep[];
  readonly actions: Readonly<Record<PolicyFinding, PolicyAction>>;
  readonly currencies: readonly CurrencyPolicy[];
}

export const ONLINE_ACTIONS: readonly OnlineAction[] = ['approve', 'go-online', 'decline'];
export const OFFLINE_ACTIONS: readonly OfflineAction[] = ['approve', 'decline'];

function bounds(pair: MinorBounds | CountBounds): CborValue {
  return [pair.lower, pair.upper];
}

function selectionValue(selection: RandomSelection): CborValue {
  return [selection.targetPercent, selection.thresholdMinor, selection.maxTargetPercent];
}

export function policyValue(policy: Policy): CborValue {
  return [
    policy.clockToleranceS,
    policy.quickTtlMaxS,
    policy.invoiceTtlS,
    policy.trustAge.map((step) => [step.fromH, step.percent]),
    POLICY_FINDINGS.map((finding) => {
      const action = policy.actions[finding];
      return [ONLINE_ACTIONS.indexOf(action.online), OFFLINE_ACTIONS.indexOf(action.offline)];
    }),
    policy.currencies.map((limits) => [
      currencyOf(limits.currency).numeric,
      bounds(limits.quickPayment),
      bounds(limits.boundPayment),
      bounds(limits.purseDayAmount),
      bounds(limits.purseDayCount),
      bounds(limits.exposureAmount),
      bounds(limits.exposureCount),
      bounds(limits.refundPayment),
      bounds(limits.refundDayAmount),
      selectionValue(limits.randomSelection),
    ]),
  ];
}

export function readMinorBounds(value: CborValue | undefined): MinorBounds {
  const [low, high] = readTuple(value, 2);
  const read = { lower: readMinor(low), upper: readMinor(high) };
  if (read.lower > read.upper) throw new Malformed('bounds');
  return read;
}

function readCountBounds(value: CborValue | undefined): CountBounds {
  const [low, high] = readTuple(value, 2);
  const read = { lower: readUint(low, 1_000_000), upper: readUint(high, 1_000_000) };
  if (read.lower > read.upper) throw new Malformed('bounds');
  return read;
}

export function readAction(value: CborValue | undefined): PolicyAction {
  const [online, offline] = readTuple(value, 2);
  return {
    online: ONLINE_ACTIONS[readOneOf(online, [0, 1, 2])] ?? 'decline',
    offline: OFFLINE_ACTIONS[readOneOf(offline, [0, 1])] ?? 'decline',
  };
}

const ASK_NEVER: PolicyAction = { online: 'approve', offline: 'approve' };

export function readRandomSelection(value: CborValue | undefined): RandomSelection {
  const [target, threshold, max] = readTuple(value, 3);
  const read = {
    targetPercent: readUint(target, 100),
    thresholdMinor: readMinor(threshold),
    maxTargetPercent: readUint(max, 100),
  };
  if (read.targetPercent > read.maxTargetPercent) throw new Malformed('shares of a selection');
  return read;
}

/** A terminal keeps the bundle that it had when it is updated: what that does not know of allows nothing. */
const NO_REFUNDS: MinorBounds = { lower: 0n, upper: 0n };
const NO_SELECTION: RandomSelection = { targetPercent: 0, thresholdMinor: 0n, maxTargetPercent: 0 };

function readCurrencyPolicy(value: CborValue): CurrencyPolicy {
  const items = readTupleOf(value, [10, BEFORE.columns]);
  const [numeric, quick, bound, dayAmount, dayCount, exposureAmount, exposureCount] = items;
  const [refund, refundDay, selection] = items.slice(BEFORE.columns);
  const currency = currencyByNumeric(readUint(numeric, 999));
  if (currency === undefined) throw new Malformed('currency');
  return {
    currency: currency.code,
    quickPayment: readMinorBounds(quick),
    boundPayment: readMinorBounds(bound),
    purseDayAmount: readMinorBounds(dayAmount),
    purseDayCount: readCountBounds(dayCount),
    exposureAmount: readMinorBounds(exposureAmount),
    exposureCount: readCountBounds(exposureCount),
    refundPayment: refund === undefined ? NO_REFUNDS : readMinorBounds(refund),
    refundDayAmount: refundDay === undefined ? NO_REFUNDS : readMinorBounds(refundDay),
    randomSelection: selection === undefined ? NO_SELECTION : readRandomSelection(selection),
  };
}

const SEVERITY = { approve: 0, 'go-online': 1, decline: 2 } as const;

/**
 * One more failing check must never make the answer milder (protocol §4): what stands above a limit is not
 * treated better than what is between its bounds, and what is declined online is not approved offline. And
 * nobody is refused by lot.
 */
function isSound(actions: Policy['actions']): boolean {
  return POLICY_FINDINGS.every((finding) => {
    const { online, offline } = actions[finding];
    const between = POLICY_FINDINGS.find((other) => other === finding.replace(':above', ':between'));
    const milder = actions[between ?? finding];
    return (
      SEVERITY[online] >= SEVERITY[milder.online] &&
      SEVERITY[offline] >= SEVERITY[milder.offline] &&
      (online !== 'decline' || offline === 'decline') &&
      // chance may ask, it may not refuse
      (finding !== 'random-selection' || (online !== 'decline' && offline === 'approve'))
    );
  });
}

/** @throws Malformed */
export function readTrustAge(value: CborValue | undefined): readonly TrustAgeStep[] {
  const trustAge = readArray(value, 32).map((step) => {
    const [fromH, percent] = readTuple(step, 2);
    return { fromH: readUint(fromH, 100_000), percent: readUint(percent, 100) };
  });
  for (const [i, step] of trustAge.entries()) {
    const before = trustAge[i - 1];
    if (before !== undefined && (step.fromH <= before.fromH || step.percent > before.percent)) {
      throw new Malformed('trust age steps');
    }
  }
  return trustAge;
}

/** @throws Malformed */
export function readPolicy(value: CborValue | undefined): Policy {
  const [tolerance, quickTtl, invoiceTtl, steps, actions, limits] = readTuple(value, 6);
  const trustAge = readTrustAge(steps);
  const rows = readTupleOf(actions, [POLICY_FINDINGS.length, BEFORE.findings]);
  const table = POLICY_FINDINGS.map(
    (finding, i) => [finding, i < rows.length ? readAction(rows[i]) : ASK_NEVER] as const,
  );
  const actionTable = Object.fromEntries(table) as Record<PolicyFinding, PolicyAction>;
  if (!isSound(actionTable)) throw new Malformed('a table that is milder for more, or refuses by chance');
  const currencies = readArray(limits, 64).map(readCurrencyPolicy);
  if (new Set(currencies.map(({ currency }) => currency)).size !== currencies.length) {
    throw new Malformed('a currency twice');
  }
  return {
    clockToleranceS: readUint(tolerance, 86_400),
    quickTtlMaxS: readUint(quickTtl, 3600),
    invoiceTtlS: readUint(invoiceTtl, 86_400),
    trustAge,
    actions: actionTable,
    currencies,
  };
}
