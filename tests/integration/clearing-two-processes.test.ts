/**
 * Two real clearing processes behind one address, on one database: one of them is killed in mid-batch, at set moments
 * and at any, and stopped in order under load. Whatever dies, each payment is settled once and nothing acknowledged is lost.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ClearingProcess,
  type ClearingSettings,
  freePort,
  startClearing,
  UNLIMITED,
} from '../../scripts/world/clearing-process.ts';
import { Operator } from '../../scripts/world/operator.ts';
import { honestSales, PAYMENTS_PER_PURSE, type ScriptedSale } from '../../scripts/world/payment-load.ts';
import { issueScriptedPurses } from '../../scripts/world/scripted-purse.ts';
import { enrolScriptedTerminal, type ScriptedTerminal } from '../../scripts/world/scripted-terminal.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { clearingRoutes } from '../../shared/contract/clearing.ts';
import { freshDatabase } from '../support/postgres.ts';
import { type RoundRobinProxy, roundRobinProxy } from '../support/round-robin-proxy.ts';

const AMOUNT_MINOR = 100n;
const PURSES = 5;
const TERMINALS = 3;
const BATCH = 20;

const pause = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`never: ${what}`);
    await pause(5);
  }
}

/** A wallet that listens, and comes back whenever its stream ends. */
class ListeningWallet {
  readonly told: number[] = [];
  streams = 0;
  isListening = false;
  readonly #end = new AbortController();
  readonly #url: string;
  readonly #cookie: string;

  constructor(origin: string, cookie: string) {
    this.#url = `${origin}${clearingStreams.walletEvents.path}?after=0`;
    this.#cookie = cookie;
    void this.#listen();
  }

  async #listen(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      try {
        await this.#read(signal);
      } catch {
        // its server died; the next one knows as much
      }
      this.isListening = false;
      await pause(20);
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    const last = this.told.at(-1);
    const resume = last === undefined ? {} : { 'last-event-id': String(last) };
    const { body, status } = await fetch(this.#url, { headers: { cookie: this.#cookie, ...resume }, signal });
    if (body === null || status !== 200) return;
    this.streams += 1;
    this.isListening = true;
    let text = '';
    for await (const part of body.pipeThrough(new TextDecoderStream())) {
      text += part;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const id = /^id: (\d+)$/m.exec(block)?.[1];
        if (id !== undefined) this.told.push(Number(id));
      }
    }
  }

  close(): void {
    this.#end.abort();
  }
}

let database: Awaited<ReturnType<typeof freshDatabase>>;
let folder: string;
let proxy: RoundRobinProxy;
let watcher: pg.Client;
let operator: Operator;
let wallet: ListeningWallet;
let settings: readonly [ClearingSettings, ClearingSettings];
let processes: [ClearingProcess, ClearingProcess];
let terminals: readonly ScriptedTerminal[];
let unspent: ScriptedSale[];
/** Payments whose acknowledgement came. */
let acknowledged = 0;

function nextBatch(terminal: ScriptedTerminal, size = BATCH): Uint8Array<ArrayBuffer> {
  const sales = unspent.splice(0, size);
  if (sales.length < size) throw new Error('no payments left');
  const bodies = sales.map(({ code }) => ({
    code,
    amountMinor: AMOUNT_MINOR,
    currency: 'EUR' as const,
    invoice: null,
  }));
  return terminal.salesBatch(bodies, Date.now()).body;
}

/** As a till does: again and again until it is acknowledged. */
async function sendUntilAcknowledged(
  terminal: ScriptedTerminal,
  body: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    try {
      await terminal.send(body, BATCH);
      acknowledged += BATCH;
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await pause(20);
    }
  }
}

const waitingForLocks = async (): Promise<number> => {
  const { rows } = await watcher.query<{ count: string }>(
    `SELECT count(*) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'fieldtill-clearing' AND wait_event_type = 'Lock'`,
  );
  return Number(rows[0]?.count);
};

/** Holds rows that a batch must wait for. @returns lets them go */
async function hold(query: string): Promise<() => Promise<void>> {
  const holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query(`${query} FOR UPDATE`);
  return async () => {
    await holder.query('ROLLBACK');
    await holder.end();
  };
}

