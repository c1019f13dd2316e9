/**
 * Reads the QR code in one frame. A frame with two codes is answered with "several": which of them is meant is
 * for a person to say, so this must never pick one. It must never guess at a text either: what the error
 * correction does not confirm is not read.
 */
import { boxBlurred, type Frame, halved, type RgbaFrame, rgbaOf, scaled, sharpened } from './frame.ts';
import type { Look, Reader } from './reader.ts';
import { readByScript } from './script-reader.ts';
import { type Reading, readingOf, type Sighting } from './sighting.ts';
import { openWasmReader } from './wasm-reader.ts';

/**
 * How many tries a frame is worth, each made only when those before it found nothing: `quick` is one (3.6 ms
 * at 640×480), `steady` two (7 ms), `thorough` four (20 ms), `utmost` six (60 ms), for a picture of which no
 * second one will come.
 */
export type Effort = 'quick' | 'steady' | 'thorough' | 'utmost';

/** Which engine reads: the compiled one, or the script in reserve where WebAssembly is not to be had. */
export type Engine = 'wasm' | 'script';

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

/**
 * What a live camera's frame is worth, by how many were looked at since a code was last read: most get one
 * look, so that an empty view costs little; noise is dealt with every fourth frame, the rest every twelfth.
 */
export function liveEffort(framesWithout: number): Effort {
  if (framesWithout % 12 === 11) return 'thorough';
  return framesWithout % 4 === 1 ? 'steady' : 'quick';
}

/** Opens the compiled engine on `wasmBinary`, or the script where that is null or is not let run. */
export async function openFrameDecoder(wasmBinary: ArrayBuffer | null): Promise<FrameDecoder> {
  const wasm = wasmBinary ? await openWasmReader(wasmBinary).catch(() => null) : null;
  const read = wasm ?? readByScript;
  return { engine: wasm ? 'wasm' : 'script', decode: (frame, effort) => decodeFrame(read, frame, effort) };
}

interface Pass {
  readonly from: Effort;
  readonly look: Look;
  /** How much larger than the frame its picture is. */
  readonly factor: number;
  readonly picture: (plain: RgbaFrame) => RgbaFrame;
}

/**
 * The passes and their order are measured (bench/scan.ts and harder made frames). The plain one reads 98 % of
 * what can be read, the blurred one noise; one threshold for the whole frame reads codes drawn in colours or
 * outlines; enlarging reads small and smeared modules, after a blur those with noise too, sharpened those out
 * of focus. Stretching the contrast, more blur and the engine in reserve read nothing that these do not.
 */
const passes: readonly Pass[] = [
  { from: 'quick', look: 'full', factor: 1, picture: (plain) => plain },
  { from: 'steady', look: 'lean', factor: 1, picture: boxBlurred },
  { from: 'thorough', look: 'even', factor: 1, picture: boxBlurred },
  { from: 'thorough', look: 'full', factor: 1.5, picture: (plain) => scaled(plain, 1.5) },
  { from: 'utmost', look: 'full', factor: 1.5, picture: (plain) => scaled(boxBlurred(plain), 1.5) },
  { from: 'utmost', look: 'full', factor: 2, picture: (plain) => sharpened(scaled(plain, 2), 4) },
];
const rank: Record<Effort, number> = { quick: 0, steady: 1, thorough: 2, utmost: 3 };

/**
 * Decodes `frame` with one engine. A large photograph is tried at a half, a quarter … of its size first:
 * faster, and a photographed screen's own pixels are averaged away.
 */
export async function decodeFrame(read: Reader, frame: Frame, effort: Effort): Promise<Reading> {
  const pixels = frame.width * frame.height;
  if (pixels === 0 || pixels > maxFramePixels) return { kind: 'none' };
  if (rank[effort] >= rank.thorough && pixels > maxFirstPixels) {
    const reading = await decodeFrame(read, halved(frame), effort);
    if (reading.kind !== 'none') return reading;
  }
  const plain = rgbaOf(frame);
  const seen: Sighting[] = [];
  for (const pass of passes) {
    if (rank[pass.from] > rank[effort] || (pass.factor > 1 && pixels > maxEnlargedPixels)) continue;
    const sightings = await read(pass.picture(plain), pass.look);
    seen.push(...sightings.map((sighting) => shrunk(sighting, pass.factor)));
    const reading = readingOf(seen);
    if (reading.kind !== 'none') return reading;
  }
  return { kind: 'none' };
}

function shrunk(sighting: Sighting, factor: number): Sighting {
  const corners = sighting.corners.map(({ x, y }) => ({ x: x / factor, y: y / factor }));
  return { text: sighting.text, corners };
}
