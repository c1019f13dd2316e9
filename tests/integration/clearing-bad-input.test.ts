/** Any bytes to any endpoint: a named problem, never a 5xx, nothing written. */
import { existsSync, readFileSync } from 'node:fs';
import net from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../shared/bytes.ts';
import { problem } from '../../shared/contract/clearing/problem.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { CBOR_TYPE, type ClearingRoute, clearingRoutes } from '../../shared/contract/clearing.ts';
import {
  balances,
  newSigner,
  OPERATOR_TOKEN,
  random,
  startTestClearing,
  type TestClearing,
  written,
} from '../support/clearing.ts';
import { PASSWORD, TestCustomer } from '../support/clearing-customer.ts';
import { institutionStaff } from '../support/clearing-staff.ts';
import { TestTill } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';

const NAUGHTY = new URL('../../../shared/material/blns/blns.json', import.meta.url);

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;
let customer: TestCustomer;
let till: TestTill;
/** Of an administrator. */
let staffCookie: string;

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
  customer = await TestCustomer.register(clearing);
  till = await TestTill.enrol(clearing);
  staffCookie = (await institutionStaff(clearing, 'administrator')).cookie;
});
afterAll(async () => {
  // whatever was thrown at it, the books are right
  await balances(clearing);
  await clearing.stop();
  await database.drop();
});

type Body = Record<string, unknown>;
const USER_NAME = /^[a-z0-9][a-z0-9._-]{2,31}$/;

/** A body for each route that has one; good but for what it is about. */
function goodBodies(): Partial<Record<ClearingRoute, Body>> {
  return {
    registerCustomer: { userName: 'somebody', password: PASSWORD, language: 'en' },
    signIn: { userName: 'nobody-here', password: PASSWORD },
    issuePurse: {
      requestId: toHex(random(16)),
      currency: 'EUR',
      allowanceMinor: '100',
      possession: customer.possession(newSigner()),
    },
    enrolTerminal: { secret: Buffer.from(random(16)).toString('base64url'), possession: 'AAAA' },
    createMerchant: { displayName: 'Shop', currency: 'EUR' },
    createEnrolmentCode: { merchantId: toHex(random(8)) },
    deposit: { transferId: toHex(random(16)), userName: 'nobody-here', amountMinor: '5', currency: 'EUR' },
    revokePurse: {},
    revokeTerminal: {},
    staffSignIn: { userName: 'nobody-here', password: PASSWORD },
    changeStaffPassword: { password: 'not the one they have', newPassword: PASSWORD },
    createBranch: { displayName: 'Pier' },
    createBranchEnrolmentCode: {},
    createMerchantStaff: { userName: 'somebody', password: PASSWORD, role: 'viewer' },
    removeMerchantStaff: {},
    createInstitutionStaff: { userName: 'somebody', password: PASSWORD, role: 'auditor' },
    removeInstitutionStaff: {},
  };
}

const ROUTES = Object.keys(clearingRoutes) as ClearingRoute[];
const PATHS = [...Object.values(clearingRoutes), ...Object.values(clearingStreams)];

const filled = (path: string) =>
  path
    .replace(':terminalId', till.terminalId)
    .replace(':merchantId', till.merchantId)
    .replace(/:(purseId|branchId|staffId)/, toHex(random(8)));

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly type?: string;
}

/** With the rights of customer, administrator and operator together: no guard may hide what is behind it. */
async function send({ method, path, body, type = 'application/json' }: Sent): Promise<Response> {
  return await fetch(clearing.origin + path, {
    method,
    headers: {
      cookie: `${customer.cookie}; ${staffCookie}`,
      authorization: `Bearer ${OPERATOR_TOKEN}`,
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body }),
  });
}

async function expectProblem(answer: Response, what: string): Promise<void> {
  expect(answer.status, what).toBeGreaterThanOrEqual(400);
  expect(answer.status, what).toBeLessThan(500);
  expect(answer.headers.get('content-type'), what).toMatch(/^application\/problem\+json/);
  const told = await answer.json();
  expect(problem.safeParse(told).success, what).toBe(true);
  expect(told.status).toBe(answer.status);
}

async function refused(sent: Sent): Promise<void> {
  await expectProblem(await send(sent), `${sent.method} ${sent.path} ${String(sent.body).slice(0, 200)}`);
}

