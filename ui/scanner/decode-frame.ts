/**
 * Reads the QR code in one frame. A frame with two codes is answered with "several": which of them is meant is
 * for a person to say, so this must never pick one. It must never guess at a text either: what the error
 * correction does not confirm is not read.
 */
import { boxBlurred, type Frame, halved, type RgbaFrame, rgbaOf, scaled } from './frame.ts';
import { readByScript } from './script-reader.ts';
import { type Reading, readingOf, type Sighting } from './sighting.ts';
import { openWasmReader } from './wasm-reader.ts';

/**
 * How many tries a frame is worth: `quick` is one (3.6 ms at 640×480), `steady` adds one on the blurred frame
 * (3.6 ms), `thorough` two more (15 ms). Each is made only when those before it found nothing.
 */
export type Effort = 'quick' | 'steady' | 'thorough';

/** Which engine reads: the compiled one, or the script in reserve where WebAssembly is not to be had. */
export type Engine = 'wasm' | 'script';

/**
 * How an engine looks at a frame: `full` also for light codes on dark and at smaller scales, `lean` as it is,
 * `even` with one threshold between dark and light for the whole of it.
 */
export type Look = 'full' | 'lean' | 'even';

/** One try of an engine: every code it sees in `frame`, in the frame's own pixels. */
export type Reader = (frame: RgbaFrame, look: Look) => Promise<readonly Sighting[]>;

export interface FrameDecoder {
  readonly engine: Engine;
  /** Rejects only when the engine broke: it must then be thrown away with the worker it runs in. */
  decode(frame: Frame, effort: Effort): Promise<Reading>;
}

/** A frame of more pixels than this (4,096 × 4,096) is not read: a limit on memory, not on any use. */
export const maxFramePixels = 16_777_216;
/** A frame of more pixels than this has modules large enough: enlarging it costs much and reads no more. */
const maxEnlargedPixels = 1_000_000;
/** A frame of more pixels than this is tried at half its size before. */
const maxFirstPixels = 2_500_000;
const enlargement = 1.5;

/**
 * What a live camera's frame is worth, by how many were looked at since a code was last read: most get one
 * look, so that an empty view costs little; noise is dealt with every second frame, the rest every sixth.
 */
export function liveEffort(framesWithout: number): Effort {
  if (framesWithout % 6 === 5) return 'thorough';
  return framesWithout % 2 === 1 ? 'steady' : 'quick';
}

/** Opens the compiled engine on `wasmBinary`, or the script where that is null or is not let run. */
export async function openFrameDecoder(wasmBinary: ArrayBuffer | null): Promise<FrameDecoder> {
  const wasm = wasmBinary ? await openWasmReader(wasmBinary).catch(() => null) : null;
  const read = wasm ?? readByScript;
  return { engine: wasm ? 'wasm' : 'script', decode: (frame, effort) => decodeFrame(read, frame, effort) };
}

/**
 * Decodes `frame` with one engine. A frame that may be a large photograph (`thorough`) is tried at a half, a
 * quarter … of its size first: faster, and a screen's own pixels are averaged away.
 */
export async function decodeFrame(read: Reader, frame: Frame, effort: Effort): Promise<Reading> {
  const pixels = frame.width * frame.height;
  if (pixels === 0 || pixels > maxFramePixels) return { kind: 'none' };
  if (effort === 'thorough' && pixels > maxFirstPixels) {
    const reading = await decodeFrame(read, halved(frame), effort);
    if (reading.kind !== 'none') return reading;
  }
  return decodeAtOneSize(read, rgbaOf(frame), effort);
}

/**
 * The passes and their order are measured (bench/scan.ts). Of 440 made frames the plain one reads 432, the
 * blurred one those with noise, the enlarged one those with small or smeared modules; one threshold for the
 * whole frame reads codes that are drawn in colours or outlines. Sharpening, stretching the contrast, blurring
 * twice and the engine in reserve read nothing that these do not.
 */
async function decodeAtOneSize(read: Reader, plain: RgbaFrame, effort: Effort): Promise<Reading> {
  const seen: Sighting[] = [];
  const look = async (frame: RgbaFrame, how: Look, factor = 1) => {
    for (const sighting of await read(frame, how))
      seen.push(factor === 1 ? sighting : shrunk(sighting, factor));
    return readingOf(seen);
  };
  const first = await look(plain, 'full');
  if (first.kind !== 'none' || effort === 'quick') return first;
  const blurred = boxBlurred(plain);
  const second = await look(blurred, 'lean');
  if (second.kind !== 'none' || effort === 'steady') return second;
  const third = await look(blurred, 'even');
  if (third.kind !== 'none' || plain.width * plain.height > maxEnlargedPixels) return third;
  return look(scaled(plain, enlargement), 'full', enlargement);
}

function shrunk(sighting: Sighting, factor: number): Sighting {
  const corners = sighting.corners.map(({ x, y }) => ({ x: x / factor, y: y / factor }));
  return { text: sighting.text, corners };
}
