/** Calls about orders. */
import { invariant } from '../../../shared/assert.ts';
import type { OpenOrderWire, PayAnswer } from '../../../shared/contract/terminal.ts';
import { fromWire, type Money, type MoneyWire, toWire } from '../../../shared/money.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { OpenOrder, Tip } from '../../../shared/sale/order.ts';
import { dueOf, orderTotals } from '../../../shared/sale/totals.ts';
import type { EngineCore } from '../core.ts';
import type { Attended, RoomCalls } from '../room.ts';
import type { Session } from '../session.ts';
import { TENDER_METHODS } from '../tenders/registry.ts';
import type { TenderMethod } from '../tenders/tender.ts';
import { addAmount, addPicked, pickByBarcode } from './add-line.ts';
import { changeLine, giveDiscount, overridePrice, removeLine } from './change-line.ts';
import { changeOrder, type Desk, orderAtHand, withHeldTenders } from './desk.ts';
import { discardOrder, undoStep } from './discard-order.ts';
import { openOrderWire } from './order-wire.ts';
import { parkOrder, recallOrder } from './park-order.ts';
import { type Pay, payOrder } from './pay-order.ts';
import { closedOrderAt, listClosed, orderReceipt } from './read-closed.ts';

type OrderCall =
  | 'orders.current'
  | 'orders.addItem'
  | 'orders.addAmount'
  | 'orders.scan'
  | 'orders.changeLine'
  | 'orders.overridePrice'
  | 'orders.removeLine'
  | 'orders.undo'
  | 'orders.discount'
  | 'orders.note'
  | 'orders.tip'
  | 'orders.park'
  | 'orders.parked'
  | 'orders.recall'
  | 'orders.discard'
  | 'orders.pay'
  | 'orders.closed'
  | 'orders.details'
  | 'orders.receipt';

/** Money of this till's currency; undefined for any other. */
function moneyHere(session: Session, wire: MoneyWire): Money | undefined {
  const read = fromWire(wire);
  return read?.currency === session.enrolment.certificate.currency ? read : undefined;
}

type ShareOrAmount =
  | { readonly kind: 'percent'; readonly basisPoints: number }
  | { readonly kind: 'amount'; readonly amount: MoneyWire };

/** A share or an amount as orders hold it; undefined where the amount is none of this till's. */
function given(session: Session, wire: ShareOrAmount): Tip | undefined {
  if (wire.kind === 'percent') return { kind: 'percent', value: BigInt(wire.basisPoints) };
  const amount = moneyHere(session, wire.amount);
  return amount === undefined || amount.minor <= 0n ? undefined : { kind: 'amount', value: amount.minor };
}

const badAmount = () => refused({ code: 'amount-invalid' } as const);

