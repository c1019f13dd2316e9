/** Body of `setting-changed`: which switch of the shop, how it stands now, who gave leave. */
import { SHOP_SETTINGS, type ShopSetting } from '../../shop-settings.ts';
import type { CborValue } from '../cbor.ts';
import { Malformed } from '../malformed.ts';
import { readNullable, readOneOf, readText, readTuple } from '../shape.ts';
import { readPersonId } from './person.ts';

export interface SettingBody {
  readonly name: ShopSetting;
  readonly isOn: boolean;
  readonly approvedBy: string | null;
}

export function settingValue({ name, isOn, approvedBy }: SettingBody): CborValue {
  return [name, isOn ? 1 : 0, approvedBy];
}

/** @throws Malformed */
export function readSettingBody(value: CborValue): SettingBody {
  const [nameValue, isOn, approvedBy] = readTuple(value, 3);
  const text = readText(nameValue, 64);
  const name = SHOP_SETTINGS.find((one) => one === text);
  if (name === undefined) throw new Malformed('a setting');
  return { name, isOn: readOneOf(isOn, [0, 1]) === 1, approvedBy: readNullable(approvedBy, readPersonId) };
}
