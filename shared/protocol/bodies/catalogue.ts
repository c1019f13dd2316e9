/**
 * The body of `catalogue-changed`: one item, tax rate, category or kind of in-store code as it was and as it is,
 * or a whole list by its counts and digest. The same rows make the digest.
 */

import { type InStoreCode, isBarcode, isInStorePrefix } from '../../catalogue/barcode.ts';
import {
  type CatalogueItem,
  type Category,
  isTidyText,
  MAX_BARCODES,
  MAX_BASIS_POINTS,
  MAX_CATEGORY_ID_BYTES,
  MAX_CATEGORY_NAME_BYTES,
  MAX_ITEM_ID_BYTES,
  MAX_ITEM_NAME_BYTES,
  MAX_ITEMS,
  MAX_PRICE_MINOR,
  MAX_TAX_RATE_ID_BYTES,
  MAX_TAX_RATE_NAME_BYTES,
  type TaxRate,
} from '../../catalogue/item.ts';
import { currencyByNumeric, currencyOf } from '../../iso-4217.ts';
import type { CborValue } from '../cbor.ts';
import { Malformed } from '../malformed.ts';
import { readArray, readBytes, readNullable, readOneOf, readText, readTuple, readUint } from '../shape.ts';

export const IMPORT_MODES = ['replace', 'merge'] as const;
export type ImportMode = (typeof IMPORT_MODES)[number];

export type CatalogueChange =
  | { readonly what: 'item'; readonly before: CatalogueItem | null; readonly after: CatalogueItem | null }
  | { readonly what: 'tax-rate'; readonly before: TaxRate | null; readonly after: TaxRate }
  | { readonly what: 'category'; readonly before: Category | null; readonly after: Category }
  | {
      readonly what: 'in-store-code';
      readonly before: InStoreCode | null;
      readonly after: InStoreCode | null;
    }
  | {
      readonly what: 'import';
      readonly mode: ImportMode;
      /** Items of the catalogue after it, and how it came to them. */
      readonly items: number;
      readonly added: number;
      readonly changed: number;
      readonly removed: number;
      /** Of the catalogue after it, see db/catalogue-digest.ts. */
      readonly digest: Uint8Array;
    };

/** For ever: positions are in journals and digests. */
const WHAT = ['item', 'tax-rate', 'category', 'in-store-code', 'import'] as const;
const HOLDS = ['price', 'weight'] as const;
const MAX_PERSON_ID_BYTES = 32;

export function itemValue(item: CatalogueItem): CborValue {
  return [
    item.itemId,
    item.name,
    item.categoryId,
    currencyOf(item.currency).numeric,
    item.priceMinor === null ? null : Number(item.priceMinor),
    item.taxRateId,
    item.isTaxIncluded ? 1 : 0,
    item.barcodes,
    item.isFavourite ? 1 : 0,
  ];
}

export function taxRateValue({ taxRateId, name, basisPoints }: TaxRate): CborValue {
  return [taxRateId, name, basisPoints];
}

export function categoryValue({ categoryId, name }: Category): CborValue {
  return [categoryId, name];
}

export function inStoreCodeValue({ prefix, holds }: InStoreCode): CborValue {
  return [prefix, HOLDS.indexOf(holds)];
}

/** @param approvedBy person id of who gave leave, where the actor alone may not */
export function catalogueChangeValue(change: CatalogueChange, approvedBy: string | null): CborValue {
  const what = WHAT.indexOf(change.what);
  const each = <T>(value: T | null, write: (value: T) => CborValue): CborValue =>
    value === null ? null : write(value);
  switch (change.what) {
    case 'item':
      return [what, each(change.before, itemValue), each(change.after, itemValue), approvedBy];
    case 'tax-rate':
      return [what, each(change.before, taxRateValue), taxRateValue(change.after), approvedBy];
    case 'category':
      return [what, each(change.before, categoryValue), categoryValue(change.after), approvedBy];
    case 'in-store-code':
      return [what, each(change.before, inStoreCodeValue), each(change.after, inStoreCodeValue), approvedBy];
    case 'import': {
      const { mode, items, added, changed, removed, digest } = change;
      return [what, [IMPORT_MODES.indexOf(mode), items, added, changed, removed], digest, approvedBy];
    }
  }
}

