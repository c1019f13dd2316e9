/** Server-sent events: told once, in order, resumed where it was, by whichever process the client is with. */
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import type { WalletPayment } from '../../shared/contract/clearing.ts';
import { startTestClearing, type TestClearing } from '../support/clearing.ts';
import { TestCustomer } from '../support/clearing-customer.ts';
import { TestTill } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;
/** Another server on the same database: they share nothing else. */
let other: TestClearing;

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
  const { keys, clock, origin } = clearing;
  other = await startTestClearing({
    databaseUrl: database.url,
    keys,
    clock,
    config: { publicOrigin: origin },
  });
});
afterAll(async () => {
  await clearing.stop();
  await other.stop();
  await database.drop();
});

interface Told {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: string;
}

/** Reads a stream as a browser does. */
class Stream {
  readonly response: Response;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #abort: AbortController;
  #text = '';

  constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    if (response.body === null) throw new Error('no body');
    this.#reader = response.body.getReader();
  }

  static async open(url: string | URL, headers: Record<string, string>): Promise<Stream> {
    const abort = new AbortController();
    return new Stream(await fetch(url, { headers, signal: abort.signal }), abort);
  }

  /** The next event; undefined when the server ends the stream. */
  async next(): Promise<Told | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
        const event = field('event');
        if (event !== undefined) return { event, id: field('id'), data: field('data') ?? '' };
        continue;
      }
      const { value, done } = await this.#reader.read();
      if (done) return undefined;
      this.#text += new TextDecoder().decode(value);
    }
  }

  async payment(): Promise<WalletPayment> {
    const told = await this.next();
    expect(told?.event).toBe('payment');
    const payment = JSON.parse(told?.data ?? '{}');
    expect(told?.id).toBe(String(payment.number));
    return payment;
  }

  close(): void {
    this.#abort.abort();
  }
}

const open: Stream[] = [];
afterEach(() => {
  for (const stream of open.splice(0)) stream.close();
});

async function listen(
  at: TestClearing,
  customer: TestCustomer,
  query = '',
  lastEventId?: string,
): Promise<Stream> {
  const headers = {
    cookie: customer.cookie,
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
  const stream = await Stream.open(at.origin + clearingStreams.walletEvents.path + query, headers);
  open.push(stream);
  return stream;
}

describe('a wallet', () => {
  it('a payment settled by another process → told, once', async () => {
    const customer = await TestCustomer.register(clearing);
    const purse = await customer.purse();
    const till = await TestTill.enrol(clearing);
    const here = await listen(clearing, customer);
    const there = await listen(other, customer);
    expect(here.response.headers.get('content-type')).toBe('text/event-stream');
    expect(here.response.headers.get('x-content-type-options')).toBe('nosniff');
    till.sale(purse, purse.quick(1), 700n);
    await till.send();
    till.sale(purse, purse.quick(2), 300n);
    await till.send();
    for (const stream of [here, there]) {
      expect(await stream.payment()).toMatchObject({ number: 1, amountMinor: '700', state: 'settled' });
      expect(await stream.payment()).toMatchObject({ number: 2, amountMinor: '300' });
    }
  });

  it('resumed by Last-Event-ID or ?after= → what came after; neither → only what is new', async () => {
    const customer = await TestCustomer.register(clearing);
    const purse = await customer.purse();
    const till = await TestTill.enrol(clearing);
    for (const counter of [1, 2, 3]) till.sale(purse, purse.quick(counter), 100n);
    await till.send();
    expect(await (await listen(clearing, customer, '', '1')).payment()).toMatchObject({ number: 2 });
    expect(await (await listen(clearing, customer, '?after=2')).payment()).toMatchObject({ number: 3 });
    const all = await listen(clearing, customer, '?after=0');
    for (const number of [1, 2, 3]) expect(await all.payment()).toMatchObject({ number });
    const fresh = await listen(clearing, customer);
    till.sale(purse, purse.quick(4), 100n);
    await till.send();
    expect(await fresh.payment()).toMatchObject({ number: 4 });
  });

  it('another customer’s payment → not told', async () => {
    const [customer, stranger] = [
      await TestCustomer.register(clearing),
      await TestCustomer.register(clearing),
    ];
    const purse = await customer.purse();
    const strangers = await stranger.purse();
    const till = await TestTill.enrol(clearing);
    const stream = await listen(clearing, stranger);
    till.sale(purse, purse.quick(1), 100n);
    till.sale(strangers, strangers.quick(7), 100n);
    await till.send();
    expect(await stream.payment()).toMatchObject({ number: 1, counter: 7 });
  });

  it('no session, a bad number → refused', async () => {
    const customer = await TestCustomer.register(clearing);
    const { path } = clearingStreams.walletEvents;
    const status = async (query: string, headers: Record<string, string>) =>
      (await fetch(clearing.origin + path + query, { headers })).status;
    expect(await status('', {})).toBe(401);
    const { cookie } = customer;
    for (const query of ['?after=x', '?after=-1', '?after=1&after=2', '?other=1', `?after=${'9'.repeat(20)}`])
      expect(await status(query, { cookie })).toBe(400);
    expect(await status('', { cookie, 'last-event-id': 'x' })).toBe(400);
  });

  it('a ninth stream of one customer → the first ends', async () => {
    const customer = await TestCustomer.register(clearing);
    const streams = [];
    for (let i = 0; i < 9; i++) streams.push(await listen(clearing, customer));
    expect(await streams[0]?.next()).toBeUndefined();
    expect(
      (await fetch(clearing.origin + clearingStreams.walletEvents.path, { method: 'HEAD' })).status,
    ).toBe(404);
  });

  it('signed out → the stream ends at the next wake', async () => {
    const customer = await TestCustomer.register(clearing);
    const purse = await customer.purse();
    const till = await TestTill.enrol(clearing);
    const stream = await listen(clearing, customer);
    await clearing.call('signOut', { cookie: customer.cookie });
    till.sale(purse, purse.quick(1), 100n);
    await till.send();
    expect(await stream.next()).toBeUndefined();
  });

  it('the listening connection is cut → heard again after it is back', async () => {
    const customer = await TestCustomer.register(clearing);
    const purse = await customer.purse();
    const till = await TestTill.enrol(clearing);
    const stream = await listen(other, customer);
    await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'fieldtill-news' AND datname = current_database()`.execute(clearing.database);
    till.sale(purse, purse.quick(1), 100n);
    await till.send();
    expect(await stream.payment()).toMatchObject({ number: 1 });
  });
});

describe('a terminal', () => {
  it('a purse revoked at another process → fetch', async () => {
    const till = await TestTill.enrol(clearing);
    const purse = await (await TestCustomer.register(clearing)).purse();
    const url = till.url('terminalEvents');
    const stream = await Stream.open(url, till.headers('GET', url, null));
    open.push(stream);
    const path = `/v1/admin/purses/${purse.certificate.purseId}/revocation`;
    await other.call('revokePurse', { path, operator: true, body: {} });
    expect(await stream.next()).toMatchObject({ event: 'fetch', data: '' });
  });
});

describe('a graceful stop', () => {
  it('with streams open → they end, the server closes', async () => {
    const third = await startTestClearing({
      databaseUrl: database.url,
      keys: clearing.keys,
      clock: clearing.clock,
    });
    const customer = await TestCustomer.register(clearing);
    const stream = await listen(third, customer);
    await third.stop();
    expect(await stream.next()).toBeUndefined();
  });
});
