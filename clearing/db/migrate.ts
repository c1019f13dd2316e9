/**
 * Brings a database to this program's schema, forward only. It must never touch a database whose steps
 * are not a beginning of its own: a step that is missing, changed, in another order or newer is refused.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

export const MIGRATIONS_FOLDER = fileURLToPath(new URL('migrations', import.meta.url));

/** Any number that no other user of the same database takes: "FTMG". */
const MIGRATION_LOCK = 0x46_54_4d_47;

/** The database is not one that this program can bring forward. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused';
}

interface Step {
  readonly name: string;
  readonly sql: string;
  readonly digest: string;
}

function readSteps(folder: string): readonly Step[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  for (const name of names) {
    if (!/^[0-9]{4}-[a-z0-9-]+\.sql$/.test(name)) throw new MigrationRefused(`not a step's name: ${name}`);
  }
  return names.map((name) => {
    const sql = readFileSync(`${folder}/${name}`, 'utf8');
    return { name, sql, digest: createHash('sha256').update(sql).digest('hex') };
  });
}

/**
 * Applies the steps that are missing, all in one transaction under a lock, so two processes that start
 * at once do it once.
 *
 * @returns names of the steps that were applied now
 * @throws MigrationRefused
 */
export async function migrate(databaseUrl: string, folder = MIGRATIONS_FOLDER): Promise<readonly string[]> {
  const steps = readSteps(folder);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query(
      `CREATE TABLE IF NOT EXISTS migrations (
         name text PRIMARY KEY, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    const { rows } = await client.query<{ name: string; digest: string }>(
      'SELECT name, digest FROM migrations ORDER BY name',
    );
    for (const [i, { name, digest }] of rows.entries()) {
      const step = steps[i];
      if (step === undefined)
        throw new MigrationRefused(`the database is newer than this program: it has ${name}`);
      if (step.name !== name)
        throw new MigrationRefused(`the database has ${name} where this program has ${step.name}`);
      if (step.digest !== digest) throw new MigrationRefused(`${name} was changed after it was applied`);
    }
    const missing = steps.slice(rows.length);
    for (const step of missing) {
      await client.query(step.sql);
      await client.query('INSERT INTO migrations (name, digest) VALUES ($1, $2)', [step.name, step.digest]);
    }
    await client.query('COMMIT');
    return missing.map(({ name }) => name);
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    await client.end();
  }
}
