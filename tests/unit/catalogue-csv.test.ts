/** Files of a catalogue: read strictly in any pieces, written so that no spreadsheet runs them, and back the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barcodeKey } from '../../shared/catalogue/barcode.ts';
import {
  catalogueCsvHeader,
  catalogueCsvRow,
  readHeader,
  readImportRow,
} from '../../shared/catalogue/catalogue-csv.ts';
import { type CsvFault, CsvReader, type CsvRow } from '../../shared/catalogue/csv-reader.ts';
import { type CatalogueItem, isTidyText } from '../../shared/catalogue/item.ts';
import { readPrice } from '../../shared/catalogue/price-text.ts';
import { csvRow, withoutTextMark, withTextMark } from '../../shared/csv-writer.ts';

function read(...pieces: string[]): { rows: CsvRow[]; faults: CsvFault[] } {
  const rows: CsvRow[] = [];
  const faults: CsvFault[] = [];
  const reader = new CsvReader({ onRow: (row) => rows.push(row), onFault: (fault) => faults.push(fault) });
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return { rows, faults };
}

const fieldsOf = (text: string) => read(text).rows.map(({ fields }) => fields);

describe('reading CSV', () => {
  it('commas, semicolons, quotes, BOM, either line end, no last line end → the same rows', () => {
    const rows = [
      ['a', 'b'],
      ['1', 'x, "y"; z'],
    ];
    expect(fieldsOf('a,b\r\n1,"x, ""y""; z"\r\n')).toEqual(rows);
    expect(fieldsOf('\ufeffa;b\n1;"x, ""y""; z"')).toEqual(rows);
    expect(fieldsOf('"a","b"\n"1","x, ""y""; z"\n')).toEqual(rows);
  });

  it('line breaks inside quotes → counted, so that the next row has its true line', () => {
    expect(read('a,b\n"1\n2",3\n4,5\n').rows.map(({ line }) => line)).toEqual([1, 2, 4]);
  });

  it.each([
    ['a,b\n1,x"y\n2,z\n', 'quote-inside', 2, 2],
    ['a,b\n1,"x"y\n2,z\n', 'text-after-quote', 2, 2],
    ['a,b\n1,x\ry\n2,z\n', 'lone-return', 2, 2],
    [`a,b\n1,${'x'.repeat(5000)}\n2,z\n`, 'field-too-long', 2, 2],
    [`a,b\n${'1,'.repeat(60)}\n2,z\n`, 'too-many-fields', 2, 51],
  ])('%j → %s, and reading goes on at the next line', (text, problem, line, field) => {
    const { rows, faults } = read(text);
    expect(faults).toEqual([{ line, field, problem }]);
    expect(rows.map(({ fields }) => fields)).toEqual([
      ['a', 'b'],
      ['2', 'z'],
    ]);
  });

  it('a quote that nobody closes → told with the line where it opens', () => {
    expect(read('a,b\n1,"x\n2,y\n').faults).toEqual([{ line: 2, field: 2, problem: 'quote-not-closed' }]);
  });

  it('any rows, cut into any pieces → the rows', () => {
    const cell = fc.string({ unit: 'binary', maxLength: 20 });
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(table, fc.constantFrom(',', ';'), fc.nat(7), (rows, delimiter, size) => {
        const text = rows.map((row) => csvRow(row, delimiter)).join('');
        const pieces = text.match(new RegExp(`[^]{1,${size + 1}}`, 'g')) ?? [];
        const found = read(...pieces);
        expect(found.faults).toEqual([]);
        expect(found.rows.map(({ fields }) => fields.map(withoutTextMark))).toEqual(rows);
      }),
    );
  });

  it('any text at all → rows or faults, never an exception, and all of its lines are accounted for', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ',', ';', '"', '\r', '\n', '=') }), (text) => {
        const { rows, faults } = read(text);
        if (text.replaceAll('\n', '').length > 0) expect(rows.length + faults.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('text that a spreadsheet would run', () => {
  it.each(['=1+1', '+1', '-1', '@SUM', '\tx', '\rx', "'=1", '＝1'])(
    '%j → marked, and back the same',
    (text) => {
      expect(withTextMark(text)).toBe(`'${text}`);
      expect(withoutTextMark(withTextMark(text))).toBe(text);
    },
  );

  it.each(["'Tis", 'a=b', "''", ''])('%j → left alone both ways', (text) => {
    expect(withTextMark(text)).toBe(text);
    expect(withoutTextMark(text)).toBe(text);
  });
});

describe('prices in files', () => {
  it.each([
    ['12.5', 'EUR', '.', 1250n],
    ['12,50', 'EUR', ',', 1250n],
    ['12', 'EUR', '.', 1200n],
    ['0', 'EUR', '.', 0n],
    ['1200', 'JPY', '.', 1200n],
    ['1.234', 'KWD', '.', 1234n],
  ] as const)('%s %s → %s', (text, currency, separator, minor) => {
    expect(readPrice(text, currency, separator)).toEqual({ minor });
  });

  it.each([
    ['12,50', 'EUR', '.', 'bad-price'],
    ['1.234', 'EUR', '.', 'price-too-fine'],
    ['1.0', 'JPY', '.', 'price-too-fine'],
    ['-1', 'EUR', '.', 'bad-price'],
    ['1e3', 'EUR', '.', 'bad-price'],
    ['1 000', 'EUR', '.', 'bad-price'],
    ['.5', 'EUR', '.', 'bad-price'],
    ['١٢', 'EUR', '.', 'bad-price'],
    ['99999999999999999999999999999999999999', 'EUR', '.', 'price-too-large'],
  ] as const)('%s %s → %s', (text, currency, separator, problem) => {
    expect(readPrice(text, currency, separator)).toEqual({ problem });
  });
});

describe('an item as a row', () => {
  const tidy = (maxBytes: number) =>
    fc.string({ unit: 'binary', maxLength: 24 }).filter((text) => isTidyText(text, maxBytes));
  const barcodes = fc
    .uniqueArray(fc.stringMatching(/^[!-~]{1,14}$/), { maxLength: 4, selector: barcodeKey })
    .filter((codes) => !codes.some((code) => /^[0-9][.,]?[0-9]*E\+[0-9]+$/i.test(code)));
  const item: fc.Arbitrary<CatalogueItem> = fc.record({
    itemId: tidy(64).filter((text) => !text.includes('\ufffd')),
    name: tidy(200).filter((text) => !text.includes('\ufffd')),
    categoryId: fc.constant(null),
    currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
    priceMinor: fc.option(fc.bigInt({ min: 0n, max: 999_999_999_999n })),
    taxRateId: fc.constant('standard'),
    isTaxIncluded: fc.boolean(),
    barcodes,
    isFavourite: fc.boolean(),
  });

  it('written and read, in either form → the same item', () => {
    fc.assert(
      fc.property(item, fc.constantFrom(',', ';'), (given, delimiter) => {
        const text = catalogueCsvHeader(delimiter) + catalogueCsvRow(given, '', delimiter);
        const [first, second] = read(text).rows;
        const header = first === undefined ? undefined : readHeader(first);
        if (header === undefined || !('header' in header) || second === undefined)
          throw new Error('no header');
        const row = readImportRow(header.header, second, { currency: given.currency, delimiter });
        const { categoryId: _categoryId, currency: _currency, ...rest } = given;
        expect(row).toEqual({ row: { ...rest, line: 2, category: null } });
      }),
    );
  });

  it('columns that are unknown, repeated or missing → each named', () => {
    const header = readHeader({ line: 1, fields: ['id', 'name', 'name', 'colour', 'price', 'tax_rate'] });
    expect('faults' in header && header.faults.map(({ field, problem }) => [field, problem])).toEqual([
      [3, 'repeated-column'],
      [4, 'unknown-column'],
      [0, 'missing-column'],
    ]);
  });

  it('everything wrong in one row → every column named at once', () => {
    const columns = ['id', 'name', 'price', 'currency', 'tax_rate', 'tax_included', 'barcodes', 'favourite'];
    const header = readHeader({ line: 1, fields: columns });
    if (!('header' in header)) throw new Error('no header');
    const fields = [' x', '', '1.999', 'USD', 'standard', 'ja', '5.9E+12', ''];
    const row = readImportRow(header.header, { line: 7, fields }, { currency: 'EUR', delimiter: ',' });
    expect('faults' in row && row.faults.map(({ line, field, problem }) => [line, field, problem])).toEqual([
      [7, 1, 'bad-text'],
      [7, 2, 'bad-text'],
      [7, 3, 'price-too-fine'],
      [7, 4, 'wrong-currency'],
      [7, 6, 'not-yes-or-no'],
      [7, 8, 'not-yes-or-no'],
      [7, 7, 'rounded-barcode'],
    ]);
  });
});
