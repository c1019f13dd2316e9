/**
 * A backup taken while the house works, set back to a moment: with a PostgreSQL of its own, its real log archive, and
 * the real clearing process. What was settled by that moment is there to the cent; terminals bring what came after it.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { archiveLogTo, setBackTo, takeBaseBackup } from '../../scripts/backup/base-backup.ts';
import { ensureDatabase, type RunningPostgres, startPostgres } from '../../scripts/postgres.ts';
import { prepareCluster } from '../../scripts/postgres-cluster.ts';
import {
  type ClearingProcess,
  freePort,
  startClearing,
  UNLIMITED,
} from '../../scripts/world/clearing-process.ts';
import { Operator } from '../../scripts/world/operator.ts';
import { fundedPurses, honestSales } from '../../scripts/world/payment-load.ts';
import { enrolScriptedTerminal } from '../../scripts/world/scripted-terminal.ts';

const BATCH = 20;
const AMOUNT_MINOR = 100n;

let place: string;
let servers: RunningPostgres[];
let house: ClearingProcess | undefined;

beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'fieldtill-restore-'));
  chmodSync(place, 0o755);
  servers = [];
});
afterAll(async () => {
  await house?.stop('SIGKILL');
  for (const server of servers) await server.destroy();
  rmSync(place, { recursive: true, force: true });
});

/** Every balance, beside what the entries say it is, and what was settled: equal texts are equal books. */
async function books(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query(`
      SELECT (SELECT string_agg(concat_ws(':', account_id, kind, currency, balance_minor,
                (SELECT coalesce(sum(amount_minor), 0) FROM entries e WHERE e.account_id = a.account_id)), ' '
                ORDER BY account_id) FROM accounts a) AS accounts,
             (SELECT count(*) FROM outcomes WHERE state = 'settled') AS settled,
             (SELECT count(DISTINCT (purse_id, counter)) FROM outcomes) AS payments,
             (SELECT string_agg(concat_ws(':', encode(terminal_id, 'hex'), seq, encode(head_hash, 'hex')), ' '
                ORDER BY terminal_id) FROM journal_heads) AS heads,
             (SELECT sum(amount_minor) FROM entries) AS sum`);
    expect(rows[0].sum).toBe('0');
    return JSON.stringify(rows[0]);
  } finally {
    await client.end();
  }
}

it.skipIf(process.platform === 'win32')(
  'backed up under load, spoilt, set back to a moment → the books of that moment; what came later is brought again',
  async () => {
    const first = await startPostgres({ dataFolder: join(place, 'first') });
    const cluster = prepareCluster(join(place, 'first'));
    const archive = join(place, 'archive');
    mkdirSync(archive, { mode: 0o700 });
    if (cluster.account) chownSync(archive, cluster.account.uid, cluster.account.gid);
    await archiveLogTo(first.url, archive);
    await first.stop();
    const server = await startPostgres({ dataFolder: join(place, 'first') });
    servers.push(server);

    const databaseUrl = await ensureDatabase(server.url, 'clearing');
    const settings = {
      port: await freePort(),
      folder: join(place, 'house'),
      operatorToken: randomBytes(24).toString('hex'),
      environment: UNLIMITED,
    };
    house = await startClearing({ ...settings, databaseUrl });
    const operator = new Operator(house.origin, settings.operatorToken);
    const nowS = Math.floor(Date.now() / 1000);
    const [purse] = await fundedPurses(operator, house.origin, nowS, AMOUNT_MINOR, 1);
    if (purse === undefined) throw new Error('no purse');
    const sales = honestSales(purse, nowS, AMOUNT_MINOR);
    const code = await operator.enrolmentCode({ displayName: 'Shop', currency: 'EUR' });
    const terminal = await enrolScriptedTerminal(code, nowS);
    const batches = Array.from({ length: 8 }, (_, i) => {
      const bodies = sales.slice(i * BATCH, (i + 1) * BATCH).map((sale) => ({
        code: sale.code,
        amountMinor: AMOUNT_MINOR,
        currency: 'EUR' as const,
        invoice: null,
      }));
      return terminal.salesBatch(bodies, Date.now()).body;
    });
    const send = async (from: number, to: number): Promise<void> => {
      for (const body of batches.slice(from, to)) await terminal.send(body, BATCH);
    };

    const backup = join(place, 'second', 'cluster');
    mkdirSync(join(place, 'second'));
    await send(0, 1);
    await Promise.all([takeBaseBackup(server.url, backup, cluster.account), send(1, 3)]);
    await send(3, 5);

    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const atMoment = await books(databaseUrl);
    const { rows } = await client.query('SELECT clock_timestamp()::text AS moment');
    await send(5, 8);
    const atEnd = await books(databaseUrl);
    expect(atEnd).not.toBe(atMoment);
    // somebody's mistake, and then the machine is gone; what was archived is left
    await client.query('DROP TABLE outcomes CASCADE');
    const { rows: segments } = await client.query('SELECT pg_walfile_name(pg_switch_wal()) AS last');
    await expect
      .poll(
        async () =>
          (
            await client.query('SELECT last_archived_wal >= $1 AS is FROM pg_stat_archiver', [
              segments[0].last,
            ])
          ).rows[0].is,
        { timeout: 20_000 },
      )
      .toBe(true);
    await client.end();
    await house.stop('SIGKILL');
    await server.stop();

    setBackTo(backup, archive, rows[0].moment, cluster.account);
    copyFileSync(join(cluster.parent, 'password'), join(place, 'second', 'password'));
    const restored = await startPostgres({ dataFolder: join(place, 'second') });
    servers.push(restored);
    const restoredUrl = await ensureDatabase(restored.url, 'clearing');
    expect(await books(restoredUrl)).toBe(atMoment);

    house = await startClearing({ ...settings, databaseUrl: restoredUrl });
    // the terminal still has its journal: what the house forgot it takes again, and what it knows it takes once
    await send(4, 8);
    expect(await books(restoredUrl)).toBe(atEnd);
  },
);
