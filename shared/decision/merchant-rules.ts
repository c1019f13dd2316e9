/**
 * What a shop decides more strictly than the clearing house's policy asks (protocol §4). Rules are joined with the
 * signed policy by taking the stricter of both, item by item, so whatever they say, no payment is treated more
 * mildly; and a rule that would be milder is told by name, so that nobody believes in it.
 */
import type { CurrencyCode } from '../iso-4217.ts';
import {
  type CountBounds,
  type CurrencyPolicy,
  type MinorBounds,
  POLICY_FINDINGS,
  type Policy,
  type PolicyAction,
  type PolicyFinding,
  type RandomSelection,
  type TrustAgeStep,
} from '../protocol/policy.ts';
import { trustPercent } from './limits.ts';

const AMOUNT_LIMITS = [
  'quickPayment',
  'boundPayment',
  'purseDayAmount',
  'exposureAmount',
  'refundPayment',
  'refundDayAmount',
] as const satisfies readonly (keyof CurrencyPolicy)[];
const COUNT_LIMITS = ['purseDayCount', 'exposureCount'] as const satisfies readonly (keyof CurrencyPolicy)[];
/** For ever: positions are in journals. */
export const LIMIT_NAMES = [...AMOUNT_LIMITS, ...COUNT_LIMITS] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

/** What is not named stays as the policy has it. */
export interface MerchantRules {
  /** Of the limits and of chance. */
  readonly currency: CurrencyCode;
  readonly clockToleranceS: number | null;
  readonly quickTtlMaxS: number | null;
  readonly invoiceTtlS: number | null;
  readonly trustAge: readonly TrustAgeStep[];
  readonly actions: Readonly<Partial<Record<PolicyFinding, PolicyAction>>>;
  /** Minor units, or how many. */
  readonly limits: Readonly<Partial<Record<LimitName, MinorBounds>>>;
  readonly randomSelection: RandomSelection | null;
}

const SEVERITY = { approve: 0, 'go-online': 1, decline: 2 } as const;
const APPROVE: PolicyAction = { online: 'approve', offline: 'approve' };

function stricter<A extends keyof typeof SEVERITY>(one: A, other: A): A {
  return SEVERITY[one] >= SEVERITY[other] ? one : other;
}

function stricterAction(one: PolicyAction, other: PolicyAction): PolicyAction {
  const online = stricter(one.online, other.online);
  return {
    online,
    // what is declined online is not approved offline
    offline: online === 'decline' ? 'decline' : stricter(one.offline, other.offline),
  };
}

/** Chance may ask, it may not refuse: a rule of that kind does nothing. */
function ruleOf(rules: MerchantRules, finding: PolicyFinding): PolicyAction {
  const rule = rules.actions[finding] ?? APPROVE;
  if (finding !== 'random-selection') return rule;
  return { online: rule.online === 'approve' ? 'approve' : 'go-online', offline: 'approve' };
}

function strengthenActions(policy: Policy, rules: MerchantRules): Policy['actions'] {
  const table = new Map<PolicyFinding, PolicyAction>();
  for (const finding of POLICY_FINDINGS) {
    const joined = stricterAction(policy.actions[finding], ruleOf(rules, finding));
    // in the list `between` stands before `above`, which must not be milder
    const between = table.get(finding.replace(':above', ':between') as PolicyFinding);
    table.set(finding, between === undefined ? joined : stricterAction(joined, between));
  }
  return Object.fromEntries(table) as Policy['actions'];
}

/** Of two curves at each age the lower. */
function strengthenTrustAge(policy: Policy, rules: MerchantRules): readonly TrustAgeStep[] {
  const ages = new Set([...policy.trustAge, ...rules.trustAge].map(({ fromH }) => fromH));
  return [...ages]
    .sort((a, b) => a - b)
    .map((fromH) => ({ fromH, percent: Math.min(trustPercent(policy, fromH), trustPercent(rules, fromH)) }));
}

function least<T extends number | bigint>(one: T, other: T): T {
  return one <= other ? one : other;
}

function strengthenMinor(bounds: MinorBounds, rule: MinorBounds | undefined): MinorBounds {
  if (rule === undefined) return bounds;
  return { lower: least(bounds.lower, rule.lower), upper: least(bounds.upper, rule.upper) };
}

function strengthenCount(bounds: CountBounds, rule: MinorBounds | undefined): CountBounds {
  if (rule === undefined) return bounds;
  return {
    lower: Math.min(bounds.lower, Number(rule.lower)),
    upper: Math.min(bounds.upper, Number(rule.upper)),
  };
}

