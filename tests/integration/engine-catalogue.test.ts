/** The catalogue on a real database file: what is found, what is refused, what a file changes and what it never may. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { catalogueAgreesWithJournal } from '../../electron/engine/db/catalogue-against-journal.ts';
import { catalogueDigest } from '../../electron/engine/db/catalogue-digest.ts';
import { openStore, type Store } from '../../electron/engine/db/store.ts';
import { toHex } from '../../shared/bytes.ts';
import { gs1CheckDigit } from '../../shared/catalogue/barcode.ts';
import { isTidyText } from '../../shared/catalogue/item.ts';
import type { CatalogueItemWire } from '../../shared/contract/terminal/catalogue.ts';
import type { CallResult } from '../../shared/contract/terminal.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { readCatalogueChange } from '../../shared/protocol/bodies/catalogue.ts';
import { decodeJournalEntry } from '../../shared/protocol/journal-entry.ts';
import type { Result } from '../../shared/result.ts';
import { canTrace, crashAtEachWrite } from '../support/crash-at-each-write.ts';
import { scenario as catalogueImport } from '../support/crash-scenarios/catalogue-import.ts';
import { enrolledTerminal, MIGRATIONS, PIN, type TestTerminal } from '../support/enrolled-terminal.ts';
import { hasMaterial, readMaterial } from '../support/material.ts';

let terminal: TestTerminal | undefined;
afterEach(() => {
  terminal?.close();
  terminal = undefined;
});

/** Runs of the crash test: more writes than this are sampled evenly. */
const KILLS = 8;
const APPROVED = { approval: null } as const;
const HEADER = 'id,name,category,price,tax_rate,tax_included,barcodes,favourite\n';

/** A shop with two tax rates. */
async function shop(currency: CurrencyCode = 'EUR'): Promise<TestTerminal> {
  terminal = await enrolledTerminal({ currency });
  for (const [taxRateId, name, basisPoints] of [
    ['standard', 'Standard', 2100],
    ['reduced', 'Reduced', 900],
  ] as const) {
    const put = await terminal.call('catalogue.putTaxRate', { taxRateId, name, basisPoints, ...APPROVED });
    if (!put.ok) throw new Error(put.refusal.code);
  }
  return terminal;
}

function item(itemId: string, name: string, change: Partial<CatalogueItemWire> = {}): CatalogueItemWire {
  return {
    itemId,
    name,
    categoryId: null,
    price: { minor: '250', currency: 'EUR' },
    taxRateId: 'standard',
    isTaxIncluded: true,
    barcodes: [],
    isFavourite: false,
    ...change,
  };
}

async function put(till: TestTerminal, ...items: CatalogueItemWire[]): Promise<void> {
  for (const one of items) {
    const done = await till.call('catalogue.putItem', { item: one, ...APPROVED });
    if (!done.ok) throw new Error(`${one.name}: ${JSON.stringify(done.refusal)}`);
  }
}

async function found(till: TestTerminal, text: string, limit = 20): Promise<string[]> {
  const answer = await till.call('catalogue.search', { text, limit });
  if (!answer.ok) throw new Error(answer.refusal.code);
  return answer.value.map(({ itemId }) => itemId);
}

async function startImport(
  till: TestTerminal,
  mode: 'replace' | 'merge',
  ...pieces: string[]
): Promise<string> {
  const started = await till.call('catalogue.startImport', { mode });
  if (!started.ok) throw new Error(started.refusal.code);
  const { importId } = started.value;
  for (const text of pieces) {
    const added = await till.call('catalogue.addToImport', { importId, text });
    if (!added.ok) throw new Error(added.refusal.code);
  }
  return importId;
}

async function check(till: TestTerminal, importId: string): Promise<CallResult<'catalogue.checkImport'>> {
  const checked = await till.call('catalogue.checkImport', { importId });
  if (!checked.ok) throw new Error(checked.refusal.code);
  return checked.value;
}

