/**
 * Notes what somebody counted. Each count is an entry: who counts until the till agrees leaves a trace of it.
 * What should be there is said only in the answer.
 */
import { type CountedCash, shiftCountedValue } from '../../../shared/protocol/bodies/shift.ts';
import { type Result, refused } from '../../../shared/result.ts';
import { cashDue, drawerOf } from '../../../shared/shift/takings.ts';
import type { OpenShift } from '../db/shifts.ts';
import type { Store } from '../db/store.ts';
import { record } from '../record.ts';
import type { Attended } from '../room.ts';

/** Cash that the drawer of an open shift should hold. */
export function dueIn(store: Store, { shiftId, floatMinor, currency }: OpenShift): bigint {
  return cashDue(drawerOf(floatMinor, currency, store.shifts.rows(shiftId)));
}

export interface Counted {
  readonly counts: number;
  readonly dueMinor: bigint;
  readonly differenceMinor: bigint;
}

export function countDrawer({ session, person, approver }: Attended, counted: CountedCash): Result<Counted> {
  const { store, ports } = session;
  const shift = store.shifts.current();
  if (shift === undefined) return refused({ code: 'shift-needed' });
  const { shiftId, currency } = shift;
  const body = shiftCountedValue({
    number: shiftId,
    currency,
    counted,
    approvedBy: approver?.personId ?? null,
  });
  const atMs = ports.clock.nowMs();
  const written = store.write(() => record(store, { kind: 'shift-counted', atMs, actor: person.name, body }));
  if (!written.ok) return written;
  const dueMinor = dueIn(store, shift);
  return {
    ok: true,
    value: {
      counts: store.shifts.counts(shiftId).length,
      dueMinor,
      differenceMinor: counted.totalMinor - dueMinor,
    },
  };
}
