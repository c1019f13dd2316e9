/** When a webhook is tried again: exponential with full jitter, for three days; then it is dead until it is replayed. */
import type { PostAnswer } from './post.ts';

const FIRST_MS = 10_000;
const LONGEST_MS = 6 * 3_600_000;
const SHORTEST_MS = 1000;
export const GIVE_UP_AFTER_MS = 3 * 86_400_000;
/** An endpoint that has not taken anything for so long is switched off. */
export const DISABLE_AFTER_MS = 5 * 86_400_000;

export type Verdict =
  | { readonly state: 'delivered' }
  | { readonly state: 'waiting'; readonly nextAtMs: number }
  | { readonly state: 'dead' };

/**
 * @param tries made so far, the one that was answered among them
 * @param fraction 0 ≤ fraction < 1, random
 */
export function verdictOf(
  answer: PostAnswer,
  tried: { readonly tries: number; readonly firstTryAtMs: number },
  nowMs: number,
  fraction: number,
): Verdict {
  if (answer.kind === 'answered' && answer.status >= 200 && answer.status < 300)
    return { state: 'delivered' };
  const ceilingMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tried.tries - 1, 20));
  const askedMs = answer.kind === 'answered' ? (answer.retryAfterS ?? 0) * 1000 : 0;
  const waitMs = Math.max(SHORTEST_MS, Math.floor(ceilingMs * fraction), Math.min(askedMs, LONGEST_MS));
  const nextAtMs = nowMs + waitMs;
  return nextAtMs - tried.firstTryAtMs > GIVE_UP_AFTER_MS
    ? { state: 'dead' }
    : { state: 'waiting', nextAtMs };
}
