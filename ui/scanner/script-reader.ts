/**
 * The engine in reserve: ZXing in plain script, for a browser that will not run WebAssembly. It reads about
 * two frames in three of what the first engine reads, so it must never be asked while that one runs.
 */
import {
  BinaryBitmap,
  DecodeHintType,
  GlobalHistogramBinarizer,
  HybridBinarizer,
  NotFoundException,
  QRCodeReader,
  ResultMetadataType,
  RGBLuminanceSource,
} from '@zxing/library';
import { boxBlurred, greyOf, type RgbaFrame } from './frame.ts';
import type { Look } from './reader.ts';
import type { Point, Sighting } from './sighting.ts';

const hints = new Map([[DecodeHintType.TRY_HARDER, true]]);
/** The grey that a code already read is painted over with, to look for a second one. */
const paint = 160;

/** Reads a code, and looks in more ways than one for a second: it is weak at seeing two at once. */
export async function readByScript(frame: RgbaFrame, look: Look): Promise<Sighting[]> {
  const grey = greyOf(frame).slice();
  const first = readOne(grey, frame, look);
  if (first.text === null) return [];
  paintOver(grey, frame.width, frame.height, first.corners);
  const rest = { data: grey, width: frame.width, height: frame.height };
  const blurred = greyOf(boxBlurred(rest));
  const tries = [
    () => readOne(grey, frame, 'lean'),
    () => readOne(blurred, frame, 'lean'),
    () => readOne(grey, frame, 'even'),
    () => readOne(blurred, frame, 'even'),
  ];
  for (const attempt of tries) {
    const second = attempt();
    if (second.seen) return [first, second];
  }
  return [first];
}

interface Attempt extends Sighting {
  /** Something there is laid out like a code, readable or not. */
  readonly seen: boolean;
}

function readOne(grey: Uint8ClampedArray, frame: RgbaFrame, look: Look): Attempt {
  const source = new RGBLuminanceSource(grey, frame.width, frame.height);
  const binarizer = look === 'even' ? new GlobalHistogramBinarizer(source) : new HybridBinarizer(source);
  try {
    const result = new QRCodeReader().decode(new BinaryBitmap(binarizer), hints);
    const corners = result.getResultPoints().map((point) => ({ x: point.getX(), y: point.getY() }));
    // One part of a structured append is not a code of ours: a part must never pass for the whole.
    const whole = !result.getResultMetadata()?.has(ResultMetadataType.STRUCTURED_APPEND_SEQUENCE);
    return { text: whole ? result.getText() : null, corners, seen: true };
  } catch (error) {
    // Whatever it throws says "not this frame": nothing there, damaged, or a picture made to confuse it.
    return { text: null, corners: [], seen: !(error instanceof NotFoundException) };
  }
}

/** Fills the box around the finder patterns' centres and a third of its size on each side. */
function paintOver(grey: Uint8ClampedArray, width: number, height: number, corners: readonly Point[]): void {
  const xs = corners.map((corner) => corner.x);
  const ys = corners.map((corner) => corner.y);
  const reachX = (Math.max(...xs) - Math.min(...xs)) / 3;
  const reachY = (Math.max(...ys) - Math.min(...ys)) / 3;
  const left = Math.max(0, Math.floor(Math.min(...xs) - reachX));
  const right = Math.min(width, Math.ceil(Math.max(...xs) + reachX));
  const top = Math.max(0, Math.floor(Math.min(...ys) - reachY));
  const bottom = Math.min(height, Math.ceil(Math.max(...ys) + reachY));
  for (let y = top; y < bottom; y++) grey.fill(paint, y * width + left, y * width + right);
}
