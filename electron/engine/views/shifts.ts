/**
 * The view of shifts: which one is open, and what its entries add up to. An entry belongs to the shift that is
 * open at its place in the journal, whatever its time says; where none is open it is counted "outside of a shift"
 * and stands with the shift that opens next.
 */
import { invariant } from '../../../shared/assert.ts';
import type { CurrencyCode } from '../../../shared/iso-4217.ts';
import { type OrderClosedBody, readOrderClosed } from '../../../shared/protocol/bodies/order.ts';
import { readRefundBody, readReprint } from '../../../shared/protocol/bodies/refund.ts';
import { readImported } from '../../../shared/protocol/bodies/safe-keeping.ts';
import {
  readCashMoved,
  readDrawerOpened,
  readShiftCounted,
  readShiftOpened,
} from '../../../shared/protocol/bodies/shift.ts';
import { readDecline, readSale } from '../../../shared/protocol/journal-bodies.ts';
import { decodeJournalEntry, type JournalKind } from '../../../shared/protocol/journal-entry.ts';
import { readPaperCopy } from '../../../shared/protocol/paper-copy.ts';
import { readZReport } from '../../../shared/protocol/z-report.ts';
import type { Tender } from '../../../shared/sale/order.ts';
import { fullLine } from '../../../shared/sale/totals.ts';
import { type Heading, taxKey } from '../../../shared/shift/takings.ts';
import { type Appended, positionOf } from '../db/journal.ts';
import type { Bucket } from '../db/shifts.ts';
import type { Store } from '../db/store.ts';
import type { View } from './view.ts';

/** Adds to the sums of where an entry belongs. */
class Sums {
  readonly #store: Store;
  readonly #bucket: Bucket;
  readonly #currency: CurrencyCode;

  constructor(store: Store, currency: CurrencyCode) {
    this.#store = store;
    this.#bucket = store.shifts.bucket();
    this.#currency = currency;
  }

  add(heading: Heading, sumMinor: bigint, key = '', count = 1): void {
    this.#store.shifts.add(this.#bucket, heading, key, this.#currency, { count, sumMinor });
  }

  /** A payment: by its tender, by its person, and for ever. */
  take(method: string, person: string, sumMinor: bigint): void {
    this.add('tender', sumMinor, method);
    this.add('person', sumMinor, person);
    this.#store.shifts.addGrand('sales', this.#currency, { count: 1, sumMinor });
  }
}

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

function applyCounted({ shifts }: Store, { position, entry }: Appended): void {
  const { number, counted } = readShiftCounted(entry.body);
  shifts.insertCount(number, { position, atMs: entry.atMs, actor: entry.actor, ...counted });
}

function applyClosed({ shifts }: Store, { position, entry }: Appended): void {
  invariant(entry.body instanceof Uint8Array, 'a closing without its Z report');
  const { number, digest } = readZReport(entry.body);
  const closing = {
    closedPosition: position,
    closedAtMs: entry.atMs,
    closedBy: entry.actor,
    zDigest: digest,
  };
  shifts.close(number, closing);
}

function applyMoved(store: Store, { position, entry }: Appended): void {
  const { direction, amountMinor, currency, reason, approvedBy } = readCashMoved(entry.body);
  const { atMs, actor } = entry;
  new Sums(store, currency).add(direction === 'in' ? 'pay-in' : 'pay-out', amountMinor);
  const act = { position, atMs, actor, approvedBy, what: direction, amountMinor, currency, reason };
  store.shifts.insertAct(store.shifts.bucket(), act);
}

function applyDrawer(store: Store, { position, entry }: Appended): void {
  const { reason, currency, approvedBy } = readDrawerOpened(entry.body);
  const { atMs, actor } = entry;
  new Sums(store, currency).add('drawer-opened', 0n);
  const act = {
    position,
    atMs,
    actor,
    approvedBy,
    what: 'drawer' as const,
    amountMinor: 0n,
    currency,
    reason,
  };
  store.shifts.insertAct(store.shifts.bucket(), act);
}

function applySale(store: Store, { entry }: Appended): void {
  const { amountMinor, currency, decision, orderId } = readSale(entry.body);
  const sums = new Sums(store, currency);
  sums.take(decision.decided === 'online' ? 'online-code' : 'offline-code', entry.actor, amountMinor);
  if (orderId === null) sums.add('without-order', amountMinor);
}

