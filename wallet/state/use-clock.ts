/** The time for a screen that counts down; nothing that decides about money looks here. */
import { useEffect, useState } from 'react';

/** Milliseconds since 1970, renewed each `periodMs` while the part is on screen. */
export function useClock(periodMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), periodMs);
    return () => clearInterval(timer);
  }, [periodMs]);
  return now;
}
