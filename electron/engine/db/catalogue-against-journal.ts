/**
 * Whether the catalogue is what the journal says that it became: taking back every single change since the last
 * whole list must give that list's digest, and without any list, nothing. For `rebuild` and for verifying; reads
 * the whole journal.
 */
import { equalBytes } from '../../../shared/bytes.ts';
import type { CatalogueItem } from '../../../shared/catalogue/item.ts';
import { readCatalogueChange } from '../../../shared/protocol/bodies/catalogue.ts';
import { decodeJournalEntry } from '../../../shared/protocol/journal-entry.ts';
import { reading } from '../../../shared/protocol/shape.ts';
import { compareIds, digestOf, itemsOf } from './catalogue-digest.ts';
import type { CatalogueSlot } from './catalogue-slot.ts';
import type { Store } from './store.ts';

const ENTRIES_A_STEP = 1000;

/** Rows as they were at the last whole list, where they changed since: null where there was none. */
class Before<T> {
  readonly #rows = new Map<string, T | null>();

  note(id: string | undefined, before: T | null): void {
    if (id !== undefined && !this.#rows.has(id)) this.#rows.set(id, before);
  }

  forget(): void {
    this.#rows.clear();
  }

  restore(rows: readonly T[], idOf: (row: T) => string): readonly T[] {
    const then = [...this.#rows.values()].filter((row) => row !== null);
    return [...rows.filter((row) => !this.#rows.has(idOf(row))), ...then];
  }

  get ids(): readonly string[] {
    return [...this.#rows.keys()];
  }

  of(id: string): T | null | undefined {
    return this.#rows.get(id);
  }
}

/** The items as they were, in the order of ids, though some were removed or added since. */
function* itemsBefore(
  slot: CatalogueSlot,
  before: Before<CatalogueItem>,
): Generator<readonly CatalogueItem[]> {
  const changed = before.ids.toSorted(compareIds);
  let next = 0;
  for (const items of itemsOf(slot)) {
    const then: CatalogueItem[] = [];
    for (const item of items) {
      for (; compareIds(changed[next] ?? item.itemId, item.itemId) < 0; next++) {
        const removed = before.of(changed[next] ?? '');
        if (removed !== null && removed !== undefined) then.push(removed);
      }
      const was = before.of(item.itemId);
      if (changed[next] === item.itemId) next += 1;
      if (was !== null) then.push(was ?? item);
    }
    yield then;
  }
  const rest = changed.slice(next).map((id) => before.of(id));
  yield rest.filter((item) => item !== null && item !== undefined);
}

export function catalogueAgreesWithJournal({ catalogue, journal }: Store): boolean {
  let digest = digestOf({ taxRates: [], categories: [], inStoreCodes: [], items: [] });
  const items = new Before<CatalogueItem>();
  const taxRates = new Before<ReturnType<typeof catalogue.taxRates>[number]>();
  const categories = new Before<ReturnType<typeof catalogue.categories>[number]>();
  const codes = new Before<ReturnType<typeof catalogue.inStoreCodes>[number]>();
  let position = -1n;
  for (;;) {
    const stored = journal.after(position, ENTRIES_A_STEP);
    const last = stored.at(-1);
    if (last === undefined) break;
    position = last.position;
    for (const { bytes } of stored) {
      const entry = decodeJournalEntry(bytes);
      if (!entry.ok) return false;
      if (entry.value.kind !== 'catalogue-changed') continue;
      const read = reading(() => readCatalogueChange(entry.value.body));
      if (!read.ok) return false;
      const { change } = read.value;
      switch (change.what) {
        case 'item':
          items.note((change.after ?? change.before)?.itemId, change.before);
          break;
        case 'tax-rate':
          taxRates.note(change.after.taxRateId, change.before);
          break;
        case 'category':
          categories.note(change.after.categoryId, change.before);
          break;
        case 'in-store-code':
          codes.note((change.after ?? change.before)?.prefix, change.before);
          break;
        case 'import':
          digest = change.digest;
          for (const before of [items, taxRates, categories, codes]) before.forget();
      }
    }
  }
  return equalBytes(
    digest,
    digestOf({
      taxRates: taxRates.restore(catalogue.taxRates(), ({ taxRateId }) => taxRateId),
      categories: categories.restore(catalogue.categories(), ({ categoryId }) => categoryId),
      inStoreCodes: codes.restore(catalogue.inStoreCodes(), ({ prefix }) => prefix),
      items: itemsBefore(catalogue.live, items),
    }),
  );
}
