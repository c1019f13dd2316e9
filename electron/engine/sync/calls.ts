/** Calls about the line to the clearing house. */
import { ok, refused } from '../../../shared/result.ts';
import type { EngineCore } from '../core.ts';
import type { RoomCalls } from '../room.ts';

export function syncCalls(core: EngineCore): RoomCalls<'sync.now'> {
  return {
    'sync.now': async () => {
      if (core.queue === undefined) return refused({ code: 'not-enrolled' });
      await core.queue.now();
      return ok(core.syncState());
    },
  };
}
