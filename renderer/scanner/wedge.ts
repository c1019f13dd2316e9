/**
 * Tells a keyboard-wedge scanner's keys from a person's. Pure: key presses with their times in, what to do
 * with them out. Two things it must never do: take what a person types for a code, or let a code's digits
 * reach an amount. A key that may be either is held for the few milliseconds until that is known.
 *
 * The rule. A scan has begun when a key follows the prefix; or after 6 digits at most 35 ms apart, which no
 * hand does; or after 32 digits none of which waited 200 ms, which is no amount. It ends at the terminator or
 * at a pause (200 ms at most); there is no limit on the time that it takes. Digits that the page had been
 * given before a scan was known are taken back. Keys on a scan's heels are its scanner's and are dropped, so
 * that a picture which holds a line end can't press further keys at the till.
 */
import { digitOf, isModifier, isTerminator, type WedgeConfig, type WedgeKey } from './wedge-key.ts';
import {
  advance,
  fewKeys,
  keep,
  pauseMs,
  type RunKey,
  type Scan,
  scanOf,
  slowestGapMs,
  startOf,
  textFrom,
  wasTyped,
} from './wedge-scan.ts';

/** What happened. A scan that was said to begin (`receiving`) ends in exactly one of the others. */
export type WedgeEvent =
  | { readonly kind: 'receiving'; readonly digits: number }
  | {
      readonly kind: 'scanned';
      readonly text: string;
      readonly beganAtMs: number;
      readonly endedAtMs: number;
    }
  /** No terminator came: the scanner was pulled away, or its radio link broke. */
  | { readonly kind: 'cut-off'; readonly digits: number }
  /** The scanner read something that is no code of digits. */
  | { readonly kind: 'not-digits' }
  /** More digits than any QR code holds. */
  | { readonly kind: 'too-long' };

/** What the caller does, in this order, before the key itself goes on or is swallowed. */
export type WedgeAction =
  /** A person pressed these keys: deliver them now. */
  | { readonly kind: 'give-back'; readonly keys: readonly WedgeKey[] }
  /** The last `count` keys given back were a scanner's: undo them. */
  | { readonly kind: 'take-back'; readonly count: number }
  | { readonly kind: 'event'; readonly event: WedgeEvent };

export interface WedgeStep {
  /** The page must not see this key. */
  readonly swallow: boolean;
  readonly actions: readonly WedgeAction[];
  /** When `tick` is due if no key comes before; null when nothing is pending. */
  readonly wakeAtMs: number | null;
}

export interface Wedge {
  keydown(key: WedgeKey): WedgeStep;
  /** Time has passed without a key. */
  tick(nowMs: number): WedgeStep;
  /** The person turned to something else (a click, another window): what is held is theirs. */
  interrupt(): WedgeStep;
}

/** Digits this close together, six in a row, are not typed. */
export const fastGapMs = 35;
const fastRun = 6;
/** This many digits without a pause are a scan, however slow. */
const slowRun = 32;
/** The largest numeric QR code, version 40-L. */
const maxDigits = 7089;
/** A missing terminator is only reported after this much more: keys may be waiting to be handled. */
const cutOffGraceMs = 300;
const progressMs = 100;

