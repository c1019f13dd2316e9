/**
 * One sale after the other: what is keyed in, what is being decided, what was decided. Pure. It knows no rule
 * of payments: the engine decides; here is only which amount goes with a scan and what is shown next.
 */
import type { PaymentRow } from '../../../shared/contract/terminal.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import {
  type AmountEntry,
  emptyAmount,
  eraseLast,
  minorOf,
  typeDigit,
  typePoint,
} from '../../amount-entry.ts';

/** What came of a scan. `refused`: there was no decision at all (no disk, engine gone). */
export type Outcome =
  | { readonly kind: 'approved'; readonly payment: PaymentRow }
  | { readonly kind: 'declined'; readonly payment: PaymentRow; readonly refusal: Refusal }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface Verdict {
  readonly outcome: Outcome;
  /** The amount that the scan was for, in minor units. */
  readonly minor: bigint;
  /** `performance.now()` of the frame, key or paste that brought the code. */
  readonly scannedAtMs: number;
}

export interface Invoice {
  readonly invoiceId: string;
  readonly digits: string;
  readonly expiresAtMs: number;
}

export interface Sale {
  readonly entry: AmountEntry;
  readonly isDeciding: boolean;
  readonly invoice: Invoice | null;
  readonly verdict: Verdict | null;
  /** The sale before each of the last digits, for when they turn out to be a scanner's. */
  readonly past: readonly Sale[];
}

export type SaleEvent =
  | { readonly type: 'digit'; readonly digit: string }
  | { readonly type: 'point' }
  | { readonly type: 'erase' }
  /** The last `digits` digits were a scanner's. */
  | { readonly type: 'taken-back'; readonly digits: number }
  /** One step back: from an invoice to its amount, from anything else to an empty sale. */
  | { readonly type: 'back' }
  /** From a decline to the amount, which is kept. */
  | { readonly type: 'continue' }
  | { readonly type: 'invoice-shown'; readonly invoice: Invoice }
  | { readonly type: 'scanned' }
  | { readonly type: 'decided'; readonly verdict: Verdict };

export const noSale: Sale = {
  entry: emptyAmount,
  isDeciding: false,
  invoice: null,
  verdict: null,
  past: [],
};

/** As many digits as a scanner may have typed before it was known as one. */
const MAX_PAST = 40;

export function nextSale(sale: Sale, event: SaleEvent, minorUnits: number): Sale {
  if (event.type === 'decided') return decided(event.verdict, sale);
  // Nothing changes the amount of a scan that is being decided, or of an invoice that a customer reads.
  if (sale.isDeciding) return sale;
  switch (event.type) {
    case 'digit':
      return typed(sale, (entry) => typeDigit(entry, event.digit, minorUnits));
    case 'point':
      return typed(sale, (entry) => typePoint(entry, minorUnits));
    case 'erase':
      if (sale.invoice !== null) return sale;
      return sale.verdict === null
        ? { ...sale, entry: eraseLast(sale.entry), past: [] }
        : { ...sale, verdict: null, past: [] };
    case 'taken-back':
      return sale.past.at(-event.digits) ?? sale.past[0] ?? sale;
    case 'back':
      return sale.invoice !== null && sale.verdict === null ? { ...sale, invoice: null, past: [] } : noSale;
    case 'continue':
      return { ...sale, verdict: null, invoice: null, past: [] };
    case 'invoice-shown':
      return { ...sale, invoice: event.invoice, verdict: null, past: [] };
    case 'scanned':
      return { ...sale, isDeciding: true, past: [] };
  }
}

/** A digit after a verdict begins the next sale. */
function typed(sale: Sale, change: (entry: AmountEntry) => AmountEntry): Sale {
  if (sale.invoice !== null && sale.verdict === null) return sale;
  const before = sale.verdict === null ? sale.entry : emptyAmount;
  return { ...noSale, entry: change(before), past: [...sale.past, sale].slice(-MAX_PAST) };
}

/** After an approval the amount is done; after anything else it waits for another scan. */
function decided(verdict: Verdict, sale: Sale): Sale {
  const isDone = verdict.outcome.kind === 'approved';
  return { ...noSale, entry: isDone ? emptyAmount : sale.entry, verdict };
}

/** What a scan would be charged now, in minor units. */
export function amountDue(sale: Sale, minorUnits: number): bigint {
  return minorOf(sale.entry, minorUnits);
}
