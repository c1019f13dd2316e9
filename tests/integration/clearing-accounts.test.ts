/** Customers: registering, signing in and out, waiting after failures; deposits; purses. */

import { inflateSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../shared/bytes.ts';
import { isRevokedIn } from '../../shared/protocol/trust-bundle.ts';
import {
  balances,
  newSigner,
  random,
  startTestClearing,
  type TestClearing,
  written,
} from '../support/clearing.ts';
import { PASSWORD, TestCustomer } from '../support/clearing-customer.ts';
import { freshDatabase } from '../support/postgres.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
});
afterAll(async () => {
  await clearing.stop();
  await database.drop();
});

const register = (userName: string, password = PASSWORD) =>
  clearing.call('registerCustomer', { body: { userName, password, language: 'en' } });
const signIn = (userName: string, password = PASSWORD) =>
  clearing.call('signIn', { body: { userName, password } });

describe('registering', () => {
  it('a new name → 201; the same again → user-name-taken; ten at once → one', async () => {
    expect(await register('amina')).toMatchObject({ status: 201 });
    expect(await register('amina', 'another good pass phrase')).toMatchObject({
      status: 409,
      body: { code: 'user-name-taken' },
    });
    const answers = await Promise.all(Array.from({ length: 10 }, () => register('bashir')));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it.each([
    'short',
    '1234567890',
    'password123',
    'Passw0rd!!',
    'qwertyuiop',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    'chen.wei12',
    'abcdefghijkl',
  ])('password %s → password-too-weak', async (password) => {
    const before = await written(clearing);
    expect(await register('chen.wei', password)).toMatchObject({
      status: 422,
      body: { code: 'password-too-weak' },
    });
    expect(await written(clearing)).toBe(before);
  });

  it('nothing of a password or token is stored as it was', async () => {
    await register('dilip');
    const answer = await signIn('dilip');
    const token = /fieldtill-session=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? 'none';
    const { rows } = await sql<{ all: string }>`
      SELECT string_agg(c::text, '') || (SELECT string_agg(s::text, '') FROM sessions s) AS all
        FROM customers c`.execute(clearing.database);
    expect(rows[0]?.all).toContain('$argon2id$');
    expect(rows[0]?.all).not.toContain(PASSWORD);
    expect(rows[0]?.all).not.toContain(token);
    expect(rows[0]?.all).not.toContain(Buffer.from(token, 'base64url').toString('hex'));
  });
});

describe('a session', () => {
  it('signed in → the customer’s view; signed out → not-signed-in', async () => {
    const customer = await TestCustomer.register(clearing);
    const me = await clearing.call('me', { cookie: customer.cookie });
    expect(me).toMatchObject({
      status: 200,
      body: { customerId: customer.customerId, world: 'test', purses: [] },
    });
    const out = await clearing.call('signOut', { cookie: customer.cookie });
    expect(out.status).toBe(200);
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    expect(await clearing.call('me', { cookie: customer.cookie })).toMatchObject({
      status: 401,
      body: { code: 'not-signed-in' },
    });
  });

  it('the cookie → HttpOnly, SameSite=Strict, whole site; not Secure over plain http', async () => {
    await register('esther');
    const cookie = (await signIn('esther')).headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(
      /^fieldtill-session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/,
    );
  });

  it('30 days old → not-signed-in', async () => {
    const customer = await TestCustomer.register(clearing);
    clearing.clock.nowMs += 30 * 86_400_000;
    expect(await clearing.call('me', { cookie: customer.cookie })).toMatchObject({ status: 401 });
    clearing.clock.nowMs -= 30 * 86_400_000;
  });

  it('a token that nobody was given → not-signed-in', async () => {
    for (const token of [Buffer.from(random(32)).toString('base64url'), '', 'x', '%00'])
      expect(await clearing.call('me', { cookie: `fieldtill-session=${token}` })).toMatchObject({
        status: 401,
      });
  });
});

describe('signing in', () => {
  it('a wrong password and a name that does not exist → the same answer', async () => {
    await register('farid');
    const wrong = await signIn('farid', 'not the pass phrase');
    const nobody = await signIn('nobody-here', 'not the pass phrase');
    expect(wrong).toMatchObject({ status: 401, body: { code: 'wrong-credentials' } });
    expect(nobody.body).toEqual(wrong.body);
    expect(await signIn('not a name \u0000', PASSWORD)).toMatchObject({ status: 401, body: wrong.body });
  });

  it('five failures → locked-out for a while that doubles, also with the right password, also for nobody', async () => {
    await register('gita');
    for (const name of ['gita', 'nobody-at-all']) {
      for (let i = 0; i < 5; i++)
        expect(await signIn(name, 'wrong')).toMatchObject({ body: { code: 'wrong-credentials' } });
      expect(await signIn(name)).toMatchObject({
        status: 429,
        body: { code: 'locked-out', detail: { waitS: 2 } },
      });
      clearing.clock.nowMs += 2000;
      expect(await signIn(name, 'wrong')).toMatchObject({ body: { code: 'wrong-credentials' } });
      expect(await signIn(name)).toMatchObject({ body: { code: 'locked-out', detail: { waitS: 4 } } });
    }
    clearing.clock.nowMs += 4000;
    expect(await signIn('gita')).toMatchObject({ status: 200 });
    expect(await signIn('gita', 'wrong')).toMatchObject({ body: { code: 'wrong-credentials' } });
    expect(await signIn('gita')).toMatchObject({ status: 200 });
  });
});

describe('the operator', () => {
  it('no token, a wrong or longer one → not-allowed', async () => {
    for (const authorization of ['', 'Bearer', 'Bearer x', `Bearer ${'x'.repeat(500)}`, 'Basic YTpi']) {
      const answer = await fetch(`${clearing.origin}/v1/admin/ledger`, { headers: { authorization } });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ code: 'not-allowed' });
    }
  });

  it('a customer’s session on an operator’s route → not-allowed', async () => {
    const customer = await TestCustomer.register(clearing);
    expect(await clearing.call('ledger', { cookie: customer.cookie })).toMatchObject({ status: 401 });
  });
});

