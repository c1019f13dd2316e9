/** Gives what covers the screens a place in the browser's history, so that "back" leaves it. */
import { useEffect, useRef } from 'react';
import type { Wallet } from './wallet.ts';

export function useOverlayHistory(isCovered: boolean, wallet: Wallet): void {
  const hasEntry = useRef(false);
  useEffect(() => {
    if (isCovered && !hasEntry.current) {
      history.pushState({ overlay: true }, '');
      hasEntry.current = true;
    } else if (!isCovered && hasEntry.current) {
      hasEntry.current = false;
      history.back();
    }
  }, [isCovered]);
  useEffect(() => {
    const left = () => {
      if (!hasEntry.current) return;
      hasEntry.current = false;
      wallet.leave();
    };
    addEventListener('popstate', left);
    return () => removeEventListener('popstate', left);
  }, [wallet]);
}
