/**
 * Pays the order at hand, in one tender or several. A tender is on disk before anybody hears of it; the one that
 * pays the last of it closes the order in the same transaction, so there is no moment with the one and not the other.
 */
import { invariant } from '../../../shared/assert.ts';
import type { PayAnswer } from '../../../shared/contract/terminal.ts';
import type { Money } from '../../../shared/money.ts';
import { type OrderClosedBody, orderClosedValue } from '../../../shared/protocol/bodies/order.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { MAX_TENDERS, type OpenOrder, type Tender } from '../../../shared/sale/order.ts';
import { coveredBy, dueOf, orderTotals } from '../../../shared/sale/totals.ts';
import type { Appended } from '../db/journal.ts';
import type { Person } from '../db/people.ts';
import { record } from '../record.ts';
import type { Session } from '../session.ts';
import type { TenderAsk, TenderMethod, TenderPart } from '../tenders/tender.ts';
import { type Desk, orderAtHand } from './desk.ts';
import { cashRoundingHere, closedOrderWire, linesWithTotals, openOrderWire } from './order-wire.ts';

export interface Pay {
  readonly method: string;
  /** Null for all that is due. */
  readonly amount: Money | null;
  readonly input: string;
}

interface Closed {
  readonly appended: Appended;
  readonly body: OrderClosedBody;
}

/** Writes the order's entry and takes it off the desk. Needs an open transaction. */
function close(session: Session, person: Person, order: OpenOrder, atMs: number): Closed {
  const { store, enrolment } = session;
  const totals = orderTotals(order);
  const body: OrderClosedBody = {
    orderId: order.orderId,
    currency: enrolment.certificate.currency,
    shiftId: store.shifts.current()?.shiftId ?? null,
    closedBy: person.personId,
    name: order.name,
    note: order.note,
    lines: linesWithTotals(order, totals),
    discount: order.discount,
    orderDiscountMinor: totals.orderDiscountMinor,
    taxes: totals.taxes,
    totalMinor: totals.totalMinor,
    tipMinor: totals.tipMinor,
    tenders: order.tenders,
  };
  const act = { kind: 'order-closed', atMs, actor: person.name, body: orderClosedValue(body) } as const;
  const appended = record(store, act);
  store.openOrders.drop(order.orderId);
  return { appended, body };
}

/** Adds what a method took. Needs the method's transaction to be open. */
function keepPart(
  session: Session,
  person: Person,
  order: OpenOrder,
  method: string,
  part: TenderPart,
): Closed | undefined {
  const { store, ports } = session;
  const due = dueOf(orderTotals(order), order.tenders);
  const coveredMinor = coveredBy(part);
  invariant(coveredMinor > 0n && coveredMinor <= due.restMinor, `${method} paid more than was due`);
  const atMs = ports.clock.nowMs();
  // goods first: what goes beyond them is the tip
  const tipMinor = coveredMinor > due.goodsMinor ? coveredMinor - due.goodsMinor : 0n;
  const tender: Tender = { ...part, method, tipMinor, atMs, takenBy: person.personId };
  const paid = { ...order, tenders: [...order.tenders, tender] };
  if (coveredMinor === due.restMinor) return close(session, person, paid, atMs);
  store.openOrders.keep(paid, true, atMs);
  store.openOrders.forgetSteps(order.orderId);
  return undefined;
}

function closedAnswer({ appended, body }: Closed): Extract<PayAnswer, { verdict: 'closed' }> {
  const { position, entry } = appended;
  const order = closedOrderWire({ position, atMs: entry.atMs, cashier: entry.actor }, body);
  return { verdict: 'closed', order, payment: null };
}

export async function payOrder(
  desk: Desk,
  session: Session,
  person: Person,
  methods: readonly TenderMethod[],
  { method: name, amount, input }: Pay,
): Promise<Result<PayAnswer>> {
  const { store, enrolment, ports } = session;
  const { currency } = enrolment.certificate;
  if (desk.isPaying) return refused({ code: 'payment-running' });
  const method = methods.find((one) => one.method === name);
  if (method === undefined) return refused({ code: 'tender-unknown' });
  const order = orderAtHand(store);
  if (order === undefined || order.lines.length === 0) return refused({ code: 'order-empty' });
  if (amount !== null && (amount.minor <= 0n || amount.currency !== currency)) {
    return refused({ code: 'amount-invalid' });
  }
  const { restMinor } = dueOf(orderTotals(order), order.tenders);
  if (restMinor === 0n) {
    // everything was given away, or a refund was taken back: nothing is left to ask a method for
    const free = store.write(() => close(session, person, order, ports.clock.nowMs()));
    return free.ok ? ok(closedAnswer(free.value)) : free;
  }
  const isLast = order.tenders.length + 1 === MAX_TENDERS;
  if (isLast && amount !== null && amount.minor < restMinor) return refused({ code: 'order-full' });
  let closed: Closed | undefined;
  const ask: TenderAsk = {
    session,
    person,
    orderId: order.orderId,
    currency,
    restMinor,
    cashRounding: cashRoundingHere(session),
    amountMinor: amount?.minor ?? null,
    input,
    keep: (part) => {
      closed = keepPart(session, person, order, name, part);
    },
  };
  desk.isPaying = true;
  try {
    const answer = await method.take(ask);
    if (!answer.ok) return answer;
    const { payment } = answer.value;
    if (closed !== undefined) return ok({ ...closedAnswer(closed), payment });
    const now = orderAtHand(store);
    invariant(now !== undefined, 'an order that vanished while it was paid');
    const wire = openOrderWire(session, now, false);
    return answer.value.verdict === 'taken'
      ? ok({ verdict: 'taken', order: wire, payment })
      : ok({ verdict: 'declined', order: wire, payment, refusal: answer.value.refusal });
  } finally {
    desk.isPaying = false;
  }
}