describe('a deposit', () => {
  const deposit = (body: Record<string, unknown>) => clearing.call('deposit', { body, operator: true });

  it('sent again → once; with other content → exists-with-different-content', async () => {
    const customer = await TestCustomer.register(clearing);
    const body = {
      transferId: toHex(random(16)),
      userName: customer.userName,
      amountMinor: '500',
      currency: 'EUR',
    };
    const answers = await Promise.all(Array.from({ length: 10 }, () => deposit(body)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect((await balances(clearing)).get(`available/${customer.customerId}/EUR`)).toBe(500n);
    for (const change of [{ amountMinor: '501' }, { currency: 'JPY' }])
      expect(await deposit({ ...body, ...change })).toMatchObject({
        status: 409,
        body: { code: 'exists-with-different-content' },
      });
  });

  it.each([
    [{ amountMinor: '0' }, 400, 'bad-request'],
    [{ amountMinor: '1000000000001' }, 400, 'bad-request'],
    [{ currency: 'XXX' }, 400, 'bad-request'],
    [{ userName: 'nobody-here' }, 404, 'not-found'],
  ])('with %o → %i %s', async (change, status, code) => {
    const customer = await TestCustomer.register(clearing);
    const before = await written(clearing);
    const body = {
      transferId: toHex(random(16)),
      userName: customer.userName,
      amountMinor: '5',
      currency: 'EUR',
    };
    expect(await deposit({ ...body, ...change })).toMatchObject({ status, body: { code } });
    expect(await written(clearing)).toBe(before);
  });
});

describe('a purse', () => {
  it('issued → the allowance is reserved; the same request → the same answer, days later too', async () => {
    const customer = await TestCustomer.register(clearing);
    await customer.deposit(30_000n);
    const key = newSigner();
    const request = {
      key,
      allowanceMinor: 20_000n,
      requestId: toHex(random(16)),
      possession: customer.possession(key),
    };
    const answers = await Promise.all(Array.from({ length: 5 }, () => customer.requestPurse(request)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.certificate)).size).toBe(1);
    expect((await balances(clearing)).get(`available/${customer.customerId}/EUR`)).toBe(10_000n);
    expect(answers[0]?.body.purse).toMatchObject({
      perPaymentCapMinor: '5000',
      paymentCountCap: 200,
      state: 'open',
    });
    clearing.clock.nowMs += 86_400_000;
    expect((await customer.requestPurse(request)).body.certificate).toBe(answers[0]?.body.certificate);
    clearing.clock.nowMs -= 86_400_000;
    for (const change of [{ allowanceMinor: 19_999n }, { possession: customer.possession(newSigner()) }])
      expect(await customer.requestPurse({ ...request, ...change })).toMatchObject({
        status: 409,
        body: { code: 'exists-with-different-content' },
      });
  });

  it('ten asked for at once with money for one → one', async () => {
    const customer = await TestCustomer.register(clearing);
    await customer.deposit(15_000n);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => customer.requestPurse({ key: newSigner(), allowanceMinor: 10_000n })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.find(({ status }) => status !== 201)?.body).toMatchObject({
      code: 'not-enough-money',
      detail: { availableMinor: '5000' },
    });
  });

  it('above the tier’s allowance, or a sixth → purse-limit', async () => {
    const customer = await TestCustomer.register(clearing);
    await customer.deposit(100_000n);
    const over = await customer.requestPurse({ key: newSigner(), allowanceMinor: 20_001n });
    expect(over).toMatchObject({ status: 422, body: { code: 'purse-limit' } });
    for (let i = 0; i < 5; i++)
      expect(await customer.requestPurse({ key: newSigner(), allowanceMinor: 100n })).toMatchObject({
        status: 201,
      });
    expect(await customer.requestPurse({ key: newSigner(), allowanceMinor: 100n })).toMatchObject({
      body: { code: 'purse-limit' },
    });
  });

  it('a possession of another context, time, world or key → refused, nothing written', async () => {
    const customer = await TestCustomer.register(clearing);
    await customer.deposit(1000n);
    const before = await written(clearing);
    const key = newSigner();
    const nowS = Math.floor(clearing.clock.nowMs / 1000);
    const cases: [string, string][] = [
      [customer.possession(key, { context: random(8) }), 'bad-request'],
      [customer.possession(key, { iatS: nowS - 301 }), 'expired'],
      [customer.possession(key, { iatS: nowS + 302 }), 'expired'],
      [customer.possession(key, { world: 'live' }), 'forged'],
      [Buffer.from(random(120)).toString('base64url'), 'malformed'],
    ];
    for (const [possession, code] of cases)
      expect(await customer.requestPurse({ key, allowanceMinor: 100n, possession })).toMatchObject({
        status: 400,
        body: { code },
      });
    expect(await written(clearing)).toBe(before);
  });

  it('revoked → its bit, and no other, in the next trust bundle', async () => {
    const customer = await TestCustomer.register(clearing);
    const kept = await customer.purse(100n);
    const lost = await customer.purse(100n);
    const before = await clearing.trust();
    const path = `/v1/admin/purses/${lost.certificate.purseId}/revocation`;
    const answer = await clearing.call('revokePurse', { path, operator: true, body: {} });
    expect(answer.body.trustVersion).toBe(before.version + 1);
    const bundle = await clearing.trust();
    expect(bundle.version).toBe(before.version + 1);
    const bits = inflateSync(bundle.statusList.compressed);
    expect(isRevokedIn(bits, lost.certificate.statusIndex)).toBe(true);
    expect(isRevokedIn(bits, kept.certificate.statusIndex)).toBe(false);
    expect(bits.length * 8).toBe(bundle.statusList.bits);
    const unknown = await clearing.call('revokePurse', {
      path: `/v1/admin/purses/${toHex(random(8))}/revocation`,
      operator: true,
      body: {},
    });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });
});
