/**
 * Draws what a camera sees when a code is held in front of it: the code turned, slanted, near or far, out of
 * focus, shaken, in bad light, with sensor noise. Every picture follows from its description and one seed.
 * For tests, the scan figure and the demo; no part of a program may import it.
 */
import { create } from 'qrcode';
import { normal, seededRandom } from './seeded-random.ts';

/** A code in the scene. Lengths are pixels of the finished frame, angles degrees. */
export interface SceneCode {
  /** Decimal digits; drawn in numeric mode at level M. */
  text: string;
  /** QR version; the smallest that fits when absent. */
  version?: number;
  /** Side of the code with its quiet zone when seen straight on. */
  side: number;
  centre?: { x: number; y: number };
  turn?: number;
  /** Tilt about the horizontal and the vertical axis, seen from `side` × 2.5 away. */
  tilt?: { x: number; y: number };
}

/** A whole picture: codes before a background, then lens, light and sensor in that order. */
export interface Scene {
  seed: number;
  codes: SceneCode[];
  width?: number;
  height?: number;
  /** Grey level of what is behind the codes, with or without things lying about. */
  background?: { level: number; clutter: number };
  /** Gaussian deviation in pixels. */
  blur?: number;
  /** Length in pixels and direction in degrees of a shake. */
  shake?: { length: number; direction: number };
  /** Grey levels that black and white come out as. */
  light?: { black: number; white: number };
  /** Share of light lost from one side of the frame to the other (0…1), and its direction in degrees. */
  shade?: { loss: number; direction: number };
  /** A lamp's reflection: centre, radius in pixels, grey levels added in the middle. */
  glare?: { x: number; y: number; radius: number; strength: number };
  /** Deviation of the sensor's noise in grey levels. */
  noise?: number;
}

/** RGBA pixels, row by row, as a canvas gives them. */
export interface Picture {
  data: Uint8ClampedArray<ArrayBuffer>;
  width: number;
  height: number;
}

const quietZone = 4;
const subsamples = 2;

/** Draws `scene`; 640×480 unless it says otherwise. */
export function drawScene(scene: Scene): Picture {
  const width = scene.width ?? 640;
  const height = scene.height ?? 480;
  const random = seededRandom(scene.seed);
  let grey = drawBackground(width, height, scene.background ?? { level: 0.55, clutter: 0 }, random);
  for (const code of scene.codes) drawCode(grey, width, height, code);
  if (scene.blur) grey = gaussian(grey, width, height, scene.blur);
  if (scene.shake) grey = shaken(grey, width, height, scene.shake);
  const black = scene.light?.black ?? 15;
  const white = scene.light?.white ?? 240;
  const shade = scene.shade ?? { loss: 0, direction: 0 };
  const shadeX = Math.cos(radians(shade.direction));
  const shadeY = Math.sin(radians(shade.direction));
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const along = ((x / width - 0.5) * shadeX + (y / height - 0.5) * shadeY) * 1.4 + 0.5;
      let level = (black + (white - black) * (grey[at] ?? 0)) * (1 - shade.loss * along);
      if (scene.glare) {
        const distance = Math.hypot(x - scene.glare.x, y - scene.glare.y) / scene.glare.radius;
        level += scene.glare.strength * Math.exp(-distance * distance);
      }
      if (scene.noise) level += scene.noise * normal(random);
      data[at * 4] = level;
      data[at * 4 + 1] = level;
      data[at * 4 + 2] = level;
      data[at * 4 + 3] = 255;
    }
  }
  return { data, width, height };
}

/** As many random decimal digits as asked for, beginning with the 1 that every code of ours begins with. */
export function madeDigits(count: number, seed: number): string {
  const random = seededRandom(seed);
  let digits = '1';
  while (digits.length < count) digits += Math.floor(random() * 10);
  return digits;
}

/** Things on a desk: patches, stripes and rows of short dark strokes like print; none of them a code. */
function drawBackground(
  width: number,
  height: number,
  background: { level: number; clutter: number },
  random: () => number,
): Float32Array {
  const grey = new Float32Array(width * height).fill(background.level);
  for (let i = 0; i < background.clutter; i++) {
    const left = Math.floor(random() * width);
    const top = Math.floor(random() * height);
    const across = 20 + Math.floor(random() * 220);
    const down = 15 + Math.floor(random() * 160);
    const level = random();
    const ink = random();
    const kind = Math.floor(random() * 3);
    const pitch = 3 + Math.floor(random() * 12);
    for (let y = top; y < Math.min(height, top + down); y++) {
      for (let x = left; x < Math.min(width, left + across); x++) {
        let value = level;
        if (kind === 1 && Math.floor((x - left) / pitch) % 2 === 0) value = ink;
        if (kind === 2 && Math.floor((y - top) / pitch) % 2 === 0 && ((x * 7919) ^ (y / pitch)) % 5 < 2)
          value = ink;
        grey[y * width + x] = value;
      }
    }
  }
  return grey;
}

