/**
 * The clearing house as whoever runs it sees it: metrics, readiness, and a log of a whole run in which no secret is.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../clearing/config.ts';
import { startClearing as startHere } from '../../clearing/start.ts';
import { type ClearingProcess, freePort, startClearing } from '../../scripts/world/clearing-process.ts';
import { Operator } from '../../scripts/world/operator.ts';
import { honestSales } from '../../scripts/world/payment-load.ts';
import { issueScriptedPurses } from '../../scripts/world/scripted-purse.ts';
import { enrolScriptedTerminal } from '../../scripts/world/scripted-terminal.ts';
import { toBase64Url, toHex } from '../../shared/bytes.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { clearingRoutes } from '../../shared/contract/clearing.ts';
import { parseEnrolmentCode } from '../../shared/protocol/enrolment-code.ts';
import { OPERATOR_TOKEN, startTestClearing } from '../support/clearing.ts';
import { freshDatabase } from '../support/postgres.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let folder: string;

beforeAll(async () => {
  database = await freshDatabase();
  folder = mkdtempSync(join(tmpdir(), 'fieldtill-running-'));
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

describe('a whole run', () => {
  const operatorToken = randomBytes(24).toString('hex');
  const password = 'the canary of the pass phrase';
  const canaries = new Map<string, string>();
  let house: ClearingProcess;
  let metricsUrl: string;
  let metrics: string;

  const metricOf = (line: string): number => {
    const found = metrics.split('\n').find((candidate) => candidate.startsWith(`${line} `));
    return Number(found?.split(' ').at(-1));
  };

  /** The secret as bytes, in every form in which a log could carry it. */
  function canary(name: string, bytes: Uint8Array): void {
    canaries.set(`${name}, hexadecimal`, toHex(bytes));
    canaries.set(`${name}, base64url`, toBase64Url(bytes));
    canaries.set(`${name}, base64`, Buffer.from(bytes).toString('base64').replace(/=+$/, ''));
  }

  beforeAll(async () => {
    const metricsPort = await freePort();
    metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
    house = await startClearing({
      databaseUrl: database.url,
      port: await freePort(),
      folder,
      operatorToken,
      environment: { LOG_LEVEL: 'trace', METRICS_PORT: String(metricsPort) },
    });
    const operator = new Operator(house.origin, operatorToken);
    const nowS = Math.floor(Date.now() / 1000);
    const customer = { userName: 'canary-customer', password, currency: 'EUR' };
    await operator.customerWithMoney({ ...customer, amountMinor: '100000' });
    const purses = await issueScriptedPurses(house.origin, { ...customer, allowanceMinor: '20000' }, nowS, 1);
    const code = await operator.enrolmentCode({ displayName: 'Canary shop', currency: 'EUR' });
    const terminal = await enrolScriptedTerminal(code, nowS);
    const sales = purses.flatMap((purse) => honestSales(purse, nowS, 100n, 10));
    const bodies = sales.map(({ code: bytes }) => ({
      code: bytes,
      amountMinor: 100n,
      currency: 'EUR' as const,
      invoice: null,
    }));
    const batch = terminal.salesBatch(bodies, Date.now());
    await terminal.send(batch.body, 10);
    await terminal.send(batch.body, 10);

    canaries.set('the operator token', operatorToken);
    canaries.set('the password', password);
    canaries.set('the enrolment code', code);
    canaries.set('the database password', new URL(database.url).password);
    canaries.set('the customer', customer.userName);
    const parsed = parseEnrolmentCode(code);
    if (parsed.ok) canary('the enrolment secret', parsed.value.secret);
    for (const sale of sales.slice(0, 2)) canary('a payment code', sale.code.subarray(0, 40));
    for (const name of readdirSync(join(folder, 'keys')))
      canaries.set(`the key ${name}`, readFileSync(join(folder, 'keys', name), 'utf8').trim());

    // and what goes wrong: bad passwords, bodies that cannot be read, bad tokens, secrets in the wrong place
    const json = { 'content-type': 'application/json' };
    const post = (path: string, body: string, headers = {}) =>
      fetch(house.origin + path, { method: 'POST', headers: { ...json, ...headers }, body });
    const signIn = clearingRoutes.signIn.path;
    const signedIn = await post(signIn, JSON.stringify({ userName: customer.userName, password }));
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    canaries.set('the session', cookie.split('=')[1] ?? '');
    await post(signIn, JSON.stringify({ userName: customer.userName, password: `${password}!` }));
    await post(signIn, `{"userName":"${customer.userName}","password":"${password}"`);
    await post(signIn, JSON.stringify({ userName: customer.userName, password, extra: password }));
    await post(`/v1/none?token=${operatorToken}`, '{}', { cookie, authorization: `Bearer ${operatorToken}` });
    await post(clearingRoutes.deposit.path, '{}', { authorization: `Bearer ${operatorToken}x` });
    await fetch(`${house.origin}/v1/%ff${operatorToken}`);
    await fetch(`${house.origin}${clearingStreams.walletEvents.path}?after=${password}`, {
      headers: { cookie },
    });
    for (const id of ['0011223344556677', 'fedcba9876543210'])
      await post(clearingStreams.journal.path.replace(':terminalId', id), operatorToken);
    // what happens when the database goes away is logged too
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'fieldtill-%'`,
    );
    await client.end();
    await fetch(`${house.origin}/v1/me`, { headers: { cookie } });
    metrics = await (await fetch(metricsUrl)).text();
  });
  afterAll(async () => {
    await house.stop();
  });

  it('its log → JSON lines, without any secret of it', () => {
    const log = readFileSync(join(folder, 'clearing.log'), 'utf8');
    const lines = log.trim().split('\n');
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    expect(canaries.size).toBeGreaterThan(14);
    for (const [name, secret] of canaries) {
      expect(secret.length, name).toBeGreaterThanOrEqual(12);
      expect(log.includes(secret), name).toBe(false);
    }
  });

  it('its metrics → requests, ingest, database, process, in Prometheus’ text format', () => {
    for (const line of metrics.trim().split('\n'))
      expect(line).toMatch(
        /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z_]+="[^"\n]*",?)+\})? (-?[0-9.e+-]+|NaN))$/,
      );
    const journal = clearingStreams.journal.path;
    expect(metricOf(`fieldtill_http_requests_total{route="${journal}",method="POST",status="2xx"}`)).toBe(2);
    expect(metricOf(`fieldtill_http_requests_total{route="${journal}",method="POST",status="4xx"}`)).toBe(2);
    expect(metricOf(`fieldtill_http_request_seconds_count{route="${journal}"}`)).toBe(4);
    expect(metricOf('fieldtill_ingest_entries_total')).toBe(10);
    expect(metricOf('fieldtill_ingest_outcomes_total{state="settled",reason="none"}')).toBe(10);
    expect(metricOf('fieldtill_ingest_batch_entries_count')).toBe(2);
    expect(metricOf('fieldtill_ingest_batch_entries_bucket{le="5"}')).toBe(1);
    expect(metricOf('fieldtill_db_condition{figure="reachable"}')).toBe(1);
    expect(metricOf('fieldtill_db_condition{figure="writable"}')).toBe(1);
    expect(Math.abs(metricOf('fieldtill_db_condition{figure="clock_off_seconds"}'))).toBeLessThan(5);
    expect(metricOf('fieldtill_db_connections{state="waiting"}')).toBe(0);
    expect(metricOf('fieldtill_queue_length{queue="webhooks"}')).toBe(0);
    expect(metricOf('fieldtill_queue_length{queue="webhooks_dead"}')).toBe(0);
    expect(metricOf('fieldtill_event_streams{listener="wallet"}')).toBe(0);
    expect(metricOf('process_resident_memory_bytes')).toBeGreaterThan(1e7);
    expect(metrics).toMatch(/^nodejs_eventloop_delay_seconds\{quantile="0.99"\} [0-9.e-]+$/m);
  });

  it('no label that a client can invent, no secret', () => {
    for (const [name, secret] of canaries) expect(metrics.includes(secret), name).toBe(false);
    expect(metrics).not.toMatch(/0011223344556677|fedcba9876543210|\/v1\/none/);
    expect(metrics).toContain('route="other"');
  });

  it('asked at the public port, by another path or method → not there', async () => {
    expect((await fetch(`${house.origin}/metrics`)).status).toBe(404);
    expect((await fetch(new URL('/', metricsUrl))).status).toBe(404);
    expect((await fetch(metricsUrl, { method: 'POST' })).status).toBe(405);
  });
});

describe('readiness', () => {
  const statusOf = async (origin: string, path: string) => (await fetch(origin + path)).status;

  it('a clock that is off the database’s → alive, not ready, and ready again when it is mended', async () => {
    const house = await startTestClearing({ databaseUrl: (await freshDatabaseOf()).url });
    expect(await statusOf(house.origin, '/health/ready')).toBe(200);
    const right = house.clock.nowMs;
    for (const offMs of [-60_000, 60_000]) {
      house.clock.nowMs = Date.now() + offMs;
      expect(await statusOf(house.origin, '/health/ready')).toBe(503);
      expect(await statusOf(house.origin, '/health/live')).toBe(200);
    }
    house.clock.nowMs = right;
    expect(await statusOf(house.origin, '/health/ready')).toBe(200);
    await house.stop();
  });

  it('a database that takes no writes, or is gone → alive, not ready, and says so by name', async () => {
    const own = await freshDatabaseOf();
    const house = await startHere(
      readSettings({
        DATABASE_URL: own.url,
        PORT: '0',
        KEYS_FOLDER: join(folder, 'ready-keys'),
        OPERATOR_TOKEN,
        WORLD: 'test',
        LOG_LEVEL: 'silent',
      }),
    );
    const server = new pg.Client({ connectionString: own.url });
    await server.connect();
    const cutAll = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'fieldtill-clearing'`;
    const name = server.escapeIdentifier(new URL(own.url).pathname.slice(1));
    await server.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await server.query(cutAll);
    await expect.poll(() => statusOf(house.origin, '/health/ready')).toBe(503);
    await server.query('SET default_transaction_read_only = off');
    await server.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
    await server.query(cutAll);
    await expect.poll(() => statusOf(house.origin, '/health/ready')).toBe(200);
    await server.end();
    await own.drop();
    const gone = await fetch(`${house.origin}/health/ready`);
    expect([gone.status, await gone.json()]).toEqual([503, expect.objectContaining({ code: 'unavailable' })]);
    expect(await statusOf(house.origin, '/health/live')).toBe(200);
    await house.stop();
  });

  const opened: Awaited<ReturnType<typeof freshDatabase>>[] = [];
  async function freshDatabaseOf() {
    const one = await freshDatabase();
    opened.push(one);
    return one;
  }
  afterAll(async () => {
    for (const one of opened) await one.drop();
  });
});
