/**
 * Opens a camera and lists those there are; every way in which that fails has a name. Must never leave a
 * camera on that nobody holds a stream of.
 */

/**
 * Why there is no picture: no camera at all, the person or the system said no, another program has it, it was
 * pulled out while in use, this browser or page has no camera access, or no decoder would start.
 */
export type CameraFailure =
  | 'camera-missing'
  | 'camera-denied'
  | 'camera-busy'
  | 'camera-lost'
  | 'camera-unsupported'
  | 'decoder-unavailable';

/** A camera to choose; `label` is empty until the person has allowed one. */
export interface CameraDevice {
  readonly id: string;
  readonly label: string;
}

export type CameraOpening =
  | { readonly ok: true; readonly stream: MediaStream }
  | { readonly ok: false; readonly error: CameraFailure };

/**
 * Opens the camera `deviceId`, or where that is null or gone, the one facing away from the person. Larger
 * pictures than 1280×720 are not asked for: the light a frame gets counts for more than its pixels.
 */
export async function openCamera(deviceId: string | null): Promise<CameraOpening> {
  const media: MediaDevices | undefined = navigator.mediaDevices;
  if (!media?.getUserMedia) return { ok: false, error: 'camera-unsupported' };
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  if (deviceId !== null) {
    const chosen = await opened(media, { ...size, deviceId: { exact: deviceId } });
    if (chosen.ok || chosen.error !== 'camera-missing') return chosen;
  }
  return opened(media, { ...size, facingMode: { ideal: 'environment' } });
}

/** The cameras at hand now; empty where the browser tells nothing. */
export async function listCameras(): Promise<CameraDevice[]> {
  const media: MediaDevices | undefined = navigator.mediaDevices;
  if (!media?.enumerateDevices) return [];
  const devices = await media.enumerateDevices();
  return devices
    .filter((device) => device.kind === 'videoinput' && device.deviceId !== '')
    .map((device) => ({ id: device.deviceId, label: device.label }));
}

/** The name of what getUserMedia threw (Media Capture and Streams, §10.3.1 getUserMedia, failure steps). */
export function cameraFailureOf(error: unknown): CameraFailure {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'camera-denied';
    case 'NotReadableError':
    case 'AbortError':
      return 'camera-busy';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'camera-missing';
    default:
      return 'camera-unsupported';
  }
}

/** Switches the camera off. */
export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

async function opened(media: MediaDevices, video: MediaTrackConstraints): Promise<CameraOpening> {
  try {
    return { ok: true, stream: await media.getUserMedia({ video, audio: false }) };
  } catch (error) {
    return { ok: false, error: cameraFailureOf(error) };
  }
}
