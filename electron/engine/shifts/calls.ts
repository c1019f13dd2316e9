/** Calls about shifts. */
import { invariant } from '../../../shared/assert.ts';
import type { CallResult } from '../../../shared/contract/terminal.ts';
import { fromWire } from '../../../shared/money.ts';
import { may, type Permission } from '../../../shared/people/roles.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { EngineCore } from '../core.ts';
import type { Person } from '../db/people.ts';
import type { Attended, RoomCalls } from '../room.ts';
import { closeShift, differenceLimit } from './close-shift.ts';
import { countDrawer } from './count-drawer.ts';
import { readCountedCash } from './counted-cash.ts';
import { moveCash, openDrawer } from './move-cash.ts';
import { openShift } from './open-shift.ts';
import { countedWire, openShiftWire, placeWire, xReportWire, zReportWire } from './report-wire.ts';
import { reportParts } from './reports.ts';
import { reprintZReport, zReportOf } from './z-reports.ts';

/** Leave given on the spot, taken once; from the people's room, which this one may not know. */
export type TakeLeave = (core: EngineCore, params: unknown, permission: Permission) => Result<Person>;

function zReport({ session }: Attended, number: number): Result<CallResult<'shifts.zReport'>> {
  const shift = session.store.shifts.closed(number);
  if (shift === undefined) return refused({ code: 'not-found' });
  return ok(zReportWire(session, shift, zReportOf(session.store, shift)));
}

export function shiftCalls(
  core: EngineCore,
  takeLeave: TakeLeave,
): RoomCalls<
  | 'shifts.open'
  | 'shifts.current'
  | 'shifts.suggestFloat'
  | 'shifts.moveCash'
  | 'shifts.openDrawer'
  | 'shifts.count'
  | 'shifts.xReport'
  | 'shifts.close'
  | 'shifts.list'
  | 'shifts.zReport'
  | 'shifts.reprint'
> {
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

    'shifts.suggestFloat': (_params, { session: { store } }) => {
      const last = store.shifts.list(Number.MAX_SAFE_INTEGER, 1)[0];
      const counted = last === undefined ? undefined : store.shifts.counts(last.shiftId).at(-1);
      return ok(last === undefined || counted === undefined ? null : countedWire(counted, last.currency));
    },

    'shifts.moveCash': ({ direction, amount, reason }, by) => {
      const read = fromWire(amount);
      if (read === undefined) return refused({ code: 'amount-invalid' });
      const moved = moveCash(by, direction, read, reason);
      return moved.ok ? ok(placeWire(moved.value)) : moved;
    },

    'shifts.openDrawer': ({ reason }, by) => {
      const opened = openDrawer(by, reason);
      return opened.ok ? ok(placeWire(opened.value)) : opened;
    },

    'shifts.count': ({ counted }, by) => {
      const { currency } = by.session.enrolment.certificate;
      const read = readCountedCash(counted, currency);
      if (!read.ok) return read;
      const noted = countDrawer(by, read.value);
      if (!noted.ok) return noted;
      const { counts, dueMinor, differenceMinor } = noted.value;
      return ok({
        counts,
        dueMinor: dueMinor.toString(),
        differenceMinor: differenceMinor.toString(),
        limitMinor: differenceLimit(currency).toString(),
      });
    },

    'shifts.xReport': (_params, { session, person }) => {
      const { store } = session;
      const shift = store.shifts.current();
      if (shift === undefined) return refused({ code: 'shift-needed' });
      const isBlind =
        store.shopSettings.isOn('blind-count') &&
        !may(person.role, 'move-cash') &&
        store.shifts.counts(shift.shiftId).length === 0;
      return ok(xReportWire(session, shift, reportParts(store, shift), isBlind));
    },

    'shifts.close': ({ reason, confirmUnsent, differenceApproval, unsentApproval }, by) => {
      const approvals = { difference: differenceApproval, unsent: unsentApproval };
      const closed = closeShift(by, {
        reason,
        confirmUnsent,
        leave: (permission, of) => {
          const approval = approvals[of];
          if (approval === null && may(by.person.role, permission)) return ok(null);
          return takeLeave(core, { approval }, permission);
        },
      });
      if (!closed.ok) return closed;
      core.tellLater();
      const shift = by.session.store.shifts.closed(closed.value.number);
      invariant(shift !== undefined, 'a shift that was just closed');
      return ok(zReportWire(by.session, shift, closed.value));
    },

    'shifts.list': ({ before, limit }, { session }) => {
      const rows = session.store.shifts.list(before ?? Number.MAX_SAFE_INTEGER, limit + 1);
      return ok({
        rows: rows.slice(0, limit).map((shift) => ({
          number: shift.shiftId,
          openedAtMs: shift.openedAtMs,
          closedAtMs: shift.closedAtMs,
          closedBy: shift.closedBy,
          copies: shift.copies,
          place: placeWire(shift.closedPosition),
        })),
        hasMore: rows.length > limit,
      });
    },

    'shifts.zReport': ({ number }, by) => zReport(by, number),

    'shifts.reprint': ({ number }, by) => {
      const copy = reprintZReport(by, number);
      if (!copy.ok) return copy;
      const report = zReport(by, number);
      return report.ok ? ok({ copy: copy.value, report: report.value }) : report;
    },
  };
}
