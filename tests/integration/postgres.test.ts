/** The embedded server as start, demo and tests use it: settings that money needs, and life after a crash. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { ensureDatabase, startPostgres } from '../../scripts/postgres.ts';
import { freshDatabase } from '../support/postgres.ts';

// A blank in the path, as on many people's computers.
const place = mkdtempSync(join(tmpdir(), 'fieldtill postgres '));
const dataFolder = join(place, 'data');

afterAll(() => rmSync(place, { recursive: true, force: true }));

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  // A server that is killed under a connection reports it here too; the query's own rejection is enough.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('embedded PostgreSQL', () => {
  it('first start → version 18, durable settings, this computer only', async () => {
    const server = await startPostgres({ dataFolder });
    const rows = await query(
      server.url,
      `SELECT name, setting FROM pg_settings WHERE name IN
       ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'server_version_num')`,
    );
    const settings = Object.fromEntries(rows.map((row) => [row.name, row.setting]));
    expect(settings).toMatchObject({
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      listen_addresses: '127.0.0.1',
    });
    expect(String(settings.server_version_num)).toMatch(/^18/);
    await query(server.url, 'CREATE TABLE kept (n int)');
    await query(server.url, 'INSERT INTO kept VALUES (7)');
    await server.stop();
  });

  it('wrong password → refused', async () => {
    const server = await startPostgres({ dataFolder });
    const url = new URL(server.url);
    url.password = 'guess';
    await expect(query(url.href, 'SELECT 1')).rejects.toThrow(/password/);
    await server.stop();
  });

  it('folder in use → refused with the owner named', async () => {
    const server = await startPostgres({ dataFolder });
    await expect(startPostgres({ dataFolder })).rejects.toThrow(`in use by process ${process.pid}`);
    await server.stop();
  });

  it('server killed with SIGKILL → next start has the rows', async () => {
    const server = await startPostgres({ dataFolder });
    await query(server.url, 'INSERT INTO kept VALUES (8)');
    const clusterFolder = String((await query(server.url, 'SHOW data_directory'))[0]?.data_directory);
    const pid = Number.parseInt(readFileSync(join(clusterFolder, 'postmaster.pid'), 'utf8'), 10);
    process.kill(pid, 'SIGKILL');
    await server.stop();
    const again = await startPostgres({ dataFolder });
    expect(await query(again.url, 'SELECT n FROM kept ORDER BY n')).toEqual([{ n: 7 }, { n: 8 }]);
    await again.stop();

    // The number in a stale pid file now belongs to a process that is not ours to end.
    writeFileSync(join(clusterFolder, 'postmaster.pid'), `${process.pid}\n${clusterFolder}\n`);
    const third = await startPostgres({ dataFolder });
    await third.stop();
  });

  it('same database name asked twice → one database', async () => {
    const server = await startPostgres({ dataFolder });
    const first = await ensureDatabase(server.url, 'clearing');
    const second = await ensureDatabase(server.url, 'clearing');
    expect(second).toBe(first);
    expect(await query(first, 'SELECT current_database() AS name')).toEqual([{ name: 'clearing' }]);
    await server.stop();
  });

  it('fresh database → empty, and gone after drop', async () => {
    const database = await freshDatabase();
    expect(await query(database.url, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'")).toEqual([]);
    await database.drop();
    await expect(query(database.url, 'SELECT 1')).rejects.toThrow(/does not exist/);
  });

  it('destroyed → nothing of it is left', async () => {
    const server = await startPostgres({ dataFolder });
    const clusterFolder = String((await query(server.url, 'SHOW data_directory'))[0]?.data_directory);
    await server.destroy();
    expect(existsSync(clusterFolder)).toBe(false);
    expect(existsSync(dataFolder)).toBe(false);
  });
});