function applyDecline(store: Store, { entry }: Appended): void {
  const { amountMinor, currency, refusal } = readDecline(entry.body);
  new Sums(store, currency).add('decline', amountMinor, refusal.code);
}

/** A tender with a sale of its own was counted with that; of cash, what was handed over and what went back. */
function addTender(sums: Sums, tender: Tender, person: string): void {
  if (tender.sale !== null) return;
  sums.take(tender.method, person, tender.amountMinor);
  if (tender.givenMinor === null) return;
  sums.add('cash-given', tender.givenMinor);
  const changeMinor = tender.givenMinor - tender.amountMinor;
  if (changeMinor > 0n) sums.add('cash-change', changeMinor);
}

function addLines(sums: Sums, { lines }: OrderClosedBody): void {
  for (const line of lines) {
    if (line.discountMinor > 0n) sums.add('discount', line.discountMinor);
    if (line.overridden === null) continue;
    const listMinor = fullLine({ priceMinor: line.overridden.listPriceMinor, quantity: line.quantity });
    sums.add('override', listMinor - line.fullMinor);
  }
}

function applyOrder(store: Store, { entry }: Appended): void {
  const order = readOrderClosed(entry.body);
  const sums = new Sums(store, order.currency);
  sums.add('order', order.totalMinor);
  for (const { tax, netMinor, taxMinor } of order.taxes) {
    sums.add('tax-net', netMinor, taxKey(tax));
    sums.add('tax', taxMinor, taxKey(tax));
  }
  addLines(sums, order);
  if (order.orderDiscountMinor > 0n) sums.add('discount', order.orderDiscountMinor);
  if (order.tipMinor > 0n) sums.add('tip', order.tipMinor);
  for (const tender of order.tenders) {
    addTender(sums, tender, entry.actor);
    if (tender.roundingMinor !== 0n) sums.add('rounding', tender.roundingMinor);
  }
}

/** Money that goes back: by a credit note, or over the counter. */
function applyBack(store: Store, { entry }: Appended): void {
  const { note, amountMinor, currency } = readRefundBody(entry.body);
  const sums = new Sums(store, currency);
  sums.add(entry.kind === 'payment-voided' ? 'void' : 'refund', amountMinor);
  if (note === null) sums.add('cash-refund', amountMinor);
  store.shifts.addGrand('refunds', currency, { count: 1, sumMinor: amountMinor });
}

/**
 * A sale of a lost or forked part of this journal, brought back: noted apart, for it was taken in a shift that is
 * no more, and a forked one was counted when it was made; one from paper, at the terminal that is dead.
 */
function applyImported(store: Store, { entry }: Appended): void {
  const { source, bytes } = readImported(entry.body);
  if (source === 'paper') {
    const { amountMinor, currency } = readPaperCopy(bytes).charge;
    new Sums(store, currency).add('imported', amountMinor);
    return;
  }
  const imported = decodeJournalEntry(bytes);
  if (!imported.ok || imported.value.kind !== 'sale') return;
  const { amountMinor, currency } = readSale(imported.value.body);
  new Sums(store, currency).add('imported', amountMinor);
}

function applyReprinted({ shifts }: Store, { entry }: Appended): void {
  const { what, original, copy } = readReprint(entry.body);
  if (what === 'z-report') shifts.setCopies(positionOf(original.epoch, original.seq), copy);
}

const APPLY = {
  'shift-opened': applyOpened,
  'shift-counted': applyCounted,
  'shift-closed': applyClosed,
  'cash-moved': applyMoved,
  'drawer-opened': applyDrawer,
  sale: applySale,
  decline: applyDecline,
  'order-closed': applyOrder,
  refund: applyBack,
  'payment-voided': applyBack,
  'payment-imported': applyImported,
  reprinted: applyReprinted,
} as const satisfies Partial<Record<JournalKind, View['apply']>>;

function isKind(kind: JournalKind): kind is keyof typeof APPLY {
  return Object.hasOwn(APPLY, kind);
}

export const shiftsView: View = {
  kinds: Object.keys(APPLY) as (keyof typeof APPLY)[],
  apply: (store, appended) => {
    const { kind } = appended.entry;
    if (isKind(kind)) APPLY[kind](store, appended);
  },
};
