/** The view of shifts: which one is open, and what its entries add up to. */
import { unreachable } from '../../../shared/assert.ts';
import { readShiftOpened } from '../../../shared/protocol/bodies/shift.ts';
import type { Appended } from '../db/journal.ts';
import type { Store } from '../db/store.ts';
import type { View } from './view.ts';

function applyOpened({ shifts }: Store, { position, entry }: Appended): void {
  const { number, currency, float } = readShiftOpened(entry.body);
  shifts.open({
    shiftId: number,
    openedPosition: position,
    openedAtMs: entry.atMs,
    openedBy: entry.actor,
    currency,
    floatMinor: float.totalMinor,
  });
}

const KINDS = ['shift-opened'] as const;

function isKind(kind: string): kind is (typeof KINDS)[number] {
  return (KINDS as readonly string[]).includes(kind);
}

export const shiftsView: View = {
  kinds: KINDS,
  apply: (store, appended) => {
    const { kind } = appended.entry;
    if (!isKind(kind)) return;
    switch (kind) {
      case 'shift-opened':
        return applyOpened(store, appended);
      default:
        return unreachable(kind);
    }
  },
};