/** @param methods what an order may be paid with */
export function orderCalls(
  core: EngineCore,
  methods: readonly TenderMethod[] = TENDER_METHODS,
): RoomCalls<OrderCall> {
  const desk: Desk = { core, isPaying: false };

  const wire = (session: Session, order: OpenOrder) => openOrderWire(session, order, desk.isPaying);

  const step = (
    { session }: Attended,
    change: (order: OpenOrder) => Result<OpenOrder>,
    frozen?: 'never',
  ): Result<OpenOrderWire> => {
    const changed = changeOrder(desk, session, change, frozen);
    return changed.ok ? ok(wire(session, changed.value)) : changed;
  };

  const pay = async ({ session, person }: Attended, asked: Pay): Promise<Result<PayAnswer>> => {
    const answer = await payOrder(desk, session, person, methods, asked);
    if (answer.ok) core.tellLater(answer.value.payment ?? undefined);
    return answer;
  };

  return {
    'orders.current': (_params, { session }) => {
      const order = orderAtHand(session.store);
      return ok(order === undefined ? null : wire(session, order));
    },

    'orders.addItem': ({ itemId, quantity, price }, by) => {
      const { session, person } = by;
      const item = session.store.catalogue.live.byId(itemId);
      if (item === undefined) return refused({ code: 'item-unknown' });
      const priceHere = price === null ? null : moneyHere(session, price);
      if (priceHere === undefined || (priceHere !== null && priceHere.minor < 0n)) return badAmount();
      if (priceHere !== null && item.priceMinor !== null) {
        return refused({ code: 'bad-request', detail: { field: 'price' } });
      }
      const picked = { item, priceMinor: priceHere?.minor ?? null, quantity: BigInt(quantity) };
      return step(by, (order) => addPicked(session, order, person, picked));
    },

    'orders.addAmount': ({ amount, quantity, name, taxRateId, isTaxIncluded }, by) => {
      const { session, person } = by;
      const read = moneyHere(session, amount);
      if (read === undefined) return badAmount();
      const keyed = { amount: read, quantity: BigInt(quantity), name, taxRateId, isTaxIncluded };
      return step(by, (order) => addAmount(session, order, person, keyed));
    },

    'orders.scan': ({ scan }, by) => {
      const { session, person } = by;
      const picked = pickByBarcode(session.store, scan);
      if (picked === undefined) return pay(by, { method: 'offline-code', amount: null, input: scan });
      if (!picked.ok) return picked;
      const added = step(by, (order) => addPicked(session, order, person, picked.value));
      return added.ok ? ok({ verdict: 'added', order: added.value } as const) : added;
    },

    'orders.changeLine': (params, by) => {
      const { session } = by;
      const { lineId, quantity, note } = params;
      const price = params.price === null ? null : moneyHere(session, params.price);
      if (price === undefined) return badAmount();
      const change = { lineId, quantity: quantity === null ? null : BigInt(quantity), price, note };
      return step(by, (order) => changeLine(session, order, change));
    },

    'orders.overridePrice': ({ lineId, price }, by) => {
      const read = moneyHere(by.session, price);
      return read === undefined ? badAmount() : step(by, (order) => overridePrice(by, order, lineId, read));
    },

    'orders.removeLine': ({ lineId }, by) => step(by, (order) => removeLine(order, lineId)),

    'orders.undo': (_params, { session }) => {
      const undone = undoStep(desk, session);
      if (!undone.ok) return undone;
      const order = orderAtHand(session.store);
      invariant(order !== undefined, 'a step back to no order');
      return ok(wire(session, order));
    },

    'orders.discount': (params, by) => {
      const value = params.discount === null ? null : given(by.session, params.discount);
      if (value === undefined) return badAmount();
      const { lineId } = params;
      return step(by, (order) => giveDiscount(by, order, { lineId, given: value }));
    },

    'orders.note': ({ note }, by) => step(by, (order) => ok({ ...order, note }), 'never'),

    'orders.tip': ({ tip }, by) => {
      const value = tip === null ? null : given(by.session, tip);
      return value === undefined ? badAmount() : step(by, (order) => ok({ ...order, tip: value }), 'never');
    },

    'orders.park': ({ name }, { session, person }) => {
      const parked = parkOrder(desk, session, person, name);
      return parked.ok ? ok({}) : parked;
    },

    'orders.parked': (_params, { session }) => {
      const { store, enrolment } = session;
      const { currency } = enrolment.certificate;
      return ok(
        store.openOrders.parked().map((kept) => {
          const order = withHeldTenders(store, kept.order);
          const totals = orderTotals(order);
          return {
            orderId: order.orderId,
            name: order.name,
            parkedAtMs: kept.changedAtMs,
            lineCount: order.lines.length,
            total: toWire({ minor: totals.totalMinor, currency }),
            due: toWire({ minor: dueOf(totals, order.tenders).restMinor, currency }),
          };
        }),
      );
    },

    'orders.recall': ({ orderId }, { session, person }) => {
      const recalled = recallOrder(desk, session, person, orderId);
      return recalled.ok ? ok(wire(session, recalled.value)) : recalled;
    },

    'orders.discard': ({ orderId, reason }, { session, person }) => {
      const discarded = discardOrder(desk, session, person, orderId, reason);
      return discarded.ok ? ok({ cashBack: toWire(discarded.value) }) : discarded;
    },

    'orders.pay': ({ method, amount, input }, by) => {
      const read = amount === null ? null : moneyHere(by.session, amount);
      return read === undefined ? badAmount() : pay(by, { method, amount: read, input });
    },

    'orders.closed': ({ before, limit }, { session }) => ok(listClosed(session.store, before, limit)),

    'orders.details': (place, { session }) => closedOrderAt(session.store, place),

    'orders.receipt': (place, { session }) => orderReceipt(session, place),
  };
}
