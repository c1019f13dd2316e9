/**
 * Changes one thing of the catalogue: an item, a tax rate, a category, what the shop's own barcodes hold. Each is
 * one transaction with its journal entry, which holds what was there before and what is there now.
 */
import {
  barcodeKey,
  type InStoreCode,
  isBarcode,
  isInStorePrefix,
} from '../../../shared/catalogue/barcode.ts';
import {
  type CatalogueItem,
  type Category,
  isTidyText,
  MAX_BARCODES,
  MAX_BASIS_POINTS,
  MAX_CATEGORIES,
  MAX_CATEGORY_NAME_BYTES,
  MAX_ITEM_ID_BYTES,
  MAX_ITEM_NAME_BYTES,
  MAX_ITEMS,
  MAX_PRICE_MINOR,
  MAX_TAX_RATE_ID_BYTES,
  MAX_TAX_RATE_NAME_BYTES,
  MAX_TAX_RATES,
  type TaxRate,
} from '../../../shared/catalogue/item.ts';
import { type CatalogueChange, catalogueChangeValue } from '../../../shared/protocol/bodies/catalogue.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { record } from '../record.ts';
import type { Attended } from '../room.ts';
import { pinyinFor } from './pinyin.ts';

/** The write, its revision and its entry: all of them or none. */
export function changeCatalogue(by: Attended, change: CatalogueChange, apply: () => void): Result<null> {
  const { store, ports } = by.session;
  const written = store.write(() => {
    apply();
    store.catalogue.countChange();
    record(store, {
      kind: 'catalogue-changed',
      atMs: ports.clock.nowMs(),
      actor: by.person.name,
      body: catalogueChangeValue(change, by.approver?.personId ?? null),
    });
  });
  return written.ok ? ok(null) : written;
}

function badField(field: string): Result<null> {
  return refused({ code: 'bad-request', detail: { field } });
}

/** What is wrong with an item in itself or in this catalogue; undefined when it may be put. */
function wrongWith(by: Attended, item: CatalogueItem): Result<null> | undefined {
  const { catalogue } = by.session.store;
  if (!isTidyText(item.itemId, MAX_ITEM_ID_BYTES)) return badField('item.itemId');
  if (!isTidyText(item.name, MAX_ITEM_NAME_BYTES)) return badField('item.name');
  if (item.currency !== by.session.enrolment.certificate.currency) return badField('item.price');
  if (item.priceMinor !== null && (item.priceMinor < 0n || item.priceMinor > MAX_PRICE_MINOR)) {
    return badField('item.price');
  }
  if (catalogue.taxRate(item.taxRateId) === undefined) return badField('item.taxRateId');
  if (item.categoryId !== null && catalogue.category(item.categoryId) === undefined) {
    return badField('item.categoryId');
  }
  const keys = item.barcodes.map(barcodeKey);
  if (!item.barcodes.every(isBarcode) || new Set(keys).size < keys.length || keys.length > MAX_BARCODES) {
    return badField('item.barcodes');
  }
  const other = keys
    .map((key) => catalogue.live.byKey(key))
    .find((found) => found !== undefined && found.itemId !== item.itemId);
  if (other !== undefined) return refused({ code: 'barcode-taken', detail: { itemId: other.itemId } });
  return undefined;
}

export async function putItem(by: Attended, item: CatalogueItem): Promise<Result<null>> {
  const readings = await pinyinFor([item.name]);
  const { catalogue } = by.session.store;
  const wrong = wrongWith(by, item);
  if (wrong !== undefined) return wrong;
  const before = catalogue.live.byId(item.itemId) ?? null;
  if (before === null && catalogue.live.count() >= MAX_ITEMS) return refused({ code: 'too-large' });
  return changeCatalogue(by, { what: 'item', before, after: item }, () => {
    catalogue.live.remove(item.itemId);
    catalogue.live.insert(item, readings);
  });
}

export function removeItem(by: Attended, itemId: string): Result<null> {
  const { catalogue } = by.session.store;
  const before = catalogue.live.byId(itemId);
  if (before === undefined) return refused({ code: 'not-found' });
  return changeCatalogue(by, { what: 'item', before, after: null }, () => catalogue.live.remove(itemId));
}

export function putTaxRate(by: Attended, rate: TaxRate): Result<null> {
  const { catalogue } = by.session.store;
  if (!isTidyText(rate.taxRateId, MAX_TAX_RATE_ID_BYTES)) return badField('taxRateId');
  if (!isTidyText(rate.name, MAX_TAX_RATE_NAME_BYTES)) return badField('name');
  if (rate.basisPoints < 0 || rate.basisPoints > MAX_BASIS_POINTS) return badField('basisPoints');
  const before = catalogue.taxRate(rate.taxRateId) ?? null;
  if (before === null && catalogue.taxRates().length >= MAX_TAX_RATES) return refused({ code: 'too-large' });
  return changeCatalogue(by, { what: 'tax-rate', before, after: rate }, () => catalogue.putTaxRate(rate));
}

export function putCategory(by: Attended, category: Category): Result<null> {
  const { catalogue } = by.session.store;
  if (!isTidyText(category.name, MAX_CATEGORY_NAME_BYTES)) return badField('name');
  const named = catalogue.categoryByName(category.name);
  if (named !== undefined && named.categoryId !== category.categoryId) return badField('name');
  const before = catalogue.category(category.categoryId) ?? null;
  if (before === null && catalogue.categories().length >= MAX_CATEGORIES)
    return refused({ code: 'too-large' });
  return changeCatalogue(by, { what: 'category', before, after: category }, () =>
    catalogue.putCategory(category),
  );
}

/** @param holds null: codes with this prefix are article numbers like any other */
export function putInStoreCode(
  by: Attended,
  prefix: string,
  holds: InStoreCode['holds'] | null,
): Result<null> {
  const { catalogue } = by.session.store;
  if (!isInStorePrefix(prefix)) return badField('prefix');
  const before = catalogue.inStoreCodes().find((code) => code.prefix === prefix) ?? null;
  const after = holds === null ? null : { prefix, holds };
  if (before === null && after === null) return refused({ code: 'not-found' });
  return changeCatalogue(by, { what: 'in-store-code', before, after }, () => {
    if (after === null) catalogue.removeInStoreCode(prefix);
    else catalogue.putInStoreCode(after);
  });
}
