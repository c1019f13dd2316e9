/** Finds what is sold: by a scanned barcode, or by what somebody typed. */
import { lookupKeys, readInStoreCode } from '../../../shared/catalogue/barcode.ts';
import type { CatalogueItem } from '../../../shared/catalogue/item.ts';
import { textQuery } from '../db/catalogue-words.ts';
import type { Store } from '../db/store.ts';

export interface FoundByBarcode {
  readonly item: CatalogueItem;
  /** Minor units that the code itself says, or null. */
  readonly priceMinor: bigint | null;
  /** Grams that the code itself says, or null. */
  readonly weightG: number | null;
}

/** Exact: a code that is nobody's finds nothing, however near it is to another. */
export function findByBarcode({ catalogue }: Store, code: string): FoundByBarcode | undefined {
  const { live } = catalogue;
  for (const key of lookupKeys(code)) {
    const item = live.byKey(key);
    if (item !== undefined) return { item, priceMinor: null, weightG: null };
  }
  const inStore = readInStoreCode(code, catalogue.inStoreCodes());
  const item = inStore === undefined ? undefined : live.byKey(inStore.key);
  if (inStore === undefined || item === undefined) return undefined;
  return { item, priceMinor: inStore.priceMinor, weightG: inStore.weightG };
}

/** Best first: its barcode, its id, its name begins so, a word begins so, it is somewhere in it. */
export function findByText(store: Store, typed: string, limit: number): readonly CatalogueItem[] {
  const { live } = store.catalogue;
  const text = typed.trim();
  const query = textQuery(text);
  const found = new Map<string, CatalogueItem>();
  const exact = [findByBarcode(store, text)?.item, live.byId(text)];
  for (const item of [...exact, ...(query === undefined ? [] : live.byText(query, limit))]) {
    if (item !== undefined && found.size < limit) found.set(item.itemId, item);
  }
  return [...found.values()];
}
