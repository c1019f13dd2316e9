/** What to do now, in one large line, and the camera's picture with a frame to hold the code in. */
import { Loader, NativeSelect } from '@mantine/core';
import {
  IconBarcode,
  IconCamera,
  IconCameraOff,
  IconKeyboard,
  IconPhotoDown,
  IconScan,
  IconZzz,
} from '@tabler/icons-react';
import { keyCaptions } from '../../keys.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { useSay } from '../../words/say.ts';
import type { CameraUse } from './camera-use.ts';
import classes from './scan-panel.module.css';

interface ScanPanelProps {
  readonly camera: CameraUse;
  /** There is an amount for the next scan. */
  readonly isReady: boolean;
  readonly isDeciding: boolean;
  /** Digits received so far of a scan under way; null when there is none. */
  readonly received: number | null;
  /** Beside an invoice. */
  readonly isSmall: boolean;
}

export function ScanPanel(props: ScanPanelProps) {
  return (
    <section className={classes.panel} data-small={props.isSmall || undefined}>
      <Prompt {...props} />
      <CameraBox camera={props.camera} />
      {props.camera.isOn && <CameraControls camera={props.camera} />}
    </section>
  );
}

function Prompt({ isReady, isDeciding, received, camera }: ScanPanelProps) {
  const say = useSay();
  if (isDeciding) {
    return (
      <div className={classes.prompt} data-tone="busy" role="status">
        <Loader size={28} color="currentColor" aria-hidden />
        <div className={classes.say}>{say('till.deciding')}</div>
      </div>
    );
  }
  const several = camera.status === 'several';
  const text = several
    ? say('till.several')
    : received !== null
      ? say('till.receiving')
      : say(isReady ? 'till.ready' : 'till.enterAmount');
  return (
    <div className={classes.prompt} data-tone={several ? 'amber' : isReady ? 'ready' : 'calm'} role="status">
      {isReady ? <IconScan size={34} aria-hidden /> : <IconKeyboard size={34} aria-hidden />}
      <div>
        <div className={classes.say}>{text}</div>
      </div>
    </div>
  );
}

function CameraBox({ camera }: Pick<ScanPanelProps, 'camera'>) {
  const say = useSay();
  const isShown = camera.status === 'looking' || camera.status === 'several';
  return (
    <div
      className={classes.box}
      data-camera={camera.isAsleep ? 'asleep' : camera.status}
      data-testid="camera"
    >
      <video
        ref={camera.videoRef}
        muted
        playsInline
        className={classes.video}
        hidden={!isShown}
        aria-hidden
      />
      {isShown && (
        <>
          <div className={classes.frame} aria-hidden="true" />
          <div className={classes.caption}>{say('till.cameraHint')}</div>
        </>
      )}
      {camera.status === 'starting' && (
        <div className={classes.idle}>
          <Loader size={36} aria-hidden />
          {say('till.cameraStarting')}
        </div>
      )}
      {camera.status === 'failed' && camera.error !== null && (
        <div className={classes.idle} role="alert" data-camera-failure={camera.error}>
          <IconCameraOff size={48} stroke={1.4} aria-hidden />
          {say(`cameraFailure.${camera.error}`)}
        </div>
      )}
      {camera.status === 'off' &&
        (camera.isAsleep ? (
          <div className={classes.idle}>
            <IconZzz size={48} stroke={1.4} aria-hidden />
            {say('till.cameraAsleep')}
          </div>
        ) : (
          <Ways />
        ))}
    </div>
  );
}

function CameraControls({ camera }: Pick<ScanPanelProps, 'camera'>) {
  const say = useSay();
  return (
    <div className={classes.controls}>
      <ActionButton
        action="camera"
        variant="default"
        leftSection={<IconCameraOff size={20} aria-hidden />}
        onPress={camera.toggle}
        data-testid="camera-off"
      >
        {say('till.cameraStop')}
      </ActionButton>
      {camera.devices.length > 1 && (
        <NativeSelect
          size="md"
          aria-label={say('till.cameraChoice')}
          value={camera.deviceId ?? camera.devices[0]?.id ?? ''}
          onChange={(event) => camera.choose(event.currentTarget.value)}
          data={camera.devices.map(({ id, label }, at) => ({
            value: id,
            label: label || say('till.cameraNumber', { number: at + 1 }),
          }))}
          className={classes.choice ?? ''}
        />
      )}
    </div>
  );
}

/** The ways of scanning, where the camera's picture would be. */
function Ways() {
  const say = useSay();
  return (
    <ul className={classes.ways}>
      <li>
        <IconCamera size={34} stroke={1.5} aria-hidden />
        {say('till.wayCamera')}
      </li>
      <li>
        <IconBarcode size={34} stroke={1.5} aria-hidden />
        {say('till.wayScanner')}
      </li>
      <li>
        <IconPhotoDown size={34} stroke={1.5} aria-hidden />
        {say('till.wayPaste', { pasteKey: keyCaptions.pasteKey })}
      </li>
    </ul>
  );
}
