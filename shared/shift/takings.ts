/**
 * What a till takes, added up: the headings of the running sums that a shift keeps, and the report that they make.
 * Pure. The sums come from journal entries alone (electron/engine/views/shifts.ts); a report never adds anything
 * that is not in them.
 */
import type { CurrencyCode } from '../iso-4217.ts';

/** For ever: names are in databases. What each sum counts. */
export type Heading =
  /** Payments taken, one row for each way to pay; the sum is what the shop holds by it, tips included. */
  | 'tender'
  /** Of them, payments that no order names: nothing says what they were for, so no tax rate either. */
  | 'without-order'
  /** Orders that were closed, with tax, without tips. */
  | 'order'
  | 'tax-net'
  | 'tax'
  | 'refund'
  | 'void'
  | 'discount'
  /** Prices put in place of the catalogue's; the sum is what was given away, below zero where more was asked. */
  | 'override'
  | 'tip'
  /** What cash was rounded by: below zero where the customer gained. */
  | 'rounding'
  /** Payments of a lost journal, brought back from paper: taken once, in a shift that is no more. */
  | 'imported'
  | 'decline'
  /** Payments taken, one row for each person. */
  | 'person'
  | 'cash-given'
  | 'cash-change'
  | 'cash-refund'
  | 'pay-in'
  | 'pay-out'
  | 'drawer-opened';

export interface Tally {
  readonly count: number;
  readonly sumMinor: bigint;
}

export interface KeyedTally extends Tally {
  readonly key: string;
}

export interface TallyRow extends KeyedTally {
  readonly heading: Heading;
  /** While no shift was open; it stands with the shift that opened next. */
  readonly isOutside: boolean;
  readonly currency: CurrencyCode;
}

interface TaxRate {
  /** "" where nothing is taxed. */
  readonly taxRateId: string;
  readonly name: string;
  readonly basisPoints: number;
  readonly isIncluded: boolean;
}

export interface TaxTally extends TaxRate {
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
}

/** What was taken in one currency. Sales are the sum of the tenders. */
export interface Takings {
  readonly currency: CurrencyCode;
  readonly tenders: readonly KeyedTally[];
  readonly people: readonly KeyedTally[];
  readonly declines: readonly KeyedTally[];
  readonly taxes: readonly TaxTally[];
  readonly orders: Tally;
  readonly withoutOrder: Tally;
  readonly refunds: Tally;
  readonly voids: Tally;
  readonly discounts: Tally;
  readonly overrides: Tally;
  readonly tips: Tally;
  readonly rounding: Tally;
  readonly imported: Tally;
}

/** The cash that goes in and out of a drawer while a shift is open. */
export interface Drawer {
  readonly floatMinor: bigint;
  /** Cash handed over for orders, before change. */
  readonly given: Tally;
  readonly change: Tally;
  readonly refunds: Tally;
  readonly paidIn: Tally;
  readonly paidOut: Tally;
  /** Opened without a sale. */
  readonly openings: number;
}

/** Since the first shift of this till; never reset. */
export interface GrandTotal {
  readonly currency: CurrencyCode;
  readonly sales: Tally;
  /** Refunds and voids. */
  readonly refunds: Tally;
}

/** Written limits of a report's lists. */
export const MAX_TENDER_ROWS = 64;
export const MAX_PEOPLE_ROWS = 500;
export const MAX_DECLINE_ROWS = 200;
export const MAX_TAX_ROWS = 500;
export const MAX_CURRENCIES = 32;

/** The last row of a list that has too many: the sum of those that are not named. */
export const OTHERS_KEY = '…';

const NONE: Tally = { count: 0, sumMinor: 0n };

export function sumOf(tallies: readonly Tally[]): Tally {
  return tallies.reduce<Tally>(
    (all, { count, sumMinor }) => ({ count: all.count + count, sumMinor: all.sumMinor + sumMinor }),
    NONE,
  );
}

export function salesOf(takings: Takings): Tally {
  return sumOf(takings.tenders);
}

/** Cash that should lie in the drawer. Below zero where more was paid out than anybody says came in. */
export function cashDue(drawer: Drawer): bigint {
  const { floatMinor, given, change, refunds, paidIn, paidOut } = drawer;
  return (
    floatMinor + given.sumMinor - change.sumMinor - refunds.sumMinor + paidIn.sumMinor - paidOut.sumMinor
  );
}

/** A tax rate as the key of a row: what it was when the order was closed. */
export function taxKey(rate: TaxRate): string {
  return JSON.stringify([rate.taxRateId, rate.name, rate.basisPoints, rate.isIncluded]);
}

function taxRateOf(key: string): TaxRate {
  if (key === OTHERS_KEY) return { taxRateId: '', name: OTHERS_KEY, basisPoints: 0, isIncluded: false };
  const [taxRateId, name, basisPoints, isIncluded] = JSON.parse(key) as [string, string, number, boolean];
  return { taxRateId, name, basisPoints, isIncluded };
}

/** At most so many rows, the sum unchanged. */
function bounded(rows: readonly KeyedTally[], max: number): readonly KeyedTally[] {
  if (rows.length <= max) return rows;
  return [...rows.slice(0, max - 1), { key: OTHERS_KEY, ...sumOf(rows.slice(max - 1)) }];
}

function takingsOf(currency: CurrencyCode, rows: readonly TallyRow[]): Takings {
  const keyed = (heading: Heading, max: number): readonly KeyedTally[] => {
    const found = rows
      .filter((row) => row.heading === heading)
      .map(({ key, count, sumMinor }) => ({ key, count, sumMinor }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    return bounded(found, max);
  };
  const one = (heading: Heading): Tally => sumOf(rows.filter((row) => row.heading === heading));
  const net = new Map(keyed('tax-net', MAX_TAX_ROWS).map(({ key, sumMinor }) => [key, sumMinor]));
  return {
    currency,
    tenders: keyed('tender', MAX_TENDER_ROWS),
    people: keyed('person', MAX_PEOPLE_ROWS),
    declines: keyed('decline', MAX_DECLINE_ROWS),
    taxes: keyed('tax', MAX_TAX_ROWS).map(({ key, sumMinor }) => ({
      ...taxRateOf(key),
      netMinor: net.get(key) ?? 0n,
      taxMinor: sumMinor,
    })),
    orders: one('order'),
    withoutOrder: one('without-order'),
    refunds: one('refund'),
    voids: one('void'),
    discounts: one('discount'),
    overrides: one('override'),
    tips: one('tip'),
    rounding: one('rounding'),
    imported: one('imported'),
  };
}

/** Takings of each currency that rows speak of, and of `always` in any case. */
export function takingsByCurrency(
  rows: readonly TallyRow[],
  always: CurrencyCode | null,
): readonly Takings[] {
  const currencies = new Set(rows.map(({ currency }) => currency));
  if (always !== null) currencies.add(always);
  const own = (currency: CurrencyCode) => rows.filter((row) => row.currency === currency);
  return [...currencies].sort().map((currency) => takingsOf(currency, own(currency)));
}

/** The drawer's sums of a shift: what happened while it was open, in its own currency. */
export function drawerOf(floatMinor: bigint, currency: CurrencyCode, rows: readonly TallyRow[]): Drawer {
  const own = rows.filter((row) => !row.isOutside && row.currency === currency);
  const one = (heading: Heading): Tally => sumOf(own.filter((row) => row.heading === heading));
  return {
    floatMinor,
    given: one('cash-given'),
    change: one('cash-change'),
    refunds: one('cash-refund'),
    paidIn: one('pay-in'),
    paidOut: one('pay-out'),
    openings: one('drawer-opened').count,
  };
}
