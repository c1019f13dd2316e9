/**
 * The columns of a catalogue's file and what may stand in them. Reads one row at a time and tells everything that is
 * wrong in it; whether a tax rate exists or an id was there before is for who knows the catalogue.
 */

import { csvRow, withoutTextMark } from '../csv-writer.ts';
import type { CurrencyCode } from '../iso-4217.ts';
import { toDecimal } from '../money.ts';
import { barcodeKey, isBarcode } from './barcode.ts';
import type { CsvProblem, CsvRow, Delimiter } from './csv-reader.ts';
import {
  type CatalogueItem,
  isTidyText,
  MAX_BARCODES,
  MAX_CATEGORY_NAME_BYTES,
  MAX_ITEM_ID_BYTES,
  MAX_ITEM_NAME_BYTES,
} from './item.ts';
import { type PriceProblem, readPrice } from './price-text.ts';

/** In the order in which they are written; a file may have them in any. */
const COLUMNS = [
  'id',
  'name',
  'category',
  'price',
  'currency',
  'tax_rate',
  'tax_included',
  'barcodes',
  'favourite',
] as const;
export type Column = (typeof COLUMNS)[number];
const NEEDED: readonly Column[] = ['id', 'name', 'price', 'tax_rate', 'tax_included'];

/** What a row itself can get wrong. */
export const ROW_PROBLEMS = [
  'unknown-column',
  'repeated-column',
  'missing-column',
  'wrong-field-count',
  /** Empty, too long, space around it, a line break, or half a character. */
  'bad-text',
  /** A character that stands for bytes that were no UTF-8. */
  'not-utf-8',
  'bad-price',
  'price-too-fine',
  'price-too-large',
  'wrong-currency',
  'not-yes-or-no',
  'bad-barcode',
  /** Such as 5.9E+12: a spreadsheet has rounded it, and the code is lost. */
  'rounded-barcode',
  'too-many-barcodes',
  'repeated-barcode',
] as const;
export type RowProblem = (typeof ROW_PROBLEMS)[number];

/** What only the catalogue can say of a row. */
export const CATALOGUE_PROBLEMS = [
  'unknown-tax-rate',
  'repeated-id',
  'barcode-of-another-item',
  'too-many-categories',
  'too-many-items',
  'empty-file',
] as const;
export type ImportProblem = CsvProblem | RowProblem | (typeof CATALOGUE_PROBLEMS)[number];

export interface ImportFault {
  readonly line: number;
  /** From 1; 0 where no single field is wrong. */
  readonly field: number;
  readonly column: Column | null;
  readonly problem: ImportProblem;
}

/** Where each column stands in this file. */
export type Header = ReadonlyMap<Column, number>;

/** An item as its row says it; undefined where the file has no such column. */
export interface ImportRow {
  readonly line: number;
  readonly itemId: string;
  readonly name: string;
  readonly category: string | null | undefined;
  readonly priceMinor: bigint | null;
  readonly taxRateId: string;
  readonly isTaxIncluded: boolean;
  readonly barcodes: readonly string[] | undefined;
  readonly isFavourite: boolean | undefined;
}

function isColumn(name: string): name is Column {
  return (COLUMNS as readonly string[]).includes(name);
}

export function readHeader(
  row: CsvRow,
): { readonly header: Header } | { readonly faults: readonly ImportFault[] } {
  const header = new Map<Column, number>();
  const faults: ImportFault[] = [];
  for (const [i, name] of row.fields.entries()) {
    const at = { line: row.line, field: i + 1 };
    if (!isColumn(name)) faults.push({ ...at, column: null, problem: 'unknown-column' });
    else if (header.has(name)) faults.push({ ...at, column: name, problem: 'repeated-column' });
    else header.set(name, i);
  }
  for (const column of NEEDED) {
    if (!header.has(column)) faults.push({ line: row.line, field: 0, column, problem: 'missing-column' });
  }
  return faults.length > 0 ? { faults } : { header };
}

function readYesNo(text: string): boolean | undefined {
  return text === 'yes' ? true : text === 'no' ? false : undefined;
}

type BarcodesProblem = Extract<
  RowProblem,
  'bad-barcode' | 'rounded-barcode' | 'too-many-barcodes' | 'repeated-barcode'
