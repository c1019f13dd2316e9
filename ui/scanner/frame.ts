/**
 * A frame of pixels and the few things done to one before a reader tries it again. Pure arithmetic on
 * bytes: must never touch a canvas, a camera or the clock, so that it runs in a worker and in a test.
 */
import { invariant } from '../../shared/assert.ts';

/** Pixels row by row: one byte each (grey) or four (RGBA, as a canvas gives them). Alpha is not looked at. */
export interface Frame {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** A frame whose pixels are four bytes each, on a buffer that can also be read as 32-bit words. */
export interface RgbaFrame {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** One byte a pixel: (red + 2 green + blue) ÷ 4, near enough to what the eye calls brightness. */
export function greyOf(frame: Frame): Uint8ClampedArray {
  const { data, width, height } = frame;
  const count = width * height;
  if (data.length === count) return data;
  invariant(data.length === count * 4, 'a frame has one or four bytes a pixel');
  const grey = new Uint8ClampedArray(count);
  for (let i = 0, at = 0; i < count; i++, at += 4) {
    grey[i] = (byte(data, at) + 2 * byte(data, at + 1) + byte(data, at + 2)) >> 2;
  }
  return grey;
}

/** The same picture as four bytes a pixel; a frame that has them already is given back uncopied. */
export function rgbaOf(frame: Frame): RgbaFrame {
  const { data, width, height } = frame;
  if (data.length === width * height * 4 && data.buffer instanceof ArrayBuffer) {
    return { data: data as Uint8ClampedArray<ArrayBuffer>, width, height };
  }
  const grey = greyOf(frame);
  const words = new Uint32Array(grey.length);
  for (let i = 0; i < grey.length; i++) words[i] = greyWord(byte(grey, i));
  return { data: new Uint8ClampedArray(words.buffer), width, height };
}

/** The mean of each pixel and its eight neighbours: takes the sensor's noise away before thresholds are set. */
export function boxBlurred(frame: Frame): RgbaFrame {
  const { width, height } = frame;
  const grey = greyOf(frame);
  const rows = new Uint16Array(grey.length);
  for (let y = 0; y < height; y++) {
    const start = y * width;
    let before = byte(grey, start);
    let here = before;
    for (let x = 0; x < width; x++) {
      const after = x + 1 < width ? byte(grey, start + x + 1) : here;
      rows[start + x] = before + here + after;
      before = here;
      here = after;
    }
  }
  const words = new Uint32Array(grey.length);
  for (let y = 0; y < height; y++) {
    const start = y * width;
    const above = y > 0 ? start - width : start;
    const below = y + 1 < height ? start + width : start;
    for (let x = 0; x < width; x++) {
      const sum = word(rows, above + x) + word(rows, start + x) + word(rows, below + x);
      words[start + x] = greyWord((sum * 7282) >>> 16);
    }
  }
  return { data: new Uint8ClampedArray(words.buffer), width, height };
}

/** Each pixel moved away from the mean around it, `strength` times its distance: edges out of focus stand out. */
export function sharpened(frame: Frame, strength: number): RgbaFrame {
  const { width, height } = frame;
  const grey = greyOf(frame);
  const soft = greyOf(boxBlurred(boxBlurred(frame)));
  const words = new Uint32Array(grey.length);
  for (let i = 0; i < grey.length; i++) {
    const level = byte(grey, i) + strength * (byte(grey, i) - byte(soft, i));
    words[i] = greyWord(level < 0 ? 0 : level > 255 ? 255 : level | 0);
  }
  return { data: new Uint8ClampedArray(words.buffer), width, height };
}

/** The frame drawn `factor` times as large, straight lines between pixel centres. `factor` is over 0. */
export function scaled(frame: Frame, factor: number): RgbaFrame {
  const grey = greyOf(frame);
  const width = Math.max(1, Math.round(frame.width * factor));
  const height = Math.max(1, Math.round(frame.height * factor));
  const columns = sourcesOf(width, frame.width, factor);
  const rows = sourcesOf(height, frame.height, factor);
  const words = new Uint32Array(width * height);
  const upper = new Float32Array(width);
  const lower = new Float32Array(width);
  let drawn = -1;
  for (let y = 0; y < height; y++) {
    const row = rows.first[y] ?? 0;
    if (row !== drawn) {
      drawRow(upper, grey, row * frame.width, columns);
      drawRow(lower, grey, Math.min(row + 1, frame.height - 1) * frame.width, columns);
      drawn = row;
    }
    const share = rows.share[y] ?? 0;
    const start = y * width;
    for (let x = 0; x < width; x++) {
      const top = upper[x] ?? 0;
      words[start + x] = greyWord((top + ((lower[x] ?? 0) - top) * share + 0.5) | 0);
    }
  }
  return { data: new Uint8ClampedArray(words.buffer), width, height };
}

interface Sources {
  first: Uint32Array;
  second: Uint32Array;
  share: Float32Array;
}

/** For each place in a line of `count`, the two places of the line it is drawn from and the second's share. */
function sourcesOf(count: number, from: number, factor: number): Sources {
  const sources: Sources = {
    first: new Uint32Array(count),
    second: new Uint32Array(count),
    share: new Float32Array(count),
  };
  for (let i = 0; i < count; i++) {
    const at = Math.min(from - 1, Math.max(0, (i + 0.5) / factor - 0.5));
    const first = Math.floor(at);
    sources.first[i] = first;
    sources.second[i] = Math.min(first + 1, from - 1);
    sources.share[i] = at - first;
  }
  return sources;
}

function drawRow(row: Float32Array, grey: Uint8ClampedArray, start: number, columns: Sources): void {
  const { first, second, share } = columns;
  for (let x = 0; x < row.length; x++) {
    const left = grey[start + (first[x] ?? 0)] ?? 0;
    row[x] = left + ((grey[start + (second[x] ?? 0)] ?? 0) - left) * (share[x] ?? 0);
  }
}

/** Half as wide and half as high, each pixel the mean of four: what a large photograph is tried at first. */
export function halved(frame: Frame): Frame {
  const grey = greyOf(frame);
  const width = Math.max(1, frame.width >> 1);
  const height = Math.max(1, frame.height >> 1);
  const data = new Uint8ClampedArray(width * height);
  for (let y = 0; y < height; y++) {
    const above = 2 * y * frame.width;
    const below = Math.min(2 * y + 1, frame.height - 1) * frame.width;
    for (let x = 0; x < width; x++) {
      const left = 2 * x;
      const right = Math.min(left + 1, frame.width - 1);
      const sum = byte(grey, above + left) + byte(grey, above + right);
      data[y * width + x] = (sum + byte(grey, below + left) + byte(grey, below + right) + 2) >> 2;
    }
  }
  return { data, width, height };
}

/** An opaque grey pixel as the machine's 32-bit word; the bytes are the same on either byte order but alpha. */
function greyWord(level: number): number {
  return (level | (level << 8) | (level << 16) | 0xff000000) >>> 0;
}

function byte(bytes: Uint8ClampedArray, at: number): number {
  return bytes[at] ?? 0;
}

function word(words: Uint16Array | Uint32Array, at: number): number {
  return words[at] ?? 0;
}
