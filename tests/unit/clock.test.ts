/** The terminal's time (docs/clock.md): each way in which a clock can be wrong has its answer. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { AGREEING_PURSES, LEAP_MS, Timekeeper, type TimeReading } from '../../shared/decision/clock.ts';
import { EPOCH_S } from '../support/protocol-fixture.ts';

const TRUE_MS = EPOCH_S * 1000;
const TOLERANCE_MS = 60_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const YEARS_MS = 10 * 365 * DAY_MS;

/** A machine whose clocks the test moves. */
class Machine {
  readonly keeper = new Timekeeper();
  wallMs = TRUE_MS;
  monotonicMs = 0;
  floorMs = TRUE_MS;

  /** Time passes: by both clocks, or by one. */
  pass(ms: number, wallMs = ms): TimeReading {
    this.monotonicMs += ms;
    this.wallMs += wallMs;
    return this.read();
  }

  read(): TimeReading {
    return this.keeper.read(this, this.floorMs, TOLERANCE_MS);
  }

  hear(): void {
    this.keeper.hear(this.trueMs, this, TOLERANCE_MS);
  }

  get trueMs(): number {
    return TRUE_MS + this.monotonicMs;
  }
}

describe('2 Clock: right', () => {
  it('both clocks run → ok, whatever the hour; a difference within the tolerance is nobody’s fault', () => {
    const machine = new Machine();
    for (let i = 0; i < 50; i++) {
      const { fault, nowMs } = machine.pass(HOUR_MS);
      expect({ fault, nowMs }).toEqual({ fault: null, nowMs: machine.wallMs });
    }
    machine.wallMs -= 59_000;
    expect(machine.read()).toMatchObject({ fault: null, behindS: 59 });
  });

  it('a night asleep, when the monotonic clock stands still → ok', () => {
    const machine = new Machine();
    machine.read();
    expect(machine.pass(0, 14 * HOUR_MS)).toMatchObject({ fault: null, effectiveMs: machine.wallMs });
  });
});

describe('2 Clock: turned back', () => {
  it('while it runs, and below the floor at a start → turned-back, by how much', () => {
    const machine = new Machine();
    machine.read();
    expect(machine.pass(1000, -HOUR_MS)).toMatchObject({
      fault: 'turned-back',
      behindS: 3601,
      differenceS: -3601,
    });
    const started = new Machine();
    started.wallMs -= DAY_MS;
    expect(started.read()).toMatchObject({ fault: 'turned-back', behindS: 86_400, effectiveMs: TRUE_MS });
  });

  it('1970 after a flat battery → turned-back; a signed time → off-from-server, and the time is right', () => {
    const machine = new Machine();
    machine.wallMs = 0;
    expect(machine.read()).toMatchObject({ fault: 'turned-back', behindS: EPOCH_S });
    machine.hear();
    expect(machine.pass(MINUTE_MS)).toMatchObject({
      fault: 'off-from-server',
      differenceS: -EPOCH_S,
      nowMs: TRUE_MS + MINUTE_MS,
      behindS: 0,
    });
    machine.wallMs = machine.trueMs;
    expect(machine.read()).toMatchObject({ fault: null, differenceS: 0, nowMs: machine.trueMs });
  });

  it('its time goes on by the monotonic clock → it never stands still for whoever turned it', () => {
    const machine = new Machine();
    machine.read();
    const before = machine.pass(0, -HOUR_MS).effectiveMs;
    expect(machine.pass(10 * MINUTE_MS).effectiveMs).toBe(before + 10 * MINUTE_MS);
  });
});

