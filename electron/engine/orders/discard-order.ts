/**
 * Gives an order up. One with lines leaves an entry with all of them: an order never vanishes silently. What was
 * paid for it by code must be refunded first; cash that was taken goes back over the counter now.
 */
import { type Money, zero } from '../../../shared/money.ts';
import { orderDiscardedValue } from '../../../shared/protocol/bodies/order.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { orderTotals } from '../../../shared/sale/totals.ts';
import type { Person } from '../db/people.ts';
import { record } from '../record.ts';
import type { Session } from '../session.ts';
import { type Desk, isPartPaid, orderAtHand, withHeldTenders } from './desk.ts';
import { linesWithTotals } from './order-wire.ts';

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

/** @param orderId null for the one at hand; @returns cash to give back */
export function discardOrder(
  desk: Desk,
  session: Session,
  person: Person,
  orderId: string | null,
  reason: string,
): Result<Money> {
  const { store, ports } = session;
  const { currency } = session.enrolment.certificate;
  if (desk.isPaying) return refused({ code: 'payment-running' });
  const kept = orderId === null ? store.openOrders.current() : store.openOrders.byId(orderId);
  if (kept === undefined) return orderId === null ? ok(zero(currency)) : refused({ code: 'not-found' });
  const order = withHeldTenders(store, kept);
  const others = sum(
    order.tenders.filter(({ method }) => method !== 'cash').map((tender) => tender.amountMinor),
  );
  if (others > 0n) {
    return refused({ code: 'order-holds-payments', detail: { amountMinor: others.toString() } });
  }
  const cashBackMinor = sum(order.tenders.map(({ amountMinor }) => amountMinor));
  const totals = orderTotals(order);
  const written = store.write(() => {
    store.openOrders.drop(order.orderId);
    if (order.lines.length === 0) return;
    const body = orderDiscardedValue({
      orderId: order.orderId,
      currency,
      name: order.name,
      note: order.note,
      lines: linesWithTotals(order, totals),
      totalMinor: totals.totalMinor,
      cashBackMinor,
      reason,
    });
    record(store, { kind: 'order-discarded', atMs: ports.clock.nowMs(), actor: person.name, body });
  });
  return written.ok ? ok({ minor: cashBackMinor, currency }) : written;
}

/** Takes the last step back. */
export function undoStep(desk: Desk, session: Session): Result<null> {
  const { store, ports } = session;
  if (desk.isPaying) return refused({ code: 'payment-running' });
  const order = orderAtHand(store);
  if (order === undefined) return refused({ code: 'nothing-to-undo' });
  if (isPartPaid(order)) return refused({ code: 'order-part-paid' });
  const written = store.write(() => {
    const before = store.openOrders.takeBack(order.orderId);
    if (before === undefined) return false;
    store.openOrders.keep(before, true, ports.clock.nowMs());
    return true;
  });
  if (!written.ok) return written;
  return written.value ? ok(null) : refused({ code: 'nothing-to-undo' });
}
