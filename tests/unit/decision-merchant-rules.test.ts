/** A shop's own rules (protocol §4): whatever they say, nothing is treated more mildly than the policy asks. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DecisionFacts, decide } from '../../shared/decision/decide.ts';
import {
  LIMIT_NAMES,
  type MerchantRules,
  milderRule,
  rulesOf,
  strengthen,
} from '../../shared/decision/merchant-rules.ts';
import { merchantRulesValue, readMerchantRules } from '../../shared/protocol/bodies/merchant-rules.ts';
import { decodeCbor, encodeCbor } from '../../shared/protocol/cbor.ts';
import {
  POLICY_FINDINGS,
  type Policy,
  type PolicyAction,
  policyValue,
  readPolicy,
} from '../../shared/protocol/policy.ts';
import { reading } from '../../shared/protocol/shape.ts';
import { factsOf, failing, NOW_S } from '../support/decision-situation.ts';
import { policyOf, trustBundleOf } from '../support/protocol-fixture.ts';

const NO_RULES: MerchantRules = {
  currency: 'EUR',
  clockToleranceS: null,
  quickTtlMaxS: null,
  invoiceTtlS: null,
  trustAge: [],
  actions: {},
  limits: {},
  randomSelection: null,
};

const ACTIONS: readonly PolicyAction[] = [
  { online: 'approve', offline: 'approve' },
  { online: 'go-online', offline: 'approve' },
  { online: 'go-online', offline: 'decline' },
  { online: 'decline', offline: 'decline' },
];
const minorBounds = fc
  .tuple(fc.bigInt({ min: 0n, max: 3000n }), fc.bigInt({ min: 0n, max: 3000n }))
  .map(([lower, more]) => ({ lower, upper: lower + more }));
const steps = fc
  .uniqueArray(fc.nat(1000), { maxLength: 5 })
  .chain((ages) =>
    fc
      .array(fc.nat(100), { minLength: ages.length, maxLength: ages.length })
      .map((percents) =>
        ages
          .toSorted((a, b) => a - b)
          .map((fromH, i) => ({ fromH, percent: percents.toSorted((a, b) => b - a)[i] ?? 0 })),
      ),
  );
const selection = fc
  .tuple(fc.nat(100), fc.bigInt({ min: 0n, max: 3000n }), fc.nat(100))
  .map(([target, thresholdMinor, more]) => ({
    targetPercent: target,
    thresholdMinor,
    maxTargetPercent: Math.min(100, target + more),
  }));
const seconds = fc.option(fc.nat(600), { nil: null });
const someOf = <K extends string, T>(keys: readonly K[], value: fc.Arbitrary<T>) =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...keys), value), { selector: ([key]) => key })
    .map((pairs) => Object.fromEntries(pairs) as Partial<Record<K, T>>);

const rulesArbitrary: fc.Arbitrary<MerchantRules> = fc.record({
  currency: fc.constantFrom('EUR', 'JPY'),
  clockToleranceS: seconds,
  quickTtlMaxS: seconds,
  invoiceTtlS: seconds,
  trustAge: steps,
  actions: someOf(POLICY_FINDINGS, fc.constantFrom(...ACTIONS)),
  limits: someOf(LIMIT_NAMES, minorBounds),
  randomSelection: fc.option(selection, { nil: null }),
});

/** Amount, ages, sums and chance vary; limits are small enough to be met. */
const situation = fc.record({
  minor: fc.bigInt({ min: 1n, max: 4000n }),
  ageH: fc.nat(1200),
  ageS: fc.integer({ min: -200, max: 200 }),
  behindS: fc.nat(100),
  day: fc.bigInt({ min: 0n, max: 4000n }),
  exposure: fc.bigInt({ min: 0n, max: 4000n }),
  count: fc.nat(200),
  unit: fc.nat(999),
  isReachable: fc.boolean(),
});

function smallPolicy(): Policy {
  const policy = policyOf();
  const small = { lower: 1000n, upper: 2000n };
  return {
    ...policy,
    currencies: policy.currencies.map((limits) => ({
      ...limits,
      quickPayment: small,
      boundPayment: small,
      purseDayAmount: small,
      exposureAmount: small,
      randomSelection: { targetPercent: 10, thresholdMinor: 500n, maxTargetPercent: 50 },
    })),
  };
}

