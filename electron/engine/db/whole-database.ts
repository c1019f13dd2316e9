/**
 * The database as a whole: its tables, their rows in order, tables put in place from another file. For whoever
 * compares, rebuilds or copies it; an operation has its own table's class.
 */
import { invariant } from '../../../shared/assert.ts';
import type { Connection } from './connection.ts';

export type Cell = bigint | number | string | Uint8Array | null;
export type TableRow = Readonly<Record<string, Cell>>;

export interface TableDescription {
  readonly name: string;
  readonly columns: readonly string[];
  /** What a row is found by, in its order. */
  readonly key: readonly string[];
  readonly isVirtual: boolean;
}

function quoted(name: string): string {
  invariant(/^[a-z_][a-z0-9_]*$/.test(name), `a table or column named ${name}`);
  return `"${name}"`;
}

export class WholeDatabase {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Every table that a migration made, and none that SQLite made for one of them. */
  tables(): readonly TableDescription[] {
    const found = this.#connection
      .prepare<[], { name: string; type: string }>(
        `SELECT name, type FROM pragma_table_list
         WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         ORDER BY name`,
      )
      .all();
    return found.map(({ name, type }) => {
      const columns = this.#connection
        .prepare<[string], { name: string; pk: bigint }>(
          'SELECT name, pk FROM pragma_table_info(?) ORDER BY cid',
        )
        .all(name);
      const key = columns
        .filter(({ pk }) => pk > 0n)
        .sort((a, b) => Number(a.pk - b.pk))
        .map((column) => column.name);
      return {
        name,
        columns: columns.map((column) => column.name),
        key: key.length === 0 ? ['rowid'] : key,
        isVirtual: type === 'virtual',
      };
    });
  }

  /** All rows, one at a time, in the order of the table's key. */
  rows({ name, columns, key }: TableDescription): IterableIterator<TableRow> {
    const wanted = [...new Set([...key, ...columns])].map(quoted).join(', ');
    const order = key.map(quoted).join(', ');
    return this.#connection
      .prepare<[], TableRow>(`SELECT ${wanted} FROM ${quoted(name)} ORDER BY ${order}`)
      .iterate();
  }

  /**
   * Copies the database into a new file while it is in use: a whole one as of the moment it is done, in steps of
   * a few pages between which everything else goes on (SQLite's own backup, not a copy of files).
   */
  async copyTo(file: string, pagesAStep: number): Promise<void> {
    await this.#connection.backup(file, { progress: () => pagesAStep });
  }

  /** Makes one file of it, without a log beside it. The connection is of no use for the till after this. */
  makeSingleFile(): void {
    this.#connection.pragma('locking_mode = NORMAL');
    const mode = this.#connection.pragma('journal_mode = DELETE', { simple: true });
    invariant(mode === 'delete', `a single file, not ${mode}`);
  }

  /** The first table whose pages are damaged; SQLite's own check, giving way between tables. */
  async firstDamagedTable(giveWay: () => Promise<void>): Promise<string | undefined> {
    for (const { name, isVirtual } of this.tables()) {
      if (!isVirtual) {
        const found = this.#connection
          .prepare(`PRAGMA quick_check(${quoted(name)})`)
          .pluck()
          .get();
        if (found !== 'ok') return name;
      }
      await giveWay();
    }
    return undefined;
  }

  /** Puts tables from another database file of the same schema, all or none. */
  replaceFrom(file: string, tables: readonly TableDescription[]): void {
    this.#connection.prepare('ATTACH ? AS source').run(file);
    try {
      this.#connection
        .transaction(() => {
          this.#connection.pragma('defer_foreign_keys = ON');
          for (const { name, columns, isVirtual } of tables) {
            const table = quoted(name);
            // a virtual table's rows are found by a number that is no column of it
            const all = (isVirtual ? ['rowid', ...columns] : columns).map(quoted).join(', ');
            this.#connection.exec(`DELETE FROM main.${table}`);
            this.#connection.exec(`INSERT INTO main.${table} (${all}) SELECT ${all} FROM source.${table}`);
          }
        })
        .immediate();
    } finally {
      this.#connection.exec('DETACH source');
    }
  }
}
