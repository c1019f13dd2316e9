/**
 * A catalogue's file on its way in. Rows go into the list that nobody reads, in transactions of a few milliseconds
 * with time for others between them; only `finish` makes that list the catalogue, in one short transaction, and
 * only when every row is right and nobody changed the catalogue meanwhile. A draft that is dropped, or lost with
 * the process, has changed nothing.
 */
import { setImmediate as letOthersRun } from 'node:timers/promises';
import { barcodeKey } from '../../../shared/catalogue/barcode.ts';
import {
  type Column,
  type Header,
  type ImportFault,
  type ImportProblem,
  type ImportRow,
  readHeader,
  readImportRow,
} from '../../../shared/catalogue/catalogue-csv.ts';
import { CsvReader, type CsvRow } from '../../../shared/catalogue/csv-reader.ts';
import {
  type CatalogueItem,
  type Category,
  MAX_CATEGORIES,
  MAX_ITEMS,
} from '../../../shared/catalogue/item.ts';
import type { ImportMode } from '../../../shared/protocol/bodies/catalogue.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { digestSteps, itemsOf } from '../db/catalogue-digest.ts';
import type { CatalogueSlot, Readings } from '../db/catalogue-slot.ts';
import type { Attended } from '../room.ts';
import type { Session } from '../session.ts';
import { newCategoryId } from './category-id.ts';
import { changeCatalogue } from './change-catalogue.ts';
import { pinyinFor } from './pinyin.ts';

export const MAX_FAULTS = 100;
/** Ids and names that a summary names of each kind. */
export const MAX_EXAMPLES = 100;
/** A whole file, in characters. */
const MAX_FILE_CHARACTERS = 64 * 1024 * 1024;
/** Rows of one transaction: some milliseconds, so that a payment between two does not wait. */
const ROWS_A_STEP = 200;
const CHARACTERS_A_STEP = 16_384;
const CLEARED_A_STEP = 500;

export interface Tally {
  readonly count: number;
  /** The first ids. */
  readonly examples: readonly string[];
}

/** What finishing would do, or what is wrong. */
export interface ImportSummary {
  readonly rows: number;
  /** Items of the catalogue after it. */
  readonly items: number;
  readonly added: Tally;
  readonly changed: Tally;
  readonly removed: Tally;
  readonly newCategories: Tally;
  /** Reading ends at the hundredth. */
  readonly faults: readonly ImportFault[];
}

class Tallied {
  count = 0;
  readonly examples: string[] = [];

  add(example: string): void {
    this.count += 1;
    if (this.examples.length < MAX_EXAMPLES) this.examples.push(example);
  }
}

function isSameItem(a: CatalogueItem, b: CatalogueItem): boolean {
  return (
    a.name === b.name &&
    a.categoryId === b.categoryId &&
    a.currency === b.currency &&
    a.priceMinor === b.priceMinor &&
    a.taxRateId === b.taxRateId &&
    a.isTaxIncluded === b.isTaxIncluded &&
    a.isFavourite === b.isFavourite &&
    a.barcodes.join(' ') === b.barcodes.join(' ')
  );
}