/** Each acknowledged payment is settled exactly once, the wallet was told each once, and the money adds up. */
async function expectAllSettledOnce(): Promise<void> {
  const { rows } = await watcher.query(`
    SELECT (SELECT count(*) FROM outcomes WHERE state = 'settled')::int AS settled,
           (SELECT count(*) FROM outcomes WHERE state <> 'settled')::int AS others,
           (SELECT count(DISTINCT (purse_id, counter)) FROM outcomes)::int AS payments,
           (SELECT count(*) FROM transfers WHERE kind = 'payment')::int AS transfers,
           (SELECT count(*) FROM journal_entries)::int AS entries,
           (SELECT sum(amount_minor) FROM entries)::int AS sum,
           (SELECT sum(balance_minor) FROM accounts)::int AS balances,
           (SELECT sum(balance_minor) FROM accounts WHERE kind = 'receivable')::int AS receivable,
           (SELECT count(*) FROM accounts WHERE balance_minor <>
             (SELECT coalesce(sum(amount_minor), 0) FROM entries WHERE entries.account_id = accounts.account_id))::int
             AS unbalanced`);
  expect(rows[0]).toEqual({
    settled: acknowledged,
    others: 0,
    payments: acknowledged,
    transfers: acknowledged,
    entries: acknowledged,
    sum: 0,
    balances: 0,
    receivable: acknowledged * Number(AMOUNT_MINOR),
    unbalanced: 0,
  });
  const { sums } = await operator.ledger();
  expect(sums.map(({ sumMinor }) => sumMinor)).toEqual(['0']);
  await until('the wallet knows all', () => wallet.told.length >= acknowledged);
  expect(wallet.told).toEqual(Array.from({ length: acknowledged }, (_, i) => i + 1));
}

async function kill(which: 0 | 1): Promise<void> {
  await processes[which].stop('SIGKILL');
}

async function restart(which: 0 | 1): Promise<void> {
  processes[which] = await startClearing(settings[which]);
}

beforeAll(async () => {
  database = await freshDatabase();
  folder = mkdtempSync(join(tmpdir(), 'fieldtill-two-'));
  proxy = await roundRobinProxy();
  const operatorToken = randomBytes(24).toString('hex');
  const settingsOf = async (): Promise<ClearingSettings> => ({
    databaseUrl: database.url,
    port: await freePort(),
    folder,
    operatorToken,
    environment: { ...UNLIMITED, PUBLIC_ORIGIN: proxy.origin },
  });
  settings = [await settingsOf(), await settingsOf()];
  processes = [await startClearing(settings[0]), await startClearing(settings[1])];
  proxy.servers = settings.map(({ port }) => port);
  watcher = new pg.Client({ connectionString: database.url });
  await watcher.connect();
  operator = new Operator(proxy.origin, operatorToken);

  const nowS = Math.floor(Date.now() / 1000);
  const customer = { userName: 'listener', password: 'a long enough pass phrase', currency: 'EUR' };
  const allowanceMinor = AMOUNT_MINOR * BigInt(PAYMENTS_PER_PURSE);
  await operator.customerWithMoney({ ...customer, amountMinor: `${allowanceMinor * BigInt(PURSES)}` });
  const purses = await issueScriptedPurses(
    proxy.origin,
    { ...customer, allowanceMinor: `${allowanceMinor}` },
    nowS,
    PURSES,
  );
  // every batch has payments of every purse: batches of all terminals meet at the same rows
  const ofPurses = purses.map((purse) => honestSales(purse, nowS, AMOUNT_MINOR));
  unspent = (ofPurses[0] ?? []).flatMap((_, i) => ofPurses.flatMap((sales) => sales[i] ?? []));
  const enrolled: ScriptedTerminal[] = [];
  for (let i = 0; i < TERMINALS; i++) {
    const code = await operator.enrolmentCode({ displayName: `Shop ${i}`, currency: 'EUR' });
    enrolled.push(await enrolScriptedTerminal(code, nowS));
  }
  terminals = enrolled;
  const signedIn = await fetch(proxy.origin + clearingRoutes.signIn.path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userName: customer.userName, password: customer.password }),
  });
  wallet = new ListeningWallet(proxy.origin, (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '');
});

