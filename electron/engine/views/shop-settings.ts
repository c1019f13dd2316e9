/** The view of the shop's switches and rules. */
import { readSettingBody } from '../../../shared/protocol/bodies/setting.ts';
import type { View } from './view.ts';

export const shopSettingsView: View = {
  kinds: ['setting-changed'],
  apply: ({ shopSettings, merchantPolicy }, { entry }) => {
    const setting = readSettingBody(entry.body);
    if (setting.name === 'merchant-policy') merchantPolicy.put(setting.rules);
    else shopSettings.put(setting.name, setting.isOn ? 'on' : 'off');
  },
};
