/**
 * Notes in the journal when something begins or ends to be wrong with the machine's clock, so that the times of the
 * entries between can be judged later. Asked before each payment and at each round of the queue.
 */
import { CLOCK_FAULTS, type ClockFault, type TimeReading } from '../../../shared/decision/clock.ts';
import { clockFaultValue } from '../../../shared/protocol/bodies/clock-fault.ts';
import { ok, type Result } from '../../../shared/result.ts';
import type { OpenRefusal } from '../db/open.ts';
import { record } from '../record.ts';
import { machineMoment, readTime, type Session } from '../session.ts';

/** As it was noted last: 0 for none, else one more than its position. */
function notedFault(session: Session): ClockFault | null {
  const noted = Number(session.store.settings.integer('clock-fault', 0n));
  return CLOCK_FAULTS[noted - 1] ?? null;
}

function note(session: Session, phase: 'begins' | 'ends', fault: ClockFault, reading: TimeReading): void {
  const body = clockFaultValue({
    phase,
    fault,
    wallMs: Math.max(0, Math.trunc(machineMoment(session).wallMs)),
    certainMs: reading.certainMs,
    approvedBy: null,
  });
  record(session.store, { kind: 'clock-fault', atMs: reading.nowMs, actor: '', body });
}

/** Whether the state of the clock is another than it was; what changed is durable then. */
export function watchClock(session: Session): Result<boolean, OpenRefusal> {
  const reading = readTime(session);
  const before = notedFault(session);
  const { fault } = reading;
  if (fault === before) return ok(false);
  return session.store.write(() => {
    if (before !== null) note(session, 'ends', before, reading);
    if (fault !== null) note(session, 'begins', fault, reading);
    const number = fault === null ? 0 : CLOCK_FAULTS.indexOf(fault) + 1;
    session.store.settings.setInteger('clock-fault', BigInt(number));
    return true;
  });
}
