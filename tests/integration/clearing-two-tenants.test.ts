/**
 * Two merchants and two customers on one house: over all routes of the contract, no object of one is told to the other
 * or changed by them. What is asked is derived from the contract: a route of a new shape fails here until it has a case.
 */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { CustomerClient } from '../../clearing/client/customer.ts';
import { MerchantClient } from '../../clearing/client/merchant.ts';
import { toBase64Url, toHex } from '../../shared/bytes.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { CBOR_TYPE, clearingRoutes, type RouteGuard } from '../../shared/contract/clearing.ts';
import { signRequest } from '../../shared/contract/signed-request.ts';
import { seal } from '../../shared/protocol/box.ts';
import { encodePicture } from '../../shared/protocol/picture.ts';
import {
  newSigner,
  OPERATOR_TOKEN,
  random,
  startTestClearing,
  type TestClearing,
} from '../support/clearing.ts';
import { PASSWORD, TestCustomer } from '../support/clearing-customer.ts';
import { merchantStaff, type TestStaff } from '../support/clearing-staff.ts';
import { outcomesText, TestTill } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly guard: RouteGuard;
  readonly body?: z.core.$ZodType;
}
const ROUTES: readonly [string, Route][] = Object.entries({ ...clearingRoutes, ...clearingStreams });
const paramsOf = ({ path }: Route): string[] => [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);

/** Good bodies of routes that name an object in their path, where `{}` is none. */
const BODIES: Record<string, unknown> = {
  createBranch: { displayName: 'Another' },
  createMerchantStaff: { userName: `n${toHex(random(6))}`, password: PASSWORD, role: 'viewer' },
  changeWebhook: { state: 'disabled' },
};

/** Queries that a route needs. */
const QUERIES: Readonly<Record<string, string>> = {
  webhookDeliveries: '?state=waiting',
  heldEntries: '?epoch=1&after=0',
};

/**
 * Routes without an object in their path that are not mere reading by whoever is signed in: why the one cannot reach
 * the other's by them. A route that is not derived and not here fails.
 */
const BY_HAND: Readonly<Record<string, string>> = {
  registerCustomer: 'makes its own; a taken name is refused',
  signIn: 'answers for the name whose password was given',
  staffSignIn: 'answers for the name whose password was given',
  enrolTerminal: 'the secret is the right; used by one key it is refused to another',
  trustBundle: 'the same for everybody',
  time: 'the same for everybody',
  courier: 'a terminal’s own signature inside, whoever carries it',
  authorisations: 'a terminal asks in its own name; signed by a key that its path does not choose',
  signOut: 'ends the session of its own token',
  issuePurse: 'from the account of the session; tried below with the other’s request id and key',
  staffSignOut: 'ends the session of its own token',
  staffSignOutEverywhere: 'ends the sessions of whoever is signed in; tried below',
  changeStaffPassword: 'of whoever is signed in; tried below with the other’s password',
  createWebhook: 'for the merchant of the key',
  createOrder: 'for the merchant of the key; tried below with the other’s id',
  confirmPaymentToken: 'tried with another merchant’s token in clearing-orders.test.ts',
  walletEvents: 'a stream; tried below',
};

/** A shop and a customer who paid there. */
interface Tenant {
  readonly customer: TestCustomer;
  readonly till: TestTill;
  readonly owner: TestStaff;
  readonly key: string;
  /** By name in paths. */
  readonly objects: Readonly<Record<string, string>>;
  /** What none but this tenant and the institution may read. */
  readonly traces: readonly string[];
}

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;
let one: Tenant;
let other: Tenant;

