/**
 * Writes CSV (RFC 4180) that a spreadsheet cannot run: a text that would be taken for a formula gets an
 * apostrophe before it, the mark for "this is text", and reading takes it away again.
 */
import type { Delimiter } from './catalogue/csv-reader.ts';

/** `=+-@`, their wide forms, tab and return begin formulas; apostrophes before one must stay told apart. */
const NEEDS_MARK = /^'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;
const HAS_MARK = /^'+[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

export function withTextMark(text: string): string {
  return NEEDS_MARK.test(text) ? `'${text}` : text;
}

/** Takes back what `withTextMark` did; any text comes back as it was. */
export function withoutTextMark(text: string): string {
  return HAS_MARK.test(text) ? text.slice(1) : text;
}

/** One row with its line end. */
export function csvRow(fields: readonly string[], delimiter: Delimiter): string {
  const written = fields.map((field) => {
    const safe = withTextMark(field);
    return /[",;\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${written.join(delimiter)}\r\n`;
}