function drawCode(grey: Float32Array, width: number, height: number, code: SceneCode): void {
  const options = { errorCorrectionLevel: 'M' as const, ...(code.version ? { version: code.version } : {}) };
  const { modules } = create([{ data: code.text, mode: 'numeric' }], options);
  const cells = modules.size + quietZone * 2;
  const centre = code.centre ?? { x: width / 2, y: height / 2 };
  const turn = radians(code.turn ?? 0);
  const tiltX = radians(code.tilt?.x ?? 0);
  const tiltY = radians(code.tilt?.y ?? 0);
  const far = code.side * 2.5;
  // The sheet's own axes in space after turning in its plane, then tilting about x and about y.
  const axisU = tilted(Math.cos(turn), Math.sin(turn), tiltX, tiltY);
  const axisV = tilted(-Math.sin(turn), Math.cos(turn), tiltX, tiltY);
  const reach = Math.ceil(code.side * 1.3);
  const x0 = Math.max(0, Math.floor(centre.x - reach));
  const x1 = Math.min(width - 1, Math.ceil(centre.x + reach));
  const y0 = Math.max(0, Math.floor(centre.y - reach));
  const y1 = Math.min(height - 1, Math.ceil(centre.y + reach));
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      let covered = 0;
      let light = 0;
      for (let s = 0; s < subsamples * subsamples; s++) {
        const px = x + ((s % subsamples) + 0.5) / subsamples - centre.x;
        const py = y + (Math.floor(s / subsamples) + 0.5) / subsamples - centre.y;
        // Where the ray (px, py, far) meets the sheet: solve u·axisU + v·axisV = t·ray + (0, 0, −far).
        const a = axisU.x - (axisU.z * px) / far;
        const b = axisV.x - (axisV.z * px) / far;
        const c = axisU.y - (axisU.z * py) / far;
        const d = axisV.y - (axisV.z * py) / far;
        const determinant = a * d - b * c;
        const u = (px * d - b * py) / determinant / code.side + 0.5;
        const v = (a * py - px * c) / determinant / code.side + 0.5;
        if (u < 0 || u >= 1 || v < 0 || v >= 1) continue;
        covered++;
        const column = Math.floor(u * cells) - quietZone;
        const row = Math.floor(v * cells) - quietZone;
        const inside = column >= 0 && row >= 0 && column < modules.size && row < modules.size;
        if (!(inside && modules.get(row, column))) light++;
      }
      if (covered === 0) continue;
      const at = y * width + x;
      const behind = 1 - covered / (subsamples * subsamples);
      grey[at] = (grey[at] ?? 0) * behind + light / (subsamples * subsamples);
    }
  }
}

function tilted(x: number, y: number, tiltX: number, tiltY: number): { x: number; y: number; z: number } {
  const y1 = y * Math.cos(tiltX);
  const z1 = y * Math.sin(tiltX);
  return {
    x: x * Math.cos(tiltY) + z1 * Math.sin(tiltY),
    y: y1,
    z: -x * Math.sin(tiltY) + z1 * Math.cos(tiltY),
  };
}

function gaussian(grey: Float32Array, width: number, height: number, deviation: number): Float32Array {
  const reach = Math.ceil(deviation * 3);
  const weights: { offset: number; weight: number }[] = [];
  let total = 0;
  for (let offset = -reach; offset <= reach; offset++) {
    const weight = Math.exp(-(offset * offset) / (2 * deviation * deviation));
    weights.push({ offset, weight });
    total += weight;
  }
  for (const entry of weights) entry.weight /= total;
  const across = spread(grey, width, height, weights, 1, 0);
  return spread(across, width, height, weights, 0, 1);
}

function shaken(
  grey: Float32Array,
  width: number,
  height: number,
  shake: { length: number; direction: number },
): Float32Array {
  const steps = Math.max(2, Math.ceil(shake.length * 2));
  const weights = Array.from({ length: steps }, (_, i) => ({
    offset: (i / (steps - 1) - 0.5) * shake.length,
    weight: 1 / steps,
  }));
  const dx = Math.cos(radians(shake.direction));
  const dy = Math.sin(radians(shake.direction));
  return spread(grey, width, height, weights, dx, dy);
}

/** Sums `grey` along the direction (dx, dy) with the given weights; fractional offsets are interpolated. */
function spread(
  grey: Float32Array,
  width: number,
  height: number,
  weights: { offset: number; weight: number }[],
  dx: number,
  dy: number,
): Float32Array {
  const out = new Float32Array(grey.length);
  for (const { offset, weight } of weights) {
    const ox = offset * dx;
    const oy = offset * dy;
    const wholeX = Math.floor(ox);
    const wholeY = Math.floor(oy);
    const fx = ox - wholeX;
    const fy = oy - wholeY;
    for (const [sx, sy, share] of [
      [wholeX, wholeY, (1 - fx) * (1 - fy)],
      [wholeX + 1, wholeY, fx * (1 - fy)],
      [wholeX, wholeY + 1, (1 - fx) * fy],
      [wholeX + 1, wholeY + 1, fx * fy],
    ] as const) {
      const part = weight * share;
      if (part === 0) continue;
      for (let y = 0; y < height; y++) {
        const from = Math.min(height - 1, Math.max(0, y + sy)) * width;
        for (let x = 0; x < width; x++) {
          const source = from + Math.min(width - 1, Math.max(0, x + sx));
          out[y * width + x] = (out[y * width + x] ?? 0) + part * (grey[source] ?? 0);
        }
      }
    }
  }
  return out;
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