async function takeIn(till: TestTerminal, mode: 'replace' | 'merge', ...pieces: string[]): Promise<void> {
  const importId = await startImport(till, mode, ...pieces);
  const { faults } = await check(till, importId);
  if (faults.length > 0) throw new Error(JSON.stringify(faults));
  const finished = await till.call('catalogue.finishImport', { importId, ...APPROVED });
  if (!finished.ok) throw new Error(finished.refusal.code);
}

async function exported(till: TestTerminal, delimiter: ',' | ';' = ','): Promise<string> {
  let text = '';
  let next: string | null = null;
  let revision: number | null = null;
  do {
    const page: Result<CallResult<'catalogue.export'>> = await till.call('catalogue.export', {
      delimiter,
      after: next,
      revision,
    });
    if (!page.ok) throw new Error(page.refusal.code);
    text += page.value.text;
    ({ next, revision } = page.value);
  } while (next !== null);
  return text;
}

/** Looks at the closed file, and leaves the terminal open and signed in again. */
async function look<T>(till: TestTerminal, at: (store: Store) => T): Promise<T> {
  till.engine.close();
  const store = await openStore(till.folder, MIGRATIONS);
  if (!store.ok) throw new Error(store.refusal.code);
  const seen = at(store.value);
  store.value.close();
  terminal = await till.reopen();
  await terminal.call('people.signIn', { personId: 'c1', pin: PIN });
  return seen;
}

const digestOf = (store: Store) => toHex(catalogueDigest(store));