function readTidy(value: CborValue | undefined, maxBytes: number): string {
  const text = readText(value, maxBytes);
  if (!isTidyText(text, maxBytes)) throw new Malformed('a tidy text');
  return text;
}

function readItem(value: CborValue): CatalogueItem {
  const [itemId, name, categoryId, currency, price, taxRateId, included, barcodes, favourite] = readTuple(
    value,
    9,
  );
  const known = currencyByNumeric(readUint(currency, 999));
  if (known === undefined) throw new Malformed('a currency');
  return {
    itemId: readTidy(itemId, MAX_ITEM_ID_BYTES),
    name: readTidy(name, MAX_ITEM_NAME_BYTES),
    categoryId: readNullable(categoryId, (id) => readTidy(id, MAX_CATEGORY_ID_BYTES)),
    currency: known.code,
    priceMinor: readNullable(price, (minor) => BigInt(readUint(minor, Number(MAX_PRICE_MINOR)))),
    taxRateId: readTidy(taxRateId, MAX_TAX_RATE_ID_BYTES),
    isTaxIncluded: readOneOf(included, [0, 1]) === 1,
    barcodes: readArray(barcodes, MAX_BARCODES).map((code) => {
      if (typeof code !== 'string' || !isBarcode(code)) throw new Malformed('a barcode');
      return code;
    }),
    isFavourite: readOneOf(favourite, [0, 1]) === 1,
  };
}

function readTaxRate(value: CborValue | undefined): TaxRate {
  const [taxRateId, name, basisPoints] = readTuple(value, 3);
  return {
    taxRateId: readTidy(taxRateId, MAX_TAX_RATE_ID_BYTES),
    name: readTidy(name, MAX_TAX_RATE_NAME_BYTES),
    basisPoints: readUint(basisPoints, MAX_BASIS_POINTS),
  };
}

function readCategory(value: CborValue | undefined): Category {
  const [categoryId, name] = readTuple(value, 2);
  return {
    categoryId: readTidy(categoryId, MAX_CATEGORY_ID_BYTES),
    name: readTidy(name, MAX_CATEGORY_NAME_BYTES),
  };
}

function readInStore(value: CborValue): InStoreCode {
  const [prefix, holds] = readTuple(value, 2);
  const text = readText(prefix, 2);
  if (!isInStorePrefix(text)) throw new Malformed('an in-store prefix');
  return { prefix: text, holds: HOLDS[readOneOf(holds, [0, 1])] ?? 'price' };
}

function readImport(counts: CborValue | undefined, digest: CborValue | undefined): CatalogueChange {
  const [mode, items, added, changed, removed] = readTuple(counts, 5);
  return {
    what: 'import',
    mode: IMPORT_MODES[readOneOf(mode, [0, 1])] ?? 'replace',
    items: readUint(items, MAX_ITEMS),
    added: readUint(added, MAX_ITEMS),
    changed: readUint(changed, MAX_ITEMS),
    removed: readUint(removed, MAX_ITEMS),
    digest: readBytes(digest, 32),
  };
}

/** @throws Malformed */
export function readCatalogueChange(value: CborValue): {
  readonly change: CatalogueChange;
  readonly approvedBy: string | null;
} {
  const [what, before, after, approver] = readTuple(value, 4);
  const approvedBy = readNullable(approver, (id) => readText(id, MAX_PERSON_ID_BYTES));
  const kind = WHAT[readOneOf(what, [0, 1, 2, 3, 4])];
  const nullable = <T>(row: CborValue | undefined, read: (row: CborValue) => T): T | null =>
    readNullable(row, read);
  switch (kind) {
    case 'tax-rate':
      return {
        change: { what: kind, before: nullable(before, readTaxRate), after: readTaxRate(after) },
        approvedBy,
      };
    case 'category':
      return {
        change: { what: kind, before: nullable(before, readCategory), after: readCategory(after) },
        approvedBy,
      };
    case 'in-store-code':
      return {
        change: { what: kind, before: nullable(before, readInStore), after: nullable(after, readInStore) },
        approvedBy,
      };
    case 'import':
      return { change: readImport(before, after), approvedBy };
    default:
      return {
        change: { what: 'item', before: nullable(before, readItem), after: nullable(after, readItem) },
        approvedBy,
      };
  }
}