export class ImportDraft {
  readonly importId: string;
  readonly mode: ImportMode;
  readonly #session: Session;
  readonly #revision: number;
  /** As they were at the start: while the revision stands, nobody has swapped them. */
  readonly #slots: { readonly live: CatalogueSlot; readonly prepared: CatalogueSlot };
  readonly #reader: CsvReader;
  #waiting: CsvRow[] = [];
  #header: Header | undefined;
  /** Without its columns no row of it can be read. */
  #isUnreadable = false;
  #characters = 0;
  #taxRates: ReadonlySet<string> = new Set();
  #rows = 0;
  readonly #faults: ImportFault[] = [];
  readonly #added = new Tallied();
  readonly #changed = new Tallied();
  readonly #removed = new Tallied();
  readonly #newCategories = new Map<string, Category>();
  #digest: Uint8Array | undefined;
  #summary: ImportSummary | undefined;
  #isDropped = false;
  /** One step after the other, whoever calls when. */
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(session: Session, importId: string, mode: ImportMode) {
    this.#session = session;
    this.importId = importId;
    this.mode = mode;
    const { revision, live, prepared } = session.store.catalogue;
    this.#revision = revision;
    this.#slots = { live, prepared };
    this.#reader = new CsvReader({
      onRow: (row) => this.#waiting.push(row),
      onFault: ({ line, field, problem }) => this.#fault({ line, field, column: null, problem }),
    });
  }

  /** Begins with an empty list: what a lost import left there goes first. */
  static async start(session: Session, importId: string, mode: ImportMode): Promise<Result<ImportDraft>> {
    const { store } = session;
    for (;;) {
      const cleared = store.write(() => store.catalogue.prepared.clearSome(CLEARED_A_STEP));
      if (!cleared.ok) return cleared;
      if (!cleared.value) return ok(new ImportDraft(session, importId, mode));
      await letOthersRun();
    }
  }

  drop(): void {
    this.#isDropped = true;
  }

  /** A piece of the file, cut anywhere between two characters. */
  add(text: string): Promise<Result<null>> {
    return this.#inTurn(async () => {
      if (this.#summary !== undefined) return refused({ code: 'not-found' });
      this.#characters += text.length;
      if (this.#characters > MAX_FILE_CHARACTERS) return refused({ code: 'too-large' });
      for (let from = 0; from < text.length && !this.#isFull(); from += CHARACTERS_A_STEP) {
        this.#reader.push(text.slice(from, from + CHARACTERS_A_STEP));
        const taken = await this.#takeWaiting();
        if (!taken.ok) return taken;
      }
      return ok(null);
    });
  }

  /** The file is over: what it would change, or what is wrong with it. The same answer each time. */
  check(): Promise<Result<ImportSummary>> {
    return this.#inTurn(async () => {
      if (this.#summary !== undefined) return ok(this.#summary);
      if (!this.#isFull()) this.#reader.end();
      const taken = await this.#takeWaiting();
      if (!taken.ok) return taken;
      if (this.#header === undefined && this.#faults.length === 0) {
        this.#fault({ line: 1, field: 0, column: null, problem: 'empty-file' });
      }
      const completed = this.#faults.length > 0 ? ok(null) : await this.#complete();
      if (!completed.ok) return completed;
      const { examples } = this.#tallyCategories();
      this.#summary = {
        rows: this.#rows,
        items: this.#session.store.catalogue.prepared.count(),
        added: this.#added,
        changed: this.#changed,
        removed: this.#removed,
        newCategories: { count: this.#newCategories.size, examples },
        faults: this.#faults.toSorted((a, b) => a.line - b.line || a.field - b.field),
      };
      return ok(this.#summary);
    });
  }

  /** The prepared list becomes the catalogue. Needs a check that found nothing wrong. */
  finish(by: Attended): Promise<Result<null>> {
    return this.#inTurn(async () => {
      const { catalogue } = this.#session.store;
      const [summary, digest] = [this.#summary, this.#digest];
      if (summary === undefined || digest === undefined) return refused({ code: 'not-found' });
      if (catalogue.revision !== this.#revision) return refused({ code: 'catalogue-changed' });
      this.#isDropped = true;
      const change = {
        what: 'import',
        mode: this.mode,
        items: summary.items,
        added: summary.added.count,
        changed: summary.changed.count,
        removed: summary.removed.count,
        digest,
      } as const;
      return changeCatalogue(by, change, () => {
        for (const category of this.#newCategories.values()) catalogue.putCategory(category);
        catalogue.swap();
      });
    });
  }

  async #inTurn<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
    const turn = this.#tail.then(() => (this.#isDropped ? refused({ code: 'not-found' } as const) : work()));
    this.#tail = turn.catch(() => undefined); // who called hears of it; the next one begins anew
    return await turn;
  }

  #isFull(): boolean {
    return this.#faults.length >= MAX_FAULTS;
  }

  /** Never into the list that is sold, whatever another import has done meanwhile. */
  #mayWrite(): boolean {
    if (this.#session.store.catalogue.prepared !== this.#slots.prepared) this.#isDropped = true;
    return !this.#isDropped;
  }

  #fault(fault: ImportFault): void {
    if (!this.#isFull()) this.#faults.push(fault);
  }

  #tallyCategories(): Tallied {
    const tallied = new Tallied();
    for (const name of this.#newCategories.keys()) tallied.add(name);
    return tallied;
  }

  /** Rows that were read go into the list, some at a time. */
  async #takeWaiting(): Promise<Result<null>> {
    const rows = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < rows.length; from += ROWS_A_STEP) {
      const some = rows.slice(from, from + ROWS_A_STEP);
      const readings = await pinyinFor(some.flatMap(({ fields }) => fields));
      const written = this.#session.store.write(() => {
        this.#taxRates = new Set(this.#session.store.catalogue.taxRates().map(({ taxRateId }) => taxRateId));
        if (!this.#mayWrite()) return;
        for (const row of some) if (!this.#isFull()) this.#takeRow(row, readings);
      });
      if (!written.ok) return written;
      await letOthersRun();
      if (this.#isDropped) return refused({ code: 'not-found' });
    }
    return ok(null);
  }

  #takeRow(row: CsvRow, readings: Readings): void {
    if (this.#isUnreadable) return;
    if (this.#header === undefined) {
      const read = readHeader(row);
      if ('header' in read) this.#header = read.header;
      else for (const fault of read.faults) this.#fault(fault);
      this.#isUnreadable = 'faults' in read;
      return;
    }
    this.#rows += 1;
    const { currency } = this.#session.enrolment.certificate;
    const read = readImportRow(this.#header, row, { currency, delimiter: this.#reader.delimiter });
    if ('row' in read) this.#takeItem(read.row, readings);
    else for (const fault of read.faults) this.#fault(fault);
  }

  #takeItem(row: ImportRow, readings: Readings): void {
    const { prepared, live } = this.#slots;
    const wrong = (column: Column | null, problem: ImportProblem): void => {
      const at = column === null ? undefined : this.#header?.get(column);
      this.#fault({ line: row.line, field: at === undefined ? 0 : at + 1, column, problem });
    };
    const before = live.byId(row.itemId);
    const barcodes = row.barcodes ?? before?.barcodes ?? [];
    const problems: [Column | null, ImportProblem][] = [];
    if (this.#rows > MAX_ITEMS) problems.push([null, 'too-many-items']);
    if (prepared.hasId(row.itemId)) problems.push(['id', 'repeated-id']);
    if (!this.#taxRates.has(row.taxRateId)) problems.push(['tax_rate', 'unknown-tax-rate']);
    if (barcodes.some((code) => prepared.hasKey(barcodeKey(code)))) {
      problems.push(['barcodes', 'repeated-barcode']);
    }
    const category = row.category === undefined ? undefined : this.#categoryNamed(row.category);
    if (category === 'too-many') problems.push(['category', 'too-many-categories']);
    for (const [column, problem] of problems) wrong(column, problem);
    if (category === 'too-many' || problems.length > 0) return;
    const item: CatalogueItem = {
      itemId: row.itemId,
      name: row.name,
      categoryId: category === undefined ? (before?.categoryId ?? null) : (category?.categoryId ?? null),
      currency: this.#session.enrolment.certificate.currency,
      priceMinor: row.priceMinor,
      taxRateId: row.taxRateId,
      isTaxIncluded: row.isTaxIncluded,
      barcodes,
      isFavourite: row.isFavourite ?? before?.isFavourite ?? false,
    };
    prepared.insert(item, readings, row.line);
    if (before === undefined) this.#added.add(item.itemId);
    else if (!isSameItem(before, item)) this.#changed.add(item.itemId);
  }

  #categoryNamed(name: string | null): Category | null | 'too-many' {
    if (name === null) return null;
    const { catalogue } = this.#session.store;
    const known = catalogue.categoryByName(name) ?? this.#newCategories.get(name);
    if (known !== undefined) return known;
    if (this.#newCategories.size >= MAX_CATEGORIES - catalogue.categories().length) return 'too-many';
    const taken = new Set([...this.#newCategories.values()].map(({ categoryId }) => categoryId));
    const isTaken = (id: string): boolean => taken.has(id) || catalogue.category(id) !== undefined;
    const made = { categoryId: newCategoryId(name, isTaken), name };
    this.#newCategories.set(name, made);
    return made;
  }

  /** What the file does not name: it stays (merge) or goes (replace). Then the digest of the whole. */
  async #complete(): Promise<Result<null>> {
    const { store } = this.#session;
    const { catalogue } = store;
    const { prepared } = catalogue;
    for (const items of itemsOf(catalogue.live)) {
      const others = items.filter(({ itemId }) => !prepared.hasId(itemId));
      if (this.mode === 'replace') for (const { itemId } of others) this.#removed.add(itemId);
      else {
        const readings = await pinyinFor(others.map(({ name }) => name));
        const written = store.write(() => {
          if (!this.#mayWrite()) return;
          for (const item of others) if (!this.#isFull()) this.#keep(item, readings);
        });
        if (!written.ok) return written;
      }
      await letOthersRun();
      if (this.#isDropped) return refused({ code: 'not-found' });
    }
    if (catalogue.prepared.count() > MAX_ITEMS) {
      this.#fault({ line: 1, field: 0, column: null, problem: 'too-many-items' });
    }
    if (this.#faults.length > 0) return ok(null);
    const steps = digestSteps({
      taxRates: catalogue.taxRates(),
      categories: [...catalogue.categories(), ...this.#newCategories.values()],
      inStoreCodes: catalogue.inStoreCodes(),
      items: itemsOf(catalogue.prepared),
    });
    for (;;) {
      const step = steps.next();
      if (step.done === true) {
        this.#digest = step.value;
        return ok(null);
      }
      await letOthersRun();
    }
  }

  /** An item that stays, unless a row took a barcode of it. */
  #keep(item: CatalogueItem, readings: Readings): void {
    const { prepared } = this.#session.store.catalogue;
    const rivals = item.barcodes.map((code) => prepared.byKey(barcodeKey(code)));
    const rival = rivals.find((found) => found !== undefined);
    if (rival === undefined) {
      prepared.insert(item, readings);
      return;
    }
    const at = this.#header?.get('barcodes');
    this.#fault({
      line: prepared.lineOf(rival.itemId),
      field: at === undefined ? 0 : at + 1,
      column: 'barcodes',
      problem: 'barcode-of-another-item',
    });
  }
}
