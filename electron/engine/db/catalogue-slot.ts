/**
 * One of the two lists of items: the one that is read, or the one that is being prepared. Reads by id, name,
 * category, barcode and words; never decides which of the two it is.
 */
import { invariant } from '../../../shared/assert.ts';
import { barcodeKey } from '../../../shared/catalogue/barcode.ts';
import type { CatalogueItem } from '../../../shared/catalogue/item.ts';
import { currencyByNumeric, currencyOf } from '../../../shared/iso-4217.ts';
import { foldedName, type TextQuery, tokensOf } from './catalogue-words.ts';
import type { Connection } from './connection.ts';

/** Readings of Chinese names, syllables of each run; see catalogue/pinyin.ts. */
export type Readings = (text: string) => readonly (readonly string[])[];

interface ItemRow {
  item_number: bigint;
  item_id: string;
  name: string;
  category_id: string | null;
  currency: bigint;
  price_minor: bigint | null;
  tax_rate_id: string;
  is_tax_included: bigint;
  barcodes: string;
  is_favourite: bigint;
  import_line: bigint;
}

/** Of which items a page is made. */
export type Shelf =
  | { readonly of: 'all' }
  | { readonly of: 'category'; readonly categoryId: string | null }
  | { readonly of: 'favourites' };

/** Above every character: the end of a range of names with one beginning. */
const HIGHEST = '\u{10ffff}';

function toItem(row: ItemRow): CatalogueItem {
  const currency = currencyByNumeric(Number(row.currency));
  invariant(currency !== undefined, 'an item in no currency');
  return {
    itemId: row.item_id,
    name: row.name,
    categoryId: row.category_id,
    currency: currency.code,
    priceMinor: row.price_minor,
    taxRateId: row.tax_rate_id,
    isTaxIncluded: row.is_tax_included === 1n,
    barcodes: row.barcodes === '' ? [] : row.barcodes.split(' '),
    isFavourite: row.is_favourite === 1n,
  };
}

export class CatalogueSlot {
  readonly #connection: Connection;
  readonly #slot: 0 | 1;
  readonly #insert;
  readonly #insertText;
  readonly #insertBarcode;
  readonly #remove;
  readonly #removeText;
  readonly #removeBarcode;
  readonly #byId;
  readonly #byBarcode;
  readonly #hasKey;
  readonly #hasId;
  readonly #inIdOrder;
  readonly #byNameStart;
  readonly #byText;
  readonly #pages;