async function newTenant(displayName: string, counter: number): Promise<Tenant> {
  const till = await TestTill.enrol(clearing, { displayName });
  const { merchantId } = till;
  const path = `/v1/merchants/${merchantId}`;
  const owner = await merchantStaff(clearing, merchantId, 'owner');
  const viewer = await merchantStaff(clearing, merchantId, 'viewer');
  const branch = await clearing.call('createBranch', {
    path: `${path}/branches`,
    cookie: owner.cookie,
    body: { displayName: `${displayName} 2` },
  });
  const made = await clearing.call('createMerchantKey', {
    path: `/v1/admin/merchants/${merchantId}/keys`,
    operator: true,
    body: {},
  });
  const { key, keyId } = made.body;
  const hook = await fetch(`${clearing.origin}/v1/merchant/webhooks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url: 'https://hooks.example/a', events: ['payment.settled'] }),
  });
  const { endpointId } = (await hook.json()).webhook;
  const customer = await TestCustomer.register(clearing);
  const purse = await customer.purse();
  till.sale(purse, purse.quick(counter), 400n);
  if (outcomesText(await till.send()) !== '1:settled') throw new Error('the tenant sold nothing');
  const invoice = till.invoice(100n);
  const orderId = toHex(random(16));
  const shop = new MerchantClient(clearing.origin, key);
  await shop.createOrder(orderId, { kind: 'invoice', certificate: till.certificate, invoice });
  const app = new CustomerClient(clearing.origin);
  await app.signIn(customer.userName, PASSWORD);
  const payment = purse.bound(counter + 1, invoice);
  const open = encodePicture({ kind: 'presented', certificate: purse.certificate, payment });
  const code = { kind: 'sealed', ...seal(open, till.certificate.boxKey, random(32)) } as const;
  await app.answerOrder(orderId, code);
  // the first tenant's is what is asked for
  BODIES.answerOrder ??= { code: toBase64Url(encodePicture(code)) };
  const history = await clearing.call('walletPayments', { cookie: customer.cookie });
  const { rows } = await sql<{ number: bigint }>`
    SELECT number FROM webhook_deliveries JOIN webhook_endpoints USING (endpoint_id)
     WHERE merchant_id = ${Buffer.from(merchantId, 'hex')}`.execute(clearing.database);
  const objects = {
    merchantId,
    terminalId: till.terminalId,
    branchId: branch.body.branchId,
    staffId: viewer.staffId,
    purseId: purse.certificate.purseId,
    keyId,
    endpointId,
    orderId,
    number: `${rows[0]?.number}`,
  };
  const { number: _, ...ids } = objects;
  const paymentId = history.body.payments[0]?.paymentId ?? 'none';
  const traces = [...Object.values(ids), customer.customerId, owner.staffId, owner.userName, paymentId];
  return { customer, till, owner, key, objects, traces };
}

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
  one = await newTenant('Anvil', 1);
  other = await newTenant('Bellows', 1);
  await one.customer.deposit(1n);
  BODIES.renewPurse = {
    requestId: toHex(random(16)),
    currency: 'EUR',
    allowanceMinor: '1',
    possession: one.customer.possession(newSigner()),
  };
});
afterAll(async () => {
  await clearing.stop();
  await database.drop();
});

type Right = 'nobody' | 'customer' | 'staff' | 'program' | 'terminal';
const RIGHTS: readonly Right[] = ['nobody', 'customer', 'staff', 'program', 'terminal'];
/** Whose right a guard asks for. */
const RIGHT_OF: Partial<Record<RouteGuard, Right>> = {
  session: 'customer',
  staff: 'staff',
  merchant: 'program',
  'terminal-signature': 'terminal',
};

/** Asks a route as this tenant, by one of their rights, of the objects named. */
async function ask(
  [name, route]: readonly [string, Route],
  who: Tenant,
  right: Right,
  objects: Readonly<Record<string, string>>,
): Promise<{ status: number; text: string }> {
  let path = route.path;
  for (const param of paramsOf(route)) {
    // what only the institution's routes name need not exist: the guard looks first
    const id = objects[param] ?? (route.guard === 'operator' ? toHex(random(8)) : undefined);
    if (id === undefined) throw new Error(`${name}: no object for :${param} in this test`);
    path = path.replace(`:${param}`, id);
  }
  const url = new URL(path + (QUERIES[name] ?? ''), clearing.origin);
  const body = bodyOf(name, route);
  const isCbor = route.guard === 'terminal-signature';
  const bytes = isCbor ? who.till.batch() : new TextEncoder().encode(JSON.stringify(body));
  const sends = body !== undefined || (isCbor && route.method === 'POST');
  const headers: Record<string, string> = sends
    ? { 'content-type': isCbor ? CBOR_TYPE : 'application/json' }
    : {};
  if (right === 'customer') headers.cookie = who.customer.cookie;
  if (right === 'staff') headers.cookie = who.owner.cookie;
  if (right === 'program') headers.authorization = `Bearer ${who.key}`;
  if (right === 'terminal')
    Object.assign(
      headers,
      signRequest(
        {
          method: route.method,
          url,
          body: sends ? { bytes, contentType: isCbor ? CBOR_TYPE : 'application/json' } : null,
          keyId: who.till.terminalId,
          createdS: Math.floor(clearing.clock.nowMs / 1000),
          nonce: random(16),
        },
        who.till.signer,
      ),
    );
  const stop = new AbortController();
  const answer = await fetch(url, {
    method: route.method,
    headers,
    signal: stop.signal,
    ...(sends ? { body: bytes } : {}),
  });
  // a stream does not end by itself
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const text = isStream ? '' : await answer.text();
  stop.abort();
  return { status: answer.status, text };
}

function bodyOf(name: string, { body, guard }: Route): unknown {
  if (body === undefined) return undefined;
  if (BODIES[name] !== undefined) return BODIES[name];
  // an operator's route is refused before its body is looked at
  if (guard === 'operator' || z.safeParse(body, {}).success) return {};
  throw new Error(`${name}: no good body for it in this test`);
}

/** Everything that is stored, but for counters of requests that were refused. */
async function stored(): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    SELECT format('%I', relname) AS name FROM pg_class
     WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
       AND relname NOT IN ('request_nonces', 'guesses') ORDER BY 1`.execute(clearing.database);
  const digests = [];
  for (const { name } of rows) {
    const table = await sql<{ digest: string }>`
      SELECT coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') AS digest
        FROM ${sql.raw(name)} t`.execute(clearing.database);
    digests.push(`${name} ${table.rows[0]?.digest}`);
  }
  return digests.join('\n');
}

async function expectRefused(
  route: readonly [string, Route],
  who: Tenant,
  right: Right,
  objects: Readonly<Record<string, string>>,
): Promise<void> {
  const before = await stored();
  const { status, text } = await ask(route, who, right, objects);
  expect([401, 403, 404], `${route[0]} as ${right}: ${text}`).toContain(status);
  for (const trace of one.traces) expect(text).not.toContain(trace);
  expect(await stored(), `${route[0]} as ${right} wrote`).toBe(before);
}

const isReading = ([, route]: readonly [string, Route]) =>
  route.method === 'GET' && RIGHT_OF[route.guard] !== undefined;
const named = ROUTES.filter(([, route]) => paramsOf(route).length > 0 && RIGHT_OF[route.guard] !== undefined);
const own = ROUTES.filter(
  (route) => isReading(route) && paramsOf(route[1]).length === 0 && !BY_HAND[route[0]],
);
const institution = ROUTES.filter(([, { guard }]) => guard === 'operator');

describe('every route of the contract', () => {
  it('is derived into a case, or has one by hand; none by hand that is gone', () => {
    const covered = new Set([...named, ...own, ...institution].map(([name]) => name));
    for (const [name] of ROUTES) expect(covered.has(name) || BY_HAND[name] !== undefined, name).toBe(true);
    for (const name of Object.keys(BY_HAND)) expect(ROUTES.some(([known]) => known === name)).toBe(true);
  });

  it.each(named)(
    '%s of another’s object, by every right → 401, 403 or 404, nothing written',
    async (...route) => {
      for (const right of RIGHTS) await expectRefused(route, other, right, one.objects);
    },
  );

  it.each(named.filter(([, route]) => paramsOf(route).length > 1 && route.path.includes(':merchantId')))(
    '%s of another’s object under one’s own merchant → 404, nothing written',
    async (...route) => {
      const { merchantId = '' } = other.objects;
      await expectRefused(route, other, 'staff', { ...one.objects, merchantId });
      const { status } = await ask(route, other, 'staff', { ...one.objects, merchantId });
      expect(status).toBe(404);
    },
  );

  it.each(own)('%s → nothing of another', async (...route) => {
    const right = RIGHT_OF[route[1].guard] ?? 'nobody';
    const { status, text } = await ask(route, other, right, {});
    expect(status, text).toBe(200);
    for (const trace of one.traces) expect(text).not.toContain(trace);
    for (const wrong of RIGHTS.filter((each) => each !== right))
      expect((await ask(route, one, wrong, {})).status, wrong).toBe(401);
  });

  it.each(institution)(
    '%s by a customer, a merchant’s owner or program, a terminal → refused',
    async (...route) => {
      for (const right of RIGHTS) await expectRefused(route, other, right, one.objects);
    },
  );
});

describe('what is not in a path', () => {
  it('a purse asked for with the other’s request id and possession → refused, nothing written', async () => {
    const { rows } = await sql<{ id: string }>`
      SELECT encode(request_id, 'hex') AS id FROM purses
       WHERE purse_id = ${Buffer.from(one.objects.purseId ?? '', 'hex')}`.execute(clearing.database);
    const before = await stored();
    const purse = one.customer.possession(one.till.signer);
    const answer = await clearing.call('issuePurse', {
      cookie: other.customer.cookie,
      body: { requestId: rows[0]?.id, currency: 'EUR', allowanceMinor: '100', possession: purse },
    });
    expect(answer).toMatchObject({ status: 400 });
    expect(await stored()).toBe(before);
  });

  it('an order made with the other’s id → refused, nothing written', async () => {
    const before = await stored();
    const { certificate } = other.till;
    const invoice = other.till.invoice(100n);
    const made = new MerchantClient(clearing.origin, other.key).createOrder(one.objects.orderId ?? '', {
      kind: 'invoice',
      certificate,
      invoice,
    });
    await expect(made).rejects.toThrow('exists-with-different-content');
    expect(await stored()).toBe(before);
  });

  it('a payment’s stream of a customer → their own only', async () => {
    const stop = new AbortController();
    const answer = await fetch(`${clearing.origin}/v1/events?after=0`, {
      headers: { cookie: other.customer.cookie },
      signal: stop.signal,
    });
    let text = '';
    for await (const part of answer.body ?? []) {
      text += new TextDecoder().decode(part);
      if (text.includes('event: payment') && text.includes('\n\n')) break;
    }
    stop.abort();
    expect(text).toContain('Bellows');
    for (const trace of one.traces) expect(text).not.toContain(trace);
  });

  it('signing out everywhere → the other’s sessions live on', async () => {
    const viewer = await merchantStaff(clearing, other.objects.merchantId ?? '', 'viewer');
    expect(await clearing.call('staffSignOutEverywhere', { cookie: viewer.cookie })).toMatchObject({
      status: 200,
    });
    for (const { owner } of [one, other])
      expect(await clearing.call('staffMe', { cookie: owner.cookie })).toMatchObject({ status: 200 });
  });
});

describe('the same asked by whose it is', () => {
  /** What ends an object comes last. */
  const LAST = ['removeMerchantStaff'];
  const inOrder = [...named].sort(([a], [b]) => Number(LAST.includes(a)) - Number(LAST.includes(b)));

  it.each(inOrder.filter(([, { guard }]) => guard !== 'terminal-signature'))('%s → 2xx', async (...route) => {
    const { status, text } = await ask(route, one, RIGHT_OF[route[1].guard] ?? 'nobody', one.objects);
    expect([200, 201], text).toContain(status);
  });

  it('the institution’s staff and its token → every merchant', async () => {
    for (const { objects } of [one, other]) {
      const answer = await fetch(`${clearing.origin}/v1/merchants/${objects.merchantId}`, {
        headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
      });
      expect(answer.status).toBe(200);
    }
  });
});
