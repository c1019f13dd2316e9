import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { emptyCases, singleCodeCases, twoCodeCases } from '../../bench/scan-corpus.ts';
import { decodeFrame, type FrameDecoder, liveEffort } from '../../ui/scanner/decode-frame.ts';
import { boxBlurred, greyOf, halved, rgbaOf, scaled, sharpened } from '../../ui/scanner/frame.ts';
import { readingOf, type Sighting } from '../../ui/scanner/sighting.ts';
import { drawScene, madeDigits } from '../support/qr-scene.ts';
import { openTestDecoder } from '../support/scanner-engine.ts';
import { seededRandom } from '../support/seeded-random.ts';

let decoder: FrameDecoder;
beforeAll(async () => {
  decoder = await openTestDecoder();
});

const square = (x: number, y: number, side: number) => [
  { x, y },
  { x: x + side, y },
  { x: x + side, y: y + side },
  { x, y: y + side },
];

describe('decodeFrame with the compiled engine', () => {
  it('686 digits, version 12 level M, a 640×480 frame → one, the digits', async () => {
    const text = madeDigits(686, 1);
    const frame = drawScene({ seed: 1, codes: [{ text, version: 12, side: 400 }] });
    expect(decoder.engine).toBe('wasm');
    expect(await decoder.decode(frame, 'quick')).toEqual({ kind: 'one', text });
  });

  it('one code turned, slanted, blurred, shaken, noisy, dark, shaded, in glare, small or worn → one', async () => {
    for (const { kind, texts, scene } of singleCodeCases(4)) {
      const reading = await decoder.decode(drawScene(scene), 'thorough');
      expect({ kind, reading }).toEqual({ kind, reading: { kind: 'one', text: texts[0] } });
    }
  });

  it('two codes in view → several, never one of them', async () => {
    for (const { texts, scene } of twoCodeCases(10)) {
      const reading = await decoder.decode(drawScene(scene), 'steady');
      expect(reading.kind).toBe('several');
      expect(reading.kind === 'several' && reading.texts.every((text) => texts.includes(text))).toBe(true);
    }
  });

  it('the same code twice in view → one', async () => {
    const code = { text: madeDigits(290, 3), version: 7, side: 220 };
    const at = (x: number) => ({ ...code, centre: { x, y: 240 } });
    const frame = drawScene({ seed: 3, codes: [at(160), at(480)] });
    expect(await decoder.decode(frame, 'steady')).toEqual({ kind: 'one', text: code.text });
  });

  it('a code beside one that is too damaged to be read → several', async () => {
    const codes = [160, 480].map((x) => ({
      text: madeDigits(290, x),
      version: 7,
      side: 240,
      centre: { x, y: 240 },
    }));
    const frame = drawScene({ seed: 4, codes });
    // A hand over the middle of the right one: its corners are still seen.
    for (let y = 190; y < 290; y++) frame.data.fill(90, (y * 640 + 430) * 4, (y * 640 + 530) * 4);
    expect(await decoder.decode(frame, 'steady')).toEqual({ kind: 'several', texts: [codes[0]?.text] });
  });

  it('no code: desk, print, darkness, noise → none at every effort', async () => {
    for (const { scene } of emptyCases(12)) {
      const frame = drawScene(scene);
      for (const effort of ['quick', 'steady', 'utmost'] as const) {
        expect(await decoder.decode(frame, effort)).toEqual({ kind: 'none' });
      }
    }
  });

  it('a grey frame reads as its RGBA form does', async () => {
    const text = madeDigits(430, 5);
    const frame = drawScene({ seed: 5, codes: [{ text, side: 360 }] });
    const grey = { data: greyOf(frame), width: frame.width, height: frame.height };
    expect(await decoder.decode(grey, 'quick')).toEqual({ kind: 'one', text });
  });

  it('light modules on dark → one', async () => {
    const text = madeDigits(290, 6);
    const frame = drawScene({ seed: 6, codes: [{ text, side: 320 }], light: { black: 230, white: 20 } });
    expect(await decoder.decode(frame, 'quick')).toEqual({ kind: 'one', text });
  });

  it('a photograph of 12 megapixels → one', async () => {
    const text = madeDigits(820, 7);
    const scene = { seed: 7, codes: [{ text, side: 1900, turn: 12 }], width: 4000, height: 3000 };
    expect(await decoder.decode(drawScene(scene), 'thorough')).toEqual({ kind: 'one', text });
  });

  it('frames of no, one, or far too many pixels → none', async () => {
    const blank = (width: number, height: number) => ({
      data: new Uint8ClampedArray(width * height),
      width,
      height,
    });
    for (const frame of [blank(0, 0), blank(1, 1), blank(1, 300), blank(300, 1), blank(2, 2)]) {
      expect(await decoder.decode(frame, 'thorough')).toEqual({ kind: 'none' });
    }
    const huge = { data: new Uint8ClampedArray(0), width: 5000, height: 5000 };
    expect(await decoder.decode(huge, 'quick')).toEqual({ kind: 'none' });
  });

  it('a code with patches, scratches and flipped pixels → its text or nothing, never another text', async () => {
    const text = madeDigits(290, 8);
    const clean = drawScene({ seed: 8, codes: [{ text, version: 7, side: 300 }], width: 320, height: 320 });
    const damage = fc.record({ seed: fc.integer(), patches: fc.integer({ min: 0, max: 60 }) });
    await fc.assert(
      fc.asyncProperty(damage, async ({ seed, patches }) => {
        const random = seededRandom(seed);
        const data = clean.data.slice();
        for (let i = 0; i < patches; i++) {
          const x = Math.floor(random() * 300);
          const y = Math.floor(random() * 300);
          const side = 2 + Math.floor(random() * 14);
          for (let row = y; row < y + side; row++) {
            data.fill(random() < 0.5 ? 0 : 255, (row * 320 + x) * 4, (row * 320 + x + side) * 4);
          }
        }
        const reading = await decoder.decode({ data, width: 320, height: 320 }, 'thorough');
        if (reading.kind === 'one') expect(reading.text).toBe(text);
        else if (reading.kind === 'several') expect(reading.texts).toEqual([text]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('decodeFrame, whatever the engine', () => {
  const frame = drawScene({ seed: 11, codes: [], width: 60, height: 40 });
  const sees = (...looks: Sighting[][]) => {
    let look = 0;
    return { read: () => Promise.resolve(looks[look++] ?? []), looked: () => look };
  };

  it('found at the first look → no second', async () => {
    const engine = sees([{ text: '1', corners: square(0, 0, 10) }]);
    expect(await decodeFrame(engine.read, frame, 'thorough')).toEqual({ kind: 'one', text: '1' });
    expect(engine.looked()).toBe(1);
  });

  it('nothing found → one look when quick, two when steady, four when thorough, six at the utmost', async () => {
    for (const [effort, looks] of [
      ['quick', 1],
      ['steady', 2],
      ['thorough', 4],
      ['utmost', 6],
    ] as const) {
      const engine = sees();
      expect(await decodeFrame(engine.read, frame, effort)).toEqual({ kind: 'none' });
      expect(engine.looked()).toBe(looks);
    }
  });

  it('seen damaged, then another read when enlarged → several, at the same scale', async () => {
    const damaged: Sighting = { text: null, corners: square(0, 0, 10) };
    const elsewhere: Sighting = { text: '1', corners: square(45, 0, 15) };
    const samePlace: Sighting = { text: '1', corners: square(0, 0, 15) };
    const first = sees([damaged], [], [], [elsewhere]);
    expect((await decodeFrame(first.read, frame, 'thorough')).kind).toBe('several');
    const second = sees([damaged], [], [], [samePlace]);
    expect((await decodeFrame(second.read, frame, 'thorough')).kind).toBe('one');
  });

  it('an engine that breaks → rejects, so that its worker is thrown away', async () => {
    await expect(decodeFrame(() => Promise.reject(new Error('trap')), frame, 'quick')).rejects.toThrow(
      'trap',
    );
  });
});

describe('readingOf', () => {
  it('nothing, or only damaged codes → none', () => {
    expect(readingOf([])).toEqual({ kind: 'none' });
    expect(readingOf([{ text: null, corners: square(0, 0, 9) }])).toEqual({ kind: 'none' });
    expect(readingOf([{ text: '', corners: square(0, 0, 9) }])).toEqual({ kind: 'none' });
  });

  it('two texts → several, each once', () => {
    const sightings = ['1', '2', '1'].map((text, i) => ({ text, corners: square(i * 20, 0, 9) }));
    expect(readingOf(sightings)).toEqual({ kind: 'several', texts: ['1', '2'] });
  });
});

describe('liveEffort', () => {
  it('of twelve frames without a code eight are quick, three steady, the last thorough', () => {
    const efforts = Array.from({ length: 24 }, (_, i) => liveEffort(i));
    const count = (effort: string) => efforts.filter((given) => given === effort).length;
    expect([count('quick'), count('steady'), count('thorough')]).toEqual([16, 6, 2]);
    expect(efforts.slice(0, 2)).toEqual(['quick', 'steady']);
  });
});

describe('frame arithmetic', () => {
  const size = fc.record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 12 }) });

  it('an even grey stays what it is under blur, sharpening, scaling and halving', () => {
    fc.assert(
      fc.property(
        size,
        fc.integer({ min: 0, max: 255 }),
        fc.constantFrom(0.5, 1, 1.5, 3),
        (shape, level, factor) => {
          const even = { data: new Uint8ClampedArray(shape.width * shape.height).fill(level), ...shape };
          for (const made of [boxBlurred(even), sharpened(even, 4), scaled(even, factor), halved(even)]) {
            expect([...greyOf(made)].every((value) => value === level)).toBe(true);
            expect(made.data.length % (made.width * made.height)).toBe(0);
          }
        },
      ),
    );
  });

  it('blur is the mean of nine', () => {
    const data = Uint8ClampedArray.from([0, 0, 0, 0, 90, 0, 0, 0, 0]);
    expect([...greyOf(boxBlurred({ data, width: 3, height: 3 }))]).toEqual(Array(9).fill(10));
  });

  it('RGBA is opaque grey and is not copied when it is RGBA already', () => {
    const rgba = rgbaOf({ data: Uint8ClampedArray.from([7, 200]), width: 2, height: 1 });
    expect([...rgba.data]).toEqual([7, 7, 7, 255, 200, 200, 200, 255]);
    expect(rgbaOf(rgba).data).toBe(rgba.data);
  });

  it('bytes that do not fit the size → throws', () => {
    expect(() => greyOf({ data: new Uint8ClampedArray(7), width: 2, height: 1 })).toThrow();
  });
});
