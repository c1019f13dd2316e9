/**
 * Acts of a shop written straight into a terminal's journal, for tests of what a shift adds up to: an order closed
 * with cash, a refund in cash. The entries are those that the rooms write; only how they came about is left out.
 */
import { readdirSync } from 'node:fs';
import { openStore, type Store } from '../../electron/engine/db/store.ts';
import { record } from '../../electron/engine/record.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { orderClosedValue } from '../../shared/protocol/bodies/order.ts';
import { refundValue } from '../../shared/protocol/bodies/refund.ts';
import type { OpenOrder, OrderLine, Tender } from '../../shared/sale/order.ts';
import { coveredBy, orderTotals } from '../../shared/sale/totals.ts';
import { MIGRATIONS } from './enrolled-terminal.ts';

export interface CashOrder {
  readonly orderId: string;
  readonly currency: CurrencyCode;
  readonly totalMinor: bigint;
  readonly givenMinor: bigint;
  readonly basisPoints?: number;
  readonly discountMinor?: bigint;
  readonly listPriceMinor?: bigint;
  readonly tipMinor?: bigint;
  readonly roundingMinor?: bigint;
  readonly shiftId?: number | null;
}

/** One line, one cash tender; the change is what was given beyond the amount. */
export function recordCashOrder(store: Store, order: CashOrder, atMs: number, actor: string): void {
  const { totalMinor, tipMinor = 0n, roundingMinor = 0n, discountMinor = 0n } = order;
  const line: OrderLine = {
    lineId: 1,
    itemId: null,
    name: 'Bread',
    priceMinor: totalMinor + discountMinor,
    overridden:
      order.listPriceMinor === undefined
        ? null
        : { listPriceMinor: order.listPriceMinor, by: 'c1', approvedBy: null },
    quantity: 1000n,
    tax: { taxRateId: 'std', name: 'Standard', basisPoints: order.basisPoints ?? 1900, isIncluded: true },
    discount:
      discountMinor === 0n
        ? null
        : { kind: 'amount', value: discountMinor, atMostBasisPoints: 10_000, by: 'c1', approvedBy: null },
    note: '',
    addedBy: 'c1',
  };
  const open: Pick<OpenOrder, 'lines' | 'discount' | 'tip'> = { lines: [line], discount: null, tip: null };
  const totals = orderTotals(open);
  const tender: Tender = {
    method: 'cash',
    amountMinor: totalMinor + tipMinor + roundingMinor,
    roundingMinor,
    tipMinor,
    givenMinor: order.givenMinor,
    sale: null,
    atMs,
    takenBy: 'c1',
  };
  if (coveredBy(tender) !== totals.totalMinor + tipMinor) throw new Error('an order that does not add up');
  const body = orderClosedValue({
    orderId: order.orderId,
    currency: order.currency,
    shiftId: order.shiftId ?? null,
    closedBy: 'c1',
    name: '',
    note: '',
    lines: totals.lines.map((lineTotals) => ({ ...line, ...lineTotals })),
    discount: null,
    orderDiscountMinor: 0n,
    taxes: totals.taxes,
    totalMinor: totals.totalMinor,
    tipMinor,
    tenders: [tender],
  });
  record(store, { kind: 'order-closed', atMs, actor, body });
}

/** Cash that goes back over the counter for an earlier entry. */
export function recordCashRefund(
  store: Store,
  refund: { currency: CurrencyCode; amountMinor: bigint; original: { epoch: number; seq: number } },
  atMs: number,
  actor: string,
): void {
  const body = refundValue({ note: null, reason: 'broken', approvedBy: null, ...refund });
  record(store, { kind: 'refund', atMs, actor, body });
}

/** Writes to the store of a folder whose engine is closed. */
export async function inStore(folder: string, write: (store: Store) => void): Promise<void> {
  if (!readdirSync(folder).includes('terminal.db')) throw new Error('no terminal in this folder');
  const store = await openStore(folder, MIGRATIONS);
  if (!store.ok) throw new Error(store.refusal.code);
  const written = store.value.write(() => write(store.value));
  store.value.close();
  if (!written.ok) throw new Error(written.refusal.code);
}
