/** What is sold: finding it, changing it, taking in and giving out whole lists. */
import * as z from 'zod/mini';
import { CATALOGUE_PROBLEMS, ROW_PROBLEMS } from '../../catalogue/catalogue-csv.ts';
import { CSV_PROBLEMS } from '../../catalogue/csv-reader.ts';
import {
  MAX_BARCODES,
  MAX_BASIS_POINTS,
  MAX_CATEGORY_ID_BYTES,
  MAX_CATEGORY_NAME_BYTES,
  MAX_ITEM_ID_BYTES,
  MAX_ITEM_NAME_BYTES,
  MAX_TAX_RATE_ID_BYTES,
  MAX_TAX_RATE_NAME_BYTES,
} from '../../catalogue/item.ts';
import { IMPORT_MODES } from '../../protocol/bodies/catalogue.ts';
import { boundedText } from '../bounded-text.ts';
import { moneyWire } from '../refusal-wire.ts';
import { approval, calls, count, nothing, text } from './call.ts';

/** One piece of a file; a larger file comes in several. */
export const MAX_IMPORT_PIECE_BYTES = 256 * 1024;
const MAX_BARCODE_CHARACTERS = 48;

const itemId = boundedText(1, MAX_ITEM_ID_BYTES);
const categoryId = boundedText(1, MAX_CATEGORY_ID_BYTES);
const taxRateId = boundedText(1, MAX_TAX_RATE_ID_BYTES);
const importId = text(32);
const limit = z.int().check(z.minimum(1), z.maximum(200));

export const catalogueItem = z.strictObject({
  itemId,
  name: boundedText(1, MAX_ITEM_NAME_BYTES),
  categoryId: z.nullable(categoryId),
  /** Null where the cashier keys the price in. */
  price: z.nullable(moneyWire),
  taxRateId,
  isTaxIncluded: z.boolean(),
  barcodes: z.array(text(MAX_BARCODE_CHARACTERS)).check(z.maxLength(MAX_BARCODES)),
  isFavourite: z.boolean(),
});

const taxRate = z.strictObject({
  taxRateId,
  name: boundedText(1, MAX_TAX_RATE_NAME_BYTES),
  basisPoints: z.int().check(z.minimum(0), z.maximum(MAX_BASIS_POINTS)),
});

const category = z.strictObject({ categoryId, name: boundedText(1, MAX_CATEGORY_NAME_BYTES) });

const inStoreCode = z.strictObject({
  prefix: z.string().check(z.regex(/^(02|2[0-9])$/)),
  holds: z.enum(['price', 'weight']),
});

const shelf = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('all') }),
  z.strictObject({ of: z.literal('category'), categoryId: z.nullable(categoryId) }),
  z.strictObject({ of: z.literal('favourites') }),
]);

const tally = z.strictObject({ count, examples: z.array(z.string()) });

/** What finishing would do (nothing was done yet), or what is wrong: then `faults` has 1 to 100 of them. */
const importSummary = z.strictObject({
  rows: count,
  items: count,
  added: tally,
  changed: tally,
  removed: tally,
  newCategories: tally,
  faults: z.array(
    z.strictObject({
      line: count,
      /** From 1; 0 where no single field is wrong. */
      field: count,
      column: z.nullable(z.string()),
      problem: z.enum([...CSV_PROBLEMS, ...ROW_PROBLEMS, ...CATALOGUE_PROBLEMS]),
    }),
  ),
});

export const catalogueCalls = calls({
  /** Best first: its barcode or id, its name begins so, a word begins so, it is somewhere in it. */
  'catalogue.search': {
    needs: 'sell',
    params: z.strictObject({ text: text(200), limit }),
    result: z.array(catalogueItem),
  },
  /** Exact, else `not-found`. `price` and `weightG`: what a code of the shop's own scale says itself. */
  'catalogue.byBarcode': {
    needs: 'sell',
    params: z.strictObject({ code: text(MAX_BARCODE_CHARACTERS) }),
    result: z.strictObject({
      item: catalogueItem,
      price: z.nullable(moneyWire),
      weightG: z.nullable(count),
    }),
  },
  /** By name; the next page begins after the last item of this one. */
  'catalogue.list': {
    needs: 'sell',
    params: z.strictObject({ shelf, after: z.nullable(itemId), limit }),
    result: z.strictObject({ items: z.array(catalogueItem), hasMore: z.boolean() }),
  },
  'catalogue.categories': { needs: 'person', params: nothing, result: z.array(category) },
  'catalogue.taxRates': { needs: 'person', params: nothing, result: z.array(taxRate) },
  'catalogue.inStoreCodes': { needs: 'person', params: nothing, result: z.array(inStoreCode) },
  'catalogue.putItem': {
    needs: 'change-catalogue',
    params: z.strictObject({ item: catalogueItem, approval }),
    result: nothing,
  },
  'catalogue.removeItem': {
    needs: 'change-catalogue',
    params: z.strictObject({ itemId, approval }),
    result: nothing,
  },
  'catalogue.putTaxRate': {
    needs: 'change-catalogue',
    params: z.strictObject({ ...taxRate.shape, approval }),
    result: nothing,
  },
  /** A category without an id is a new one; the answer says its id. */
  'catalogue.putCategory': {
    needs: 'change-catalogue',
    params: z.strictObject({ categoryId: z.nullable(categoryId), name: category.shape.name, approval }),
    result: z.strictObject({ categoryId }),
  },
  /** Codes of the shop's own scales are read only for prefixes that were put here; null takes one back. */
  'catalogue.putInStoreCode': {
    needs: 'change-catalogue',
    params: z.strictObject({
      prefix: inStoreCode.shape.prefix,
      holds: z.nullable(inStoreCode.shape.holds),
      approval,
    }),
    result: nothing,
  },
  /**
   * A whole list as CSV: start, add piece by piece, check (the dry run: what would change), finish. Nothing is
   * taken in before `finish`, and then all of it. One at a time: starting drops one that was open.
   */
  'catalogue.startImport': {
    needs: 'sell',
    params: z.strictObject({ mode: z.enum(IMPORT_MODES) }),
    result: z.strictObject({ importId }),
  },
  'catalogue.addToImport': {
    needs: 'sell',
    params: z.strictObject({ importId, text: boundedText(0, MAX_IMPORT_PIECE_BYTES) }),
    result: nothing,
  },
  'catalogue.checkImport': { needs: 'sell', params: z.strictObject({ importId }), result: importSummary },
  'catalogue.finishImport': {
    needs: 'change-catalogue',
    params: z.strictObject({ importId, approval }),
    result: nothing,
  },
  'catalogue.dropImport': { needs: 'sell', params: z.strictObject({ importId }), result: nothing },
  /** Pages of one file; `revision` of the first goes into the next ones. */
  'catalogue.export': {
    needs: 'export',
    params: z.strictObject({
      delimiter: z.enum([',', ';']),
      after: z.nullable(itemId),
      revision: z.nullable(count),
    }),
    result: z.strictObject({ text: z.string(), revision: count, next: z.nullable(itemId) }),
  },
});

export type CatalogueItemWire = z.infer<typeof catalogueItem>;
