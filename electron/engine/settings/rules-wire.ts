/** A shop's rules between the window and the engine: lists for records, decimal texts for amounts. */
import type { MerchantRulesWire } from '../../../shared/contract/terminal/settings.ts';
import { LIMIT_NAMES, type MerchantRules } from '../../../shared/decision/merchant-rules.ts';
import type { CurrencyCode } from '../../../shared/iso-4217.ts';
import { POLICY_FINDINGS, type PolicyAction } from '../../../shared/protocol/policy.ts';

export const NO_RULES: MerchantRulesWire = {
  clockToleranceS: null,
  quickTtlMaxS: null,
  invoiceTtlS: null,
  trustAge: [],
  actions: [],
  limits: [],
  randomSelection: null,
};

export function rulesToWire(rules: MerchantRules): MerchantRulesWire {
  const { clockToleranceS, quickTtlMaxS, invoiceTtlS, trustAge, randomSelection } = rules;
  return {
    clockToleranceS,
    quickTtlMaxS,
    invoiceTtlS,
    trustAge: [...trustAge],
    actions: POLICY_FINDINGS.flatMap((finding) => {
      const action = rules.actions[finding];
      return action === undefined ? [] : [{ finding, ...action }];
    }),
    limits: LIMIT_NAMES.flatMap((limit) => {
      const bounds = rules.limits[limit];
      if (bounds === undefined) return [];
      return [{ limit, lower: bounds.lower.toString(), upper: bounds.upper.toString() }];
    }),
    randomSelection:
      randomSelection === null
        ? null
        : {
            targetPercent: randomSelection.targetPercent,
            threshold: randomSelection.thresholdMinor.toString(),
            maxTargetPercent: randomSelection.maxTargetPercent,
          },
  };
}

/** @param wire through its schema @param currency of the terminal */
export function rulesFromWire(wire: MerchantRulesWire, currency: CurrencyCode): MerchantRules {
  const { clockToleranceS, quickTtlMaxS, invoiceTtlS, trustAge, randomSelection } = wire;
  return {
    currency,
    clockToleranceS,
    quickTtlMaxS,
    invoiceTtlS,
    trustAge,
    actions: Object.fromEntries(
      wire.actions.map(({ finding, online, offline }) => [finding, { online, offline } as PolicyAction]),
    ),
    limits: Object.fromEntries(
      wire.limits.map(({ limit, lower, upper }) => [limit, { lower: BigInt(lower), upper: BigInt(upper) }]),
    ),
    randomSelection:
      randomSelection === null
        ? null
        : {
            targetPercent: randomSelection.targetPercent,
            thresholdMinor: BigInt(randomSelection.threshold),
            maxTargetPercent: randomSelection.maxTargetPercent,
          },
  };
}
