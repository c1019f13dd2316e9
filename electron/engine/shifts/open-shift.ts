/** Opens a shift with the cash that lies in the drawer. One shift is open at a till at most. */
import { type CountedCash, shiftOpenedValue } from '../../../shared/protocol/bodies/shift.ts';
import { type Result, refused } from '../../../shared/result.ts';
import type { OpenShift } from '../db/shifts.ts';
import { record } from '../record.ts';
import type { Attended } from '../room.ts';

export function openShift({ session, person, approver }: Attended, float: CountedCash): Result<OpenShift> {
  const { store, ports, enrolment } = session;
  const open = store.shifts.current();
  if (open !== undefined) {
    return refused({ code: 'shift-open', detail: { atMs: open.openedAtMs } });
  }
  const { currency } = enrolment.certificate;
  const atMs = ports.clock.nowMs();
  return store.write(() => {
    const shiftId = store.shifts.lastNumber() + 1;
    const body = shiftOpenedValue({
      number: shiftId,
      currency,
      float,
      approvedBy: approver?.personId ?? null,
    });
    const { position } = record(store, { kind: 'shift-opened', atMs, actor: person.name, body });
    return {
      shiftId,
      openedPosition: position,
      openedAtMs: atMs,
      openedBy: person.name,
      currency,
      floatMinor: float.totalMinor,
    };
  });
}