const SEVERITY = { approve: 0, 'go-online': 1, decline: 2 } as const;

function severity(policy: Policy, given: typeof situation extends fc.Arbitrary<infer S> ? S : never): number {
  const base = factsOf('quick', failing(), given.isReachable);
  const facts: DecisionFacts = {
    ...base,
    amount: { minor: given.minor, currency: 'EUR' },
    certificate: { ...base.certificate, perPaymentCapMinor: 10_000n, allowanceMinor: 100_000n },
    payment: { ...base.payment, iatS: NOW_S - given.ageS, capMinor: 10_000n } as DecisionFacts['payment'],
    clock: { ...base.clock, behindS: given.behindS },
    purseDay: { amountMinor: given.day, count: given.count },
    exposure: { amountMinor: given.exposure, count: given.count },
    trust: { ...trustBundleOf(), policy, iatS: NOW_S - given.ageH * 3600, expS: NOW_S + 1 },
    randomUnit: given.unit / 1000,
  };
  return SEVERITY[decide(facts).outcome.verdict];
}

describe('1 Decisions: a merchant may only make the policy stricter', () => {
  it('any rules, any payment → never milder than without them', () => {
    const policy = smallPolicy();
    fc.assert(
      fc.property(rulesArbitrary, situation, (rules, given) => {
        expect(severity(strengthen(policy, rules), given)).toBeGreaterThanOrEqual(severity(policy, given));
      }),
      { numRuns: 3000 },
    );
  });

  it('any rules → a policy that a reader takes, in which nothing is milder for more', () => {
    fc.assert(
      fc.property(rulesArbitrary, (rules) => {
        const joined = strengthen(smallPolicy(), rules);
        expect(readPolicy(decodeCbor(encodeCbor(policyValue(joined))))).toEqual(joined);
        expect(strengthen(joined, rules)).toEqual(joined);
      }),
    );
  });

  it('no rules → the policy as it is; the policy as rules → the same, and milder in nothing', () => {
    const policy = smallPolicy();
    expect(strengthen(policy, NO_RULES)).toEqual(policy);
    expect(strengthen(policy, rulesOf(policy, 'EUR'))).toEqual(policy);
    expect(milderRule(policy, rulesOf(policy, 'EUR'))).toBeNull();
    expect(milderRule(policy, NO_RULES)).toBeNull();
  });

  const above = { online: 'approve', offline: 'decline' } as const;
  it.each<[string, Partial<MerchantRules>]>([
    ['clockToleranceS', { clockToleranceS: 61 }],
    ['quickTtlMaxS', { quickTtlMaxS: 61 }],
    ['invoiceTtlS', { invoiceTtlS: 301 }],
    ['trustAge', { trustAge: [{ fromH: 200, percent: 51 }] }],
    ['actions.limit-payment:above', { actions: { 'limit-payment:above': above } }],
    ['limits.quickPayment', { limits: { quickPayment: { lower: 1n, upper: 2001n } } }],
    ['limits.exposureCount', { limits: { exposureCount: { lower: 501n, upper: 501n } } }],
    [
      'randomSelection',
      { randomSelection: { targetPercent: 10, thresholdMinor: 501n, maxTargetPercent: 50 } },
    ],
  ])('%s that asks for less → told by name', (name, change) => {
    expect(milderRule(smallPolicy(), { ...NO_RULES, ...change })).toBe(name);
  });

  it('rules in the journal → themselves; out of shape → malformed', () => {
    fc.assert(
      fc.property(rulesArbitrary, (rules) => {
        const wire = decodeCbor(encodeCbor(merchantRulesValue(rules)));
        expect(readMerchantRules(wire)).toEqual(rules);
      }),
    );
    const wire = merchantRulesValue(NO_RULES) as readonly ReturnType<typeof decodeCbor>[];
    for (const bad of [
      wire.with(0, 1),
      wire.with(1, -1),
      wire.with(5, [[13, [0, 0]]]),
      wire.with(6, [
        [1, [0, 1]],
        [0, [0, 1]],
      ]),
      wire.with(6, [[0, [2, 1]]]),
      wire.slice(1),
    ]) {
      expect(reading(() => readMerchantRules(bad))).toEqual({ ok: false, refusal: { code: 'malformed' } });
    }
  });
});
