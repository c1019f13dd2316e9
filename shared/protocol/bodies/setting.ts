/** Body of `setting-changed`: which switch of the shop or which rules of it, how they stand now, who gave leave. */
import type { MerchantRules } from '../../decision/merchant-rules.ts';
import { SHOP_SETTINGS, type ShopSetting } from '../../shop-settings.ts';
import type { CborValue } from '../cbor.ts';
import { Malformed } from '../malformed.ts';
import { readNullable, readOneOf, readText, readTuple } from '../shape.ts';
import { merchantRulesValue, readMerchantRules } from './merchant-rules.ts';
import { readPersonId } from './person.ts';

const MERCHANT_POLICY = 'merchant-policy';

export interface SwitchBody {
  readonly name: ShopSetting;
  readonly isOn: boolean;
  readonly approvedBy: string | null;
}

/** All rules of the shop, in place of those before. */
export interface MerchantPolicyBody {
  readonly name: typeof MERCHANT_POLICY;
  readonly rules: MerchantRules;
  readonly approvedBy: string | null;
}

export type SettingBody = SwitchBody | MerchantPolicyBody;

export function settingValue(body: SettingBody): CborValue {
  const value = body.name === MERCHANT_POLICY ? merchantRulesValue(body.rules) : body.isOn ? 1 : 0;
  return [body.name, value, body.approvedBy];
}

/** @throws Malformed */
export function readSettingBody(value: CborValue): SettingBody {
  const [nameValue, item, approver] = readTuple(value, 3);
  const text = readText(nameValue, 64);
  const approvedBy = readNullable(approver, readPersonId);
  if (text === MERCHANT_POLICY) return { name: text, rules: readMerchantRules(item), approvedBy };
  const name = SHOP_SETTINGS.find((one) => one === text);
  if (name === undefined) throw new Malformed('a setting');
  return { name, isOn: readOneOf(item, [0, 1]) === 1, approvedBy };
}