describe('5. Sales: the catalogue, one item at a time', () => {
  it('an item put, changed and removed → found as it is, each change an entry with before and after', async () => {
    const till = await shop();
    await put(till, item('tea', 'Green tea', { barcodes: ['4006381333931'] }));
    await put(till, item('tea', 'Green tea, large', { price: { minor: '350', currency: 'EUR' } }));
    const gone = await till.call('catalogue.byBarcode', { code: '4006381333931' });
    expect(gone).toEqual({ ok: false, refusal: { code: 'not-found' } });
    expect(await till.call('catalogue.removeItem', { itemId: 'tea', ...APPROVED })).toEqual({
      ok: true,
      value: {},
    });
    expect(await found(till, 'tea')).toEqual([]);
    const changes = await look(till, ({ journal }) =>
      journal.after(-1n, 1000).flatMap(({ bytes }) => {
        const entry = decodeJournalEntry(bytes);
        if (!entry.ok || entry.value.kind !== 'catalogue-changed') return [];
        const { change } = readCatalogueChange(entry.value.body);
        return change.what === 'item' ? [[change.before?.name ?? null, change.after?.name ?? null]] : [];
      }),
    );
    expect(changes).toEqual([
      [null, 'Green tea'],
      ['Green tea', 'Green tea, large'],
      ['Green tea, large', null],
    ]);
  });

  it.each([
    ['an unknown tax rate', { taxRateId: 'none' }, 'item.taxRateId'],
    ['an unknown category', { categoryId: 'none' }, 'item.categoryId'],
    ['a price in another currency', { price: { minor: '1', currency: 'USD' } }, 'item.price'],
    ['a price below nothing', { price: { minor: '-1', currency: 'EUR' } }, 'item.price'],
    ['one barcode twice', { barcodes: ['036000291452', '0036000291452'] }, 'item.barcodes'],
    ['a space in a barcode', { barcodes: ['12 34'] }, 'item.barcodes'],
    ['a name with a line break', { name: 'a\nb' }, 'item.name'],
    ['a name of nothing but spaces', { name: '  ' }, 'item.name'],
  ] as const)('%s → bad-request, nothing written', async (_what, change, field) => {
    const till = await shop();
    const done = await till.call('catalogue.putItem', {
      item: { ...item('x', 'X'), ...change, barcodes: [...('barcodes' in change ? change.barcodes : [])] },
      ...APPROVED,
    });
    expect(done).toEqual({ ok: false, refusal: { code: 'bad-request', detail: { field } } });
    expect(await found(till, 'x')).toEqual([]);
  });

  it('a barcode of another item, written in another form → barcode-taken, naming the other', async () => {
    const till = await shop();
    await put(till, item('a', 'A', { barcodes: ['036000291452'] }));
    const done = await till.call('catalogue.putItem', {
      item: item('b', 'B', { barcodes: ['00036000291452'] }),
      ...APPROVED,
    });
    expect(done).toEqual({ ok: false, refusal: { code: 'barcode-taken', detail: { itemId: 'a' } } });
  });

  it('open prices, several barcodes, categories, favourites → listed by shelf and page', async () => {
    const till = await shop();
    const made = await till.call('catalogue.putCategory', { categoryId: null, name: 'Drinks', ...APPROVED });
    const categoryId = made.ok ? made.value.categoryId : '';
    await put(
      till,
      item('c', 'Cola', { categoryId, isFavourite: true, barcodes: ['96385074', 'SHELF-1'] }),
      item('a', 'Apple juice', { categoryId }),
      item('g', 'Gift card', { price: null, isTaxIncluded: false, taxRateId: 'reduced' }),
    );
    const list = async (shelf: Parameters<typeof ids>[0], after: string | null = null) => ids(shelf, after);
    const ids = async (
      shelf: { of: 'all' } | { of: 'favourites' } | { of: 'category'; categoryId: string | null },
      after: string | null,
    ) => {
      const page = await till.call('catalogue.list', { shelf, after, limit: 2 });
      return page.ok ? [page.value.items.map(({ itemId }) => itemId), page.value.hasMore] : page.refusal.code;
    };
    expect(await list({ of: 'all' })).toEqual([['a', 'c'], true]);
    expect(await list({ of: 'all' }, 'c')).toEqual([['g'], false]);
    expect(await list({ of: 'category', categoryId })).toEqual([['a', 'c'], false]);
    expect(await list({ of: 'category', categoryId: null })).toEqual([['g'], false]);
    expect(await list({ of: 'favourites' })).toEqual([['c'], false]);
    for (const code of ['96385074', 'SHELF-1']) {
      const one = await till.call('catalogue.byBarcode', { code });
      expect(one.ok && one.value.item.itemId).toBe('c');
    }
    const again = await till.call('catalogue.putCategory', { categoryId: null, name: 'Drinks', ...APPROVED });
    expect(again).toMatchObject({ ok: false, refusal: { code: 'bad-request' } });
  });

  it('a scale’s code → its price or weight only after somebody said so', async () => {
    const till = await shop();
    const code = (body: string) => `${body}${gs1CheckDigit(body)}`;
    await put(till, item('cheese', 'Cheese', { barcodes: [code('211234500000')] }));
    const scanned = { code: code('211234501299') };
    expect(await till.call('catalogue.byBarcode', scanned)).toMatchObject({ ok: false });
    await till.call('catalogue.putInStoreCode', { prefix: '21', holds: 'price', ...APPROVED });
    expect(await till.call('catalogue.byBarcode', scanned)).toMatchObject({
      value: { item: { itemId: 'cheese' }, price: { minor: '1299', currency: 'EUR' }, weightG: null },
    });
    await till.call('catalogue.putInStoreCode', { prefix: '21', holds: 'weight', ...APPROVED });
    expect(await till.call('catalogue.byBarcode', scanned)).toMatchObject({
      value: { price: null, weightG: 1299 },
    });
    await till.call('catalogue.putInStoreCode', { prefix: '21', holds: null, ...APPROVED });
    expect(await till.call('catalogue.byBarcode', scanned)).toMatchObject({ ok: false });
  });
});

