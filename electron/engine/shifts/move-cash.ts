/** Cash put into the drawer or taken out of it, and the drawer opened without a sale: with a reason and with who. */
import type { Money } from '../../../shared/money.ts';
import {
  type CashDirection,
  cashMovedValue,
  drawerOpenedValue,
} from '../../../shared/protocol/bodies/shift.ts';
import { type Result, refused } from '../../../shared/result.ts';
import { record } from '../record.ts';
import type { Attended } from '../room.ts';

/** `shift-needed` where none is open: cash that no count answers for is not moved. @returns the entry's position */
export function moveCash(
  { session, person, approver }: Attended,
  direction: CashDirection,
  amount: Money,
  reason: string,
): Result<bigint> {
  const { store, ports } = session;
  const shift = store.shifts.current();
  if (shift === undefined) return refused({ code: 'shift-needed' });
  if (amount.minor <= 0n || amount.currency !== shift.currency) return refused({ code: 'amount-invalid' });
  const body = cashMovedValue({
    direction,
    amountMinor: amount.minor,
    currency: amount.currency,
    reason,
    approvedBy: approver?.personId ?? null,
  });
  const atMs = ports.clock.nowMs();
  return store.write(() => record(store, { kind: 'cash-moved', atMs, actor: person.name, body }).position);
}

/** Also while no shift is open: it is noted all the same. @returns the entry's position */
export function openDrawer({ session, person, approver }: Attended, reason: string): Result<bigint> {
  const { store, ports, enrolment } = session;
  const body = drawerOpenedValue({
    currency: enrolment.certificate.currency,
    reason,
    approvedBy: approver?.personId ?? null,
  });
  const atMs = ports.clock.nowMs();
  return store.write(() => record(store, { kind: 'drawer-opened', atMs, actor: person.name, body }).position);
}
