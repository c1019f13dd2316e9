/** Changes a line of the order at hand: how many, at which price, with which note, at which discount; or not at all. */
import type { Money } from '../../../shared/money.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { OpenOrder, OrderLine } from '../../../shared/sale/order.ts';
import { discountOn, fullLine, orderTotals } from '../../../shared/sale/totals.ts';
import type { EngineCore } from '../core.ts';
import type { Person } from '../db/people.ts';
import type { Session } from '../session.ts';
import { largestDiscount, leaveFor } from './leave.ts';

const BASIS = 10_000n;

function findLine(order: OpenOrder, lineId: number): Result<OrderLine> {
  const line = order.lines.find((one) => one.lineId === lineId);
  return line === undefined ? refused({ code: 'not-found' }) : ok(line);
}

function withLine(order: OpenOrder, changed: OrderLine): OpenOrder {
  return { ...order, lines: order.lines.map((line) => (line.lineId === changed.lineId ? changed : line)) };
}

export interface LineChange {
  readonly lineId: number;
  readonly quantity: bigint | null;
  readonly price: Money | null;
  readonly note: string | null;
}

/** The catalogue's price of a line; null where somebody keyed it in and may key it in again. */
function listPrice({ store }: Session, line: OrderLine): bigint | null {
  if (line.overridden !== null) return line.overridden.listPriceMinor;
  if (line.itemId === null) return null;
  const item = store.catalogue.live.byId(line.itemId);
  return item !== undefined && item.priceMinor === null ? null : line.priceMinor;
}

function withPrice(
  core: EngineCore,
  session: Session,
  person: Person,
  params: unknown,
  line: OrderLine,
  price: Money,
): Result<OrderLine> {
  const priceMinor = price.minor;
  if (priceMinor < 0n || price.currency !== session.enrolment.certificate.currency) {
    return refused({ code: 'amount-invalid' });
  }
  const listPriceMinor = listPrice(session, line);
  if (listPriceMinor === null || listPriceMinor === priceMinor)
    return ok({ ...line, priceMinor, overridden: null });
  const leave = leaveFor(core, person, params, 'override-price', () => true);
  if (!leave.ok) return leave;
  const { by, approvedBy } = leave.value;
  return ok({ ...line, priceMinor, overridden: { listPriceMinor, by, approvedBy } });
}

/** @param params of the call, with its `approval` */
export function changeLine(
  core: EngineCore,
  session: Session,
  person: Person,
  params: unknown,
  order: OpenOrder,
  change: LineChange,
): Result<OpenOrder> {
  const found = findLine(order, change.lineId);
  if (!found.ok) return found;
  const line = {
    ...found.value,
    quantity: change.quantity ?? found.value.quantity,
    note: change.note ?? found.value.note,
  };
  if (change.price === null) return ok(withLine(order, line));
  const priced = withPrice(core, session, person, params, line, change.price);
  return priced.ok ? ok(withLine(order, priced.value)) : priced;
}

export function removeLine(order: OpenOrder, lineId: number): Result<OpenOrder> {
  const found = findLine(order, lineId);
  return found.ok ? ok({ ...order, lines: order.lines.filter((line) => line !== found.value) }) : found;
}

export interface GivenDiscount {
  /** Null for the order as a whole. */
  readonly lineId: number | null;
  readonly given: { readonly kind: 'percent' | 'amount'; readonly value: bigint } | null;
}

/** @param params of the call, with its `approval` */
export function giveDiscount(
  core: EngineCore,
  person: Person,
  params: unknown,
  order: OpenOrder,
  { lineId, given }: GivenDiscount,
): Result<OpenOrder> {
  const found = lineId === null ? null : findLine(order, lineId);
  if (found !== null && !found.ok) return found;
  const line = found?.value ?? null;
  if (given === null) {
    return ok(line === null ? { ...order, discount: null } : withLine(order, { ...line, discount: null }));
  }
  const baseMinor = line === null ? orderTotals(order).subtotalMinor : fullLine(line);
  if (baseMinor === 0n) return refused({ code: 'order-empty' });
  const { kind, value } = given;
  if (kind === 'amount' && (value <= 0n || value > baseMinor)) return refused({ code: 'amount-invalid' });
  const isWithin = (basisPoints: number): boolean =>
    kind === 'percent'
      ? value <= BigInt(basisPoints)
      : value * BASIS <= baseMinor * BigInt(basisPoints) &&
        discountOn(baseMinor, { kind, value, atMostBasisPoints: basisPoints }) === value;
  const leave = leaveFor(core, person, params, 'discount', (role) => isWithin(largestDiscount(role)));
  if (!leave.ok) return leave;
  const { by, approvedBy, role } = leave.value;
  const discount = { kind, value, atMostBasisPoints: largestDiscount(role), by, approvedBy };
  return ok(line === null ? { ...order, discount } : withLine(order, { ...line, discount }));
}
