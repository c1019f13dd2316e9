/**
 * Asks the clearing house what time it is (docs/clock.md), before anything that must carry the time: a terminal whose
 * clock is wrong learns it here, and its requests are taken again.
 */
import { watchClock } from '../clock/watch.ts';
import { clockToleranceMs, machineMoment, readTime, type Session } from '../session.ts';
import { DONE, type Step, stopped } from './step.ts';
import type { Transport } from './transport.ts';

/** A machine's two clocks drift by some seconds in this time. */
const AGAIN_AFTER_MS = 6 * 3_600_000;

function isWanted(session: Session): boolean {
  const { heardAtMs } = session.timekeeper;
  const { fault } = readTime(session);
  if (heardAtMs === undefined) return true;
  // off by a known difference is known already; any other fault is mended by asking
  if (fault !== null && fault !== 'off-from-server') return true;
  return session.machineClock.monotonicMs() - heardAtMs > AGAIN_AFTER_MS;
}

function hear(session: Session, serverMs: number): Step {
  const { store, timekeeper } = session;
  const toleranceMs = clockToleranceMs(session);
  const written = store.write(() => {
    const heldMs = Number(store.settings.integer('server-time-ms', 0n));
    if (serverMs > heldMs) store.settings.setInteger('server-time-ms', BigInt(serverMs));
    if (store.journal.floorMs > serverMs + toleranceMs) store.journal.mendFloor(serverMs);
  });
  if (!written.ok) return stopped(written.refusal);
  timekeeper.hear(serverMs, machineMoment(session), toleranceMs);
  const watched = watchClock(session);
  return watched.ok ? DONE : stopped(watched.refusal);
}

/** @param isClosed asked after each wait: the store may be closed by then */
export async function askTime(
  session: Session,
  transport: Transport,
  isClosed: () => boolean,
): Promise<Step> {
  if (session.trust === undefined || !isWanted(session)) return DONE;
  const beganMs = session.machineClock.monotonicMs();
  const answer = await transport.fetchTime();
  if (isClosed()) return DONE;
  if (!answer.ok) return stopped(answer.refusal.refusal, answer.refusal.retryAfterMs);
  // half of the way is the best guess for the way back
  const backMs = Math.floor((session.machineClock.monotonicMs() - beganMs) / 2);
  return hear(session, answer.value.serverTimeMs + backMs);
}
