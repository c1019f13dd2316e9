/** The wedge scanner for the window's React tree; used once, at its root, so that every screen has it. */
import { useEffect, useRef } from 'react';
import { decodeDigits } from '../../shared/protocol/digits.ts';
import { attachWedge, type WedgeDomEvent } from './wedge-dom.ts';
import type { WedgeConfig } from './wedge-key.ts';

/** Listens while mounted; a new `config` object starts anew, so keep it stable between renders. */
export function useWedgeScanner(config: WedgeConfig, onEvent: (event: WedgeDomEvent) => void): void {
  const report = useRef(onEvent);
  useEffect(() => {
    report.current = onEvent;
  }, [onEvent]);
  useEffect(() => attachWedge(window, config, isWhole, (event) => report.current(event)), [config]);
}

/** Whether digits are a complete code, by the form and the check digits of protocol §2. */
function isWhole(digits: string): boolean {
  return decodeDigits(digits).ok;
}
