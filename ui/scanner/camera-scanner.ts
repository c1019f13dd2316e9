/**
 * Reads codes from a camera: about ten frames a second, one in flight, always the newest. Must never report a
 * text when two codes are in view, and must have the camera off once it is stopped, whatever was under way.
 */
import { type CameraFailure, closeCamera, openCamera } from './camera.ts';
import { type Engine, liveEffort } from './decode-frame.ts';
import {
  createGuardedDecoder,
  type DecoderWorker,
  frameLimitMs,
  type GuardedDecoder,
} from './guarded-decoder.ts';
import type { Reading } from './sighting.ts';
import { createViewMemory } from './view-memory.ts';

/** `performance.now()` when the frame was taken from the camera, and when its text was known. */
export interface ScanMoment {
  readonly takenAtMs: number;
  readonly decodedAtMs: number;
}

/** `several`: two or more codes are in view; ask the person to show one. */
export type CameraState =
  | { readonly kind: 'off' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'looking'; readonly engine: Engine | null }
  | { readonly kind: 'several' }
  | { readonly kind: 'failed'; readonly error: CameraFailure };

export interface CameraScannerParts {
  /** Shows what the camera sees; muted and playing inline. */
  readonly video: HTMLVideoElement;
  readonly spawn: () => DecoderWorker;
  readonly onText: (text: string, moment: ScanMoment) => void;
  readonly onState: (state: CameraState) => void;
}

export interface CameraScanner {
  /** Opens the camera (null: the best one at hand) and looks until stopped. Failures come as a state. */
  start(deviceId: string | null): Promise<void>;
  /** Frees the camera and the worker. */
  stop(): void;
  /** Lets the code that is in view now be reported again. */
  rearm(): void;
}

/** One frame each 100 ms: two cores have time left for the window, and a hand is not slower. */
const periodMs = 100;
/** Frames are made no larger than this on their long side before they are read. */
const longestSide = 1024;

interface Session {
  live: boolean;
  stream: MediaStream | null;
  decoder: GuardedDecoder;
}

export function createCameraScanner(parts: CameraScannerParts): CameraScanner {
  const { video, spawn, onText, onState } = parts;
  const memory = createViewMemory();
  let session: Session | null = null;

  const end = (state: CameraState) => {
    const ended = session;
    session = null;
    if (!ended) return;
    ended.live = false;
    ended.decoder.close();
    if (ended.stream) closeCamera(ended.stream);
    video.srcObject = null;
    memory.clear();
    onState(state);
  };

  const look = async (current: Session) => {
    const grab = frameGrabber(video);
    let without = 0;
    let slow = false;
    let shown: CameraState['kind'] = 'starting';
    const show = (kind: 'looking' | 'several', engine: Engine) => {
      if (kind !== shown) onState(kind === 'several' ? { kind } : { kind, engine });
      shown = kind;
    };
    // The frame is taken when the decoder is ready for it, so that it is never an old one.
    while (await current.decoder.ready()) {
      const takenAtMs = performance.now();
      const frame = grab();
      if (frame) {
        const effort = slow ? 'quick' : liveEffort(without);
        const outcome = await current.decoder.decode({ ...frame, effort }, frameLimitMs);
        if (!current.live) return;
        // A machine on which a frame once took too long is not asked for the long looks again.
        if (!outcome.ok) slow = true;
        const reading: Reading = outcome.ok ? outcome.reading : { kind: 'none' };
        without = reading.kind === 'none' ? without + 1 : 0;
        if (outcome.ok) show(reading.kind === 'several' ? reading.kind : 'looking', outcome.engine);
        const decodedAtMs = performance.now();
        const text = memory.see(reading, decodedAtMs);
        if (text !== null) onText(text, { takenAtMs, decodedAtMs });
      }
      await pause(Math.max(0, periodMs - (performance.now() - takenAtMs)));
    }
    if (current.live) end({ kind: 'failed', error: 'decoder-unavailable' });
  };

  return {
    async start(deviceId) {
      end({ kind: 'off' });
      const current: Session = { live: true, stream: null, decoder: createGuardedDecoder(spawn) };
      session = current;
      onState({ kind: 'starting' });
      const opening = await openCamera(deviceId);
      if (!current.live) {
        // Stopped while the person was being asked: the camera came too late and goes off again.
        if (opening.ok) closeCamera(opening.stream);
        return;
      }
      if (!opening.ok) return end({ kind: 'failed', error: opening.error });
      current.stream = opening.stream;
      for (const track of opening.stream.getVideoTracks()) {
        track.addEventListener('ended', () => {
          if (current.live) end({ kind: 'failed', error: 'camera-lost' });
        });
      }
      video.srcObject = opening.stream;
      const playing = await video.play().then(
        () => true,
        () => false,
      );
      if (!current.live) return;
      if (!playing) return end({ kind: 'failed', error: 'camera-busy' });
      onState({ kind: 'looking', engine: null });
      await look(current);
    },
    stop() {
      end({ kind: 'off' });
    },
    rearm() {
      memory.clear();
    },
  };
}

/** Copies the video's present frame into pixels; null while there is none. */
function frameGrabber(video: HTMLVideoElement) {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return () => {
    const { videoWidth, videoHeight } = video;
    if (!context || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || videoWidth === 0) return null;
    const scale = Math.min(1, longestSide / Math.max(videoWidth, videoHeight));
    canvas.width = Math.round(videoWidth * scale);
    canvas.height = Math.round(videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    return { data, width, height };
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
