/**
 * Makes the film that Chromium takes for a camera (--use-file-for-fake-video-capture) from a screenshot, so
 * that a till reads a wallet's real screen. YUV4MPEG2, C420jpeg, the only form that Chromium accepts. For
 * tests and the demo: it must never be part of a program.
 */
import { writeFileSync } from 'node:fs';
import { PNG } from 'pngjs';

export interface Pixels {
  /** RGBA, row by row. */
  data: Uint8Array | Uint8ClampedArray;
  width: number;
  height: number;
}

export interface Y4mOptions {
  width?: number;
  height?: number;
  /** The film is played over and over; one frame is enough for a still picture. */
  frames?: number;
  framesPerSecond?: number;
  /** Grey around a picture that has another shape than the frame, 0…255. */
  margin?: number;
}

/**
 * Writes `picture` (PNG bytes, or pixels) to `path`, as large as fits the frame (640×480 unless told
 * otherwise), in the middle of it. Chromium plays the film from its start when the camera is opened.
 */
export function writeY4m(path: string, picture: Uint8Array | Pixels, options: Y4mOptions = {}): void {
  writeFilm(path, [picture], options);
}

/** The same with a picture after another, each for `frames` frames: a code that is renewed, or put away. */
export function writeFilm(path: string, pictures: (Uint8Array | Pixels)[], options: Y4mOptions = {}): void {
  const { width = 640, height = 480, frames = 10, framesPerSecond = 10, margin = 128 } = options;
  if (width % 2 !== 0 || height % 2 !== 0) throw new Error('a film frame has even sides');
  const parts: Uint8Array[] = [
    ascii(`YUV4MPEG2 W${width} H${height} F${framesPerSecond}:1 Ip A1:1 C420jpeg\n`),
  ];
  for (const picture of pictures) {
    const frame = toYuv(fitted(pixelsOf(picture), width, height, margin), width, height);
    for (let i = 0; i < frames; i++) parts.push(ascii('FRAME\n'), frame);
  }
  writeFileSync(path, Buffer.concat(parts));
}

function pixelsOf(picture: Uint8Array | Pixels): Pixels {
  return picture instanceof Uint8Array ? PNG.sync.read(Buffer.from(picture)) : picture;
}

/** RGB of a frame with the picture in its middle, every pixel the mean of the area that it covers. */
function fitted(picture: Pixels, width: number, height: number, margin: number): Float32Array {
  const rgb = new Float32Array(width * height * 3).fill(margin);
  const scale = Math.min(width / picture.width, height / picture.height);
  const across = Math.max(1, Math.round(picture.width * scale));
  const down = Math.max(1, Math.round(picture.height * scale));
  const left = Math.floor((width - across) / 2);
  const top = Math.floor((height - down) / 2);
  const columns = shares(across, picture.width);
  const rows = shares(down, picture.height);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      const at = ((top + y) * width + left + x) * 3;
      rgb.fill(0, at, at + 3);
      for (const row of rows[y] ?? []) {
        for (const column of columns[x] ?? []) {
          const from = (row.at * picture.width + column.at) * 4;
          const alpha = (picture.data[from + 3] ?? 255) / 255;
          for (let colour = 0; colour < 3; colour++) {
            const level = (picture.data[from + colour] ?? 0) * alpha + 255 * (1 - alpha);
            rgb[at + colour] = (rgb[at + colour] ?? 0) + level * row.share * column.share;
          }
        }
      }
    }
  }
  return rgb;
}

/**
 * For each of `count` places in a line, which of the `from` pixels it is made of and with what share: those
 * that it covers when the picture shrinks, the nearest two when it grows.
 */
function shares(count: number, from: number): { at: number; share: number }[][] {
  const step = from / count;
  return Array.from({ length: count }, (_, i) => {
    if (step < 1) {
      const place = Math.min(from - 1, Math.max(0, (i + 0.5) * step - 0.5));
      const first = Math.floor(place);
      const second = Math.min(from - 1, first + 1);
      return [
        { at: first, share: 1 - (place - first) },
        { at: second, share: place - first },
      ];
    }
    const begin = i * step;
    const end = Math.min(from, begin + step);
    const covered: { at: number; share: number }[] = [];
    for (let at = Math.floor(begin); at < Math.ceil(end); at++) {
      const share = (Math.min(end, at + 1) - Math.max(begin, at)) / (end - begin);
      if (share > 0) covered.push({ at, share });
    }
    return covered;
  });
}

/** Planes of luminance and of the two colour differences at half size, full range (JFIF's form of BT.601). */
function toYuv(rgb: Float32Array, width: number, height: number): Uint8Array {
  const half = (width / 2) * (height / 2);
  const yuv = new Uint8Array(width * height + 2 * half);
  const level = (at: number, red: number, green: number, blue: number) =>
    red * (rgb[at] ?? 0) + green * (rgb[at + 1] ?? 0) + blue * (rgb[at + 2] ?? 0);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      yuv[at] = byte(level(at * 3, 0.299, 0.587, 0.114));
      if (y % 2 === 1 || x % 2 === 1) continue;
      const around = [at, at + 1, at + width, at + width + 1];
      const blue = around.reduce((sum, pixel) => sum + level(pixel * 3, -0.168736, -0.331264, 0.5), 0) / 4;
      const red = around.reduce((sum, pixel) => sum + level(pixel * 3, 0.5, -0.418688, -0.081312), 0) / 4;
      const place = width * height + (y / 2) * (width / 2) + x / 2;
      yuv[place] = byte(128 + blue);
      yuv[place + half] = byte(128 + red);
    }
  }
  return yuv;
}

function byte(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