  constructor(connection: Connection, slot: 0 | 1) {
    this.#connection = connection;
    this.#slot = slot;
    this.#insert = connection.prepare<unknown[]>(
      `INSERT INTO item_${slot} (item_id, name, folded_name, category_id, currency, price_minor, tax_rate_id,
         is_tax_included, barcodes, is_favourite, import_line)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertText = connection.prepare<[bigint, string]>(
      `INSERT INTO item_text_${slot} (rowid, words) VALUES (?, ?)`,
    );
    this.#insertBarcode = connection.prepare<[string, bigint]>(
      `INSERT INTO barcode_${slot} (code_key, item_number) VALUES (?, ?)`,
    );
    this.#remove = connection.prepare<[bigint]>(`DELETE FROM item_${slot} WHERE item_number = ?`);
    this.#removeText = connection.prepare<[bigint]>(`DELETE FROM item_text_${slot} WHERE rowid = ?`);
    this.#removeBarcode = connection.prepare<[string]>(`DELETE FROM barcode_${slot} WHERE code_key = ?`);
    this.#byId = connection.prepare<[string], ItemRow>(`SELECT * FROM item_${slot} WHERE item_id = ?`);
    this.#byBarcode = connection.prepare<[string], ItemRow>(
      `SELECT item_${slot}.* FROM barcode_${slot} JOIN item_${slot} USING (item_number) WHERE code_key = ?`,
    );
    this.#hasKey = connection.prepare<[string]>(`SELECT 1 FROM barcode_${slot} WHERE code_key = ?`).pluck();
    this.#hasId = connection.prepare<[string]>(`SELECT 1 FROM item_${slot} WHERE item_id = ?`).pluck();
    this.#inIdOrder = connection.prepare<[string, bigint], ItemRow>(
      `SELECT * FROM item_${slot} WHERE item_id > ? ORDER BY item_id LIMIT ?`,
    );
    this.#byNameStart = connection.prepare<[string, string, bigint], ItemRow>(
      `SELECT * FROM item_${slot} WHERE folded_name >= ? AND folded_name < ? ORDER BY folded_name, item_id LIMIT ?`,
    );
    this.#byText = connection.prepare<[string, bigint], ItemRow>(
      `SELECT item_${slot}.* FROM item_text_${slot} JOIN item_${slot} ON item_number = item_text_${slot}.rowid
       WHERE item_text_${slot} MATCH ? LIMIT ?`,
    );
    const page = (where: string) =>
      connection.prepare<[{ category?: string | null; name: string; id: string; limit: bigint }], ItemRow>(
        `SELECT * FROM item_${slot} WHERE ${where} (folded_name, item_id) > (:name, :id)
         ORDER BY folded_name, item_id LIMIT :limit`,
      );
    this.#pages = {
      all: page(''),
      category: page('category_id = :category AND'),
      none: page('category_id IS NULL AND'),
      favourites: page('is_favourite = 1 AND'),
    };
  }

  byId(itemId: string): CatalogueItem | undefined {
    const row = this.#byId.get(itemId);
    return row === undefined ? undefined : toItem(row);
  }

  /** Line of the file that an item came from; 0 for one that came otherwise. */
  lineOf(itemId: string): number {
    return Number(this.#byId.get(itemId)?.import_line ?? 0n);
  }

  byKey(key: string): CatalogueItem | undefined {
    const row = this.#byBarcode.get(key);
    return row === undefined ? undefined : toItem(row);
  }

  hasKey(key: string): boolean {
    return this.#hasKey.get(key) !== undefined;
  }

  hasId(itemId: string): boolean {
    return this.#hasId.get(itemId) !== undefined;
  }

  /** Adds an item that is not there; its barcodes must be free. Needs an open transaction. */
  insert(item: CatalogueItem, readings: Readings, line = 0): void {
    const { lastInsertRowid } = this.#insert.run(
      item.itemId,
      item.name,
      foldedName(item.name),
      item.categoryId,
      BigInt(currencyOf(item.currency).numeric),
      item.priceMinor,
      item.taxRateId,
      item.isTaxIncluded ? 1n : 0n,
      item.barcodes.join(' '),
      item.isFavourite ? 1n : 0n,
      BigInt(line),
    );
    const number = BigInt(lastInsertRowid);
    for (const code of item.barcodes) this.#insertBarcode.run(barcodeKey(code), number);
    this.#insertText.run(number, tokensOf({ ...item, syllables: readings(item.name) }));
  }

  remove(itemId: string): void {
    const row = this.#byId.get(itemId);
    if (row === undefined) return;
    for (const code of toItem(row).barcodes) this.#removeBarcode.run(barcodeKey(code));
    this.#removeText.run(row.item_number);
    this.#remove.run(row.item_number);
  }

  count(): number {
    return Number(this.#connection.prepare(`SELECT count(*) FROM item_${this.#slot}`).pluck().get());
  }

  /** In the order of the ids' bytes, which is the digest's and the export's. */
  inIdOrder(after: string, limit: number): readonly CatalogueItem[] {
    return this.#inIdOrder.all(after, BigInt(limit)).map(toItem);
  }

  /** A page of a shelf by name, after an item; from the first when it is null or gone. */
  page(shelf: Shelf, afterItemId: string | null, limit: number): readonly CatalogueItem[] {
    const after = afterItemId === null ? undefined : this.byId(afterItemId);
    const from = { name: after === undefined ? '' : foldedName(after.name), id: after?.itemId ?? '' };
    const params = { ...from, limit: BigInt(limit) };
    const rows =
      shelf.of !== 'category'
        ? this.#pages[shelf.of].all(params)
        : shelf.categoryId === null
          ? this.#pages.none.all(params)
          : this.#pages.category.all({ ...params, category: shelf.categoryId });
    return rows.map(toItem);
  }

  /** Best first: the name begins so, a word begins so, it is somewhere. At most `limit`, no item twice. */
  byText(query: TextQuery, limit: number): readonly CatalogueItem[] {
    const found = new Map<bigint, ItemRow>();
    const keep = (rows: readonly ItemRow[]): boolean => {
      for (const row of rows) if (found.size < limit) found.set(row.item_number, row);
      return found.size >= limit;
    };
    const most = BigInt(limit);
    // each step may find again what the one before found, so it asks for as many as could be new
    if (!keep(this.#byNameStart.all(query.folded, query.folded + HIGHEST, most))) {
      if (!keep(this.#byText.all(query.wordStarts, most * 2n)))
        keep(this.#byText.all(query.anywhere, most * 3n));
    }
    return [...found.values()].map(toItem);
  }

  /** Empties it, in steps of a few milliseconds each: false when nothing was left to do. */
  clearSome(rows: number): boolean {
    const slot = this.#slot;
    const clear = (table: string, key: string): number =>
      this.#connection
        .prepare<[bigint]>(`DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} LIMIT ?)`)
        .run(BigInt(rows)).changes;
    if (clear(`item_${slot}`, 'item_number') > 0) return true;
    if (clear(`barcode_${slot}`, 'code_key') > 0) return true;
    this.#connection.exec(`INSERT INTO item_text_${slot} (item_text_${slot}) VALUES ('delete-all')`);
    return false;
  }
}
