/**
 * A scan under way: its keys, its pace, and what it comes to when it ends. Pure. Must never decide by itself
 * that a scan has begun: that is wedge.ts.
 */
import { digitOf, type WedgeConfig, type WedgeKey } from './wedge-key.ts';

/** A digit key, and whether the page has been given it. `dropped` ones are neither the page's nor to be. */
export interface RunKey {
  readonly key: WedgeKey;
  state: 'held' | 'given' | 'dropped';
}

export interface Scan {
  /** The digits pressed just before the scan was known, and then those of the scan. */
  readonly keys: RunKey[];
  /** Where in `keys` the scan is thought to begin. */
  readonly start: number;
  /** The prefix and the keys after it, as long as they are few enough to be a person's. */
  readonly opening: WedgeKey[];
  readonly prefixed: boolean;
  /** Keys of characters that are no digits. */
  strangers: number;
  tooLong: boolean;
  lastAtMs: number;
  /** Smoothed milliseconds between keys; null before the second. */
  paceMs: number | null;
  reportedAtMs: number;
}

/** A scan that ends by a pause with fewer keys than this, slowly pressed, was a person after all. */
export const fewKeys = 6;
/** No two keys of a scan are further apart. */
export const slowestGapMs = 200;
const shortestPauseMs = 120;

/** The scan that begins with the last key of `keys`, thought to reach back to `start`. */
export function scanOf(keys: RunKey[], start: number, lastAtMs: number, opening: WedgeKey[]): Scan {
  const first = keys[start];
  const gaps = keys.length - 1 - start;
  return {
    keys,
    start,
    opening,
    prefixed: opening.length > 0,
    strangers: 0,
    tooLong: false,
    lastAtMs,
    paceMs: first && gaps > 0 ? (lastAtMs - first.key.atMs) / gaps : null,
    // A prefix's key may be a person's: nothing is said of it before more keys follow.
    reportedAtMs: opening.length > 0 ? Number.NEGATIVE_INFINITY : lastAtMs,
  };
}

/** Notes that a key of the scan came, for its pace. */
export function advance(scan: Scan, key: WedgeKey): void {
  const gapMs = key.atMs - scan.lastAtMs;
  scan.paceMs = scan.paceMs === null ? gapMs : scan.paceMs * 0.8 + gapMs * 0.2;
  scan.lastAtMs = key.atMs;
}

/** Keeps keys of a prefixed scan while they are few: should they prove a person's, they are given back. */
export function keep(scan: Scan, keys: readonly WedgeKey[]): void {
  if (scan.prefixed && scan.opening.length < fewKeys * 2) scan.opening.push(...keys);
}

/**
 * The pause that ends the scan: 200 ms, or where nothing but a pause does, eight times the scanner's pace, so
 * that a fast one is answered sooner.
 */
export function pauseMs(scan: Scan, terminator: WedgeConfig['terminator']): number {
  if (terminator !== 'none' || scan.paceMs === null) return slowestGapMs;
  return Math.min(slowestGapMs, Math.max(shortestPauseMs, scan.paceMs * 8));
}

/**
 * Where the scan began. A person may have typed just before it, or a scanner may have begun slowly: the check
 * digits (`isWhole`) tell which, and where they tell nothing the place that was taken for it stands.
 */
export function startOf(scan: Scan, isWhole: (digits: string) => boolean, reach: number): number {
  const others = Array.from({ length: Math.min(reach, scan.keys.length) }, (_, i) => i);
  return [scan.start, ...others].find((start) => isWhole(textFrom(scan, start))) ?? scan.start;
}

/** The scan's digits from place `start` on. */
export function textFrom(scan: Scan, start: number): string {
  let text = '';
  for (let i = start; i < scan.keys.length; i++) text += digitOf(scan.keys[i]?.key.code ?? '') ?? '';
  return text;
}

/** Whether a scan that ended without its terminator was a person who pressed the prefix's key and a few more. */
export function wasTyped(scan: Scan, fastGapMs: number): boolean {
  const few = scan.keys.length + scan.strangers < fewKeys;
  return scan.prefixed && few && (scan.paceMs === null || scan.paceMs > fastGapMs);
}
