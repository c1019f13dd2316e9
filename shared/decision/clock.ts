/**
 * The terminal's time (protocol §4, docs/clock.md). The machine's clock is a claim; what counts is the floor
 * (the highest of signed server time, bundle iat and journal time seen) and, within one process, the monotonic
 * clock, which nobody can turn. The time never goes back, and one far jump of the machine's clock moves nothing
 * that lasts. Pure: clocks are read outside.
 */
import { invariant } from '../assert.ts';

/** Further than this beyond what is certain, a clock is not believed by itself: longer than a long weekend. */
export const LEAP_MS = 4 * 86_400_000;
/** So many purses whose signed times agree with a clock that jumped forward make it believed. */
export const AGREEING_PURSES = 3;
/** The last millisecond of the year 9999: later times have no encoding. */
const MAX_TIME_MS = 253_402_300_799_999;

/** What can be wrong with the machine's clock. For ever: positions are in journals. */
export const CLOCK_FAULTS = ['turned-back', 'jumped-forward', 'stuck', 'off-from-server'] as const;
export type ClockFault = (typeof CLOCK_FAULTS)[number];

export interface ClockReading {
  /** The latest that it may be, and what the terminal decides by: never before the floor. Milliseconds since 1970. */
  readonly effectiveMs: number;
  /** The earliest that it can be. Differs from `effectiveMs` only while a jump forward is not believed. */
  readonly certainMs: number;
  /** Seconds by which the clock stands below the floor, 0 when it does not. */
  readonly behindS: number;
  /** Seconds by which it has jumped ahead of what is certain, 0 when it has not. */
  readonly aheadS: number;
}

/** @param floorMs 0 when nothing was ever seen */
export function readClock(wallMs: number, floorMs: number): ClockReading {
  const hasJumped = floorMs > 0 && wallMs > floorMs + LEAP_MS;
  const effectiveMs = Math.max(wallMs, floorMs);
  return {
    effectiveMs,
    certainMs: hasJumped ? floorMs : effectiveMs,
    behindS: Math.max(0, Math.ceil((floorMs - wallMs) / 1000)),
    aheadS: hasJumped ? Math.ceil((wallMs - floorMs) / 1000) : 0,
  };
}

/** What the machine says at one moment. */
export interface Moment {
  /** Wall clock, milliseconds since 1970, right or wrong. */
  readonly wallMs: number;
  /** Of the monotonic clock of this process. */
  readonly monotonicMs: number;
}

export interface TimeReading extends ClockReading {
  /** What acts are dated by. */
  readonly nowMs: number;
  readonly fault: ClockFault | null;
  /** The machine's clock less the right time, as far as it is known: negative when it is behind. */
  readonly differenceS: number;
}

/** A clock that runs truly may be this far off the monotonic one: a slew of 500 ppm, and small steps. */
const EVEN_STEP_MS = 2000;
const EVEN_RATE = 0.0005;
const EVEN_SPAN_MS = 3_600_000;

function clamp(ms: number): number {
  return Math.min(MAX_TIME_MS, Math.max(0, Math.trunc(ms)));
}

/** The time of one process, from readings of both clocks and from signed times. */
export class Timekeeper {
  /** A time that was certain, and the moment when it was. */
  #certain: { readonly ms: number; readonly monotonicMs: number } | undefined;
  /** The highest time that was given out as certain: it never goes back, but for a signed time. */
  #givenMs = 0;
  /** The machine's clock less the signed time, where that is more than the tolerance. */
  #offsetMs = 0;
  /** Of the last sound reading: below it the clock was turned, at it the clock stands still. */
  /** Of the last sound reading: a clock below it was turned, one at it stands still. */
  #lastWallMs = 0;
  #evenSince: Moment | undefined;
  #heardAtMs: number | undefined;
  readonly #agreeing = new Set<string>();

  /** When the last signed time was heard, by the monotonic clock; undefined when none was in this process. */
  get heardAtMs(): number | undefined {
    return this.#heardAtMs;
  }

