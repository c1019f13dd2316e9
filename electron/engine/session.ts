/**
 * What every operation of an open, enrolled terminal works with. Made when the keys are open; the rooms
 * below (accept-payment, issue-invoice, sync) take it and never each other.
 */
import { type ClockReading, readClock } from '../../shared/decision/clock.ts';
import type { Store } from './db/store.ts';
import type { TerminalKeys } from './keys.ts';
import type { EnginePorts } from './ports.ts';
import type { Enrolment, Trust } from './trust/trust.ts';

export interface Session {
  readonly store: Store;
  readonly ports: EnginePorts;
  readonly keys: TerminalKeys;
  readonly enrolment: Enrolment;
  /** The newest bundle; undefined only before the first one came. */
  trust: Trust | undefined;
}

/** The clock against the floor of what this terminal has seen: server time, bundle iat, journal time. */
export function terminalClock(session: Session): ClockReading {
  const serverMs = Number(session.store.settings.integer('server-time-ms', 0n));
  const bundleMs = (session.trust?.bundle.iatS ?? 0) * 1000;
  const floorMs = Math.max(serverMs, bundleMs, session.store.journal.floorMs);
  return readClock(session.ports.clock.nowMs(), floorMs);
}
