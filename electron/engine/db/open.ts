/**
 * Opens the terminal's database, or says by a refusal why not. Every pragma is set by hand and read back:
 * this build of SQLite opens a WAL database with synchronous=NORMAL, which is not durable. A file that is
 * damaged, newer or not ours is never written to, moved or deleted.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { invariant } from '../../../shared/assert.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { Connection } from './connection.ts';
import { latestMigration, migrate } from './migrate.ts';

export type OpenRefusal = Refusal<
  'storage-failed' | 'storage-damaged' | 'storage-newer' | 'storage-in-use' | 'engine-stopped'
>;

/** "FTIL": tells our file from any other SQLite database. */
const APPLICATION_ID = 0x4654_494c;
/** Below this a WAL reset race can lose a commit (sqlite.org, 3.51.3). */
const MIN_SQLITE = [3, 51, 3];
/** better-sqlite3 13 ships Node-API 10 binaries and crashes the process on anything older. */
const MIN_NODE_API = 10;

/** What a connection must answer when asked; checked at every open. FULL = 2, exclusive lock, foreign keys. */
const PRAGMAS: readonly (readonly [name: string, set: string, readBack: string])[] = [
  ['locking_mode', 'EXCLUSIVE', 'exclusive'],
  ['journal_mode', 'WAL', 'wal'],
  ['synchronous', 'FULL', '2'],
  ['foreign_keys', 'ON', '1'],
  ['trusted_schema', 'OFF', '0'],
  ['cell_size_check', 'ON', '1'],
  ['fullfsync', 'ON', '1'],
  ['wal_autocheckpoint', '1000', '1000'],
  ['busy_timeout', '0', '0'],
];

function isSqliteError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && error.name === 'SqliteError' && 'code' in error;
}

/** Which refusal a failure of SQLite or of the file system is; undefined when it is a bug of ours. */
export function storageRefusal(error: unknown): OpenRefusal | undefined {
  if (isSqliteError(error)) {
    if (/^SQLITE_(BUSY|LOCKED)/.test(error.code)) return { code: 'storage-in-use' };
    if (/^SQLITE_(CORRUPT|NOTADB|FORMAT)/.test(error.code)) return { code: 'storage-damaged' };
    if (/^SQLITE_(IOERR|FULL|READONLY|CANTOPEN|PERM|AUTH|NOMEM|NOLFS)/.test(error.code)) {
      return { code: 'storage-failed' };
    }
    return undefined;
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^E(ACCES|EXIST|IO|NOSPC|ROFS|PERM|NOTDIR|DQUOT|MFILE)$/.test(code)
    ? { code: 'storage-failed' }
    : undefined;
}

function pragma(connection: Connection, name: string): string {
  return String(connection.pragma(name, { simple: true }));
}

/** Looks without writing: is the file ours, of a version we know, and (after a crash) whole? */
function inspect(Sqlite: typeof Database, file: string, migrationsFolder: string): OpenRefusal | undefined {
  if (!existsSync(file) || statSync(file).size === 0) return undefined;
  const crashed = existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0;
  const connection = new Sqlite(file, { readonly: !crashed, fileMustExist: true, timeout: 0 });
  try {
    if (pragma(connection, 'application_id') !== String(APPLICATION_ID)) return { code: 'storage-damaged' };
    if (Number(pragma(connection, 'user_version')) > latestMigration(migrationsFolder))
      return { code: 'storage-newer' };
    if (crashed && pragma(connection, 'quick_check') !== 'ok') return { code: 'storage-damaged' };
    return undefined;
  } finally {
    connection.close();
  }
}

function configure(connection: Connection): void {
  for (const [name, value, readBack] of PRAGMAS) {
    connection.pragma(`${name} = ${value}`);
    const found = pragma(connection, name);
    invariant(found === readBack, `pragma ${name} is ${found}, not ${readBack}`);
  }
  connection.defaultSafeIntegers(true);
  const version = String(connection.prepare('SELECT sqlite_version()').pluck().get()).split('.').map(Number);
  const older = MIN_SQLITE.findIndex((part, i) => (version[i] ?? 0) !== part);
  invariant(
    older < 0 || (version[older] ?? 0) > (MIN_SQLITE[older] ?? 0),
    `SQLite ${version.join('.')} is too old`,
  );
}

/**
 * The database of this folder, made when it is not there. The lock is held until close: a second engine
 * on the same folder gets `storage-in-use`.
 */
export async function openDatabase(
  dataFolder: string,
  migrationsFolder: string,
): Promise<Result<Connection, OpenRefusal>> {
  const nodeApi = Number(process.versions.napi);
  invariant(
    nodeApi >= MIN_NODE_API,
    `Node-API ${nodeApi} cannot load the database; run the engine on Node 24`,
  );
  const { default: Sqlite } = await import('better-sqlite3');
  const file = join(dataFolder, 'terminal.db');
  let connection: Connection | undefined;
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    const found = inspect(Sqlite, file, migrationsFolder);
    if (found !== undefined) return refused(found);
    connection = new Sqlite(file, { timeout: 0 });
    if (Number(pragma(connection, 'user_version')) === 0)
      connection.pragma(`application_id = ${APPLICATION_ID}`);
    configure(connection);
    migrate(connection, migrationsFolder);
    return ok(connection);
  } catch (error) {
    connection?.close();
    const refusal = storageRefusal(error);
    if (refusal === undefined) throw error;
    return refused(refusal);
  }
}
