/**
 * When the camera is on: as long as somebody wants it, but asleep when there was nothing to scan for half a
 * minute. A code seen while the amount is still being typed waits until the typing has stopped: "1" on the way
 * to "12.50" must never be charged.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ScanMoment } from '../../../ui/scanner/camera-scanner.ts';
import { type CameraView, useCameraScanner } from '../../../ui/scanner/use-camera-scanner.ts';

const SLEEP_AFTER_MS = 30_000;
const SETTLE_MS = 900;
const STORED = 'fieldtill.camera';

export interface CameraUse extends CameraView {
  /** On or starting; neither off nor asleep. */
  readonly isOn: boolean;
  readonly isAsleep: boolean;
  readonly toggle: () => void;
  readonly deviceId: string | null;
  readonly choose: (deviceId: string) => void;
}

/**
 * @param dueMinor the amount that a scan would be charged; 0 when there is none
 * @param onText a code that may be charged now, or was seen while there is no amount
 */
export function useCamera(dueMinor: bigint, onText: (text: string, scannedAtMs: number) => void): CameraUse {
  const [isWanted, setWanted] = useState(false);
  const [isAsleep, setAsleep] = useState(false);
  const [deviceId, setDeviceId] = useState<string | null>(() => localStorage.getItem(STORED));
  const settled = useRef(true);
  const view = useCameraScanner({
    active: isWanted && !isAsleep,
    deviceId,
    onText: (text: string, moment: ScanMoment) => {
      if (settled.current) onText(text, moment.takenAtMs);
    },
  });
  const { rearm } = view;

  useEffect(() => {
    setAsleep(false);
    if (dueMinor > 0n) {
      settled.current = false;
      const timer = setTimeout(() => {
        settled.current = true;
        // What is held before the camera already is seen anew, now that there is an amount for it.
        rearm();
      }, SETTLE_MS);
      return () => clearTimeout(timer);
    }
    settled.current = true;
    const timer = setTimeout(() => setAsleep(true), SLEEP_AFTER_MS);
    return () => clearTimeout(timer);
  }, [dueMinor, rearm]);

  const toggle = useCallback(() => {
    setWanted((before) => isAsleep || !before);
    setAsleep(false);
  }, [isAsleep]);
  const choose = useCallback((id: string) => {
    localStorage.setItem(STORED, id);
    setDeviceId(id);
  }, []);
  const isOn = isWanted && !isAsleep;
  return { ...view, isOn, isAsleep: isWanted && isAsleep, toggle, deviceId, choose };
}
