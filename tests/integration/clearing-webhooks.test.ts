/** Webhooks to merchants over real HTTP: to receivers that take, fail, hang, redirect, vanish; from several processes. */
import { createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliverDue, type WebhookPorts } from '../../clearing/webhooks/deliver.ts';
import { postWith } from '../../clearing/webhooks/post.ts';
import { toHex } from '../../shared/bytes.ts';
import { WEBHOOK_EVENTS, webhookBody } from '../../shared/contract/clearing/webhooks.ts';
import { type ClearingRoute, clearingRoutes, type RouteAnswer } from '../../shared/contract/clearing.ts';
import { OPERATOR_TOKEN, random, startTestClearing, type TestClearing } from '../support/clearing.ts';
import { TestCustomer, type TestPurse } from '../support/clearing-customer.ts';
import { TestTill } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';

interface Heard {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;
let receiver: http.Server;
let hook: string;
let heard: Heard[];
/** What the receiver answers; null: nothing, ever. */
let answers: (heard: Heard) => { status: number; headers?: Record<string, string> } | null;
let purse: TestPurse;
let till: TestTill;
let key: string;

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
  receiver = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const one = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
      };
      heard.push(one);
      const answer = answers(one);
      if (answer !== null) response.writeHead(answer.status, answer.headers).end('never read');
    });
  });
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
});
afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await clearing.stop();
  await database.drop();
});
beforeEach(async () => {
  heard = [];
  answers = () => ({ status: 204 });
  const customer = await TestCustomer.register(clearing);
  purse = await customer.purse();
  till = await TestTill.enrol(clearing);
  key = await keyOf(till.merchantId);
});
// what one test leaves waiting is not the next one's
afterEach(async () => {
  await sql`UPDATE webhook_endpoints SET state = 'disabled', disabled_because = 'asked'`.execute(
    clearing.database,
  );
});