afterAll(async () => {
  wallet.close();
  await proxy.close();
  for (const one of processes) await one.stop('SIGKILL');
  await watcher.end();
  await database.drop();
  rmSync(folder, { recursive: true });
});

describe('killed at a set moment of a batch → the other settles it once', () => {
  it.each([
    ['before anything is written', 'SELECT FROM terminals'],
    ['before it decides', `SELECT FROM accounts WHERE kind = 'purse'`],
    ['with entries and outcomes written, while it posts', `SELECT FROM accounts WHERE kind = 'receivable'`],
  ])('%s', async (_, rows) => {
    const [terminal] = terminals;
    if (terminal === undefined) throw new Error('no terminal');
    const body = nextBatch(terminal);
    const release = await hold(rows);
    proxy.servers = [settings[0].port];
    const sent = terminal.send(body, BATCH).then(
      () => 'acknowledged',
      () => 'cut off',
    );
    await until('the batch waits', async () => (await waitingForLocks()) === 1);
    await kill(0);
    expect(await sent).toBe('cut off');
    await release();
    proxy.servers = [settings[0].port, settings[1].port];
    await sendUntilAcknowledged(terminal, body);
    await restart(0);
    await expectAllSettledOnce();
  });

  it('committed, and its answer on the way', async () => {
    const [terminal] = terminals;
    if (terminal === undefined) throw new Error('no terminal');
    const body = nextBatch(terminal);
    proxy.servers = [settings[0].port];
    let killed = Promise.resolve();
    proxy.cutAnswer = (path) => {
      if (!path.endsWith('/journal')) return false;
      killed = kill(0);
      return true;
    };
    await expect(terminal.send(body, BATCH)).rejects.toThrow();
    await killed;
    proxy.cutAnswer = () => false;
    proxy.servers = [settings[0].port, settings[1].port];
    const before = (await watcher.query('SELECT count(*)::int FROM transfers')).rows[0];
    await sendUntilAcknowledged(terminal, body);
    expect((await watcher.query('SELECT count(*)::int FROM transfers')).rows[0]).toEqual(before);
    await restart(0);
    await expectAllSettledOnce();
  });
});

describe('killed under load', () => {
  it('again and again, now one, now the other → each payment settled once, each wallet told once', async () => {
    const streamsBefore = wallet.streams;
    const takenBefore = new Map(proxy.taken);
    for (const [round, afterMs] of [3, 15, 30, 60, 120].entries()) {
      const victim = round % 2 === 0 ? 0 : 1;
      const load = Promise.all(
        terminals.map(async (terminal) => {
          for (let i = 0; i < 2; i++) await sendUntilAcknowledged(terminal, nextBatch(terminal));
        }),
      );
      // at another moment of the batches each time
      await pause(afterMs);
      await kill(victim);
      await load;
      await restart(victim);
    }
    for (const { port } of settings)
      expect(proxy.taken.get(port)).toBeGreaterThan(takenBefore.get(port) ?? 0);
    await expectAllSettledOnce();
    expect(wallet.streams).toBeGreaterThan(streamsBefore);
  });
});

describe('stopped in order, under load', () => {
  it('requests that run end well, new ones are refused, streams end, no connection stays', async () => {
    await processes[1].stop();
    proxy.servers = [settings[0].port];
    await until('the wallet listens here', () => wallet.isListening);
    const release = await hold('SELECT FROM terminals');
    const sent = terminals.map((terminal) => terminal.send(nextBatch(terminal), BATCH));
    await until('all batches wait', async () => (await waitingForLocks()) === TERMINALS);
    const stopped = processes[0].stop('SIGTERM');
    await until('its stream has ended', () => !wallet.isListening);
    await until('new requests are refused', () =>
      fetch(`http://127.0.0.1:${settings[0].port}/health/live`).then(
        ({ status }) => status === 503,
        () => true,
      ),
    );
    await release();
    await Promise.all(sent);
    acknowledged += TERMINALS * BATCH;
    expect(await stopped).toBe(0);
    const { rows } = await watcher.query(
      `SELECT count(*)::int FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'fieldtill-%'`,
    );
    expect(rows[0]).toEqual({ count: 0 });
    await restart(0);
    await restart(1);
    proxy.servers = settings.map(({ port }) => port);
    await expectAllSettledOnce();
  });
});
