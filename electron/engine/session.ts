/**
 * What every operation of an open, enrolled terminal works with. Made when the keys are open; the rooms
 * below (accept-payment, issue-invoice, sync) take it and never each other.
 */
import { type ClockReading, type Moment, Timekeeper, type TimeReading } from '../../shared/decision/clock.ts';
import type { Store } from './db/store.ts';
import type { TerminalKeys } from './keys.ts';
import { type Line, NO_LINE } from './line.ts';
import type { Clock, EnginePorts } from './ports.ts';
import { shopBundle } from './trust/shop-bundle.ts';
import type { Enrolment, Trust } from './trust/trust.ts';

export interface Session {
  readonly store: Store;
  /** The clock of these is the terminal's time, mended by what the clearing house has signed (docs/clock.md). */
  readonly ports: EnginePorts;
  /** The machine's own clock, right or wrong. */
  readonly machineClock: Clock;
  readonly timekeeper: Timekeeper;
  readonly keys: TerminalKeys;
  readonly enrolment: Enrolment;
  /** To the clearing house; NO_LINE until the queue runs. */
  line: Line;
  /** The newest bundle; undefined only before the first one came. */
  trust: Trust | undefined;
}

/** Differences that nobody is told of, before a policy says more. */
const FIRST_TOLERANCE_S = 60;

/** @param parts.ports as the machine gives them */
export function openSession(parts: Omit<Session, 'machineClock' | 'timekeeper' | 'line'>): Session {
  const { ports } = parts;
  const session: Session = {
    ...parts,
    machineClock: ports.clock,
    timekeeper: new Timekeeper(),
    line: NO_LINE,
    ports: {
      ...ports,
      clock: { nowMs: () => readTime(session).nowMs, monotonicMs: ports.clock.monotonicMs },
    },
  };
  return session;
}

export function machineMoment({ machineClock }: Pick<Session, 'machineClock'>): Moment {
  return { wallMs: machineClock.nowMs(), monotonicMs: machineClock.monotonicMs() };
}

export function clockToleranceMs({ store, trust }: Pick<Session, 'store' | 'trust'>): number {
  const policy = trust && shopBundle({ store }, trust).policy;
  return (policy?.clockToleranceS ?? FIRST_TOLERANCE_S) * 1000;
}

/** The highest time that was signed: no clock is right that stands before it. */
export function signedFloorMs({ store, trust }: Pick<Session, 'store' | 'trust'>): number {
  const serverMs = Number(store.settings.integer('server-time-ms', 0n));
  return Math.max(serverMs, (trust?.bundle.iatS ?? 0) * 1000);
}

/** The time by all that this terminal knows: signed times, journal, monotonic clock, and the machine's claim. */
export function readTime(session: Session): TimeReading {
  const floorMs = Math.max(signedFloorMs(session), session.store.journal.floorMs);
  return session.timekeeper.read(machineMoment(session), floorMs, clockToleranceMs(session));
}

/** The clock against the floor of what this terminal has seen. */
export function terminalClock(session: Session): ClockReading {
  return readTime(session);
}
