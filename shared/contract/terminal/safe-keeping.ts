/** Safe keeping: backups of the terminal's database, a second copy of them, and a file of what is unsent. */
import * as z from 'zod/mini';
import { MAX_PATH_BYTES, SECOND_COPY } from '../../protocol/bodies/safe-keeping.ts';
import { boundedText } from '../bounded-text.ts';
import { moneyWire } from '../refusal-wire.ts';
import { approval, calls, count, nothing, text, timeMs } from './call.ts';

const backup = z.strictObject({ name: text(128), atMs: timeMs, sizeBytes: count });

export const safeKeepingCalls = calls({
  /** Makes one now, beside the work of the till; answers when it was found whole. */
  'backups.make': {
    needs: 'backup',
    params: z.strictObject({ approval }),
    result: z.strictObject({ backup, secondCopy: z.enum(SECOND_COPY) }),
  },
  /** Newest first. */
  'backups.list': { needs: 'backup', params: nothing, result: z.array(backup) },
  /** A folder on another disk that each backup is copied to; null for none. It need not be there now. */
  'backups.setSecondCopy': {
    needs: 'backup',
    params: z.strictObject({ path: z.nullable(boundedText(1, MAX_PATH_BYTES)), approval }),
    result: nothing,
  },
  /**
   * What is unsent, in a file that anybody may carry and nobody can read or change. Null: beside the journal. The
   * journal keeps all of it.
   */
  'exports.unsent': {
    needs: 'export',
    params: z.strictObject({ folder: z.nullable(boundedText(1, MAX_PATH_BYTES)), approval }),
    result: z.strictObject({
      path: text(4096),
      entries: count,
      unsentPayments: count,
      unsentSum: moneyWire,
    }),
  },
});
