/** The clearing house's connections: one that breaks in the middle of a transaction ends that act, not the process. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../clearing/db/database.ts';
import { freshDatabase } from '../support/postgres.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(async () => {
  await database.drop();
});

it('a connection that is cut between two statements of a transaction → told, the act fails, the next one works', async () => {
  const told: Error[] = [];
  const cut = Promise.withResolvers<void>();
  const db = openDatabase({
    url: database.url,
    onIdleError: (error) => {
      told.push(error);
      cut.resolve();
    },
  });
  const act = db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(tx);
    await sql`SELECT pg_terminate_backend(${rows[0]?.pid ?? 0})`.execute(db);
    await cut.promise;
    await sql`SELECT 1`.execute(tx);
  });
  await expect(act).rejects.toThrow();
  expect(told.length).toBeGreaterThan(0);
  const { rows } = await sql<{ one: number }>`SELECT 1 AS one`.execute(db);
  expect(rows).toEqual([{ one: 1 }]);
  await db.destroy();
});
