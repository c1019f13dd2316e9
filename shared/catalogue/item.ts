/**
 * What a shop sells: items with their price and tax rate. Reference data: what was sold, at which price and
 * tax, is written on the order itself and never read back from here.
 */
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