/** Fields that take a person's or a shop's name: most texts are good there. */
const NAMES = ['userName', 'displayName', 'password', 'newPassword', 'language'];
/** Requests at once. */
const TOGETHER = 20;
const WRONG_TYPES = [null, 1, -1, 1.5, true, [], {}];
const WRONG_TEXTS = ['', ' ', '\u0000', '\ud800', 'x'.repeat(35_000)];
const WRONG_VALUES = ['1e400', '-0', '٣', '0x5', '5 ', '05', '99999999999999999'];

function mutations(good: Body): Body[] {
  return [
    ...Object.keys(good).flatMap((field) => {
      const { [field]: _, ...without } = good;
      // a password may be anything that is long enough, a space or a control character too
      const texts = field.toLowerCase().endsWith('password') ? ['', 'x'.repeat(300)] : WRONG_TEXTS;
      const wrong = [...WRONG_TYPES, ...texts, ...(NAMES.includes(field) ? [] : WRONG_VALUES)];
      return [without, ...wrong.map((value) => ({ ...good, [field]: value }))];
    }),
    { ...good, extra: 1 },
    { ...good, constructor: {} },
  ];
}

describe('each route', () => {
  it.each(ROUTES)(
    '%s with fields missing, wrong, too large or too many → problem, nothing written',
    async (route) => {
      const { method, path } = clearingRoutes[route];
      const good = goodBodies()[route];
      if (good === undefined) return await refused({ method, path: `${filled(path)}?extra=1` });
      const before = await written(clearing);
      for (const body of mutations(good))
        await refused({ method, path: filled(path), body: JSON.stringify(body) });
      for (const body of [[], [good], 'text', 1, null, true])
        await refused({ method, path: filled(path), body: JSON.stringify(body) });
      expect(await written(clearing)).toBe(before);
    },
  );

  it.each(ROUTES)(
    '%s with a body that is no JSON, of another type or huge → problem, nothing written',
    async (route) => {
      const { method, path } = clearingRoutes[route];
      const good = goodBodies()[route];
      if (good === undefined) return;
      const before = await written(clearing);
      const text = JSON.stringify(good);
      const bodies = [
        '',
        '{',
        text.slice(0, -1),
        `${text}x`,
        `\ufeff${text}`,
        `{"__proto__":{"x":1},${text.slice(1)}`,
        `{"constructor":{"prototype":{"x":1}},${text.slice(1)}`,
        'NaN',
        "{'a':1}",
        '[1,]',
        '{"a":1e}',
        `${'['.repeat(20_000)}`,
        `{"a":`.repeat(5000),
      ];
      for (const body of bodies) await refused({ method, path: filled(path), body });
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
        'application/cbor',
        'text/json',
        'x',
        '',
      ])
        await refused({ method, path: filled(path), body: text, type });
      await refused({ method, path: filled(path), body: `{"a":"${'x'.repeat(70_000)}"}` });
      await refused({ method, path: filled(path) });
      expect(await written(clearing)).toBe(before);
    },
  );

  it('random bytes to every path by every method → problem, nothing written', async () => {
    const before = await written(clearing);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...PATHS),
        fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE'),
        fc.uint8Array({ maxLength: 400 }),
        fc.constantFrom('application/json', CBOR_TYPE, 'application/octet-stream'),
        async ({ path, method: own }, method, bytes, type) => {
          // signing out is the one thing that needs nothing and changes something
          if (own === 'DELETE' && method === 'DELETE') return;
          await refused({ method, path: filled(path), body: Uint8Array.from(bytes), type });
        },
      ),
      { numRuns: 300, seed: 20_260_101 },
    );
    expect(await written(clearing)).toBe(before);
  });

  it('another method → 405 with what is allowed; HEAD and OPTIONS never more', async () => {
    for (const { path } of PATHS) {
      const answer = await send({ method: 'PATCH', path: filled(path) });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toMatch(/^[A-Z]+(, [A-Z]+)*$/);
      expect((await send({ method: 'OPTIONS', path: filled(path) })).status).toBe(405);
    }
  });

  it('parameters and queries that are nonsense → problem', async () => {
    const ids = [
      'x',
      '0',
      'A'.repeat(16),
      '0'.repeat(17),
      '%00',
      '%ff',
      '..%2f',
      "'; DROP TABLE customers;--",
      '💥',
    ];
    for (const id of ids) {
      const part = id.startsWith('%') || id.startsWith('..') ? id : encodeURIComponent(id);
      await refused({ method: 'POST', path: `/v1/admin/purses/${part}/revocation`, body: '{}' });
      await refused({ method: 'GET', path: `/v1/terminals/${part}/outcomes` });
    }
    for (const query of [
      '?after=-1',
      '?after=x',
      '?after=1&after=2',
      '?after=',
      '?after[]=1',
      `?after=${'9'.repeat(13)}`,
      '?x=1',
    ])
      await refused({ method: 'GET', path: `/v1/payments${query}` });
    for (const path of [
      '/v1',
      '/v1/',
      '/v1/nothing',
      '/../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/v1/me/',
      '//v1/me',
      `/${'x'.repeat(8000)}`,
    ])
      await refused({ method: 'GET', path });
  });
});

