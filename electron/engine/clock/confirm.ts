/**
 * A person vouches for the machine's clock: where it had jumped forward it is believed from now on, and where only
 * this till's own journal says that it is late, the journal's time no longer counts. What the clearing house has
 * signed stands above everybody: a clock before that is wrong, whoever says otherwise.
 */
import { clockFaultValue } from '../../../shared/protocol/bodies/clock-fault.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { OpenRefusal } from '../db/open.ts';
import { record } from '../record.ts';
import type { Attended } from '../room.ts';
import { clockToleranceMs, machineMoment, readTime, signedFloorMs } from '../session.ts';

type ConfirmRefusal = Refusal<'clock-turned-back' | 'clock-off-from-server'> | OpenRefusal;

export function confirmClock({ session, person, approver }: Attended): Result<null, ConfirmRefusal> {
  const { fault, differenceS, certainMs } = readTime(session);
  const machine = machineMoment(session);
  const behindSignedMs = signedFloorMs(session) - machine.wallMs;
  if (behindSignedMs > clockToleranceMs(session)) {
    return refused({ code: 'clock-turned-back', detail: { behindS: Math.ceil(behindSignedMs / 1000) } });
  }
  if (fault === 'off-from-server') return refused({ code: 'clock-off-from-server', detail: { differenceS } });
  if (fault === null) return ok(null);
  const atMs = Math.trunc(machine.wallMs);
  const written = session.store.write(() => {
    const approvedBy = approver?.personId ?? null;
    const body = clockFaultValue({ phase: 'confirmed', fault, wallMs: atMs, certainMs, approvedBy });
    record(session.store, { kind: 'clock-fault', atMs, actor: person.name, body });
    session.store.journal.setFloor(atMs);
    session.store.settings.setInteger('clock-fault', 0n);
  });
  if (!written.ok) return written;
  session.timekeeper.confirm(machine);
  return ok(null);
}
