/** How one step of a round ended: well, or by what, and when the clearing house wants to be asked again. */
import type { Refusal } from '../../../shared/refusals.ts';

export type Step =
  | { readonly ok: true }
  | { readonly ok: false; readonly refusal: Refusal; readonly retryAfterMs: number | null };

export const DONE: Step = { ok: true };

export function stopped(refusal: Refusal, retryAfterMs: number | null = null): Step {
  return { ok: false, refusal, retryAfterMs };
}
