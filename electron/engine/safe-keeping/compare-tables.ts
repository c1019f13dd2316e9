/** Compares one table of two databases, row by row in the order of its key, however many rows there are. */
import type { Cell, TableDescription, TableRow, WholeDatabase } from '../db/whole-database.ts';

export interface RowDifference {
  /** The row's key, as text. */
  readonly row: string;
  /** `missing`: only the journal has it; `extra`: the journal knows nothing of it; else the columns that differ. */
  readonly what: 'missing' | 'extra' | readonly string[];
}

export interface TableDifference {
  readonly table: string;
  readonly rows: number;
  readonly differing: number;
  /** The first few. */
  readonly examples: readonly RowDifference[];
}

const MAX_EXAMPLES = 5;

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const utf8 = new TextEncoder();

/** In SQLite's own order: null, numbers, text by its bytes, blobs. */
function compareCells(a: Cell, b: Cell): number {
  const rank = (cell: Cell): number =>
    cell === null
      ? 0
      : typeof cell === 'bigint' || typeof cell === 'number'
        ? 1
        : typeof cell === 'string'
          ? 2
          : 3;
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  if (typeof a === 'string' && typeof b === 'string') {
    return a === b ? 0 : compareBytes(utf8.encode(a), utf8.encode(b));
  }
  if (a === null || b === null || a === b) return 0;
  return a < b ? -1 : 1;
}

function compareKeys(key: readonly string[], a: TableRow, b: TableRow): number {
  for (const column of key) {
    const order = compareCells(a[column] ?? null, b[column] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function keyText(key: readonly string[], row: TableRow): string {
  return key
    .map((column) => {
      const cell = row[column] ?? null;
      return cell instanceof Uint8Array ? Buffer.from(cell).toString('hex') : String(cell);
    })
    .join(' ');
}

/** @param made from the journal @param held what the terminal has been working with */
export function compareTable(
  made: WholeDatabase,
  held: WholeDatabase,
  table: TableDescription,
): TableDifference {
  const { key, columns } = table;
  const left = made.rows(table);
  const right = held.rows(table);
  const examples: RowDifference[] = [];
  let rows = 0;
  let differing = 0;
  const differs = (row: TableRow, what: RowDifference['what']): void => {
    differing++;
    if (examples.length < MAX_EXAMPLES) examples.push({ row: keyText(key, row), what });
  };
  let a = left.next();
  let b = right.next();
  while (a.done !== true || b.done !== true) {
    const order = a.done === true ? 1 : b.done === true ? -1 : compareKeys(key, a.value, b.value);
    if (order <= 0 && a.done !== true) rows++;
    if (order < 0) differs(a.value, 'missing');
    else if (order > 0) differs(b.value, 'extra');
    else {
      const [mine, theirs] = [a.value as TableRow, b.value as TableRow];
      const changed = columns.filter(
        (column) => compareCells(mine[column] ?? null, theirs[column] ?? null) !== 0,
      );
      if (changed.length > 0) differs(mine, changed);
    }
    if (order <= 0) a = left.next();
    if (order >= 0) b = right.next();
  }
  return { table: table.name, rows, differing, examples };
}