describe('2 Clock: a far jump forward', () => {
  it('ten years and back → jumped-forward, then ok: nothing of it lasts', () => {
    const machine = new Machine();
    machine.read();
    const jumped = machine.pass(MINUTE_MS, YEARS_MS);
    expect(jumped).toMatchObject({ fault: 'jumped-forward', certainMs: TRUE_MS + MINUTE_MS });
    expect(jumped.effectiveMs).toBe(machine.wallMs);
    machine.wallMs = machine.trueMs;
    expect(machine.read()).toMatchObject({ fault: null, effectiveMs: machine.trueMs });
  });

  it('as far as a long weekend → believed; a second further → jumped-forward', () => {
    for (const [leapMs, fault] of [
      [LEAP_MS, null],
      [LEAP_MS + 1000, 'jumped-forward'],
    ] as const) {
      const machine = new Machine();
      machine.wallMs += leapMs;
      expect(machine.read().fault).toBe(fault);
    }
  });

  it('the wallets of three purses agree → believed; one purse three times → not', () => {
    const machine = new Machine();
    for (let i = 0; i < 5; i++) expect(machine.keeper.agree('one')).toBe(false);
    for (let i = 1; i < AGREEING_PURSES - 1; i++) expect(machine.keeper.agree(`purse ${i}`)).toBe(false);
    expect(machine.keeper.agree('the last')).toBe(true);
  });

  it('a person vouches for it → ok from then on', () => {
    const machine = new Machine();
    machine.pass(0, YEARS_MS);
    machine.keeper.confirm(machine);
    machine.floorMs = machine.wallMs;
    expect(machine.pass(MINUTE_MS).fault).toBeNull();
  });
});

describe('2 Clock: stuck, and drift', () => {
  it('the wall stands, the monotonic clock runs → stuck after the tolerance, and time goes on all the same', () => {
    const machine = new Machine();
    machine.read();
    expect(machine.pass(59_000, 0).fault).toBeNull();
    const reading = machine.pass(10 * MINUTE_MS, 0);
    expect(reading).toMatchObject({ fault: 'stuck', behindS: 0, nowMs: machine.trueMs });
    expect(reading.effectiveMs).toBe(machine.trueMs);
  });

  it('read each second while it stands → found all the same', () => {
    const machine = new Machine();
    machine.read();
    const faults = Array.from({ length: 120 }, () => machine.pass(1000, 0).fault);
    expect(faults.indexOf('stuck')).toBe(60);
  });

  it('200 ppm either way for a month → ok: drift does not add up', () => {
    for (const ppm of [-200, 200]) {
      const machine = new Machine();
      for (let i = 0; i < 30 * 24; i++) {
        expect(machine.pass(HOUR_MS, Math.round(HOUR_MS * (1 + ppm / 1e6))).fault).toBeNull();
      }
    }
  });
});

describe('2 Clock: daylight saving and leap seconds', () => {
  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'])(
    'through every hour of a year in %s → ok: the clock is UTC and nothing jumps',
    (name) => {
      process.env.TZ = name;
      const offsets = new Set<number>();
      const machine = new Machine();
      for (let hour = 0; hour < 366 * 24; hour++) {
        expect(machine.pass(HOUR_MS).fault).toBeNull();
        offsets.add(new Date(machine.wallMs).getTimezoneOffset());
      }
      expect(offsets.size).toBe(2);
    },
  );

  it('a second more or less → ok', () => {
    const machine = new Machine();
    for (const step of [1000, -1000, 1000, -1000])
      expect(machine.pass(MINUTE_MS, MINUTE_MS + step).fault).toBeNull();
  });
});

describe('2 Clock: whatever happens to it', () => {
  const step = fc.record({
    passesMs: fc.integer({ min: 0, max: 3 * HOUR_MS }),
    turnsMs: fc.oneof(
      fc.constant(0),
      fc.integer({ min: -DAY_MS, max: DAY_MS }),
      fc.integer({ min: -YEARS_MS, max: YEARS_MS }),
    ),
  });

  it('the certain time never goes back, is never beyond what the clock claims or has passed, and a signed time mends all', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const machine = new Machine();
        let certain = machine.read().certainMs;
        for (const { passesMs, turnsMs } of steps) {
          const reading = machine.pass(passesMs, passesMs + turnsMs);
          expect(reading.certainMs).toBeGreaterThanOrEqual(certain);
          expect(reading.effectiveMs).toBeGreaterThanOrEqual(reading.certainMs);
          // one jump moves what is certain by a leap at most
          expect(reading.certainMs).toBeLessThanOrEqual(certain + passesMs + LEAP_MS);
          certain = reading.certainMs;
        }
        machine.hear();
        expect(Math.abs(machine.read().nowMs - machine.trueMs)).toBeLessThanOrEqual(TOLERANCE_MS);
      }),
      { numRuns: 200 },
    );
  });
});