async function ask<R extends ClearingRoute>(
  route: R,
  bearer: string,
  { path, body }: { path?: string; body?: unknown } = {},
): Promise<{ status: number; body: RouteAnswer<R> & { code?: string } }> {
  const { method, path: own } = clearingRoutes[route];
  const headers: Record<string, string> = { authorization: `Bearer ${bearer}` };
  if (body !== undefined) headers['content-type'] = 'application/json';
  const answer = await fetch(clearing.origin + (path ?? own), {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() } as never;
}

async function keyOf(merchantId: string): Promise<string> {
  const path = `/v1/admin/merchants/${merchantId}/keys`;
  const made = await ask('createMerchantKey', OPERATOR_TOKEN, { path, body: {} });
  expect(made.status).toBe(201);
  return made.body.key;
}

async function newHook(url = hook, events: readonly string[] = WEBHOOK_EVENTS) {
  const made = await ask('createWebhook', key, { body: { url, events } });
  expect(made.status).toBe(201);
  return { ...made.body, path: `/v1/merchant/webhooks/${made.body.webhook.endpointId}` };
}

function ports(change: Partial<WebhookPorts> = {}): WebhookPorts {
  return {
    database: clearing.database,
    keys: clearing.keys,
    nowMs: () => clearing.clock.nowMs,
    fraction: () => 0.5,
    post: postWith({ allowsPrivate: true, timeoutMs: 5000 }),
    ...change,
  };
}

/** One good sale of so much, sent. */
async function sell(counter: number, amountMinor = 100n): Promise<void> {
  till.sale(purse, purse.quick(counter), amountMinor);
  await till.send();
}

async function deliveries(state: string) {
  const answer = await ask('webhookDeliveries', key, {
    path: `/v1/merchant/webhook-deliveries?state=${state}`,
  });
  expect(answer.status).toBe(200);
  return answer.body.deliveries;
}

const state = async () => (await ask('webhooks', key)).body.webhooks[0];

function signatureOf(secret: string, { headers, body }: Heard): string {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const raw = Buffer.from(secret.replace('whsec_', ''), 'base64');
  return `v1,${createHmac('sha256', raw).update(signed).digest('base64')}`;
}

describe('told', () => {
  it('sale, bad sale, refund → three signed events in the contract’s form, once each however often the batch is sent', async () => {
    const { secret } = await newHook();
    const payment = purse.quick(1);
    till.sale(purse, payment, 700n);
    till.sale(purse, purse.quick(2), 9000n);
    till.refund(purse, payment, 1, 300n);
    await till.send();
    await till.send();
    await deliverDue(ports());
    await deliverDue(ports());
    const bodies = heard.flatMap(({ body }) => {
      const read = webhookBody.parse(JSON.parse(body));
      return read.type === 'settlement.paid' ? [] : [read];
    });
    expect(
      bodies
        .sort((a, b) => a.data.seq - b.data.seq)
        .map(({ type, data }) => [
          type,
          data.seq,
          data.amountMinor,
          data.reason,
          data.merchantId === till.merchantId,
        ]),
    ).toEqual([
      ['payment.settled', 1, '700', null, true],
      ['payment.rejected', 2, '9000', 'over-cap', true],
      ['refund.settled', 3, '300', null, true],
    ]);
    for (const one of heard) {
      expect(one.headers['webhook-signature']).toBe(signatureOf(secret, one));
      expect(one.headers['content-type']).toBe('application/json');
      expect(Number(one.headers['webhook-timestamp'])).toBe(Math.floor(clearing.clock.nowMs / 1000));
    }
    expect(new Set(heard.map(({ headers }) => headers['webhook-id'])).size).toBe(3);
    expect(await deliveries('delivered')).toHaveLength(3);
  });

  it('settlement that pays out → told once, with what the bank was told; a dry run tells nothing', async () => {
    await newHook(hook, ['settlement.paid']);
    await sell(1, 900n);
    const terms = {
      cycle: 'manual',
      payoutAccount: 'DE02120300000000202051',
      payoutCurrency: 'EUR',
      reserveBasisPoints: 0,
      reserveDays: 0,
    };
    const path = `/v1/admin/merchants/${till.merchantId}/settlement-terms`;
    expect((await ask('setSettlementTerms', OPERATOR_TOKEN, { path, body: terms })).status).toBe(201);
    clearing.clock.nowMs += 60_000;
    const { merchantId } = till;
    const run = { cycle: 'manual', day: null, runId: toHex(random(16)), merchantId, isDryRun: true };
    const dry = await ask('runSettlement', OPERATOR_TOKEN, { body: run });
    expect(dry.body.code).toBeUndefined();
    expect(await deliveries('waiting')).toEqual([]);
    for (const _ of [1, 2]) await ask('runSettlement', OPERATOR_TOKEN, { body: { ...run, isDryRun: false } });
    await deliverDue(ports());
    const [body] = heard.map((one) => webhookBody.parse(JSON.parse(one.body)));
    expect(heard).toHaveLength(1);
    expect(body).toMatchObject({
      type: 'settlement.paid',
      data: { merchantId, number: 1, currency: 'EUR', amountMinor: '900' },
    });
  });

  it('only what was asked for, only to the merchant whose it is, nothing while disabled', async () => {
    const { path } = await newHook(hook, ['refund.settled']);
    const other = await TestTill.enrol(clearing);
    const otherKey = await keyOf(other.merchantId);
    await ask('createWebhook', otherKey, { body: { url: `${hook}/other`, events: WEBHOOK_EVENTS } });
    await sell(1);
    await deliverDue(ports());
    expect(heard).toEqual([]);
    expect((await ask('changeWebhook', key, { path, body: { state: 'disabled' } })).status).toBe(200);
    till.refund(purse, purse.quick(1), 1, 100n);
    await till.send();
    await deliverDue(ports());
    expect(heard).toEqual([]);
  });

  it('a batch that is not committed → nothing in the outbox', async () => {
    await newHook();
    till.sale(purse, purse.quick(1), 100n);
    const bytes = till.batch();
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect((await till.post(bytes)).status).toBe(400);
    expect(await deliveries('waiting')).toEqual([]);
  });

  it('secret changed → both sign for a day, then the new one alone', async () => {
    const { secret: first, path } = await newHook();
    const second = await ask('rotateWebhookSecret', key, { path: `${path}/secrets`, body: {} });
    expect(second.status).toBe(201);
    await sell(1);
    await deliverDue(ports());
    clearing.clock.nowMs += 86_400_001;
    await sell(2);
    await deliverDue(ports());
    const [both, one] = heard;
    if (both === undefined || one === undefined) throw new Error('not heard');
    expect(both.headers['webhook-signature']).toBe(
      `${signatureOf(second.body.secret, both)} ${signatureOf(first, both)}`,
    );
    expect(one.headers['webhook-signature']).toBe(signatureOf(second.body.secret, one));
  });
});

describe('a receiver that does not take it', () => {
  it('500, then well → tried again under the same id, not before its time', async () => {
    await newHook();
    await sell(1);
    answers = () => ({ status: 500 });
    await deliverDue(ports());
    expect(await deliverDue(ports())).toEqual([]);
    clearing.clock.nowMs += 5000;
    answers = () => ({ status: 200 });
    expect(await deliverDue(ports())).toHaveLength(1);
    expect(heard.map(({ headers }) => headers['webhook-id'])).toHaveLength(2);
    expect(heard[0]?.headers['webhook-id']).toBe(heard[1]?.headers['webhook-id']);
    expect((await deliveries('delivered')).map(({ tries, lastStatus }) => [tries, lastStatus])).toEqual([
      [2, 200],
    ]);
    expect((await state())?.failingSinceMs).toBeNull();
  });

  it('redirect → not followed, not delivered', async () => {
    await newHook();
    await sell(1);
    answers = () => ({ status: 302, headers: { location: `${hook}/elsewhere` } });
    await deliverDue(ports());
    expect(heard.map(({ path }) => path)).toEqual(['/hook']);
    expect((await deliveries('waiting')).map(({ lastStatus }) => lastStatus)).toEqual([302]);
  });

  it('hangs → cut at the deadline, left alone for a moment; others are told meanwhile', async () => {
    await newHook(`${hook}/hangs`);
    await newHook(`${hook}/well`);
    await sell(1);
    await sell(2);
    answers = ({ path }) => (path.endsWith('hangs') ? null : { status: 204 });
    await deliverDue(ports({ post: postWith({ allowsPrivate: true, timeoutMs: 100 }) }));
    expect((await deliveries('waiting')).map(({ lastFault }) => lastFault)).toEqual(['timeout', 'timeout']);
    expect(await deliveries('delivered')).toHaveLength(2);
    await sell(3);
    heard = [];
    await deliverDue(ports());
    expect(heard.map(({ path }) => path)).toEqual(['/hook/well']);
  });

  it('days of failure → dead, listed, the endpoint disabled; enabled and replayed by either → delivered', async () => {
    const { path } = await newHook();
    await sell(1);
    answers = () => ({ status: 503, headers: { 'retry-after': '21600' } });
    let tries = 0;
    while ((await deliveries('waiting')).length > 0 && tries < 100) {
      tries += (await deliverDue(ports())).length;
      clearing.clock.nowMs += 6 * 3_600_000;
    }
    expect(tries).toBe(13);
    const [dead] = await deliveries('dead');
    expect(dead).toMatchObject({ event: 'payment.settled', lastStatus: 503, tries: 13 });
    // a second event still goes out; five days after the first failure nobody knocks there any more
    clearing.clock.nowMs += 2 * 86_400_000;
    purse = await purse.customer.purse();
    await sell(1);
    await deliverDue(ports());
    expect(await state()).toMatchObject({ state: 'disabled', disabledBecause: 'failing' });

    answers = () => ({ status: 200 });
    heard = [];
    await ask('changeWebhook', key, { path, body: { state: 'enabled' } });
    const replay = `/v1/merchant/webhook-deliveries/${dead?.number}/replay`;
    expect((await ask('replayWebhook', key, { path: replay, body: {} })).status).toBe(200);
    const all = await ask('allWebhookDeliveries', OPERATOR_TOKEN, {
      path: '/v1/admin/webhook-deliveries?state=dead',
    });
    expect(all.body.deliveries.map(({ number }) => number)).not.toContain(dead?.number);
    await deliverDue(ports());
    expect(heard.map(({ headers }) => headers['webhook-id'])).toContain(dead?.eventId);
    const again = replay.replace('/merchant/', '/admin/');
    expect((await ask('replayAnyWebhook', OPERATOR_TOKEN, { path: again, body: {} })).status).toBe(200);
    heard = [];
    await deliverDue(ports());
    expect(heard).toHaveLength(1);
  });

  it('410 → disabled at once', async () => {
    await newHook();
    await sell(1);
    answers = () => ({ status: 410 });
    await deliverDue(ports());
    expect(await state()).toMatchObject({ state: 'disabled', disabledBecause: 'gone' });
    expect(await deliveries('dead')).toHaveLength(1);
  });

  it('a private address while the setting forbids them → never connected', async () => {
    await newHook();
    await newHook(hook.replace('127.0.0.1', 'localhost'));
    await newHook(hook.replace('http://127.0.0.1', 'https://localhost'));
    await sell(1);
    await deliverDue(ports({ post: postWith({ allowsPrivate: false, timeoutMs: 5000 }) }));
    expect(heard).toEqual([]);
    expect((await deliveries('waiting')).map(({ lastFault }) => lastFault)).toEqual([
      'refused-address',
      'refused-address',
      'refused-address',
    ]);
  });
});

describe('several processes', () => {
  it('five look at once → each event goes out once', async () => {
    await newHook();
    for (let n = 1; n <= 12; n++) till.sale(purse, purse.quick(n), 10n);
    await till.send();
    while ((await deliveries('waiting')).length > 0)
      await Promise.all(Array.from({ length: 5 }, () => deliverDue(ports())));
    expect(heard).toHaveLength(12);
    expect(new Set(heard.map(({ headers }) => headers['webhook-id'])).size).toBe(12);
  });

  it('one dies in the middle → another sends it after the lease; the late answer changes nothing', async () => {
    await newHook();
    await sell(1);
    let finish: (() => void) | undefined;
    const stuck = deliverDue(
      ports({
        post: () =>
          new Promise((resolve) => {
            finish = () => resolve({ kind: 'answered', status: 500, retryAfterS: null });
          }),
      }),
    );
    await expect.poll(() => finish).toBeDefined();
    expect(await deliverDue(ports())).toEqual([]);
    clearing.clock.nowMs += 60_000;
    expect(await deliverDue(ports())).toHaveLength(1);
    finish?.();
    await stuck;
    expect((await deliveries('delivered')).map(({ tries }) => tries)).toEqual([2]);
  });
});

describe('whose it is', () => {
  it('another merchant’s endpoint or delivery → not found; no key, a wrong or a revoked one → 401', async () => {
    const { path } = await newHook();
    await sell(1);
    const [waiting] = await deliveries('waiting');
    const stranger = await keyOf((await TestTill.enrol(clearing)).merchantId);
    expect((await ask('webhooks', stranger)).body.webhooks).toEqual([]);
    expect((await ask('changeWebhook', stranger, { path, body: { state: 'disabled' } })).status).toBe(404);
    expect((await ask('rotateWebhookSecret', stranger, { path: `${path}/secrets`, body: {} })).status).toBe(
      404,
    );
    const replay = `/v1/merchant/webhook-deliveries/${waiting?.number}/replay`;
    expect((await ask('replayWebhook', stranger, { path: replay, body: {} })).status).toBe(404);
    for (const bad of ['', 'mk_', 'mk_AAAA', OPERATOR_TOKEN, `${key}A`])
      expect((await ask('webhooks', bad)).status).toBe(401);
    expect(
      (await ask('allWebhookDeliveries', key, { path: '/v1/admin/webhook-deliveries?state=dead' })).status,
    ).toBe(401);
    const made = await ask('createMerchantKey', OPERATOR_TOKEN, {
      path: `/v1/admin/merchants/${till.merchantId}/keys`,
      body: {},
    });
    const revoke = `/v1/admin/merchant-keys/${made.body.keyId}`;
    expect((await ask('revokeMerchantKey', OPERATOR_TOKEN, { path: revoke })).status).toBe(200);
    expect((await ask('webhooks', made.body.key)).status).toBe(401);
    expect((await ask('webhooks', key)).status).toBe(200);
  });

  it.each([
    { url: 'ftp://shop.example/', events: ['payment.settled'] },
    { url: 'https://shop.example/', events: [] },
    { url: 'https://shop.example/', events: ['payment.made'] },
    { url: 'https://a:b@shop.example/', events: ['payment.settled'] },
    { url: 'https://shop.example/', events: ['payment.settled'], extra: 1 },
    { url: 7, events: 'payment.settled' },
  ])('%j → bad-request, nothing made', async (body) => {
    expect((await ask('createWebhook', key, { body })).body.code).toBe('bad-request');
    expect((await ask('webhooks', key)).body.webhooks).toEqual([]);
  });
});
