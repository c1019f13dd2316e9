/**
 * An order while it is open: what somebody is about to pay for. Plain data; what it comes to is in totals.ts,
 * how it is kept in shared/protocol/bodies/order.ts.
 */

/** Written limits (docs/sales.md). Texts in bytes of UTF-8, as everything that goes into the journal. */
export const MAX_LINES = 500;
export const MAX_PARKED = 100;
export const MAX_TENDERS = 50;
/** Steps that can be taken back. */
export const MAX_UNDO = 20;
export const MAX_LINE_NAME_BYTES = 200;
export const MAX_NOTE_BYTES = 400;
export const MAX_ORDER_NAME_BYTES = 80;

/** Quantities are thousandths: 1.250 kg is 1250, two pieces are 2000. */
export const ONE = 1000n;
/** 1,000,000 pieces. */
export const MAX_QUANTITY = 1_000_000_000n;

/** A whole, in hundredths of a percent. */
export const WHOLE_BASIS_POINTS = 10_000;

/** Who did it and, where that was needed, who gave leave; ids of people. */
export interface Leave {
  readonly by: string;
  readonly approvedBy: string | null;
}

export interface Discount extends Leave {
  readonly kind: 'percent' | 'amount';
  /** Basis points or minor units, as `kind` says. */
  readonly value: bigint;
  /**
   * What whoever gave it may give. An amount shrinks with what it is taken from, so that nobody takes 5 off 100
   * and then leaves one item of 6 on the order.
   */
  readonly atMostBasisPoints: number;
}

/** On top of the total, of the total with tax; never taxed. */
export interface Tip {
  readonly kind: 'percent' | 'amount';
  /** Basis points or minor units, as `kind` says. */
  readonly value: bigint;
}

/** The tax rate as it was when the line was added: reference data changes, an order does not. */
export interface LineTax {
  /** "" where nothing is taxed. */
  readonly taxRateId: string;
  readonly name: string;
  readonly basisPoints: number;
  /** Whether the price has the tax in it. */
  readonly isIncluded: boolean;
}

export interface OrderLine {
  /** 1…n in its order, never given twice. */
  readonly lineId: number;
  /** Null for an amount that was keyed in. */
  readonly itemId: string | null;
  readonly name: string;
  /** For one. */
  readonly priceMinor: bigint;
  /** The catalogue's price where somebody put another in its place, and who did. */
  readonly overridden: (Leave & { readonly listPriceMinor: bigint }) | null;
  readonly quantity: bigint;
  readonly tax: LineTax;
  readonly discount: Discount | null;
  readonly note: string;
  /** Id of the person. */
  readonly addedBy: string;
}

/** A part of the order that is paid. */
export interface Tender {
  /** The payment method, a folder of electron/engine/tenders. */
  readonly method: string;
  /** What the shop holds by it: of cash, what stays in the drawer. */
  readonly amountMinor: bigint;
  /** Of the amount, what is neither owed nor given: below zero where cash was rounded down. */
  readonly roundingMinor: bigint;
  /** Of the amount, what is tip. */
  readonly tipMinor: bigint;
  /** Cash that was handed over; null for what is no cash. */
  readonly givenMinor: bigint | null;
  /** The journal entry of its sale; null where the method writes none. */
  readonly sale: { readonly epoch: number; readonly seq: number } | null;
  readonly atMs: number;
  /** Id of the person who took it. */
  readonly takenBy: string;
}

export interface OpenOrder {
  /** 8 bytes in lower-case hexadecimal, born on this device before anything is kept. */
  readonly orderId: string;
  /** What it is called while it is parked; "" before. */
  readonly name: string;
  readonly lines: readonly OrderLine[];
  readonly nextLineId: number;
  readonly discount: Discount | null;
  readonly tip: Tip | null;
  readonly note: string;
  readonly tenders: readonly Tender[];
}

export function emptyOrder(orderId: string): OpenOrder {
  return { orderId, name: '', lines: [], nextLineId: 1, discount: null, tip: null, note: '', tenders: [] };
}