describe('5. Sales: searching the catalogue', () => {
  it('accents, scripts, middles of words, several words, pinyin → found', async () => {
    const till = await shop();
    await put(
      till,
      item('milk', 'Crème fraîche épaisse'),
      item('choc', 'Dark chocolate 70 %'),
      item('noodle', '红烧牛肉面'),
      item('coffee', 'قَهْوَة عربية'),
      item('sugar', 'शक्कर'),
      item('straße', 'Straßenkarte', { barcodes: ['4006381333931'] }),
    );
    for (const [typed, itemId] of [
      ['creme', 'milk'],
      ['FRAICHE CREME', 'milk'],
      ['raich', 'milk'],
      ['colat', 'choc'],
      ['70', 'choc'],
      ['牛肉', 'noodle'],
      ['面', 'noodle'],
      ['hongshao', 'noodle'],
      ['niurou', 'noodle'],
      ['hsnrm', 'noodle'],
      ['nrm', 'noodle'],
      ['قهوه', 'coffee'],
      ['عربي', 'coffee'],
      ['शक्क', 'sugar'],
      ['strasse', 'straße'],
      ['4006381', 'straße'],
      ['04006381333931', 'straße'],
    ] as const) {
      expect([typed, await found(till, typed)]).toEqual([typed, [itemId]]);
    }
    expect(await found(till, 'creme chocolate')).toEqual([]);
  });

  it('several matches → exact barcode or id, then the name’s beginning, then a word’s, then its middle', async () => {
    const till = await shop();
    await put(
      till,
      item('1', 'Buttermilk'),
      item('2', 'Soy milk'),
      item('3', 'Milk, whole'),
      item('4', 'Bread', { barcodes: ['milk'] }),
    );
    expect(await found(till, 'milk')).toEqual(['4', '3', '2', '1']);
    expect(await found(till, '2')).toEqual(['2']);
    expect(await found(till, 'milk', 2)).toEqual(['4', '3']);
  });

  it('the index’s own query language → searched as text, never run', async () => {
    const till = await shop();
    await put(till, item('a', 'Alpha'), item('b', 'Beta'));
    for (const typed of [
      'alpha OR beta',
      'NOT alpha',
      'words:alpha',
      '"alpha',
      'alpha*)',
      'a" OR "b',
      '^',
      'NEAR(a b)',
      "'; DROP TABLE item_0; --",
      '{a}:b',
      '\u0000',
    ]) {
      expect(Array.isArray(await found(till, typed))).toBe(true);
    }
    expect(await found(till, 'alpha OR beta')).toEqual([]);
    expect(await found(till, 'alph')).toEqual(['a']);
  });

  it.skipIf(!hasMaterial('blns/blns.json'))(
    'naughty strings as names → kept to the byte, or refused by name',
    async () => {
      const till = await shop();
      const names = readMaterial<string[]>('blns/blns.json');
      let kept = 0;
      for (const [i, name] of names.entries()) {
        const done = await till.call('catalogue.putItem', {
          item: item(`n${i}`, name.slice(0, 60)),
          ...APPROVED,
        });
        if (done.ok) kept += 1;
        else expect(done.refusal.code).toBe('bad-request');
        expect(done.ok).toBe(isTidyText(name.slice(0, 60), 200));
        expect(Array.isArray(await found(till, name.slice(0, 60)))).toBe(true);
      }
      expect(kept).toBeGreaterThan(300);
      const all = await till.call('catalogue.list', { shelf: { of: 'all' }, after: null, limit: 200 });
      const listed = all.ok ? all.value.items : [];
      for (const one of listed) expect(one.name).toBe(names[Number(one.itemId.slice(1))]?.slice(0, 60));
      const text = await exported(till);
      for (const row of text.slice(1).split('\r\n')) expect(row).not.toMatch(/(^|,)"?[=+@\t-]/);
    },
  );
});

describe('5. Sales: a catalogue’s file', () => {
  it('a dry run → what would be added, changed and removed, and nothing has changed', async () => {
    const till = await shop();
    await takeIn(
      till,
      'replace',
      `${HEADER}a,Apple,Fruit,1.20,standard,yes,,no\nb,Bread,,2.00,reduced,yes,,no\n`,
    );
    const importId = await startImport(
      till,
      'replace',
      `${HEADER}a,Apple,Fruit,1.30,standard,yes,,no\n`,
      'c,Cola,Drinks,2,standard,no,96385074,yes',
    );
    expect(await check(till, importId)).toEqual({
      rows: 2,
      items: 2,
      added: { count: 1, examples: ['c'] },
      changed: { count: 1, examples: ['a'] },
      removed: { count: 1, examples: ['b'] },
      newCategories: { count: 1, examples: ['Drinks'] },
      faults: [],
    });
    expect(await found(till, 'cola')).toEqual([]);
    expect(await found(till, 'bread')).toEqual(['b']);
    const categories = await till.call('catalogue.categories', {});
    expect(categories.ok && categories.value.map(({ name }) => name)).toEqual(['Fruit']);
    expect((await till.call('catalogue.finishImport', { importId, ...APPROVED })).ok).toBe(true);
    expect([await found(till, 'cola'), await found(till, 'bread')]).toEqual([['c'], []]);
    expect(await till.call('catalogue.finishImport', { importId, ...APPROVED })).toMatchObject({
      refusal: { code: 'not-found' },
    });
  });

  it('merging → what the file does not name stays, and columns it does not have keep their values', async () => {
    const till = await shop();
    await takeIn(
      till,
      'replace',
      `${HEADER}a,Apple,Fruit,1.20,standard,yes,96385074,yes\nb,Bread,,2.00,reduced,yes,,no\n`,
    );
    await takeIn(till, 'merge', 'id;name;price;tax_rate;tax_included\r\na;Apple, red;1,50;standard;no\r\n');
    const one = await till.call('catalogue.byBarcode', { code: '96385074' });
    expect(one.ok && one.value.item).toMatchObject({
      name: 'Apple, red',
      price: { minor: '150' },
      isTaxIncluded: false,
      isFavourite: true,
    });
    expect(await found(till, 'bread')).toEqual(['b']);
  });

  it('one row wrong among many → told with line, column and what it is, and nothing is taken in', async () => {
    const till = await shop();
    await put(till, item('old', 'Old', { barcodes: ['KEPT'] }));
    const file = `${HEADER}a,Apple,,1.20,standard,yes,,no\na,Again,,1,standard,yes,,no\nb,Bread,,1.999,none,yes,,no\nc,Cola,,1,standard,yes,KEPT,no\nd,"Da"te,,1,standard,yes,,no\ne,Egg,,1,standard,yes\n`;
    const importId = await startImport(till, 'merge', file);
    const { faults } = await check(till, importId);
    expect(faults.map(({ line, column, problem }) => [line, column, problem])).toEqual([
      [3, 'id', 'repeated-id'],
      [4, 'price', 'price-too-fine'],
      [6, null, 'text-after-quote'],
      [7, null, 'wrong-field-count'],
    ]);
    expect(await till.call('catalogue.finishImport', { importId, ...APPROVED })).toMatchObject({
      refusal: { code: 'not-found' },
    });
    expect(await found(till, 'apple')).toEqual([]);
    const taken = await startImport(till, 'merge', `${HEADER}c,Cola,,1,standard,yes,KEPT,no\n`);
    expect((await check(till, taken)).faults).toEqual([
      { line: 2, field: 7, column: 'barcodes', problem: 'barcode-of-another-item' },
    ]);
    const rate = await startImport(till, 'merge', `${HEADER}b,Bread,,1,none,yes,,no\n`);
    expect((await check(till, rate)).faults.map(({ problem }) => problem)).toEqual(['unknown-tax-rate']);
  });

  it('more than a hundred wrong rows → a hundred are told', async () => {
    const till = await shop();
    const rows = Array.from({ length: 500 }, (_, i) => `i${i},X,,wrong,standard,yes,,no\n`);
    const importId = await startImport(till, 'replace', HEADER, rows.join(''));
    expect((await check(till, importId)).faults).toHaveLength(100);
  });

  it.each([
    ['', 'empty-file'],
    ['colour,id\n', 'unknown-column'],
    ['id,name,price,tax_rate,tax_included\n"x', 'quote-not-closed'],
  ])('%j → %s', async (text, problem) => {
    const till = await shop();
    const importId = await startImport(till, 'replace', text);
    expect((await check(till, importId)).faults.map((fault) => fault.problem)).toContain(problem);
  });

  it('the catalogue changed between dry run and finish → catalogue-changed, nothing taken in', async () => {
    const till = await shop();
    const importId = await startImport(till, 'replace', `${HEADER}a,Apple,,1,standard,yes,,no\n`);
    await check(till, importId);
    await put(till, item('b', 'Bread'));
    expect(await till.call('catalogue.finishImport', { importId, ...APPROVED })).toEqual({
      ok: false,
      refusal: { code: 'catalogue-changed' },
    });
    expect([await found(till, 'apple'), await found(till, 'bread')]).toEqual([[], ['b']]);
  });

  it('started twice → the later one counts, the earlier one is not-found and leaves nothing behind', async () => {
    const till = await shop();
    const [first, second] = await Promise.all([
      till.call('catalogue.startImport', { mode: 'replace' }),
      till.call('catalogue.startImport', { mode: 'replace' }),
    ]);
    const ids = [first, second].map((started) => (started.ok ? started.value.importId : ''));
    const answers = await Promise.all(
      ids.map((importId, i) =>
        till.call('catalogue.addToImport', {
          importId,
          text: `${HEADER}${i},Row ${i},,1,standard,yes,,no\n`,
        }),
      ),
    );
    expect(answers.map(({ ok }) => ok).toSorted()).toEqual([false, true]);
    const importId = ids[answers.findIndex(({ ok }) => ok)] ?? '';
    expect(await check(till, importId)).toMatchObject({ rows: 1, items: 1, faults: [] });
    expect((await till.call('catalogue.finishImport', { importId, ...APPROVED })).ok).toBe(true);
    expect(await found(till, 'row')).toHaveLength(1);
  });

  it('the terminal dies before finish → the old catalogue, and a new import begins clean', async () => {
    const till = await shop();
    await put(till, item('old', 'Old'));
    const importId = await startImport(till, 'replace', `${HEADER}a,Apple,,1,standard,yes,KEY,no\n`);
    await check(till, importId);
    terminal = await till.reopen();
    await terminal.call('people.signIn', { personId: 'c1', pin: PIN });
    expect(await found(terminal, 'old')).toEqual(['old']);
    await takeIn(terminal, 'replace', `${HEADER}a,Apple,,1,standard,yes,KEY,no\n`);
    expect(await found(terminal, 'apple')).toEqual(['a']);
  });

  it('any catalogue, exported and taken in again → the same catalogue, to its digest', async () => {
    const till = await shop();
    await till.call('catalogue.putInStoreCode', { prefix: '29', holds: 'weight', ...APPROVED });
    const name = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 20 })
      .filter((text) => isTidyText(text, 80) && !text.includes('\ufffd'));
    const wire = fc.record({
      itemId: name,
      name: fc.oneof(name, fc.constantFrom('=1+1', "'=x", "'Tis", '@a', '-5', 'a;b', 'a,"b"', '牛肉面')),
      categoryId: fc.constant(null),
      price: fc.option(
        fc
          .bigInt({ min: 0n, max: 999_999_999_999n })
          .map((minor) => ({ minor: minor.toString(), currency: 'EUR' })),
      ),
      taxRateId: fc.constantFrom('standard', 'reduced'),
      isTaxIncluded: fc.boolean(),
      barcodes: fc.constant<string[]>([]),
      isFavourite: fc.boolean(),
    });
    const catalogue = fc.uniqueArray(wire, { minLength: 1, maxLength: 6, selector: ({ itemId }) => itemId });
    const now = (): TestTerminal => terminal ?? till;
    await fc.assert(
      fc.asyncProperty(catalogue, fc.constantFrom(',', ';'), async (items, delimiter) => {
        await takeIn(now(), 'replace', HEADER);
        await put(now(), ...items);
        const before = await look(now(), digestOf);
        const text = await exported(now(), delimiter);
        const importId = await startImport(now(), 'replace', text);
        const summary = await check(now(), importId);
        expect([summary.faults, summary.added.count, summary.changed.count, summary.removed.count]).toEqual([
          [],
          0,
          0,
          0,
        ]);
        expect((await now().call('catalogue.finishImport', { importId, ...APPROVED })).ok).toBe(true);
        expect(await look(now(), digestOf)).toBe(before);
      }),
      { numRuns: 15 },
    );
  });

  it('imports and single changes → the catalogue agrees with its journal; a row changed behind its back → not', async () => {
    const till = await shop();
    await takeIn(
      till,
      'replace',
      `${HEADER}a,Apple,Fruit,1.20,standard,yes,,no\nb,Bread,,2.00,reduced,yes,,no\n`,
    );
    await put(till, item('a', 'Apple, red'), item('aa', 'Apricot'), item('z', 'Zucchini'));
    await till.call('catalogue.removeItem', { itemId: 'b', ...APPROVED });
    await till.call('catalogue.putTaxRate', { taxRateId: 'zero', name: 'Zero', basisPoints: 0, ...APPROVED });
    await till.call('catalogue.putInStoreCode', { prefix: '02', holds: 'price', ...APPROVED });
    await till.call('catalogue.putCategory', { categoryId: null, name: 'Vegetables', ...APPROVED });
    const agrees = await look(till, (store) => {
      const before = catalogueAgreesWithJournal(store);
      store.write(() =>
        store.catalogue.putTaxRate({ taxRateId: 'reduced', name: 'Reduced', basisPoints: 0 }),
      );
      return [before, catalogueAgreesWithJournal(store)];
    });
    expect(agrees).toEqual([true, false]);
    const rebuilt = await terminal?.engine.rebuildViews(false);
    expect(rebuilt?.ok && rebuilt.value.isCatalogueAsTold).toBe(false);
  });

  it('the digest → the same for the same catalogue however it came to be', async () => {
    const till = await shop();
    await takeIn(till, 'replace', `${HEADER}a,Apple,,1.20,standard,yes,,no\nb,Bread,,2.00,reduced,yes,,no\n`);
    const first = await look(till, digestOf);
    await takeIn(terminal ?? till, 'replace', `${HEADER}b,Bread,,2,reduced,yes,,no\n`);
    const other = await look(terminal ?? till, digestOf);
    await put(terminal ?? till, item('a', 'Apple', { price: { minor: '120', currency: 'EUR' } }));
    expect(await look(terminal ?? till, digestOf)).toBe(first);
    expect(other).not.toBe(first);
  });

  it('who may only sell → approval-needed for any change, and finds everything', async () => {
    const till = await shop();
    await put(till, item('a', 'Apple'));
    const added = await till.call('people.add', {
      name: 'Kim',
      role: 'cashier',
      pin: '246802',
      approval: null,
    });
    if (!added.ok) throw new Error(added.refusal.code);
    await till.call('people.signOut', { confirmUnsent: true });
    await till.call('people.signIn', { personId: added.value.personId, pin: '246802' });
    expect(await found(till, 'apple')).toEqual(['a']);
    const needed = {
      ok: false,
      refusal: { code: 'approval-needed', detail: { permission: 'change-catalogue' } },
    };
    expect(await till.call('catalogue.putItem', { item: item('b', 'B'), ...APPROVED })).toEqual(needed);
    expect(await till.call('catalogue.removeItem', { itemId: 'a', ...APPROVED })).toEqual(needed);
    const importId = await startImport(till, 'replace', HEADER);
    expect(await till.call('catalogue.finishImport', { importId, ...APPROVED })).toEqual(needed);
  });
});

