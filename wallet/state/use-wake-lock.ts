/** Keeps the screen on while a code shows, where the browser can; a refusal changes nothing. */
import { useEffect } from 'react';
import { useVisible } from './use-visible.ts';

export function useWakeLock(): void {
  const isVisible = useVisible();
  useEffect(() => {
    const wakeLock: WakeLock | undefined = navigator.wakeLock;
    if (!isVisible || wakeLock === undefined) return;
    let isWanted = true;
    let held: WakeLockSentinel | null = null;
    const release = () => {
      void held?.release();
    };
    wakeLock.request('screen').then(
      (sentinel) => {
        held = sentinel;
        if (!isWanted) release();
      },
      // the battery is low, or the browser does not want to
      () => undefined,
    );
    return () => {
      isWanted = false;
      release();
    };
  }, [isVisible]);
}
