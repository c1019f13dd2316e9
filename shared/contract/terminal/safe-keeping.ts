/** Safe keeping: backups of the terminal's database, and a second copy of them on another disk. */
import * as z from 'zod/mini';
import { MAX_PATH_BYTES, SECOND_COPY } from '../../protocol/bodies/safe-keeping.ts';
import { boundedText } from '../bounded-text.ts';
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
});
