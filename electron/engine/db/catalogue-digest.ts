/**
 * One hash of a whole catalogue: SHA-256 over the canonical CBOR of its rows, tax rates, categories, in-store codes
 * and items, each in the order of the bytes of its id. Two catalogues with one digest are the same.
 */
import { createHash } from 'node:crypto';
import type { InStoreCode } from '../../../shared/catalogue/barcode.ts';
import type { CatalogueItem, Category, TaxRate } from '../../../shared/catalogue/item.ts';
import {
  categoryValue,
  inStoreCodeValue,
  itemValue,
  taxRateValue,
} from '../../../shared/protocol/bodies/catalogue.ts';
import { encodeCbor } from '../../../shared/protocol/cbor.ts';
import type { CatalogueSlot } from './catalogue-slot.ts';
import type { Store } from './store.ts';

const ITEMS_A_STEP = 200;

/** A catalogue as the digest looks at it. */
export interface WholeCatalogue {
  readonly taxRates: readonly TaxRate[];
  readonly categories: readonly Category[];
  readonly inStoreCodes: readonly InStoreCode[];
  /** By id, in pieces. */
  readonly items: Iterable<readonly CatalogueItem[]>;
}

export function compareIds(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function* itemsOf(slot: CatalogueSlot): Generator<readonly CatalogueItem[]> {
  let after = '';
  for (;;) {
    const items = slot.inIdOrder(after, ITEMS_A_STEP);
    const last = items.at(-1);
    if (last === undefined) return;
    yield items;
    after = last.itemId;
  }
}

/** Step by step, so that whoever runs it can let others do something between two steps. */
export function* digestSteps(whole: WholeCatalogue): Generator<undefined, Uint8Array> {
  const hash = createHash('sha256');
  const sorted = <T>(rows: readonly T[], id: (row: T) => string): readonly T[] =>
    rows.toSorted((a, b) => compareIds(id(a), id(b)));
  for (const rate of sorted(whole.taxRates, ({ taxRateId }) => taxRateId)) {
    hash.update(encodeCbor([1, taxRateValue(rate)]));
  }
  for (const category of sorted(whole.categories, ({ categoryId }) => categoryId)) {
    hash.update(encodeCbor([2, categoryValue(category)]));
  }
  for (const code of sorted(whole.inStoreCodes, ({ prefix }) => prefix)) {
    hash.update(encodeCbor([3, inStoreCodeValue(code)]));
  }
  for (const items of whole.items) {
    for (const item of items) hash.update(encodeCbor([0, itemValue(item)]));
    yield;
  }
  return new Uint8Array(hash.digest());
}

export function digestOf(whole: WholeCatalogue): Uint8Array {
  const steps = digestSteps(whole);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The digest of the catalogue that is sold now; takes as long as it has items, so never during a sale. */
export function catalogueDigest({ catalogue }: Store): Uint8Array {
  return digestOf({
    taxRates: catalogue.taxRates(),
    categories: catalogue.categories(),
    inStoreCodes: catalogue.inStoreCodes(),
    items: itemsOf(catalogue.live),
  });
}
