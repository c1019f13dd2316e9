/** Passes what the wedge scanner at the window's root reports to the screen that takes scans now. */
import { useEffect, useRef } from 'react';
import type { WedgeDomEvent } from './scanner/wedge-dom.ts';

type Listener = (event: WedgeDomEvent) => void;

const listeners = new Set<Listener>();

export function reportWedge(event: WedgeDomEvent): void {
  for (const listener of listeners) listener(event);
}

export function useWedgeEvents(onEvent: Listener): void {
  const latest = useRef(onEvent);
  useEffect(() => {
    latest.current = onEvent;
  });
  useEffect(() => {
    const listener: Listener = (event) => latest.current(event);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, []);
}
