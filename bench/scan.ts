/**
 * The figure `scan`: how many pictures of codes are read, how fast, and none wrongly, beside zxing-wasm alone
 * as its package sets it. Counts are exact and repeatable; times are of this machine. It must never count a
 * read that differs from what the picture says as anything but a false read.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { listPictures, loadPicture, saysTheSame } from '../tests/support/picture-folder.ts';
import { drawScene } from '../tests/support/qr-scene.ts';
import { openTestDecoder, readerWasm } from '../tests/support/scanner-engine.ts';
import { type FrameDecoder, liveEffort } from '../ui/scanner/decode-frame.ts';
import type { Frame } from '../ui/scanner/frame.ts';
import type { Reading } from '../ui/scanner/sighting.ts';
import { type Figures, quantile, rounded } from './figures.ts';
import { emptyCases, singleCodeCases, twoCodeCases } from './scan-corpus.ts';

export interface ScanFigures extends Figures {
  /** No false read, no fewer read than zxing-wasm alone, and 99 % of the default pictures. */
  readonly ok: boolean;
  /** `read` ÷ `zxingWasmRead`; higher is better. */
  readonly ratio: number;
  /** Pictures with a code that were read as what they say, of `total`. */
  readonly read: number;
  readonly total: number;
  readonly zxingWasmRead: number;
  readonly falseReads: number;
  /** Milliseconds a picture takes, over all pictures with a code. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Over the made 640×480 frames alone: with a code, and without one as a live camera looks at them. */
  readonly framesP95Ms: number;
  readonly emptyP50Ms: number;
  readonly emptyMeanMs: number;
  /** Each kind of picture: read of total (read by zxing-wasm alone). */
  readonly kinds: string;
}

interface Sample {
  kind: string;
  texts: string[];
  /** A made frame of 640×480, as a camera gives. */
  made: boolean;
  load: () => Promise<Frame>;
}

const material = fileURLToPath(new URL('../../shared/material/qr-images/', import.meta.url));
const perKind = 20;

/**
 * Measures the pictures of one folder (see tests/support/picture-folder.ts for what it must hold), or, when
 * none is named, the made pictures and the published ones where these are at hand.
 */
export async function run(args: { images?: string }): Promise<ScanFigures> {
  const samples = args.images ? folderSamples(args.images) : [...madeSamples(), ...materialSamples()];
  const decoder = await openTestDecoder();
  await prepareZXingModule({ overrides: { wasmBinary: readerWasm() }, fireImmediately: true });
  const kinds = new Map<string, { kind: string; read: number; total: number; zxingWasmRead: number }>();
  const times: { ms: number; sample: Sample }[] = [];
  let falseReads = 0;
  await warmUp(decoder.decode, samples);
  for (const sample of samples) {
    const frame = await sample.load();
    const before = performance.now();
    const reading = await decoder.decode(frame, 'utmost');
    times.push({ ms: performance.now() - before, sample });
    if (isFalse(reading, sample.texts)) falseReads++;
    const row = kinds.get(sample.kind) ?? { kind: sample.kind, read: 0, total: 0, zxingWasmRead: 0 };
    kinds.set(sample.kind, row);
    if (sample.texts.length === 0) continue;
    row.total++;
    if (isRead(reading, sample.texts)) row.read++;
    if (isRead(await readAlone(frame), sample.texts)) row.zxingWasmRead++;
  }
  const rows = [...kinds.values()].filter((row) => row.total > 0);
  const read = sum(rows.map((row) => row.read));
  const total = sum(rows.map((row) => row.total));
  const zxingWasmRead = sum(rows.map((row) => row.zxingWasmRead));
  const ratio = zxingWasmRead > 0 ? read / zxingWasmRead : read > 0 ? read : 1;
  const msOf = (wanted: (sample: Sample) => boolean) =>
    times.filter(({ sample }) => wanted(sample)).map(({ ms }) => ms);
  const withCode = msOf((sample) => sample.texts.length > 0);
  const empty = await emptyTimes(decoder, samples);
  const enough = args.images !== undefined || read >= total * 0.99;
  return {
    name: 'scan',
    ok: total > 0 && falseReads === 0 && ratio >= 1 && enough,
    ratio: rounded(ratio, 4),
    read,
    total,
    zxingWasmRead,
    falseReads,
    p50Ms: quantileMs(withCode, 0.5),
    p95Ms: quantileMs(withCode, 0.95),
    framesP95Ms: quantileMs(
      msOf((sample) => sample.made && sample.texts.length > 0),
      0.95,
    ),
    emptyP50Ms: quantileMs(empty, 0.5),
    emptyMeanMs: rounded(sum(empty) / Math.max(1, empty.length), 2),
    kinds: rows.map((row) => `${row.kind} ${row.read}/${row.total} (${row.zxingWasmRead})`).join(', '),
  };
}

