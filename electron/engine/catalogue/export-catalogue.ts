/** The catalogue as a file, page by page: what `import` takes in again as the same catalogue. */
import { catalogueCsvHeader, catalogueCsvRow } from '../../../shared/catalogue/catalogue-csv.ts';
import type { Delimiter } from '../../../shared/catalogue/csv-reader.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { Store } from '../db/store.ts';

const ITEMS_A_PAGE = 500;

export interface ExportedPage {
  readonly text: string;
  /** Of the catalogue that the file is of; goes back in with the next page. */
  readonly revision: number;
  /** After which item the next page begins; null when this was the last. */
  readonly next: string | null;
}

/**
 * @param after null for the first page, which begins with the names of the columns
 * @param revision of the first page: a catalogue that changed since gives `catalogue-changed`, never half a file of each
 */
export function exportCatalogue(
  { catalogue }: Store,
  delimiter: Delimiter,
  after: string | null,
  revision: number | null,
): Result<ExportedPage> {
  if (revision !== null && revision !== catalogue.revision) return refused({ code: 'catalogue-changed' });
  const names = new Map(catalogue.categories().map(({ categoryId, name }) => [categoryId, name]));
  const items = catalogue.live.inIdOrder(after ?? '', ITEMS_A_PAGE);
  const rows = items.map((item) => catalogueCsvRow(item, names.get(item.categoryId ?? '') ?? '', delimiter));
  return ok({
    text: (after === null ? catalogueCsvHeader(delimiter) : '') + rows.join(''),
    revision: catalogue.revision,
    next: items.length < ITEMS_A_PAGE ? null : (items.at(-1)?.itemId ?? null),
  });
}
