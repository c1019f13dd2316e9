/** The body of `catalogue-changed`: what is written is read back the same, and nothing else is read at all. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CatalogueItem } from '../../shared/catalogue/item.ts';
import {
  type CatalogueChange,
  catalogueChangeValue,
  readCatalogueChange,
} from '../../shared/protocol/bodies/catalogue.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../shared/protocol/cbor.ts';
import { reading } from '../../shared/protocol/shape.ts';

const item: CatalogueItem = {
  itemId: 'tea',
  name: 'Thé vert 绿茶',
  categoryId: 'drinks',
  currency: 'EUR',
  priceMinor: 250n,
  taxRateId: 'standard',
  isTaxIncluded: true,
  barcodes: ['96385074', 'SHELF-1'],
  isFavourite: false,
};
const rate = { taxRateId: 'standard', name: 'Standard', basisPoints: 2100 };

const changes: readonly CatalogueChange[] = [
  { what: 'item', before: null, after: item },
  { what: 'item', before: item, after: { ...item, priceMinor: null, categoryId: null, barcodes: [] } },
  { what: 'item', before: item, after: null },
  { what: 'tax-rate', before: null, after: rate },
  { what: 'tax-rate', before: rate, after: { ...rate, basisPoints: 0 } },
  { what: 'category', before: null, after: { categoryId: 'drinks', name: 'Drinks' } },
  { what: 'in-store-code', before: null, after: { prefix: '21', holds: 'weight' } },
  { what: 'in-store-code', before: { prefix: '02', holds: 'price' }, after: null },
  {
    what: 'import',
    mode: 'merge',
    items: 100_000,
    added: 5,
    changed: 7,
    removed: 0,
    digest: new Uint8Array(32).fill(7),
  },
];

const read = (value: CborValue) => reading(() => readCatalogueChange(value));

describe('catalogue-changed', () => {
  it.each(changes)('$what, written and read → the same', (change) => {
    for (const approvedBy of [null, 'c1']) {
      const bytes = encodeCbor(catalogueChangeValue(change, approvedBy));
      expect(readCatalogueChange(decodeCbor(bytes))).toEqual({ change, approvedBy });
    }
  });

  it.each<[string, CborValue]>([
    ['another kind of change', [5, null, null, null]],
    ['a field too many', [0, null, null, null, null]],
    ['a tax above 100 %', [1, null, ['t', 'T', 10_001], null]],
    ['a category without a name', [2, null, ['c', ''], null]],
    ['a prefix that is not the shop’s', [3, null, ['40', 0], null]],
    ['a digest too short', [4, [0, 1, 1, 0, 0], new Uint8Array(31), null]],
    ['a price below nothing', [0, null, ['i', 'I', null, 978, -1, 't', 1, [], 0], null]],
    ['a currency that is none', [0, null, ['i', 'I', null, 1, 1, 't', 1, [], 0], null]],
    ['a line break in a name', [0, null, ['i', 'I\nJ', null, 978, 1, 't', 1, [], 0], null]],
    ['a barcode with a space', [0, null, ['i', 'I', null, 978, 1, 't', 1, ['a b'], 0], null]],
  ])('%s → malformed', (_what, value) => {
    expect(read(value)).toEqual({ ok: false, refusal: { code: 'malformed' } });
  });

  it('anything in place of one part → malformed or a change, never an exception', () => {
    const part = fc.oneof(
      fc.constant(null),
      fc.integer(),
      fc.string(),
      fc.boolean(),
      fc.uint8Array({ maxLength: 40 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...changes), fc.nat(3), part, (change, at, other) => {
        const value = [...(catalogueChangeValue(change, null) as CborValue[])];
        value[at] = other;
        expect(typeof read(value).ok).toBe('boolean');
      }),
    );
  });
});
