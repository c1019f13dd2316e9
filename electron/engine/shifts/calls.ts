/** Calls about shifts. */
import type { CallResult } from '../../../shared/contract/terminal.ts';
import { money, toWire } from '../../../shared/money.ts';
import { ok, refused } from '../../../shared/result.ts';
import type { EngineCore } from '../core.ts';
import type { OpenShift } from '../db/shifts.ts';
import type { RoomCalls } from '../room.ts';
import { readCountedCash } from './counted-cash.ts';
import { openShift } from './open-shift.ts';

function openShiftWire(shift: OpenShift): CallResult<'shifts.open'> {
  const { shiftId, openedAtMs, openedBy, currency, floatMinor } = shift;
  return { shiftId, openedAtMs, openedBy, float: toWire(money(floatMinor, currency)) };
}

export function shiftCalls(core: EngineCore): RoomCalls<'shifts.open' | 'shifts.current'> {
  return {
    'shifts.open': ({ float }, by) => {
      const counted = readCountedCash(float, by.session.enrolment.certificate.currency);
      if (!counted.ok) return counted;
      const opened = openShift(by, counted.value);
      if (!opened.ok) return opened;
      core.tellLater();
      return ok(openShiftWire(opened.value));
    },

    'shifts.current': () => {
      if (core.session === undefined) return refused({ code: 'not-enrolled' });
      const shift = core.session.store.shifts.current();
      return ok(shift === undefined ? null : openShiftWire(shift));
    },
  };
}
