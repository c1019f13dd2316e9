/**
 * The line to the clearing house, as operations see it. The queue keeps it (sync/queue.ts): it is up while the last
 * exchange brought an answer that the clearing house signed, never because a cable is plugged in.
 */
export interface Line {
  readonly isUp: boolean;
  /** The engine is closed or stopped: nothing may be written any more. */
  readonly isClosed: boolean;
  /** An answer that was waited for did not come. Until something is heard again, nobody waits for one. */
  readonly lost: () => void;
}

/** Before the queue runs. */
export const NO_LINE: Line = { isUp: false, isClosed: false, lost: () => undefined };
