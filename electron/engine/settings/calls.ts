/** Calls about the shop's own rules. */
import type { settingCalls as shapes } from '../../../shared/contract/terminal/settings.ts';
import { rulesOf } from '../../../shared/decision/merchant-rules.ts';
import { ok } from '../../../shared/result.ts';
import type { EngineCore } from '../core.ts';
import type { RoomCalls } from '../room.ts';
import { NO_RULES, rulesToWire } from './rules-wire.ts';
import { setMerchantPolicy } from './set-merchant-policy.ts';

export function settingCalls(core: EngineCore): RoomCalls<keyof typeof shapes> {
  return {
    'settings.getMerchantPolicy': (_params, { session }) => {
      const { store, trust, enrolment } = session;
      const rules = store.merchantPolicy.rules();
      const signed = trust && rulesOf(trust.bundle.policy, enrolment.certificate.currency);
      return ok({
        rules: rules === undefined ? NO_RULES : rulesToWire(rules),
        signed: signed === undefined ? null : rulesToWire(signed),
      });
    },

    'settings.setMerchantPolicy': ({ rules }, by) => {
      const set = setMerchantPolicy(by, rules);
      if (set.ok) core.stateChanged();
      return set;
    },
  };
}
