/** Orders: building one, parking it, paying it with one tender or several, and what was sold. */
import * as z from 'zod/mini';
import { MAX_ITEM_ID_BYTES, MAX_ITEM_NAME_BYTES, MAX_TAX_RATE_ID_BYTES } from '../../catalogue/item.ts';
import {
  MAX_LINE_NAME_BYTES,
  MAX_LINES,
  MAX_NOTE_BYTES,
  MAX_ORDER_NAME_BYTES,
  MAX_PARKED,
  MAX_QUANTITY,
  MAX_TENDERS,
  WHOLE_BASIS_POINTS,
} from '../../sale/order.ts';
import { boundedText } from '../bounded-text.ts';
import { moneyWire, refusalWire } from '../refusal-wire.ts';
import { approval, calls, count, digitsText, entryPlace, nothing, scanText, text, timeMs } from './call.ts';
import { paymentRow } from './payments.ts';

const orderId = z.string().check(z.regex(/^[0-9a-f]{16}$/));
const personId = text(32);
const lineId = z.int().check(z.minimum(1));
/** Thousandths: "1250" is 1.250 kg, "2000" are two pieces. */
const quantity = z.string().check(
  z.maxLength(10),
  z.refine<string>((digits) => /^[1-9][0-9]{0,9}$/.test(digits) && BigInt(digits) <= MAX_QUANTITY),
);
const basisPoints = z.int().check(z.minimum(1), z.maximum(WHOLE_BASIS_POINTS));
const note = boundedText(0, MAX_NOTE_BYTES);
const method = text(32);

/** A share in hundredths of a percent, or an amount. */
const shareOrAmount = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('percent'), basisPoints }),
  z.strictObject({ kind: z.literal('amount'), amount: moneyWire }),
]);

const leave = { by: personId, approvedBy: z.nullable(personId) };
const discount = z.strictObject({ ...leave, given: shareOrAmount });

export const tax = z.strictObject({
  /** "" where nothing is taxed. */
  taxRateId: text(MAX_TAX_RATE_ID_BYTES),
  name: text(MAX_LINE_NAME_BYTES),
  basisPoints: count,
  isIncluded: z.boolean(),
});

export const orderLine = z.strictObject({
  lineId,
  itemId: z.nullable(text(MAX_ITEM_ID_BYTES)),
  name: text(MAX_LINE_NAME_BYTES),
  price: moneyWire,
  overridden: z.nullable(z.strictObject({ ...leave, listPrice: moneyWire })),
  quantity,
  tax,
  discount: z.nullable(discount),
  note,
  addedBy: personId,
  /** Price times quantity. */
  full: moneyWire,
  discountAmount: moneyWire,
  /** Its share of the order's discount. */
  orderDiscountAmount: moneyWire,
  /** As priced: with its tax where that is included, else without. */
  amount: moneyWire,
});

export const taxTotals = z.strictObject({ tax, net: moneyWire, taxAmount: moneyWire, gross: moneyWire });

export const tender = z.strictObject({
  method,
  amount: moneyWire,
  /** Of the amount, what coins could not make; below zero where cash was rounded down. */
  rounding: moneyWire,
  /** Of the amount. */
  tip: moneyWire,
  /** Cash handed over, and what went back of it. */
  given: z.nullable(moneyWire),
  change: z.nullable(moneyWire),
  /** The payment's journal entry. */
  sale: z.nullable(entryPlace),
  atMs: timeMs,
  takenBy: personId,
});

const sums = {
  note,
  lines: z.array(orderLine).check(z.maxLength(MAX_LINES)),
  /** After the lines' own discounts. */
  subtotal: moneyWire,
  discount: z.nullable(discount),
  discountAmount: moneyWire,
  taxes: z.array(taxTotals).check(z.maxLength(MAX_LINES)),
  taxAmount: moneyWire,
  /** With tax, without tip. */
  total: moneyWire,
  tipAmount: moneyWire,
  tenders: z.array(tender).check(z.maxLength(MAX_TENDERS)),
};

export const openOrder = z.strictObject({
  orderId,
  /** What it is called while parked. */
  name: text(MAX_ORDER_NAME_BYTES),
  ...sums,
  tip: z.nullable(shareOrAmount),
  /** Still to pay, tip and all; in cash it may be less or more by a few coins. */
  due: moneyWire,
  dueInCash: moneyWire,
  canUndo: z.boolean(),
  /** A tender is being taken: nothing changes until it is known. */
  isPaying: z.boolean(),
});

/** Null where no order is at hand. */
const atHand = z.nullable(openOrder);

const closedRow = z.strictObject({
  ...entryPlace.shape,
  orderId,
  atMs: timeMs,
  shiftId: z.nullable(count),
  cashier: text(64),
  name: text(MAX_ORDER_NAME_BYTES),
  lineCount: count,
  total: moneyWire,
  tipAmount: moneyWire,
});

const closedOrder = z.strictObject({
  ...entryPlace.shape,
  orderId,
  atMs: timeMs,
  shiftId: z.nullable(count),
  cashier: text(64),
  name: text(MAX_ORDER_NAME_BYTES),
  ...sums,
});

/**
 * `closed`: all is paid, and it is on disk. `taken`: a part is. `declined`: nothing was taken. The payment where
 * the method has one.
 */
