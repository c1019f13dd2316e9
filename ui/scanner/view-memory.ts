/**
 * Remembers what the camera was just shown, so that a code held still is one scan and not ten a second. Must
 * never keep back a text that was not reported before.
 */
import type { Reading } from './sighting.ts';

/** A code that was out of view for this long counts as shown anew. */
export const forgetMs = 1500;

export interface ViewMemory {
  /** Takes a frame's reading at `nowMs`; gives the text to report, or null when there is none or it is not new. */
  see(reading: Reading, nowMs: number): string | null;
  /** Forgets everything: what is in view now is reported again. */
  clear(): void;
}

export function createViewMemory(): ViewMemory {
  let held: { text: string; seenAt: number } | null = null;
  return {
    see(reading, nowMs) {
      if (held && nowMs - held.seenAt > forgetMs) held = null;
      if (reading.kind !== 'one') {
        // Of several none is reported, so the one held before stays in view and is not new afterwards.
        if (held && reading.kind === 'several' && reading.texts.includes(held.text)) held.seenAt = nowMs;
        return null;
      }
      const isNew = held?.text !== reading.text;
      held = { text: reading.text, seenAt: nowMs };
      return isNew ? reading.text : null;
    },
    clear() {
      held = null;
    },
  };
}