/** `isWhole` says whether digits are a complete code (their check digits): it settles where a scan began. */
export function createWedge(config: WedgeConfig, isWhole: (digits: string) => boolean): Wedge {
  /** Digits pressed without a pause, not known to be a scan. */
  let run: RunKey[] = [];
  /** Keys of the prefix, held. */
  let prefix: WedgeKey[] = [];
  let scan: Scan | null = null;
  /** Keys until then follow a scan so closely that they are its scanner's. */
  let tailUntilMs = Number.NEGATIVE_INFINITY;
  let tailGapMs = 0;
  let actions: WedgeAction[] = [];

  const emit = (event: WedgeEvent) => actions.push({ kind: 'event', event });
  const giveBack = (keys: readonly WedgeKey[]) => {
    const typed = keys.filter((key) => key.atMs > tailUntilMs);
    if (typed.length > 0) actions.push({ kind: 'give-back', keys: typed });
  };
  const step = (swallow: boolean): WedgeStep => {
    const done = actions;
    actions = [];
    return { swallow, actions: done, wakeAtMs: wakeAt() };
  };
  const wakeAt = (): number | null => {
    if (scan) {
      const graceMs = config.terminator === 'none' ? 0 : cutOffGraceMs;
      return scan.lastAtMs + pauseMs(scan, config.terminator) + graceMs;
    }
    const lastOfPrefix = prefix.at(-1);
    if (lastOfPrefix) return lastOfPrefix.atMs + slowestGapMs;
    const last = run.at(-1);
    return last?.state === 'held' ? last.key.atMs + fastGapMs : null;
  };

  /** Gives the page the digits that are held; those in a scan's tail are dropped. */
  const release = () => {
    const held = run.filter((entry) => entry.state === 'held');
    for (const entry of held) entry.state = entry.key.atMs > tailUntilMs ? 'given' : 'dropped';
    giveBack(held.map((entry) => entry.key));
  };
  const releaseAll = () => {
    release();
    run = [];
    giveBack(prefix);
    prefix = [];
  };

  const begin = (keys: RunKey[], start: number, key: WedgeKey, opening: WedgeKey[]): Scan => {
    const begun = scanOf(keys, start, key.atMs, opening);
    scan = begun;
    run = [];
    prefix = [];
    takeBack(begun, start);
    if (opening.length === 0) emit({ kind: 'receiving', digits: keys.length - start });
    return begun;
  };
  /** Undoes the digits from `start` on that the page was given. */
  const takeBack = (of: Scan, start: number) => {
    const given = of.keys.slice(start).filter((entry) => entry.state === 'given');
    for (const entry of given) entry.state = 'held';
    if (given.length > 0) actions.push({ kind: 'take-back', count: given.length });
  };

  /** Ends the scan by its terminator or by a pause. */
  const finish = (ended: Scan, terminated: boolean) => {
    scan = null;
    prefix = [];
    if (!terminated && wasTyped(ended, fastGapMs)) return giveBack(ended.opening);
    const start = startOf(ended, isWhole, slowRun);
    takeBack(ended, start);
    const typed = ended.keys.slice(0, start).filter((entry) => entry.state === 'held');
    giveBack(typed.map((entry) => entry.key));
    tailGapMs = Math.min(160, Math.max(50, (ended.paceMs ?? 0) * 2));
    tailUntilMs = ended.lastAtMs + tailGapMs;
    const text = textFrom(ended, start);
    if (ended.tooLong) return emit({ kind: 'too-long' });
    if (!terminated && config.terminator !== 'none') return emit({ kind: 'cut-off', digits: text.length });
    if (text === '' || (ended.strangers > 0 && !isWhole(text))) return emit({ kind: 'not-digits' });
    const beganAtMs = ended.keys[start]?.key.atMs ?? ended.lastAtMs;
    return emit({ kind: 'scanned', text, beganAtMs, endedAtMs: ended.lastAtMs });
  };

  const scanKey = (current: Scan, key: WedgeKey): WedgeStep => {
    const digit = digitOf(key.code);
    if (key.repeat) return step(digit !== null);
    // After a prefix everything is the scanner's, or a picture could press shortcuts and F-keys at the till.
    if (!current.prefixed && (key.chord || (key.key.length !== 1 && !isMeant(key)))) return step(false);
    if (!key.chord && isTerminator(key.code, config.terminator)) {
      current.lastAtMs = key.atMs;
      finish(current, true);
      return step(true);
    }
    advance(current, key);
    if (!key.chord && key.code === config.prefix[prefix.length]) {
      prefix.push(key);
      if (prefix.length < config.prefix.length) return step(true);
      // The next code begins: this one lost its terminator.
      const opening = prefix;
      finish(current, false);
      prefix = opening;
      return step(true);
    }
    keep(current, [...prefix, key]);
    prefix = [];
    if (digit === null || key.chord) current.strangers++;
    else if (current.keys.length - current.start >= maxDigits) current.tooLong = true;
    else current.keys.push({ key, state: 'held' });
    const digits = current.keys.length - current.start;
    if (digits >= fewKeys && current.reportedAtMs + progressMs <= key.atMs) {
      current.reportedAtMs = key.atMs;
      emit({ kind: 'receiving', digits });
    }
    return step(true);
  };
  /** Keys without a character that still mean something in a scan: its end, its digits, the next prefix. */
  const isMeant = (key: WedgeKey) =>
    digitOf(key.code) !== null ||
    isTerminator(key.code, config.terminator) ||
    config.prefix.includes(key.code);

  const prefixKey = (key: WedgeKey): WedgeStep | null => {
    const last = prefix.at(-1);
    if (last && key.atMs - last.atMs > slowestGapMs) releaseAll();
    const complete = prefix.length > 0 && prefix.length === config.prefix.length;
    if (complete && !key.repeat && !isTerminator(key.code, config.terminator)) {
      return scanKey(begin([], 0, prefix.at(-1) ?? key, prefix), key);
    }
    if (!complete && !key.chord && !key.repeat && key.code === config.prefix[prefix.length]) {
      if (prefix.length === 0) {
        release();
        run = [];
      }
      prefix.push(key);
      return step(true);
    }
    if (prefix.length > 0) releaseAll();
    return null;
  };

  const typedKey = (key: WedgeKey): WedgeStep => {
    const inTail = key.atMs <= tailUntilMs && !key.repeat;
    if (inTail) tailUntilMs = Math.max(tailUntilMs, key.atMs + tailGapMs);
    const asPrefix = prefixKey(key);
    if (asPrefix) return asPrefix;
    // On a number pad without NumLock a digit's key moves the cursor: it can't be held and given back.
    const holdable = key.key.length === 1 || key.code.startsWith('Digit');
    if (digitOf(key.code) === null || key.chord || key.repeat || !holdable) {
      releaseAll();
      return step(inTail);
    }
    const gapMs = key.atMs - (run.at(-1)?.key.atMs ?? Number.NEGATIVE_INFINITY);
    if (gapMs > fastGapMs) release();
    if (gapMs > slowestGapMs) run = [];
    run.push({ key, state: 'held' });
    const streak = streakOf(run);
    if (streak >= fastRun) begin(run, run.length - streak, key, []);
    else if (run.length >= slowRun) begin(run, 0, key, []);
    return step(true);
  };

  return {
    keydown(key) {
      if (isModifier(key.code)) return step(false);
      if (scan && key.atMs - scan.lastAtMs > pauseMs(scan, config.terminator)) finish(scan, false);
      return scan ? scanKey(scan, key) : typedKey(key);
    },
    tick(nowMs) {
      const dueMs = wakeAt();
      if (dueMs === null || nowMs < dueMs) return step(false);
      if (scan) finish(scan, false);
      else if (prefix.length > 0) releaseAll();
      else release();
      return step(false);
    },
    interrupt() {
      if (!scan) releaseAll();
      return step(false);
    },
  };
}

/** How many of the last digits came fast one after another. */
function streakOf(run: readonly RunKey[]): number {
  let streak = 1;
  for (let i = run.length - 1; i > 0; i--) {
    if ((run[i]?.key.atMs ?? 0) - (run[i - 1]?.key.atMs ?? 0) > fastGapMs) break;
    streak++;
  }
  return streak;
}
