/** How long it took from a moment to the picture on screen, in whole milliseconds. */
import { useEffect, useState } from 'react';

/** @param sinceMs `performance.now()` at the beginning. @returns null until it was painted */
export function usePaintedMs(sinceMs: number): number | null {
  const [tookMs, setTookMs] = useState<number | null>(null);
  useEffect(() => {
    const channel = new MessageChannel();
    // A frame's callback runs just before the picture is made; the message is handled just after it.
    channel.port1.onmessage = () => setTookMs(Math.round(performance.now() - sinceMs));
    const frame = requestAnimationFrame(() => channel.port2.postMessage(null));
    return () => {
      cancelAnimationFrame(frame);
      channel.port1.close();
    };
  }, [sinceMs]);
  return tookMs;
}
