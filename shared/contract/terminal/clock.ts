/** The machine's clock: a person vouches for it (docs/clock.md). What it is like is in the state. */
import * as z from 'zod/mini';
import { approval, calls, nothing } from './call.ts';

export const clockCalls = calls({
  /** "The date and time that this computer shows are right." Refused while a signed time says otherwise. */
  'clock.confirm': { needs: 'reconcile', params: z.strictObject({ approval }), result: nothing },
});