describe('5. Sales: a hundred thousand items', () => {
  const WORDS = [
    'chocolate',
    'milk',
    'Crème',
    'butter',
    'brown bread',
    'orange juice',
    'espresso',
    'organic',
    '红烧牛肉面',
    'قهوة',
    'शक्कर',
  ];

  it('taken in by pieces while others ask → in seconds, nobody waits long; every search under 50 ms', async () => {
    const till = await shop();
    const rows = Array.from({ length: 100_000 }, (_, i) => {
      const words = [i, i * 7 + 3, i * 13 + 5].map((n) => WORDS[n % WORDS.length]).join(' ');
      return `sku-${i},${words} ${i},${words.slice(0, 4)},${(i % 5000) + 1}.${String(i % 100).padStart(2, '0')},standard,yes,SHOP${i},${i % 1000 === 0 ? 'yes' : 'no'}\n`;
    });
    await put(till, item('old', 'Old item'));
    const waits: number[] = [];
    let isRunning = true;
    const asking = (async () => {
      while (isRunning) {
        const from = performance.now();
        await new Promise((resolve) => setImmediate(resolve));
        await found(till, 'old');
        waits.push(performance.now() - from);
      }
    })();
    const from = performance.now();
    const pieces = Array.from({ length: 50 }, (_, i) => rows.slice(i * 2000, (i + 1) * 2000).join(''));
    await takeIn(till, 'replace', HEADER, ...pieces);
    const took = performance.now() - from;
    isRunning = false;
    await asking;
    waits.sort((a, b) => a - b);
    const p95 = waits[Math.floor(waits.length * 0.95)] ?? 0;
    process.stderr.write(
      `100,000 rows in ${Math.round(took)} ms; waits p95 ${p95.toFixed(1)} ms, longest ${(waits.at(-1) ?? 0).toFixed(1)} ms\n`,
    );
    expect(took).toBeLessThan(60_000);
    // generous, for a machine that does other things too: a step itself takes some 20 ms
    expect(p95).toBeLessThan(150);

    const slowest: [number, string][] = [];
    for (const typed of [
      'a',
      'mi',
      'milk',
      'colat',
      'creme juice',
      'o b e',
      '牛',
      '牛肉',
      'hsn',
      'niurou',
      'قهو',
      'शक्क',
      '99999',
      'SHOP4242',
      'nothing at all',
      'organic organic organic',
    ]) {
      const times = await Promise.all(
        [0, 1, 2].map(async () => {
          const start = performance.now();
          await found(till, typed, 50);
          return performance.now() - start;
        }),
      );
      slowest.push([Math.min(...times), typed]);
    }
    slowest.sort(([a], [b]) => b - a);
    process.stderr.write(
      `slowest searches: ${slowest
        .slice(0, 4)
        .map(([ms, typed]) => `${typed} ${ms.toFixed(1)} ms`)
        .join(', ')}\n`,
    );
    expect(slowest[0]?.[0]).toBeLessThan(50);
    expect((await found(till, 'SHOP4242'))[0]).toBe('sku-4242');
  });
});

describe.skipIf(!canTrace())('5. Sales: killed while a catalogue’s file is taken in', () => {
  it('at any write → the old list or the new one, whole, and the next import is in nobody’s way', async () => {
    const { writes, killedAt } = await crashAtEachWrite(catalogueImport, KILLS);
    expect(killedAt).toBeGreaterThanOrEqual(Math.min(writes, KILLS) - 2);
  }, 60_000);
});
