/**
 * The connection to PostgreSQL. Money columns are bigint in both worlds: this pool's own parser reads
 * them, the process-wide one stays as it is. Nothing outside of clearing/db writes SQL.
 */
import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { Schema } from './schema.ts';

export type Database = Kysely<Schema>;
export type Tx = Transaction<Schema>;

const pools = new WeakMap<Database, pg.Pool>();

/** Connections of this process: all, those that nobody uses, and operations that wait for one. */
export function poolCounts(db: Database): { total: number; idle: number; waiting: number } {
  const pool = pools.get(db);
  return { total: pool?.totalCount ?? 0, idle: pool?.idleCount ?? 0, waiting: pool?.waitingCount ?? 0 };
}

const INT8 = 20;

const types: pg.CustomTypesConfig = {
  getTypeParser: (id, format) =>
    id === INT8 && format !== 'binary' ? (text: string) => BigInt(text) : pg.types.getTypeParser(id, format),
};

/** @param options.onIdleError told when a connection breaks while no statement runs; the pool makes a new one */
export function openDatabase(options: {
  readonly url: string;
  readonly maxConnections?: number;
  readonly onIdleError: (error: Error) => void;
}): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 10_000,
    application_name: 'fieldtill-clearing',
    // a stuck statement must not hold its locks for ever
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    types,
  });
  pool.on('error', options.onIdleError);
  // one that breaks between two statements of a transaction is nobody's to hear, and would end the process
  pool.on('connect', (client) => client.on('error', options.onIdleError));
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  pools.set(db, pool);
  return db;
}

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
const MAX_TRIES = 6;

export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The constraint that a statement broke, such as a unique index's name. */
export function brokenConstraint(error: unknown): string | undefined {
  return error instanceof Error && 'constraint' in error && typeof error.constraint === 'string'
    ? error.constraint
    : undefined;
}

/**
 * Runs `act` in one transaction, and again from its beginning when the database could not place it
 * beside others; so `act` must have no other effects.
 */
export async function inTransaction<T>(db: Database, act: (tx: Tx) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await db.transaction().execute(act);
    } catch (error) {
      const state = sqlState(error);
      if (tries >= MAX_TRIES || (state !== SERIALIZATION_FAILURE && state !== DEADLOCK)) throw error;
    }
  }
}
