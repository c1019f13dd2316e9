/** Calls about the clock. */
import { ok } from '../../../shared/result.ts';
import type { EngineCore } from '../core.ts';
import type { RoomCalls } from '../room.ts';
import { confirmClock } from './confirm.ts';

export function clockCalls(core: EngineCore): RoomCalls<'clock.confirm'> {
  return {
    'clock.confirm': (_params, by) => {
      const confirmed = confirmClock(by);
      if (!confirmed.ok) return confirmed;
      core.stateChanged();
      return ok({});
    },
  };
}
