/** Calls that open a terminal: its state, its keys, joining a merchant. */
import { ok, refused } from '../../../shared/result.ts';
import type { EngineCore } from '../core.ts';
import { openKeys } from '../keys.ts';
import type { RoomCalls } from '../room.ts';
import { enrol } from './enrol.ts';

export function enrolmentCalls(core: EngineCore): RoomCalls<'state.get' | 'keys.unlock' | 'enrolment.enrol'> {
  return {
    'state.get': () => ok(core.state()),

    'keys.unlock': async ({ passphrase }) => {
      const { store } = core;
      if (core.phase() !== 'locked' || store === undefined) return refused({ code: 'not-found' });
      const keys = await openKeys(store, core.options.sealing, passphrase);
      if (!keys.ok) return keys;
      if (core.session === undefined) core.begin(keys.value);
      core.stateChanged();
      return ok({});
    },

    'enrolment.enrol': async (request) => {
      const { ports, sealing } = core.options;
      if (core.store === undefined || core.phase() !== 'not-enrolled')
        return refused({ code: 'already-enrolled' });
      const session = await enrol(core.store, ports, sealing, request);
      if (!session.ok) return session;
      core.run(session.value);
      core.stateChanged();
      return ok({});
    },
  };
}