  /**
   * @param floorMs the highest of signed and journal times seen, from disk
   * @param toleranceMs differences up to here are nobody's fault
   */
  read(machine: Moment, floorMs: number, toleranceMs: number): TimeReading {
    const { monotonicMs } = machine;
    const rawMs = clamp(machine.wallMs);
    const reckonedMs = this.#reckonedMs(monotonicMs);
    const lowMs = Math.max(floorMs, reckonedMs, this.#givenMs);
    if (this.#offsetMs !== 0 && Math.abs(rawMs - lowMs) <= toleranceMs) this.#offsetMs = 0; // it was mended
    const wallMs = clamp(rawMs - this.#offsetMs);
    const reading = readClock(wallMs, lowMs);
    const isBehind = lowMs - wallMs > toleranceMs;
    // it has not gone back, and yet it is late by what the monotonic clock has counted
    const isStuck = isBehind && rawMs >= this.#lastWallMs && lowMs - reckonedMs <= toleranceMs;
    if (!isBehind && reading.aheadS === 0) this.#advance(reading.effectiveMs, wallMs, machine);

    const differenceS = Math.round((rawMs - lowMs) / 1000);
    // monotonic time cannot run ahead of the true time: what it has counted has passed
    if (isStuck) return { ...reading, behindS: 0, nowMs: clamp(lowMs), fault: 'stuck', differenceS };
    if (isBehind) return { ...reading, nowMs: wallMs, fault: 'turned-back', differenceS };
    if (reading.aheadS > 0) return { ...reading, nowMs: wallMs, fault: 'jumped-forward', differenceS };
    if (this.#offsetMs === 0) return { ...reading, nowMs: wallMs, fault: null, differenceS: 0 };
    const offS = Math.round(this.#offsetMs / 1000);
    return { ...reading, nowMs: wallMs, fault: 'off-from-server', differenceS: offS };
  }

  /**
   * The clearing house has signed what time it is at this moment. From now on the machine's clock counts as
   * off by the difference, and nothing that it claimed before counts.
   */
  hear(signedMs: number, machine: Moment, toleranceMs: number): void {
    const offsetMs = clamp(machine.wallMs) - signedMs;
    this.#offsetMs = Math.abs(offsetMs) > toleranceMs ? offsetMs : 0;
    this.#begin(signedMs, machine);
    this.#heardAtMs = machine.monotonicMs;
  }

  /** The last signed time is to be asked for anew. */
  doubt(): void {
    this.#heardAtMs = undefined;
  }

  /** A person vouches for the machine's clock as it stands. */
  confirm(machine: Moment): void {
    this.#offsetMs = 0;
    this.#begin(clamp(machine.wallMs), machine);
  }

  /**
   * A purse's signed time agrees with a clock that jumped forward.
   *
   * @returns whether enough purses do: then the caller makes that time the floor
   */
  agree(purseId: string): boolean {
    this.#agreeing.add(purseId);
    if (this.#agreeing.size < AGREEING_PURSES) return false;
    this.#agreeing.clear();
    return true;
  }

  #begin(ms: number, { wallMs, monotonicMs }: Moment): void {
    this.#certain = { ms, monotonicMs };
    this.#givenMs = ms;
    this.#agreeing.clear();
    this.#lastWallMs = clamp(wallMs);
    this.#evenSince = { wallMs, monotonicMs };
  }

  #reckonedMs(monotonicMs: number): number {
    if (this.#certain === undefined) return 0;
    const passedMs = monotonicMs - this.#certain.monotonicMs;
    invariant(passedMs >= 0, 'a monotonic clock that went back');
    return Math.floor(this.#certain.ms + passedMs);
  }

  /**
   * A sound reading. The two clocks drift apart by some seconds a day; a wall clock that ran evenly for an hour is
   * the better one of the two, so reckoning goes on from it, and drift never adds up to a fault.
   */
  #advance(effectiveMs: number, wallMs: number, machine: Moment): void {
    const { monotonicMs } = machine;
    this.#lastWallMs = clamp(machine.wallMs);
    this.#givenMs = Math.max(this.#givenMs, effectiveMs);
    const since = this.#evenSince;
    const spanMs = since === undefined ? 0 : monotonicMs - since.monotonicMs;
    if (since === undefined || spanMs >= EVEN_SPAN_MS) {
      const stepMs = since === undefined ? 0 : Math.abs(machine.wallMs - since.wallMs - spanMs);
      this.#evenSince = { wallMs: machine.wallMs, monotonicMs };
      if (stepMs <= EVEN_STEP_MS + spanMs * EVEN_RATE) {
        this.#certain = { ms: wallMs, monotonicMs };
        return;
      }
    }
    if (this.#certain === undefined || wallMs > this.#reckonedMs(monotonicMs)) {
      this.#certain = { ms: wallMs, monotonicMs };
    }
  }
}
