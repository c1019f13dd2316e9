/**
 * A fresh, empty database on the run's PostgreSQL (tests/support/postgres-setup.ts): one for each test
 * file, or for each test that wants one. Real server, never a double.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { ensureDatabase } from '../../scripts/postgres.ts';

/**
 * @returns `url`, the connection string of a new empty database, and `drop`, which cuts all its
 * connections and removes it
 */
export async function freshDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const serverUrl = inject('postgresUrl');
  const name = `test_${randomBytes(8).toString('hex')}`;
  return {
    url: await ensureDatabase(serverUrl, name),
    async drop() {
      const client = new pg.Client({ connectionString: serverUrl });
      await client.connect();
      try {
        await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
      } finally {
        await client.end();
      }
    },
  };
}