function strengthenSelection(one: RandomSelection, other: RandomSelection | null): RandomSelection {
  if (other === null) return one;
  return {
    targetPercent: Math.max(one.targetPercent, other.targetPercent),
    thresholdMinor: least(one.thresholdMinor, other.thresholdMinor),
    maxTargetPercent: Math.max(one.maxTargetPercent, other.maxTargetPercent),
  };
}

function strengthenCurrency(limits: CurrencyPolicy, rules: MerchantRules): CurrencyPolicy {
  const minor = (name: (typeof AMOUNT_LIMITS)[number]) => strengthenMinor(limits[name], rules.limits[name]);
  const count = (name: (typeof COUNT_LIMITS)[number]) => strengthenCount(limits[name], rules.limits[name]);
  return {
    currency: limits.currency,
    quickPayment: minor('quickPayment'),
    boundPayment: minor('boundPayment'),
    purseDayAmount: minor('purseDayAmount'),
    purseDayCount: count('purseDayCount'),
    exposureAmount: minor('exposureAmount'),
    exposureCount: count('exposureCount'),
    refundPayment: minor('refundPayment'),
    refundDayAmount: minor('refundDayAmount'),
    randomSelection: strengthenSelection(limits.randomSelection, rules.randomSelection),
  };
}

/** The policy that a terminal with these rules decides by: in nothing milder than either. */
export function strengthen(policy: Policy, rules: MerchantRules): Policy {
  const lower = (one: number, other: number | null) => (other === null ? one : Math.min(one, other));
  return {
    clockToleranceS: lower(policy.clockToleranceS, rules.clockToleranceS),
    quickTtlMaxS: lower(policy.quickTtlMaxS, rules.quickTtlMaxS),
    invoiceTtlS: lower(policy.invoiceTtlS, rules.invoiceTtlS),
    trustAge: strengthenTrustAge(policy, rules),
    actions: strengthenActions(policy, rules),
    currencies: policy.currencies.map((limits) =>
      limits.currency === rules.currency ? strengthenCurrency(limits, rules) : limits,
    ),
  };
}

function isMilderAction(rule: PolicyAction, policy: PolicyAction): boolean {
  return SEVERITY[rule.online] < SEVERITY[policy.online] || SEVERITY[rule.offline] < SEVERITY[policy.offline];
}

function isMilderSelection(rule: RandomSelection, policy: RandomSelection): boolean {
  return (
    rule.targetPercent < policy.targetPercent ||
    rule.maxTargetPercent < policy.maxTargetPercent ||
    rule.thresholdMinor > policy.thresholdMinor
  );
}

/** The first rule that asks for less than the policy does, by name; null when none does. */
export function milderRule(policy: Policy, rules: MerchantRules): string | null {
  for (const name of ['clockToleranceS', 'quickTtlMaxS', 'invoiceTtlS'] as const) {
    if ((rules[name] ?? 0) > policy[name]) return name;
  }
  const agreed = { ...policy, trustAge: strengthenTrustAge(policy, rules) };
  if (rules.trustAge.some(({ fromH, percent }) => percent > trustPercent(agreed, fromH))) return 'trustAge';
  for (const finding of POLICY_FINDINGS) {
    const rule = rules.actions[finding];
    if (rule !== undefined && isMilderAction(rule, policy.actions[finding])) return `actions.${finding}`;
  }
  const limits = policy.currencies.find(({ currency }) => currency === rules.currency);
  if (limits === undefined) return null;
  for (const name of LIMIT_NAMES) {
    const rule = rules.limits[name];
    if (rule === undefined) continue;
    if (rule.lower > BigInt(limits[name].lower) || rule.upper > BigInt(limits[name].upper))
      return `limits.${name}`;
  }
  if (rules.randomSelection !== null && isMilderSelection(rules.randomSelection, limits.randomSelection))
    return 'randomSelection';
  return null;
}

/** The policy itself, written as rules in one currency: what a shop may not go below. */
export function rulesOf(policy: Policy, currency: CurrencyCode): MerchantRules {
  const limits = policy.currencies.find((one) => one.currency === currency);
  const bounds =
    limits === undefined
      ? []
      : LIMIT_NAMES.map((name) => [
          name,
          { lower: BigInt(limits[name].lower), upper: BigInt(limits[name].upper) },
        ]);
  return {
    currency,
    clockToleranceS: policy.clockToleranceS,
    quickTtlMaxS: policy.quickTtlMaxS,
    invoiceTtlS: policy.invoiceTtlS,
    trustAge: policy.trustAge,
    actions: policy.actions,
    limits: Object.fromEntries(bounds),
    randomSelection: limits?.randomSelection ?? null,
  };
}
