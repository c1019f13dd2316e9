/**
 * The catalogue's tables: tax rates, categories, the shop's own barcodes, and two lists of items of which one is
 * live. Reference data: whoever changes it writes the journal entry in the same transaction.
 */
import { invariant } from '../../../shared/assert.ts';
import type { InStoreCode } from '../../../shared/catalogue/barcode.ts';
import type { Category, TaxRate } from '../../../shared/catalogue/item.ts';
import { CatalogueSlot } from './catalogue-slot.ts';
import type { Connection } from './connection.ts';

/** For ever: positions are in databases. */
const HOLDS: readonly InStoreCode['holds'][] = ['price', 'weight'];

interface TaxRateRow {
  tax_rate_id: string;
  name: string;
  basis_points: bigint;
}

interface CategoryRow {
  category_id: string;
  name: string;
}

function toTaxRate(row: TaxRateRow): TaxRate {
  return { taxRateId: row.tax_rate_id, name: row.name, basisPoints: Number(row.basis_points) };
}

function toCategory(row: CategoryRow): Category {
  return { categoryId: row.category_id, name: row.name };
}

export class CatalogueTable {
  readonly #slots: readonly [CatalogueSlot, CatalogueSlot];
  readonly #state;
  readonly #setState;
  readonly #taxRates;
  readonly #taxRate;
  readonly #putTaxRate;
  readonly #categories;
  readonly #category;
  readonly #categoryByName;
  readonly #putCategory;
  readonly #clearCategories;
  readonly #inStoreCodes;
  readonly #putInStoreCode;
  readonly #removeInStoreCode;

  constructor(connection: Connection) {
    this.#slots = [new CatalogueSlot(connection, 0), new CatalogueSlot(connection, 1)];
    this.#state = connection.prepare<[], { live: bigint; revision: bigint }>(
      'SELECT live, revision FROM catalogue',
    );
    this.#setState = connection.prepare<[bigint, bigint]>('UPDATE catalogue SET live = ?, revision = ?');
    this.#taxRates = connection.prepare<[], TaxRateRow>('SELECT * FROM tax_rate ORDER BY tax_rate_id');
    this.#taxRate = connection.prepare<[string], TaxRateRow>('SELECT * FROM tax_rate WHERE tax_rate_id = ?');
    this.#putTaxRate = connection.prepare<[string, string, bigint]>(
      `INSERT INTO tax_rate (tax_rate_id, name, basis_points) VALUES (?, ?, ?)
       ON CONFLICT (tax_rate_id) DO UPDATE SET name = excluded.name, basis_points = excluded.basis_points`,
    );
    this.#categories = connection.prepare<[], CategoryRow>('SELECT * FROM category ORDER BY category_id');
    this.#category = connection.prepare<[string], CategoryRow>(
      'SELECT * FROM category WHERE category_id = ?',
    );
    this.#categoryByName = connection.prepare<[string], CategoryRow>('SELECT * FROM category WHERE name = ?');
    this.#putCategory = connection.prepare<[string, string]>(
      `INSERT INTO category (category_id, name) VALUES (?, ?)
       ON CONFLICT (category_id) DO UPDATE SET name = excluded.name`,
    );
    this.#clearCategories = connection.prepare<[]>('DELETE FROM category');
    this.#inStoreCodes = connection.prepare<[], { prefix: string; holds: bigint }>(
      'SELECT prefix, holds FROM in_store_code ORDER BY prefix',
    );
    this.#putInStoreCode = connection.prepare<[string, bigint]>(
      'INSERT INTO in_store_code (prefix, holds) VALUES (?, ?) ON CONFLICT (prefix) DO UPDATE SET holds = excluded.holds',
    );
    this.#removeInStoreCode = connection.prepare<[string]>('DELETE FROM in_store_code WHERE prefix = ?');
  }

  #read(): { live: 0 | 1; revision: number } {
    const row = this.#state.get();
    invariant(row !== undefined, 'no catalogue');
    return { live: row.live === 0n ? 0 : 1, revision: Number(row.revision) };
  }

  /** The items that are sold. Look it up anew after each wait: another list may have become it. */
  get live(): CatalogueSlot {
    return this.#slots[this.#read().live];
  }

  /** The list that nobody sees. */
  get prepared(): CatalogueSlot {
    return this.#slots[this.#read().live === 0 ? 1 : 0];
  }

  /** Rises with every change. */
  get revision(): number {
    return this.#read().revision;
  }

  /** Part of every change of the catalogue. */
  countChange(): void {
    const { live, revision } = this.#read();
    this.#setState.run(BigInt(live), BigInt(revision + 1));
  }

  /** The prepared list becomes the one that is sold, and the other way round. Part of a change. */
  swap(): void {
    const { live, revision } = this.#read();
    this.#setState.run(live === 0 ? 1n : 0n, BigInt(revision));
  }

  taxRates(): readonly TaxRate[] {
    return this.#taxRates.all().map(toTaxRate);
  }

  taxRate(taxRateId: string): TaxRate | undefined {
    const row = this.#taxRate.get(taxRateId);
    return row === undefined ? undefined : toTaxRate(row);
  }

  putTaxRate({ taxRateId, name, basisPoints }: TaxRate): void {
    this.#putTaxRate.run(taxRateId, name, BigInt(basisPoints));
  }

  categories(): readonly Category[] {
    return this.#categories.all().map(toCategory);
  }

  category(categoryId: string): Category | undefined {
    const row = this.#category.get(categoryId);
    return row === undefined ? undefined : toCategory(row);
  }

  categoryByName(name: string): Category | undefined {
    const row = this.#categoryByName.get(name);
    return row === undefined ? undefined : toCategory(row);
  }

  putCategory({ categoryId, name }: Category): void {
    this.#putCategory.run(categoryId, name);
  }

  /** All of them anew; for a copy of another catalogue. */
  replaceCategories(categories: readonly Category[]): void {
    this.#clearCategories.run();
    for (const category of categories) this.putCategory(category);
  }

  inStoreCodes(): readonly InStoreCode[] {
    return this.#inStoreCodes.all().map(({ prefix, holds }) => {
      const what = HOLDS[Number(holds)];
      invariant(what !== undefined, 'an in-store code that holds nothing');
      return { prefix, holds: what };
    });
  }

  putInStoreCode({ prefix, holds }: InStoreCode): void {
    this.#putInStoreCode.run(prefix, BigInt(HOLDS.indexOf(holds)));
  }

  removeInStoreCode(prefix: string): void {
    this.#removeInStoreCode.run(prefix);
  }
}
