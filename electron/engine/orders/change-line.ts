/** Changes a line of the order at hand: how many, at which price, with which note, at which discount; or not at all. */
import type { Money } from '../../../shared/money.ts';
import { may, ROLE_RULES, type Role } from '../../../shared/people/roles.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { OpenOrder, OrderLine } from '../../../shared/sale/order.ts';
import { fullLine, orderTotals } from '../../../shared/sale/totals.ts';
import type { Attended } from '../room.ts';
import type { Session } from '../session.ts';

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
  /** Of a line whose price was keyed in. */
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

export function changeLine(session: Session, order: OpenOrder, change: LineChange): Result<OpenOrder> {
  const found = findLine(order, change.lineId);
  if (!found.ok) return found;
  const line = found.value;
  const { price } = change;
  if (price !== null) {
    if (listPrice(session, line) !== null)
      return refused({ code: 'bad-request', detail: { field: 'price' } });
    if (price.minor <= 0n) return refused({ code: 'amount-invalid' });
  }
  return ok(
    withLine(order, {
      ...line,
      quantity: change.quantity ?? line.quantity,
      priceMinor: price?.minor ?? line.priceMinor,
      note: change.note ?? line.note,
    }),
  );
}

/** Another price than the catalogue's, noted with who did it; the catalogue's own takes the note away. */
export function overridePrice(
  { session, person, approver }: Attended,
  order: OpenOrder,
  lineId: number,
  price: Money,
): Result<OpenOrder> {
  const found = findLine(order, lineId);
  if (!found.ok) return found;
  if (price.minor < 0n) return refused({ code: 'amount-invalid' });
  const line = found.value;
  const listPriceMinor = listPrice(session, line);
  const isOther = listPriceMinor !== null && listPriceMinor !== price.minor;
  const leave = { by: person.personId, approvedBy: approver?.personId ?? null };
  const overridden = isOther ? { listPriceMinor, ...leave } : null;
  return ok(withLine(order, { ...line, priceMinor: price.minor, overridden }));
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

/** Basis points of the largest discount that a role may give. */
function largestDiscount(role: Role): number {
  return may(role, 'discount') ? ROLE_RULES[role].discountPercent * 100 : 0;
}

/** As far as the role of whoever gives it goes, or of whoever gave leave for it. */
export function giveDiscount(
  { person, approver }: Attended,
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
  const atMostBasisPoints = largestDiscount((approver ?? person).role);
  const most =
    kind === 'percent' ? BigInt(atMostBasisPoints) : (baseMinor * BigInt(atMostBasisPoints)) / BASIS;
  if (value > most) return refused({ code: 'approval-needed', detail: { permission: 'discount' } });
  const approvedBy = approver?.personId ?? null;
  const discount = { kind, value, atMostBasisPoints, by: person.personId, approvedBy };
  return ok(line === null ? { ...order, discount } : withLine(order, { ...line, discount }));
}
