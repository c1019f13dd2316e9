/**
 * The order at hand and who may touch it: while a tender is being taken (which may wait for the clearing house)
 * nothing else changes it. Every change is one step, on disk before the answer, and can be taken back.
 */
import { toHex } from '../../../shared/bytes.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { emptyOrder, MAX_LINES, type OpenOrder, type Tender } from '../../../shared/sale/order.ts';
import { dueOf, isWithinMoney, orderTotals } from '../../../shared/sale/totals.ts';
import type { EngineCore } from '../core.ts';
import { positionOf } from '../db/journal.ts';
import type { Store } from '../db/store.ts';
import type { Session } from '../session.ts';

export interface Desk {
  readonly core: EngineCore;
  /** A tender is being taken. In memory: a crash ends the taking with it. */
  isPaying: boolean;
}

/** Seconds first, so that ids come in the order of time and their index grows at one end. */
export function newOrderId({ ports }: Session): string {
  const nowS = Math.floor(ports.clock.nowMs() / 1000) % 2 ** 32;
  return nowS.toString(16).padStart(8, '0') + toHex(ports.randomBytes(8).subarray(4));
}

/** What the tenders of an order still hold: what was refunded since is owed again. */
function heldTenders(store: Store, order: OpenOrder): readonly Tender[] {
  if (order.tenders.every(({ sale }) => sale === null)) return order.tenders;
  const refunded = new Map(
    store.orders.paymentsOf(order.orderId).map(({ position, refundedMinor }) => [position, refundedMinor]),
  );
  return order.tenders.flatMap((tender) => {
    const { sale } = tender;
    const back = sale === null ? 0n : (refunded.get(positionOf(sale.epoch, sale.seq)) ?? 0n);
    const amountMinor = tender.amountMinor - back;
    if (back === 0n) return [tender];
    const tipMinor = tender.tipMinor > back ? tender.tipMinor - back : 0n;
    return amountMinor <= 0n ? [] : [{ ...tender, amountMinor, tipMinor }];
  });
}

export function withHeldTenders(store: Store, order: OpenOrder): OpenOrder {
  return { ...order, tenders: heldTenders(store, order) };
}

/** The order at hand; undefined where nothing was added since the last one. */
export function orderAtHand(store: Store): OpenOrder | undefined {
  const order = store.openOrders.current();
  return order === undefined ? undefined : withHeldTenders(store, order);
}

/** Whether somebody has paid for it as it is. */
export function isPartPaid(order: OpenOrder | undefined): boolean {
  return order !== undefined && order.tenders.length > 0;
}

/**
 * One step: the order before, and what becomes of it. Begins an order where none is at hand.
 *
 * @param frozen `never` for what changes nothing that was paid for
 * @returns the order as it is on disk now
 */
export function changeOrder(
  desk: Desk,
  session: Session,
  change: (order: OpenOrder) => Result<OpenOrder>,
  frozen: 'when-part-paid' | 'never' = 'when-part-paid',
): Result<OpenOrder> {
  const { store, ports } = session;
  const held = orderAtHand(store);
  if (desk.isPaying) return refused({ code: 'payment-running' });
  if (frozen === 'when-part-paid' && isPartPaid(held)) return refused({ code: 'order-part-paid' });
  const before = held ?? emptyOrder(newOrderId(session));
  const changed = change(before);
  if (!changed.ok) return changed;
  const after = changed.value;
  if (after.lines.length > MAX_LINES) return refused({ code: 'order-full' });
  const totals = orderTotals(after);
  if (!isWithinMoney(totals)) return refused({ code: 'amount-invalid' });
  // a tip that was paid cannot be made smaller
  if (dueOf(totals, after.tenders).tipMinor < 0n) return refused({ code: 'order-part-paid' });
  const written = store.write(() => {
    store.openOrders.keep(after, true, ports.clock.nowMs());
    store.openOrders.remember(before);
  });
  return written.ok ? ok(after) : written;
}
