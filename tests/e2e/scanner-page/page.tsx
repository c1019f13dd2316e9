/**
 * The scanners alone on a page, as the programs use them, for scanner.spec.ts: the camera, a dropped picture,
 * and the keyboard wedge over fields of several kinds. What they report is kept on `window.scanners`.
 */
import { useCallback, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { useWedgeScanner } from '../../../renderer/scanner/use-wedge-scanner.ts';
import type { WedgeDomEvent } from '../../../renderer/scanner/wedge-dom.ts';
import type { WedgeConfig } from '../../../renderer/scanner/wedge-key.ts';
import type { ScanMoment } from '../../../ui/scanner/camera-scanner.ts';
import { decodePicture, type PictureReading } from '../../../ui/scanner/decode-picture.ts';
import { spawnDecoder } from '../../../ui/scanner/spawn-decoder.ts';
import { useCameraScanner } from '../../../ui/scanner/use-camera-scanner.ts';

export interface PageScanners {
  texts: { text: string; moment: ScanMoment }[];
  wedge: WedgeDomEvent[];
  /** Keys that the page itself was given while no field had the focus. */
  keys: string[];
  rearm: () => void;
  setCamera: (active: boolean) => void;
  decode: (base64: string, type: string) => Promise<PictureReading>;
}

declare global {
  interface Window {
    scanners: PageScanners;
  }
}

const prefix = new URLSearchParams(location.search).get('prefix');
const config: WedgeConfig = { prefix: prefix ? [prefix] : [], terminator: 'Enter' };

function decode(base64: string, type: string): Promise<PictureReading> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return decodePicture(new Blob([bytes], { type }), spawnDecoder);
}

window.scanners = {
  texts: [],
  wedge: [],
  keys: [],
  rearm: () => undefined,
  setCamera: () => undefined,
  decode,
};
window.addEventListener('keydown', (event) => {
  if (event.target === document.body) window.scanners.keys.push(event.key);
});

function Page() {
  const [active, setActive] = useState(false);
  const [amount, setAmount] = useState('');
  const camera = useCameraScanner({
    active,
    deviceId: null,
    onText: (text, moment) => window.scanners.texts.push({ text, moment }),
  });
  window.scanners.rearm = camera.rearm;
  window.scanners.setCamera = setActive;
  useWedgeScanner(
    config,
    useCallback((event: WedgeDomEvent) => window.scanners.wedge.push(event), []),
  );
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <video ref={camera.videoRef} muted playsInline width={320} />
      <output aria-label="camera">{camera.error ?? camera.status}</output>
      <output aria-label="devices">{camera.devices.length}</output>
      <input aria-label="amount" value={amount} onChange={(event) => setAmount(event.target.value)} />
      <input aria-label="count" type="number" />
      <textarea aria-label="note" />
    </form>
  );
}

const root = document.getElementById('root');
if (root) createRoot(root).render(<Page />);