>;

function readBarcodes(text: string): readonly string[] | BarcodesProblem {
  const codes = text === '' ? [] : text.split(' ');
  if (codes.length > MAX_BARCODES) return 'too-many-barcodes';
  if (codes.some((code) => /^[0-9][.,]?[0-9]*E\+[0-9]+$/i.test(code))) return 'rounded-barcode';
  if (!codes.every(isBarcode)) return 'bad-barcode';
  return new Set(codes.map(barcodeKey)).size < codes.length ? 'repeated-barcode' : codes;
}

/** One row, or everything that is wrong in it. */
export function readImportRow(
  header: Header,
  row: CsvRow,
  file: { readonly currency: CurrencyCode; readonly delimiter: Delimiter | undefined },
): { readonly row: ImportRow } | { readonly faults: readonly ImportFault[] } {
  const { line } = row;
  if (row.fields.length !== header.size) {
    return { faults: [{ line, field: row.fields.length, column: null, problem: 'wrong-field-count' }] };
  }
  const faults: ImportFault[] = [];
  const fault = (column: Column, problem: RowProblem | PriceProblem): void => {
    faults.push({ line, field: (header.get(column) ?? -1) + 1, column, problem });
  };
  const get = (column: Column): string | undefined => {
    const at = header.get(column);
    return at === undefined ? undefined : withoutTextMark(row.fields[at] ?? '');
  };
  const tidy = (column: Column, text: string, maxBytes: number): string => {
    if (text.includes('\ufffd')) fault(column, 'not-utf-8');
    else if (!isTidyText(text, maxBytes)) fault(column, 'bad-text');
    return text;
  };
  const yesNo = (column: Column): boolean | undefined => {
    const text = get(column);
    const value = text === undefined ? undefined : readYesNo(text);
    if (text !== undefined && value === undefined) fault(column, 'not-yes-or-no');
    return value;
  };

  const itemId = tidy('id', get('id') ?? '', MAX_ITEM_ID_BYTES);
  const name = tidy('name', get('name') ?? '', MAX_ITEM_NAME_BYTES);
  const categoryText = get('category');
  const category =
    categoryText === '' ? null : categoryText && tidy('category', categoryText, MAX_CATEGORY_NAME_BYTES);
  const priceText = get('price') ?? '';
  const price =
    priceText === '' ? null : readPrice(priceText, file.currency, file.delimiter === ';' ? ',' : '.');
  if (price !== null && 'problem' in price) fault('price', price.problem);
  const currency = get('currency');
  if (currency !== undefined && currency !== file.currency) fault('currency', 'wrong-currency');
  const isTaxIncluded = yesNo('tax_included');
  const isFavourite = yesNo('favourite');
  const barcodesText = get('barcodes');
  const barcodes = barcodesText === undefined ? undefined : readBarcodes(barcodesText);
  if (typeof barcodes === 'string') fault('barcodes', barcodes);
  if (faults.length > 0 || isTaxIncluded === undefined || typeof barcodes === 'string') return { faults };
  const read: ImportRow = {
    line,
    itemId,
    name,
    category,
    priceMinor: price !== null && 'minor' in price ? price.minor : null,
    taxRateId: get('tax_rate') ?? '',
    isTaxIncluded,
    barcodes,
    isFavourite,
  };
  return { row: read };
}

/** So that a spreadsheet reads the names as UTF-8. */
export function catalogueCsvHeader(delimiter: Delimiter): string {
  return `\ufeff${csvRow(COLUMNS, delimiter)}`;
}

/** @param category its name, or "" for none */
export function catalogueCsvRow(item: CatalogueItem, category: string, delimiter: Delimiter): string {
  const price =
    item.priceMinor === null ? '' : toDecimal({ minor: item.priceMinor, currency: item.currency });
  return csvRow(
    [
      item.itemId,
      item.name,
      category,
      delimiter === ';' ? price.replace('.', ',') : price,
      item.currency,
      item.taxRateId,
      item.isTaxIncluded ? 'yes' : 'no',
      item.barcodes.join(' '),
      item.isFavourite ? 'yes' : 'no',
    ],
    delimiter,
  );
}
