/** The shop's switches are turned. */
import { settingValue } from '../../../shared/protocol/bodies/setting.ts';
import { ok, type Result } from '../../../shared/result.ts';
import type { ShopSetting } from '../../../shared/shop-settings.ts';
import type { OpenRefusal } from '../db/open.ts';
import { record } from '../record.ts';
import type { Attended } from '../room.ts';

export function changeSetting(
  { session, person, approver }: Attended,
  name: ShopSetting,
  isOn: boolean,
): Result<Record<string, never>, OpenRefusal> {
  const { store, ports } = session;
  if (store.shopSettings.isOn(name) === isOn) return ok({});
  const body = settingValue({ name, isOn, approvedBy: approver?.personId ?? null });
  const written = store.write(() =>
    record(store, { kind: 'setting-changed', atMs: ports.clock.nowMs(), actor: person.name, body }),
  );
  return written.ok ? ok({}) : written;
}
