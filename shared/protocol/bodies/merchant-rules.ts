/** A shop's stricter rules as a journal keeps them (`setting-changed` of the name `merchant-policy`). */
import { LIMIT_NAMES, type LimitName, type MerchantRules } from '../../decision/merchant-rules.ts';
import { currencyByNumeric, currencyOf } from '../../iso-4217.ts';
import type { CborValue } from '../cbor.ts';
import { Malformed } from '../malformed.ts';
import {
  OFFLINE_ACTIONS,
  ONLINE_ACTIONS,
  POLICY_FINDINGS,
  type PolicyFinding,
  readAction,
  readMinorBounds,
  readRandomSelection,
  readTrustAge,
} from '../policy.ts';
import { readArray, readNullable, readTuple, readUint } from '../shape.ts';

export function merchantRulesValue(rules: MerchantRules): CborValue {
  const chance = rules.randomSelection;
  return [
    currencyOf(rules.currency).numeric,
    rules.clockToleranceS,
    rules.quickTtlMaxS,
    rules.invoiceTtlS,
    rules.trustAge.map((step) => [step.fromH, step.percent]),
    POLICY_FINDINGS.flatMap((finding, i) => {
      const action = rules.actions[finding];
      if (action === undefined) return [];
      return [[i, [ONLINE_ACTIONS.indexOf(action.online), OFFLINE_ACTIONS.indexOf(action.offline)]]];
    }),
    LIMIT_NAMES.flatMap((name, i) => {
      const bounds = rules.limits[name];
      return bounds === undefined ? [] : [[i, [bounds.lower, bounds.upper]]];
    }),
    chance === null ? null : [chance.targetPercent, chance.thresholdMinor, chance.maxTargetPercent],
  ];
}

/** Pairs of a position in a list and a value, each position at most once, in order. */
function readNamed<N extends string, T>(
  value: CborValue | undefined,
  names: readonly N[],
  read: (value: CborValue | undefined) => T,
): Partial<Record<N, T>> {
  let before = -1;
  const pairs = readArray(value, names.length).map((pair) => {
    const [position, item] = readTuple(pair, 2);
    const at = readUint(position, names.length - 1);
    if (at <= before) throw new Malformed('positions in order');
    before = at;
    return [names[at], read(item)] as const;
  });
  return Object.fromEntries(pairs) as Partial<Record<N, T>>;
}

/** @throws Malformed */
export function readMerchantRules(value: CborValue | undefined): MerchantRules {
  const [numeric, tolerance, quickTtl, invoiceTtl, ages, actions, limits, chance] = readTuple(value, 8);
  const currency = currencyByNumeric(readUint(numeric, 999));
  if (currency === undefined) throw new Malformed('currency');
  const seconds = (item: CborValue | undefined) => readNullable(item, (given) => readUint(given, 86_400));
  return {
    currency: currency.code,
    clockToleranceS: seconds(tolerance),
    quickTtlMaxS: seconds(quickTtl),
    invoiceTtlS: seconds(invoiceTtl),
    trustAge: readTrustAge(ages),
    actions: readNamed<PolicyFinding, ReturnType<typeof readAction>>(actions, POLICY_FINDINGS, readAction),
    limits: readNamed<LimitName, ReturnType<typeof readMinorBounds>>(limits, LIMIT_NAMES, readMinorBounds),
    randomSelection: readNullable(chance, readRandomSelection),
  };
}
