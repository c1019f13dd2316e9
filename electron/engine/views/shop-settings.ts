/** The view of the shop's switches. */
import { readSettingBody } from '../../../shared/protocol/bodies/setting.ts';
import type { View } from './view.ts';

export const shopSettingsView: View = {
  kinds: ['setting-changed'],
  apply: ({ shopSettings }, { entry }) => {
    const { name, isOn } = readSettingBody(entry.body);
    shopSettings.put(name, isOn ? 'on' : 'off');
  },
};