describe.skipIf(!existsSync(NAUGHTY))('naughty strings', () => {
  const strings: string[] = existsSync(NAUGHTY) ? JSON.parse(readFileSync(NAUGHTY, 'utf8')) : [];

  it('in every field of every route → stored byte for byte as a name, or a problem', async () => {
    const names = new Map<string, string>();
    const told = async (route: ClearingRoute, good: Body, field: string, value: string) => {
      const { method, path } = clearingRoutes[route];
      const what = `${route}.${field} ${JSON.stringify(value)}`;
      const body = JSON.stringify({ ...good, [field]: value });
      const answer = await send({ method, path: filled(path), body });
      if (answer.status >= 300) return await expectProblem(answer, what);
      if (route === 'createMerchant') names.set((await answer.json()).merchantId, value);
      // some of them are good names, and any is a good password if it is long enough
      const isGood = /password$/i.test(field) || (field === 'userName' && USER_NAME.test(value));
      expect(isGood || field === 'displayName', what).toBe(true);
    };
    for (const [route, good] of Object.entries(goodBodies()) as [ClearingRoute, Body][])
      for (const field of Object.keys(good))
        for (let from = 0; from < strings.length; from += TOGETHER)
          await Promise.all(
            strings.slice(from, from + TOGETHER).map((value) => told(route, good, field, value)),
          );
    const { body } = await clearing.call('ledger', { operator: true });
    const stored = new Map(body.accounts.map(({ owner, ownerName }) => [owner, ownerName]));
    expect(names.size).toBeGreaterThan(0);
    for (const [merchantId, name] of names) expect(stored.get(merchantId)).toBe(name);
  }, 240_000);
});

describe('the wire', () => {
  /** Raw bytes to the port; what comes back before the server closes. */
  const raw = (text: string): Promise<string> =>
    new Promise((settle, reject) => {
      const socket = net.connect(Number(new URL(clearing.origin).port), '127.0.0.1');
      let said = '';
      socket.on('data', (chunk) => {
        said += chunk.toString('latin1');
      });
      socket.on('error', reject);
      socket.on('close', () => settle(said));
      socket.end(text, 'latin1');
    });

  it.each([
    ['nonsense', '\u0000\u0001\u0002\r\n\r\n'],
    ['no host', 'GET /v1/me HTTP/1.1\r\n\r\n'],
    [
      'two lengths',
      'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
    ],
    [
      'length and chunks',
      'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a header too large', `GET /v1/me HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
    [
      'a body shorter than its length',
      'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{}',
    ],
  ])('%s → 4xx or closed, still serving', async (_, text) => {
    expect(await raw(text)).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    expect((await fetch(`${clearing.origin}/health/live`)).status).toBe(200);
  });
});

describe('too many requests', () => {
  it('above the limit of an address → 429 with Retry-After, guesses sooner', async () => {
    // guesses are counted in the database: one of its own has none yet
    const empty = await freshDatabase();
    const strict = await startTestClearing({
      databaseUrl: empty.url,
      config: { requestsPerMinute: 20, guessesPerMinute: 3 },
    });
    const body = { userName: 'nobody-there', password: PASSWORD };
    for (let i = 0; i < 3; i++) expect((await strict.call('signIn', { body })).status).toBe(401);
    const answer = await strict.call('signIn', { body });
    expect(answer).toMatchObject({ status: 429, body: { code: 'too-many-requests' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    const statuses = await Promise.all(
      Array.from({ length: 30 }, async () => (await fetch(`${strict.origin}/nothing`)).status),
    );
    expect(statuses.filter((status) => status === 404)).not.toHaveLength(0);
    expect(statuses.filter((status) => status === 429)).not.toHaveLength(0);
    expect((await fetch(`${strict.origin}/health/live`)).status).toBe(200);
    await strict.stop();
    await empty.drop();
  });
});
