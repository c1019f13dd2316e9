/**
 * The first engine: zxing-cpp compiled to WebAssembly. It is handed its bytes by the caller and must never
 * fetch them: left alone, the package asks a public network for them, and a till offline would read nothing.
 */
import { prepareZXingModule, type ReaderOptions, type ReadResult, readBarcodes } from 'zxing-wasm/reader';
import type { Look, Reader } from './reader.ts';
import type { Sighting } from './sighting.ts';

const common: ReaderOptions = {
  // Model 1 and 2 only. Micro QR has so little error correction that print and leaves pass for one.
  formats: ['QRCodeModel1', 'QRCodeModel2'],
  textMode: 'Plain',
  // A QR code is found at any angle without turning the picture.
  tryRotate: false,
  // A second code that is seen and cannot be read is still a second code.
  returnErrors: true,
  maxNumberOfSymbols: 8,
};

// Halving from 400 pixels on, not thirds from 500: 432 of 440 made frames instead of 422, in the same time.
const full: ReaderOptions = { ...common, downscaleThreshold: 400, downscaleFactor: 2 };
const lean: ReaderOptions = { ...common, tryInvert: false, tryDownscale: false };
const even: ReaderOptions = { ...lean, binarizer: 'GlobalHistogram' };
const optionsOf: Record<Look, ReaderOptions> = { full, lean, even };

/** Compiles `wasmBinary` (zxing_reader.wasm of the pinned package). Rejects where WebAssembly is not allowed. */
export async function openWasmReader(wasmBinary: ArrayBuffer): Promise<Reader> {
  // What it would print of a refusal is said by the rejection.
  const overrides = { wasmBinary, printErr: () => undefined };
  await prepareZXingModule({ overrides, fireImmediately: true });
  return async (frame, look) => {
    const picture: ImageData = { ...frame, colorSpace: 'srgb' };
    const found = await readBarcodes(picture, optionsOf[look]);
    return found.flatMap(sighting);
  };
}

function sighting(result: ReadResult): Sighting[] {
  const { topLeft, topRight, bottomRight, bottomLeft } = result.position;
  const corners = [topLeft, topRight, bottomRight, bottomLeft];
  // One part of a structured append is not a code of ours: a part must never pass for the whole.
  if (result.sequenceSize > 1) return [];
  if (result.isValid) return [{ text: result.text, corners }];
  // Only damaged data says "here is a code"; the other errors come from things that merely look like one.
  return result.error.startsWith('ChecksumError') ? [{ text: null, corners }] : [];
}
