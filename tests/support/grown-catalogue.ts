/** A shop with very many items, taken in as a shop would: by a file, over the contract. */

import { gs1CheckDigit } from '../../shared/catalogue/barcode.ts';
import { catalogueCsvHeader, catalogueCsvRow } from '../../shared/catalogue/catalogue-csv.ts';
import type { CatalogueItem } from '../../shared/catalogue/item.ts';
import { fromWire } from '../../shared/money.ts';
import type { TestTerminal } from './enrolled-terminal.ts';

const GOODS = [
  'Tea',
  'Coffee',
  'Bread',
  'Café crème',
  'Ingwer',
  'Soap',
  '龙井茶',
  'شاي أخضر',
  'चावल',
  'Jalapeño',
];
const KINDS = ['green', 'black', 'fresh', 'dried', 'organic', 'small', 'large', 'family', 'bio', 'extra'];
const PIECE_CHARACTERS = 200_000;

function itemOf(i: number): CatalogueItem {
  const digits = String(200_000_000_000 + i).replace(/^20/, '40');
  const price = fromWire({ minor: String(99 + ((i * 37) % 5000)), currency: 'EUR' });
  return {
    itemId: `item-${i}`,
    name: `${KINDS[i % 10]} ${GOODS[Math.floor(i / 10) % 10]} ${i}`,
    categoryId: null,
    currency: 'EUR',
    priceMinor: price?.minor ?? null,
    taxRateId: 'standard',
    isTaxIncluded: true,
    barcodes: [`${digits}${gs1CheckDigit(digits)}`],
    isFavourite: false,
  };
}

export async function must<T>(
  answer: Promise<{ ok: true; value: T } | { ok: false; refusal: { code: string } }>,
): Promise<T> {
  const result = await answer;
  if (!result.ok) throw new Error(result.refusal.code);
  return result.value;
}

/** A signed-in terminal takes in so many items; how long that took is the answer, in milliseconds. */
export async function fillCatalogue(till: TestTerminal, items: number): Promise<number> {
  const rate = { taxRateId: 'standard', name: 'Standard', basisPoints: 2100 };
  await must(till.call('catalogue.putTaxRate', { ...rate, approval: null }));
  const begin = performance.now();
  const { importId } = await must(till.call('catalogue.startImport', { mode: 'replace' }));
  let piece = catalogueCsvHeader(',');
  for (let i = 0; i < items; i++) {
    piece += catalogueCsvRow(itemOf(i), '', ',');
    if (piece.length < PIECE_CHARACTERS && i < items - 1) continue;
    await must(till.call('catalogue.addToImport', { importId, text: piece }));
    piece = '';
  }
  await must(till.call('catalogue.checkImport', { importId }));
  await must(till.call('catalogue.finishImport', { importId, approval: null }));
  return performance.now() - begin;
}
