/** Calls about a shop's own rules: what it decides more strictly than the clearing house asks. */
import * as z from 'zod/mini';
import { LIMIT_NAMES } from '../../decision/merchant-rules.ts';
import { parseMinor } from '../../money.ts';
import { OFFLINE_ACTIONS, ONLINE_ACTIONS, POLICY_FINDINGS } from '../../protocol/policy.ts';
import { approval, calls, nothing } from './call.ts';

const seconds = z.nullable(z.int().check(z.minimum(0), z.maximum(86_400)));
const percent = z.int().check(z.minimum(0), z.maximum(100));
/** Minor units or a count, as a decimal number. */
const bound = z.string().check(
  z.regex(/^(0|[1-9][0-9]{0,15})$/),
  z.refine<string>((text) => parseMinor(text) !== undefined),
);
const COUNTS_TO = 1_000_000n;

/** The check of the whole runs also where a part of it failed, so it must bear anything. */
function isBounds({ limit: name, lower, upper }: { limit: string; lower: string; upper: string }): boolean {
  const [low, high] = [parseMinor(lower), parseMinor(upper)];
  if (low === undefined || high === undefined) return false;
  return low <= high && (!name.endsWith('Count') || high <= COUNTS_TO);
}

const limit = z
  .strictObject({ limit: z.enum(LIMIT_NAMES), lower: bound, upper: bound })
  .check(z.refine(isBounds));

const action = z
  .strictObject({
    finding: z.enum(POLICY_FINDINGS),
    online: z.enum(ONLINE_ACTIONS as readonly [string, ...string[]]),
    offline: z.enum(OFFLINE_ACTIONS as readonly [string, ...string[]]),
  })
  .check(
    // what is declined online is not approved offline, and nobody is refused by lot
    z.refine(({ finding, online, offline }) =>
      finding === 'random-selection'
        ? online !== 'decline' && offline === 'approve'
        : online !== 'decline' || offline === 'decline',
    ),
  );

const step = z.strictObject({ fromH: z.int().check(z.minimum(0), z.maximum(100_000)), percent });
const once = <T>(nameOf: (item: T) => string) =>
  z.refine<readonly T[]>((items) => new Set(items.map(nameOf)).size === items.length);

/** What is not named stays as the policy has it. Limits are in the terminal's currency. */
const merchantRules = z.strictObject({
  clockToleranceS: seconds,
  quickTtlMaxS: seconds,
  invoiceTtlS: seconds,
  /** Ascending in age, descending in percent. */
  trustAge: z.array(step).check(
    z.maxLength(32),
    z.refine((steps) =>
      steps.every((one, i) => {
        const before = steps[i - 1];
        return before === undefined || (one.fromH > before.fromH && one.percent <= before.percent);
      }),
    ),
  ),
  actions: z.array(action).check(once(({ finding }) => finding)),
  limits: z.array(limit).check(once(({ limit: name }) => name)),
  randomSelection: z.nullable(
    z
      .strictObject({ targetPercent: percent, threshold: bound, maxTargetPercent: percent })
      .check(z.refine(({ targetPercent, maxTargetPercent }) => targetPercent <= maxTargetPercent)),
  ),
});
export type MerchantRulesWire = z.infer<typeof merchantRules>;

export const settingCalls = calls({
  /** `signed`: what the clearing house asks for, written as rules; null before the first trust bundle. */
  'settings.getMerchantPolicy': {
    needs: 'person',
    params: nothing,
    result: z.strictObject({ rules: merchantRules, signed: z.nullable(merchantRules) }),
  },
  /** In place of all rules before. `rule-milder` names the first that asks for less than the clearing house does. */
  'settings.setMerchantPolicy': {
    needs: 'change-settings',
    params: z.strictObject({ rules: merchantRules, approval }),
    result: nothing,
  },
});
