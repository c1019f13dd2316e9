/** The camera's picture with a frame to aim by. Loaded with the reader, only when a camera is wanted. */
import { useState } from 'react';
import { useCameraScanner } from '../../ui/scanner/use-camera-scanner.ts';
import { useVisible } from '../state/use-visible.ts';
import { useSpeech } from '../words/speech.tsx';
import { Icon } from './icon.tsx';

export function CameraScan({ onText }: { readonly onText: (text: string) => void }) {
  const { words } = useSpeech();
  const isVisible = useVisible();
  const [deviceId, setDeviceId] = useState<string | null>(null);
  const [isStopped, setStopped] = useState(false);
  const { videoRef, status, error, devices } = useCameraScanner({
    active: isVisible && !isStopped,
    deviceId,
    onText,
  });
  const hint =
    status === 'several' ? words.scan.several : status === 'looking' ? words.scan.aim : words.scan.starting;
  return (
    <section className="stack" data-testid="camera" data-status={status}>
      {error === null ? (
        <div className="camera">
          <video ref={videoRef} muted playsInline />
          <span className="camera-frame" aria-hidden="true" />
        </div>
      ) : (
        <div className="note">
          <Icon name="camera" />
          <p>{words.scan[error]}</p>
        </div>
      )}
      {error === null ? (
        <p className="hint center" role="status">
          {hint}
        </p>
      ) : (
        <button
          type="button"
          className="button wide"
          onClick={() => {
            setStopped(true);
            setTimeout(() => setStopped(false));
          }}
        >
          {words.scan.tryAgain}
        </button>
      )}
      {devices.length > 1 && (
        <div className="choice-row">
          <label htmlFor="camera-device">{words.scan.cameraDevice}</label>
          <select
            id="camera-device"
            value={deviceId ?? devices[0]?.id}
            onChange={(event) => setDeviceId(event.target.value)}
          >
            {devices.map((device, at) => (
              <option key={device.id} value={device.id}>
                {device.label === '' ? `${words.scan.cameraDevice} ${at + 1}` : device.label}
              </option>
            ))}
          </select>
        </div>
      )}
    </section>
  );
}
