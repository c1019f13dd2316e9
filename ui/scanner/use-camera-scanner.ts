/**
 * The camera scanner for a React screen: no looks of its own, only what to show. Puts the camera off when the
 * screen goes away or `active` ends.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import { type CameraDevice, type CameraFailure, listCameras } from './camera.ts';
import {
  type CameraScanner,
  type CameraState,
  createCameraScanner,
  type ScanMoment,
} from './camera-scanner.ts';
import { spawnDecoder } from './spawn-decoder.ts';

export interface CameraScannerOptions {
  /** Whether the camera is to be on. */
  readonly active: boolean;
  /** The camera chosen before; null for the best one at hand. */
  readonly deviceId: string | null;
  /** Called once for each code shown. */
  readonly onText: (text: string, moment: ScanMoment) => void;
}

export interface CameraView {
  /** Goes on the <video muted playsInline> that shows the picture; the camera starts once it is there. */
  readonly videoRef: (video: HTMLVideoElement | null) => void;
  readonly status: CameraState['kind'];
  /** Set when `status` is `failed`. */
  readonly error: CameraFailure | null;
  /** The cameras to choose from; their names are known once one is on. */
  readonly devices: readonly CameraDevice[];
  /** Lets the code in view be reported again. */
  readonly rearm: () => void;
}

export function useCameraScanner({ active, deviceId, onText }: CameraScannerOptions): CameraView {
  const [video, videoRef] = useState<HTMLVideoElement | null>(null);
  const [state, setState] = useState<CameraState>({ kind: 'off' });
  const [devices, setDevices] = useState<readonly CameraDevice[]>([]);
  const scanner = useRef<CameraScanner | null>(null);
  const report = useRef(onText);
  useEffect(() => {
    report.current = onText;
  }, [onText]);

  useEffect(() => {
    if (!active || !video) return;
    const started = createCameraScanner({
      video,
      spawn: spawnDecoder,
      onText: (text, moment) => report.current(text, moment),
      onState: setState,
    });
    scanner.current = started;
    void started.start(deviceId);
    return () => {
      started.stop();
      scanner.current = null;
    };
  }, [active, deviceId, video]);

  const isOn = state.kind === 'looking';
  useEffect(() => {
    let wanted = active;
    const list = async () => {
      const found = await listCameras();
      if (wanted) setDevices(found);
    };
    const media: MediaDevices | undefined = navigator.mediaDevices;
    if (active || isOn) void list();
    media?.addEventListener?.('devicechange', list);
    return () => {
      wanted = false;
      media?.removeEventListener?.('devicechange', list);
    };
  }, [active, isOn]);

  const rearm = useCallback(() => scanner.current?.rearm(), []);
  return {
    videoRef,
    status: state.kind,
    error: state.kind === 'failed' ? state.error : null,
    devices,
    rearm,
  };
}
