/**
 * The made pictures of the scan figure: codes of the four sizes that the protocol uses, each as a webcam at
 * 640×480 sees it in one kind of trouble. A list of descriptions; every picture follows from its seed.
 */
import { madeDigits, type Scene, type SceneCode } from '../tests/support/qr-scene.ts';
import { seededRandom } from '../tests/support/seeded-random.ts';

export interface MadeCase {
  kind: string;
  /** What is in view: no text in an empty frame, two in one with two codes. */
  texts: string[];
  scene: Scene;
}

/** Version and digits of: a short quick code, a short bound code, a quick full code, a bound full code. */
const codeSizes = [
  { version: 7, digits: 290 },
  { version: 9, digits: 430 },
  { version: 12, digits: 686 },
  { version: 14, digits: 820 },
] as const;

type Between = (low: number, high: number) => number;

/** What each kind of trouble does to a scene that is otherwise in order. */
const troubles: Record<string, (scene: Scene, code: SceneCode, modules: number, between: Between) => void> = {
  plain: () => undefined,
  turned: (_scene, code, _modules, between) => {
    code.turn = between(0, 360);
    code.side = Math.min(code.side, 350);
  },
  slanted: (_scene, code, _modules, between) => {
    code.tilt = { x: between(-38, 38), y: between(-38, 38) };
    code.turn = between(-30, 30);
    code.side = Math.min(code.side, 380);
  },
  blurred: (scene, _code, _modules, between) => {
    scene.blur = between(0.8, 1.7);
  },
  shaken: (scene, _code, _modules, between) => {
    scene.shake = { length: between(2, 6), direction: between(0, 180) };
  },
  noisy: (scene, _code, _modules, between) => {
    scene.noise = between(15, 50);
  },
  dark: (scene, _code, _modules, between) => {
    const black = between(4, 14);
    scene.light = { black, white: black + between(20, 70) };
    scene.noise = between(2, 8);
  },
  shaded: (scene, _code, _modules, between) => {
    scene.shade = { loss: between(0.5, 0.9), direction: between(0, 360) };
  },
  glare: (scene, _code, _modules, between) => {
    scene.glare = {
      x: between(200, 440),
      y: between(120, 360),
      radius: between(30, 90),
      strength: between(60, 200),
    };
  },
  small: (_scene, code, modules, between) => {
    code.side = modules * between(2.2, 3);
  },
  worn: (scene, code, _modules, between) => {
    code.turn = between(0, 360);
    code.tilt = { x: between(-20, 20), y: between(-20, 20) };
    code.side = Math.min(code.side, 340);
    scene.blur = between(0.5, 0.9);
    scene.noise = between(8, 20);
    scene.light = { black: 20, white: between(110, 160) };
  },
};

/** `perKind` pictures of each kind of trouble, with one code each. */
export function singleCodeCases(perKind: number): MadeCase[] {
  return Object.entries(troubles).flatMap(([kind, trouble], row) =>
    Array.from({ length: perKind }, (_, i) => {
      const seed = row * 1000 + i + 1;
      const between = betweenOf(seed);
      const size = codeSizes[i % codeSizes.length] ?? codeSizes[0];
      const modules = size.version * 4 + 17 + 8;
      const code: SceneCode = {
        text: madeDigits(size.digits, seed),
        version: size.version,
        side: Math.min(440, modules * between(3.6, 5.2)),
        turn: between(-8, 8),
      };
      const scene: Scene = {
        seed,
        codes: [code],
        background: { level: between(0.3, 0.8), clutter: 6 },
        blur: between(0.3, 0.6),
        noise: between(1, 5),
      };
      trouble(scene, code, modules, between);
      return { kind, texts: [code.text], scene };
    }),
  );
}

/** Frames with two codes side by side: the answer must be "several", never one of them. */
export function twoCodeCases(count: number): MadeCase[] {
  return Array.from({ length: count }, (_, i) => {
    const seed = 20_000 + i;
    const between = betweenOf(seed);
    const codes = [165, 475].map((x, place): SceneCode => {
      const size = codeSizes[between(0, 1) < 0.5 ? 0 : 1];
      return {
        text: madeDigits(size.digits, seed * 10 + place),
        version: size.version,
        side: Math.min(270, (size.version * 4 + 25) * between(3.2, 4.3)),
        turn: between(-20, 20),
        centre: { x, y: between(210, 270) },
      };
    });
    const scene: Scene = {
      seed,
      codes,
      background: { level: 0.5, clutter: 4 },
      blur: between(0.3, 0.8),
      noise: between(1, 8),
    };
    return { kind: 'two codes', texts: codes.map((code) => code.text), scene };
  });
}

/** Frames with no code: an empty desk, print and stripes, the dark, noise. */
export function emptyCases(count: number): MadeCase[] {
  return Array.from({ length: count }, (_, i) => {
    const seed = 30_000 + i;
    const between = betweenOf(seed);
    const scene: Scene = {
      seed,
      codes: [],
      background: { level: between(0.1, 0.9), clutter: Math.floor(between(0, 30)) },
      blur: between(0.3, 1),
      noise: between(1, 30),
      ...(i % 4 === 3 ? { light: { black: 3, white: 30 } } : {}),
    };
    return { kind: 'empty', texts: [], scene };
  });
}

function betweenOf(seed: number): Between {
  const random = seededRandom(seed * 7919);
  return (low, high) => low + (high - low) * random();
}
