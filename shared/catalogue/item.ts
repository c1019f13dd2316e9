/**
 * What a shop sells: items with their price and tax rate. Reference data: what was sold, at which price and
 * tax, is written on the order itself and never read back from here.
 */
import { utf8 } from '../bytes.ts';
import type { CurrencyCode } from '../iso-4217.ts';

export interface TaxRate {
  /** Short and stable, such as "standard" or "reduced". */
  readonly taxRateId: string;
  readonly name: string;
  /** Hundredths of a percent: 2100 is 21 %. */
  readonly basisPoints: number;
}

export interface Category {
  readonly categoryId: string;
  readonly name: string;
}

export interface CatalogueItem {
  readonly itemId: string;
  readonly name: string;
  readonly categoryId: string | null;
  readonly currency: CurrencyCode;
  /** Minor units for one; null where the cashier keys the price in. */
  readonly priceMinor: bigint | null;
  readonly taxRateId: string;
  /** Whether the price has the tax in it already. */
  readonly isTaxIncluded: boolean;
  readonly barcodes: readonly string[];
  readonly isFavourite: boolean;
}

/** Bounds of every text, in bytes of UTF-8. */
export const MAX_ITEM_ID_BYTES = 64;
export const MAX_ITEM_NAME_BYTES = 200;
export const MAX_CATEGORY_ID_BYTES = 32;
export const MAX_CATEGORY_NAME_BYTES = 80;
export const MAX_TAX_RATE_ID_BYTES = 32;
export const MAX_TAX_RATE_NAME_BYTES = 80;
/** A tax of 100 %. */
export const MAX_BASIS_POINTS = 10_000;
export const MAX_BARCODES = 20;
/** Far above any price, and small enough that a thousand of them are still money (MAX_MINOR). */
export const MAX_PRICE_MINOR = 999_999_999_999n;
export const MAX_ITEMS = 200_000;
export const MAX_CATEGORIES = 2000;
export const MAX_TAX_RATES = 100;

/** What would break a line on a receipt or a row of a table; what is merely strange may pass. */
const BREAKS = /[\p{Cc}\u2028\u2029]/u;

/** Text that a person typed as a name: not empty, no space around it, no line breaks or control characters. */
export function isTidyText(text: string, maxBytes: number): boolean {
  return (
    text.length > 0 &&
    text.length <= maxBytes &&
    text.isWellFormed() &&
    text.trim() === text &&
    !BREAKS.test(text) &&
    utf8(text).length <= maxBytes
  );
}
