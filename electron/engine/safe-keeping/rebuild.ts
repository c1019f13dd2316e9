/**
 * Makes every view anew from the journal, in a second database, and compares it with what the terminal works
 * with. Repairing puts the rebuilt views in place in one transaction; the journal is only ever read.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { catalogueAgreesWithJournal } from '../db/catalogue-against-journal.ts';
import { type OpenRefusal, storageRefusal } from '../db/open.ts';
import { openStore, type Store } from '../db/store.ts';
import { applyToViews } from '../record.ts';
import { compareTable, type TableDifference } from './compare-tables.ts';
import { OTHER_TABLES, VIEW_TABLES } from './tables.ts';

/** Entries a transaction: bounds the memory, not the speed. */
const PAGE = 2000;

export interface RebuildReport {
  readonly entries: number;
  readonly tables: readonly TableDifference[];
  /** Tables that are no views, and why. */
  readonly notViews: Readonly<Record<string, string>>;
  /** Whether the catalogue, which is no view, is what its journal entries say that it became. */
  readonly isCatalogueAsTold: boolean;
  readonly isRepaired: boolean;
}

/** What the journal's bytes alone do not say, and every entry of it depends on. */
function copyWorld(from: Store, to: Store): Result<unknown, OpenRefusal> {
  const world = from.settings.text('world');
  return to.write(() => {
    if (world !== undefined) to.settings.setText('world', world);
  });
}

function replay(from: Store, to: Store): Result<number, OpenRefusal> {
  const world = copyWorld(from, to);
  if (!world.ok) return world;
  let position = -1n;
  let entries = 0;
  for (;;) {
    const page = from.journal.after(position, PAGE);
    const last = page.at(-1);
    if (last === undefined) return ok(entries);
    const written = to.write(() => {
      for (const stored of page) applyToViews(to, to.journal.take(stored));
    });
    if (!written.ok) return written;
    position = last.position;
    entries += page.length;
  }
}

/** @param repair puts the rebuilt views in place where they differ; then the engine must be opened anew */
export async function rebuildViews(
  store: Store,
  dataFolder: string,
  migrationsFolder: string,
  repair: boolean,
): Promise<Result<RebuildReport, OpenRefusal>> {
  let scratch: string | undefined;
  try {
    scratch = mkdtempSync(join(dataFolder, 'rebuild-'));
    const made = await openStore(scratch, migrationsFolder);
    if (!made.ok) return made;
    const compared = compare(store, made.value);
    made.value.close();
    if (!compared.ok) return compared;
    const names = compared.value.tables.flatMap(({ table, differing }) => (differing > 0 ? [table] : []));
    const wrong = store.whole.tables().filter(({ name }) => names.includes(name));
    if (repair && wrong.length > 0) store.whole.replaceFrom(join(scratch, 'terminal.db'), wrong);
    return ok({ ...compared.value, isRepaired: repair && wrong.length > 0 });
  } catch (error) {
    const refusal = storageRefusal(error);
    if (refusal === undefined) throw error;
    return refused(refusal);
  } finally {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  }
}

function compare(held: Store, made: Store): Result<Omit<RebuildReport, 'isRepaired'>, OpenRefusal> {
  const entries = replay(held, made);
  if (!entries.ok) return entries;
  const views = made.whole.tables().filter(({ name }) => VIEW_TABLES.includes(name));
  const tables = views.map((table) => compareTable(made.whole, held.whole, table));
  const isCatalogueAsTold = catalogueAgreesWithJournal(held);
  return ok({ entries: entries.value, tables, notViews: OTHER_TABLES, isCatalogueAsTold });
}