export const payAnswer = z.discriminatedUnion('verdict', [
  z.strictObject({ verdict: z.literal('closed'), order: closedOrder, payment: z.nullable(paymentRow) }),
  z.strictObject({ verdict: z.literal('taken'), order: openOrder, payment: z.nullable(paymentRow) }),
  z.strictObject({
    verdict: z.literal('declined'),
    order: openOrder,
    payment: z.nullable(paymentRow),
    refusal: refusalWire,
  }),
]);

export const orderCalls = calls({
  'orders.current': { needs: 'person', params: nothing, result: atHand },
  'orders.addItem': {
    needs: 'sell',
    params: z.strictObject({
      itemId: text(MAX_ITEM_ID_BYTES),
      quantity,
      /** Only of an item that has none of its own. */
      price: z.nullable(moneyWire),
    }),
    result: openOrder,
  },
  'orders.addAmount': {
    needs: 'sell',
    params: z.strictObject({
      amount: moneyWire,
      quantity,
      name: boundedText(0, MAX_ITEM_NAME_BYTES),
      /** "" for what is not taxed. */
      taxRateId: text(MAX_TAX_RATE_ID_BYTES),
      isTaxIncluded: z.boolean(),
    }),
    result: openOrder,
  },
  /** A barcode adds its item; a payment code pays what is due. */
  'orders.scan': {
    needs: 'sell',
    params: z.strictObject({ scan: scanText }),
    result: z.union([z.strictObject({ verdict: z.literal('added'), order: openOrder }), payAnswer]),
  },
  'orders.changeLine': {
    needs: 'sell',
    params: z.strictObject({
      lineId,
      /** Null leaves each as it is. A price only where it was keyed in, as of an amount. */
      quantity: z.nullable(quantity),
      price: z.nullable(moneyWire),
      note: z.nullable(note),
    }),
    result: openOrder,
  },
  /** Another price than the catalogue's. */
  'orders.overridePrice': {
    needs: 'override-price',
    params: z.strictObject({ lineId, price: moneyWire, approval }),
    result: openOrder,
  },
  'orders.removeLine': { needs: 'sell', params: z.strictObject({ lineId }), result: openOrder },
  'orders.undo': { needs: 'sell', params: nothing, result: openOrder },
  'orders.discount': {
    needs: 'discount',
    params: z.strictObject({
      /** Null for the order as a whole. */
      lineId: z.nullable(lineId),
      /** Null takes it away. Above the role's own percent it needs leave of somebody who may give as much. */
      discount: z.nullable(shareOrAmount),
      approval,
    }),
    result: openOrder,
  },
  'orders.note': { needs: 'sell', params: z.strictObject({ note }), result: openOrder },
  'orders.tip': {
    needs: 'sell',
    params: z.strictObject({ tip: z.nullable(shareOrAmount) }),
    result: openOrder,
  },
  'orders.park': {
    needs: 'sell',
    params: z.strictObject({ name: boundedText(0, MAX_ORDER_NAME_BYTES) }),
    result: nothing,
  },
  'orders.parked': {
    needs: 'person',
    params: nothing,
    result: z
      .array(
        z.strictObject({
          orderId,
          name: text(MAX_ORDER_NAME_BYTES),
          parkedAtMs: timeMs,
          lineCount: count,
          total: moneyWire,
          due: moneyWire,
        }),
      )
      .check(z.maxLength(MAX_PARKED)),
  },
  'orders.recall': { needs: 'sell', params: z.strictObject({ orderId }), result: openOrder },
  'orders.discard': {
    needs: 'sell',
    params: z.strictObject({
      /** Null for the one at hand. */
      orderId: z.nullable(orderId),
      reason: note,
    }),
    /** Cash that was taken for it and goes back now. */
    result: z.strictObject({ cashBack: moneyWire }),
  },
  'orders.pay': {
    needs: 'sell',
    params: z.strictObject({
      method,
      /** Null for all that is due. */
      amount: z.nullable(moneyWire),
      /** As the method wants it: of cash the minor units handed over ("" for just enough), of a code the scan. */
      input: scanText,
    }),
    result: payAnswer,
  },
  'orders.closed': {
    needs: 'see-history',
    params: z.strictObject({
      /** Orders before this entry; null for the newest. */
      before: z.nullable(entryPlace),
      limit: z.int().check(z.minimum(1), z.maximum(200)),
    }),
    result: z.strictObject({ rows: z.array(closedRow), hasMore: z.boolean() }),
  },
  'orders.details': { needs: 'see-history', params: entryPlace, result: closedOrder },
  /** What a printer needs: the order, the shop, and each payment's signed receipt as digits of a QR. */
  'orders.receipt': {
    needs: 'see-history',
    params: entryPlace,
    result: z.strictObject({
      shop: text(32),
      terminalId: text(16),
      world: z.enum(['live', 'test']),
      order: closedOrder,
      payments: z
        .array(z.strictObject({ sale: entryPlace, digits: digitsText }))
        .check(z.maxLength(MAX_TENDERS)),
    }),
  },
});

export type OpenOrderWire = z.infer<typeof openOrder>;
export type ClosedOrderWire = z.infer<typeof closedOrder>;
export type PayAnswer = z.infer<typeof payAnswer>;
