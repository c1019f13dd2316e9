/**
 * The terminal's clock against its floor: the highest of server time, bundle iat and journal time seen
 * (protocol §4). A clock below the floor by more than the tolerance was turned back.
 */

export interface ClockReading {
  /** What the terminal decides by: never before the floor. Milliseconds since 1970. */
  readonly effectiveMs: number;
  /** Seconds by which the clock stands below the floor, 0 when it does not. */
  readonly behindS: number;
}

export function readClock(wallMs: number, floorMs: number): ClockReading {
  return {
    effectiveMs: Math.max(wallMs, floorMs),
    behindS: Math.max(0, Math.ceil((floorMs - wallMs) / 1000)),
  };
}