/** Milliseconds for each made frame without a code, looked at as a live camera's frames are. */
async function emptyTimes(decoder: FrameDecoder, samples: Sample[]): Promise<number[]> {
  const times: number[] = [];
  for (const [at, sample] of samples.filter(({ made, texts }) => made && texts.length === 0).entries()) {
    const frame = await sample.load();
    const before = performance.now();
    await decoder.decode(frame, liveEffort(at));
    times.push(performance.now() - before);
  }
  return times;
}

function madeSamples(): Sample[] {
  const cases = [...singleCodeCases(perKind), ...twoCodeCases(perKind), ...emptyCases(2 * perKind)];
  return cases.map(({ kind, texts, scene }) => ({
    kind,
    texts,
    made: true,
    load: () => Promise.resolve(drawScene(scene)),
  }));
}

function materialSamples(): Sample[] {
  return existsSync(material) ? folderSamples(material) : [];
}

function folderSamples(folder: string): Sample[] {
  return listPictures(folder).map(({ path, text }) => ({
    kind: 'pictures',
    texts: text === null ? [] : [text],
    made: false,
    load: () => loadPicture(path),
  }));
}

/** zxing-wasm by itself as its package sets it, told only that QR codes are wanted. */
async function readAlone(frame: Frame): Promise<Reading> {
  const picture = { ...frame, colorSpace: 'srgb' } as ImageData;
  const found = await readBarcodes(picture, { formats: ['QRCode'], textMode: 'Plain' });
  const texts = [...new Set(found.map((result) => result.text))];
  return texts.length > 1 ? { kind: 'several', texts } : { kind: 'one', text: texts[0] ?? '' };
}

/** A picture with two codes is read when they are called several; one with one code when its text is among them. */
function isRead(reading: Reading, texts: string[]): boolean {
  if (texts.length > 1) return reading.kind === 'several';
  return textsOf(reading).some((text) => texts.some((listed) => saysTheSame(text, listed)));
}

/** A text that no code in view says, or one code picked out of two. */
function isFalse(reading: Reading, texts: string[]): boolean {
  if (reading.kind === 'one' && texts.length > 1) return true;
  if (texts.length === 1) return reading.kind !== 'none' && !isRead(reading, texts);
  return textsOf(reading).some((text) => !texts.includes(text));
}

function textsOf(reading: Reading): readonly string[] {
  if (reading.kind === 'none') return [];
  return reading.kind === 'one' ? [reading.text] : reading.texts;
}

async function warmUp(decode: (frame: Frame, effort: 'utmost') => Promise<Reading>, samples: Sample[]) {
  const [first] = samples;
  if (!first) return;
  const frame = await first.load();
  for (let i = 0; i < 10; i++) await decode(frame, 'utmost');
}

/** Two decimals of a millisecond; 0 where there are no samples. */
function quantileMs(values: number[], share: number): number {
  return values.length === 0 ? 0 : rounded(quantile(values, share), 2);
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
