/** Parks the order at hand under a name and takes one back. Both are noted in the journal, for somebody waits. */

import { orderParkedValue } from '../../../shared/protocol/bodies/order.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { MAX_PARKED, type OpenOrder } from '../../../shared/sale/order.ts';
import { orderTotals } from '../../../shared/sale/totals.ts';
import type { Person } from '../db/people.ts';
import { record } from '../record.ts';
import type { Session } from '../session.ts';
import { type Desk, orderAtHand, withHeldTenders } from './desk.ts';

function note(
  session: Session,
  person: Person,
  order: OpenOrder,
  is: 'parked' | 'recalled',
  atMs: number,
): void {
  const { currency } = session.enrolment.certificate;
  const { totalMinor } = orderTotals(order);
  const body = orderParkedValue({
    orderId: order.orderId,
    currency,
    is,
    name: order.name,
    lines: order.lines.length,
    totalMinor,
  });
  record(session.store, { kind: 'order-parked', atMs, actor: person.name, body });
}

export function parkOrder(desk: Desk, session: Session, person: Person, name: string): Result<null> {
  const { store, ports } = session;
  if (desk.isPaying) return refused({ code: 'payment-running' });
  const order = orderAtHand(store);
  if (order === undefined || order.lines.length === 0) return refused({ code: 'order-empty' });
  if (store.openOrders.countParked() >= MAX_PARKED) return refused({ code: 'parked-full' });
  const atMs = ports.clock.nowMs();
  const written = store.write(() => {
    const parked = { ...order, name };
    store.openOrders.keep(parked, false, atMs);
    store.openOrders.forgetSteps(order.orderId);
    note(session, person, parked, 'parked', atMs);
  });
  return written.ok ? ok(null) : written;
}

/** An empty order at hand gives way; one with lines does not. */
export function recallOrder(
  desk: Desk,
  session: Session,
  person: Person,
  orderId: string,
): Result<OpenOrder> {
  const { store, ports } = session;
  if (desk.isPaying) return refused({ code: 'payment-running' });
  const atHand = orderAtHand(store);
  const order = store.openOrders.byId(orderId);
  if (order === undefined || order.orderId === atHand?.orderId) return refused({ code: 'not-found' });
  if (atHand !== undefined && atHand.lines.length > 0) return refused({ code: 'order-in-hand' });
  const atMs = ports.clock.nowMs();
  const written = store.write(() => {
    if (atHand !== undefined) store.openOrders.drop(atHand.orderId);
    store.openOrders.keep(order, true, atMs);
    note(session, person, order, 'recalled', atMs);
  });
  return written.ok ? ok(withHeldTenders(store, order)) : written;
}
