import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawScene, madeDigits } from '../support/qr-scene.ts';
import { openTestDecoder } from '../support/scanner-engine.ts';
import { type Pixels, writeFilm, writeY4m } from '../support/y4m.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'film-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const header = 'YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n';
const frameBytes = 'FRAME\n'.length + 640 * 480 * 1.5;

/** A white page with a code on it, like a phone's screenshot. */
function page(text: string, width: number, height: number): Pixels {
  const scene = { codes: [{ text, side: width * 0.95 }], width, height, light: { black: 0, white: 255 } };
  return drawScene({ seed: 1, background: { level: 1, clutter: 0 }, ...scene });
}

function png({ data, width, height }: Pixels): Uint8Array {
  const image = new PNG({ width, height });
  image.data = Buffer.from(data);
  return PNG.sync.write(image);
}

/** The luminance of one frame of the film at `path`. */
function brightness(path: string, frame: number): Pixels & { data: Uint8ClampedArray } {
  const film = readFileSync(path);
  const start = header.length + frame * frameBytes + 'FRAME\n'.length;
  return { data: new Uint8ClampedArray(film.subarray(start, start + 640 * 480)), width: 640, height: 480 };
}

describe('writeY4m', () => {
  it('a PNG of a phone screen, 686 digits → a film in the form that Chromium takes, and the code is read', async () => {
    const text = madeDigits(686, 5);
    const path = join(folder, 'phone.y4m');
    writeY4m(path, png(page(text, 780, 1000)), { frames: 3 });
    const film = readFileSync(path);
    expect(film.subarray(0, header.length).toString('latin1')).toBe(header);
    expect(film.length).toBe(header.length + 3 * frameBytes);
    const decoder = await openTestDecoder();
    expect(await decoder.decode(brightness(path, 2), 'steady')).toEqual({ kind: 'one', text });
  });

  it('a small picture is enlarged, the margins are grey, colours keep their brightness', () => {
    const path = join(folder, 'red.y4m');
    writeY4m(path, { data: Uint8Array.from([255, 0, 0, 255]), width: 1, height: 1 }, { frames: 1 });
    const { data } = brightness(path, 0);
    expect([data[240 * 640 + 320], data[240 * 640 + 10]]).toEqual([76, 128]);
    const film = readFileSync(path);
    const plane = header.length + 'FRAME\n'.length + 640 * 480;
    const middle = 120 * 320 + 160;
    expect([film[plane + middle], film[plane + 320 * 240 + middle]]).toEqual([85, 255]);
  });

  it('one picture after another → frames of each in turn', async () => {
    const texts = [madeDigits(290, 6), madeDigits(290, 7)];
    const path = join(folder, 'turns.y4m');
    writeFilm(
      path,
      texts.map((text) => page(text, 600, 600)),
      { frames: 2 },
    );
    const decoder = await openTestDecoder();
    for (const [frame, text] of [texts[0], texts[0], texts[1], texts[1]].entries()) {
      expect(await decoder.decode(brightness(path, frame), 'steady')).toEqual({ kind: 'one', text });
    }
  });
});
