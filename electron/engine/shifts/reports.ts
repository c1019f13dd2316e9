/**
 * What a report says at this moment, from the sums that the shift keeps. Reads only: an X report is no act and
 * leaves no entry, a Z report is made of the same parts when the shift closes.
 */

import type { FateTally } from '../../../shared/protocol/z-report.ts';
import {
  type Drawer,
  drawerOf,
  type GrandTotal,
  type Takings,
  takingsByCurrency,
} from '../../../shared/shift/takings.ts';
import type { OpenShift } from '../db/shifts.ts';
import type { Store } from '../db/store.ts';

export interface ReportParts {
  readonly drawer: Drawer;
  readonly takings: readonly Takings[];
  readonly outside: readonly Takings[];
  readonly fates: readonly FateTally[];
  readonly unsent: { readonly count: number; readonly sumMinor: bigint };
  readonly grandTotals: readonly GrandTotal[];
  readonly parkedOrders: number;
}

/** Where the time that a report is about begins: after the Z report before. */
function beginOf(store: Store, number: number): bigint {
  return store.shifts.closed(number - 1)?.closedPosition ?? 0n;
}

export function reportParts(store: Store, shift: OpenShift): ReportParts {
  const { shiftId, currency, floatMinor } = shift;
  const rows = store.shifts.rows(shiftId);
  return {
    drawer: drawerOf(floatMinor, currency, rows),
    takings: takingsByCurrency(
      rows.filter(({ isOutside }) => !isOutside),
      currency,
    ),
    outside: takingsByCurrency(
      rows.filter(({ isOutside }) => isOutside),
      null,
    ),
    fates: store.shifts.fates(beginOf(store, shiftId)),
    unsent: store.tallies.read('unsent', currency),
    grandTotals: store.shifts.grandTotals(),
    parkedOrders: store.openOrders.countParked(),
  };
}
