/** The life of a purse after its issue, on real PostgreSQL with a moved clock: renewed, closed, frozen, returned. */
import { inflateSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { returnUnspent } from '../../clearing/purses/return-unspent.ts';
import { fromBase64Url, toHex } from '../../shared/bytes.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { readPurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import { isRevokedIn } from '../../shared/protocol/trust-bundle.ts';
import { balances, newSigner, random, startTestClearing, type TestClearing } from '../support/clearing.ts';
import { PASSWORD, TestCustomer, TestPurse } from '../support/clearing-customer.ts';
import { outcomesText, TestTill } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';

const DAY_MS = 86_400_000;
let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;
let startMs: number;
let till: TestTill;
let customer: TestCustomer;

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
  startMs = clearing.clock.nowMs;
});
afterAll(async () => {
  await clearing.stop();
  await database.drop();
});
beforeEach(async () => {
  till = await TestTill.enrol(clearing);
  customer = await TestCustomer.register(clearing);
});
afterEach(async () => {
  await balances(clearing);
  expect((await clearing.call('ledgerFaults', { operator: true })).body).toEqual({ faults: [] });
  clearing.clock.nowMs = startMs;
});

/** Moves the clock; sessions end meanwhile, so the customer signs in anew. */
async function pass(days: number): Promise<void> {
  clearing.clock.nowMs += days * DAY_MS;
  const { userName, customerId } = customer;
  const signed = await clearing.call('signIn', { body: { userName, password: PASSWORD } });
  const cookie = (signed.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  customer = new TestCustomer(clearing, userName, customerId, cookie);
}

const LAST = { closePurse: 'closure', freezePurse: 'freeze', renewPurse: 'renewal' };

const act = <R extends keyof typeof LAST>(route: R, purse: TestPurse, body: unknown = {}, by = customer) =>
  clearing.call(route, {
    path: `/v1/purses/${purse.certificate.purseId}/${LAST[route]}`,
    body,
    cookie: by.cookie,
  });

const renewal = (key = newSigner(), allowanceMinor = 5000n, currency = 'EUR') => ({
  requestId: toHex(random(16)),
  currency,
  allowanceMinor: `${allowanceMinor}`,
  possession: customer.possession(key),
});

async function life(purse: TestPurse) {
  const { body } = await clearing.call('purses', { cookie: customer.cookie });
  return body.purses.find(({ purseId }) => purseId === purse.certificate.purseId);
}

const available = async () => (await balances(clearing)).get(`available/${customer.customerId}/EUR`);
const inPurse = async (purse: TestPurse) =>
  (await balances(clearing)).get(`purse/${purse.certificate.purseId}/EUR`);

const returnDue = () =>
  returnUnspent({ ...clearing, nowMs: () => clearing.clock.nowMs, announce: () => Promise.resolve() });

/** Sells now, and sends it whenever `send` is called. */
function sell(purse: TestPurse, counter: number, amountMinor: bigint, trustVersion = 1, by = till) {
  const seq = by.sale(purse, purse.quick(counter), amountMinor, { trustVersion });
  return async () => outcomesText(await by.send(seq, seq)).replace(/^\d+:/, '');
}

async function isListed(purse: TestPurse): Promise<boolean> {
  const { statusList } = await clearing.trust();
  return isRevokedIn(inflateSync(statusList.compressed), purse.certificate.statusIndex);
}

describe('a purse that runs out', () => {
  it('payments made in time settle within the window; then the rest goes back, once, and later ones → expired', async () => {
    const purse = await customer.purse(10_000n);
    const early = sell(purse, 1, 1200n);
    const late = sell(purse, 2, 800n);
    const never = sell(purse, 3, 500n);
    expect(await early()).toBe('settled');
    await pass(31);
    expect(await life(purse)).toMatchObject({ stage: 'ended', state: 'open', reservedMinor: '8800' });
    await pass(28);
    await returnDue();
    expect(await late()).toBe('settled');
    expect(await available()).toBe(0n);
    await pass(1);
    const counts = await Promise.all(Array.from({ length: 4 }, returnDue));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await available()).toBe(8000n);
    expect(await life(purse)).toMatchObject({
      stage: 'returned',
      state: 'closed',
      settledMinor: '2000',
      reservedMinor: '0',
      returnedMinor: '8000',
    });
    const before = await balances(clearing);
    expect(await never()).toBe('rejected/expired');
    expect(await balances(clearing)).toEqual(before);
    expect(await clearing.call('returnUnspent', { operator: true, body: {} })).toMatchObject({
      body: { purses: 0 },
    });
  });

  it('a payment that comes at the same time as the return → expired, or nothing of it was due', async () => {
    const purse = await customer.purse(10_000n);
    const late = sell(purse, 1, 700n);
    await pass(60);
    const [outcome] = await Promise.all([late(), returnDue(), returnDue()]);
    expect(outcome).toBe('rejected/expired');
    expect(await available()).toBe(10_000n);
    expect(await inPurse(purse)).toBe(0n);
  });

  it('an authorised amount is held → the purse waits until its sale has come', async () => {
    const purse = await customer.purse(10_000n);
    const endsAtMs = purse.certificate.expS * 1000;
    const payment = purse.quick(1);
    // within the tolerance that clocks are allowed
    clearing.clock.nowMs = endsAtMs + 30_000;
    expect((await till.authorise(purse, payment, 900n)).verdict).toBe('approved');
    const seq = till.sale(purse, payment, 900n);
    clearing.clock.nowMs = endsAtMs + 30 * DAY_MS + 10_000;
    await returnDue();
    expect(await inPurse(purse)).toBe(10_000n);
    expect(outcomesText(await till.send(seq, seq))).toBe('1:settled');
    await returnDue();
    expect(await inPurse(purse)).toBe(0n);
    expect(await available()).toBe(9100n);
  });
});

describe('a renewal', () => {
  it('a new certificate before the old ends → the old one settles and returns on its own; asked again → the same', async () => {
    const old = await customer.purse(10_000n);
    await customer.deposit(5000n);
    const before = sell(old, 1, 1000n);
    await pass(22);
    const key = newSigner();
    const body = { ...renewal(key), possession: customer.possession(key) };
    const answers = await Promise.all(Array.from({ length: 5 }, () => act('renewPurse', old, body)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body: { certificate } }) => certificate)).size).toBe(1);
    const bytes = fromBase64Url(answers[0]?.body.certificate ?? '') ?? new Uint8Array();
    const fresh = new TestPurse(customer, key, readPurseCertificate(decodeCbor(bytes)));
    expect(await life(old)).toMatchObject({ stage: 'open', renewedBy: fresh.certificate.purseId });
    expect(await life(fresh)).toMatchObject({ stage: 'open', renews: old.certificate.purseId });
    expect(await before()).toBe('settled');
    expect(await sell(fresh, 1, 2000n)()).toBe('settled');
    for (const [change, field] of [
      [{ allowanceMinor: '4999' }, 'allowanceMinor'],
      [{ possession: customer.possession(newSigner()) }, 'possession'],
      [{ requestId: toHex(random(16)) }, 'requestId'],
    ] as const)
      expect(await act('renewPurse', old, { ...body, ...change })).toMatchObject({
        status: 409,
        body: { code: 'exists-with-different-content', detail: { field } },
      });
    await pass(38);
    await returnDue();
    expect(await available()).toBe(9000n);
    expect(await inPurse(fresh)).toBe(3000n);
  });

  it('at the same time as payments of the old one → both, and the sum is whole', async () => {
    const old = await customer.purse(10_000n);
    await customer.deposit(5000n);
    await pass(25);
    for (const counter of [1, 2, 3]) sell(old, counter, 100n);
    const [renewed, ...outcomes] = await Promise.all([
      act('renewPurse', old, renewal()),
      till.send().then(outcomesText),
    ]);
    expect(renewed.status).toBe(201);
    expect(outcomes).toEqual(['1:settled 2:settled 3:settled']);
    expect(await inPurse(old)).toBe(9700n);
  });

  it('of another’s purse, a frozen or closed one, one that has ended, another currency → refused', async () => {
    const purse = await customer.purse(1000n);
    const closed = await customer.purse(1000n);
    const lost = await customer.purse(1000n);
    await customer.deposit(5000n);
    const stranger = await TestCustomer.register(clearing);
    await stranger.deposit(5000n);
    const strange = { ...renewal(), possession: stranger.possession(newSigner()) };
    expect(await act('renewPurse', purse, strange, stranger)).toMatchObject({ status: 404 });
    await customer.deposit(5000n, 'JPY');
    expect(await act('renewPurse', purse, renewal(newSigner(), 100n, 'JPY'))).toMatchObject({
      body: { code: 'bad-request', detail: { field: 'currency' } },
    });
    await act('closePurse', closed);
    await act('freezePurse', lost);
    expect(await act('renewPurse', closed, renewal())).toMatchObject({ body: { code: 'revoked' } });
    expect(await act('renewPurse', lost, renewal())).toMatchObject({ body: { code: 'revoked' } });
    await pass(30);
    expect(await act('renewPurse', purse, renewal())).toMatchObject({ body: { code: 'expired' } });
  });

  it('in the last ten days it takes the place of the old one under the caps, before it is one more', async () => {
    const purses = [];
    for (let i = 0; i < 5; i++) purses.push(await customer.purse(100n));
    const [first, second] = purses;
    if (first === undefined || second === undefined) throw new Error('no purses');
    await customer.deposit(1000n);
    expect(await act('renewPurse', first, renewal(newSigner(), 100n))).toMatchObject({
      body: { code: 'purse-limit' },
    });
    await pass(20);
    expect((await act('renewPurse', first, renewal(newSigner(), 100n))).status).toBe(201);
    expect((await act('renewPurse', second, renewal(newSigner(), 100n))).status).toBe(201);
    const more = await customer.requestPurse({ key: newSigner(), allowanceMinor: 100n });
    expect(more.body).toMatchObject({ code: 'purse-limit' });
  });
});

describe('closing', () => {
  it('no more payments: not online, not where it is known; where it could not be known → settled', async () => {
    const purse = await customer.purse(10_000n);
    const before = sell(purse, 1, 1000n);
    const first = await act('closePurse', purse);
    expect(first.body.purse).toMatchObject({ state: 'closed', stage: 'closed' });
    clearing.clock.nowMs += 60_000;
    expect((await act('closePurse', purse)).body).toEqual(first.body);
    expect((await till.authorise(purse, purse.quick(9), 100n)).verdict).toBe('revoked');
    expect(await isListed(purse)).toBe(false);
    expect(await before()).toBe('settled');
    expect(await sell(purse, 2, 500n)()).toBe('settled');
    // whatever else makes a bundle
    await act('freezePurse', await customer.purse(1n));
    expect(await isListed(purse)).toBe(true);
    const { version } = await clearing.trust();
    expect(await sell(purse, 3, 500n, version)()).toBe('rejected/revoked');
    await pass(29.5);
    await returnDue();
    expect(await inPurse(purse)).toBe(8500n);
    await pass(0.5);
    await returnDue();
    expect(await inPurse(purse)).toBe(0n);
    expect(await available()).toBe(8501n);
  });

  it('another’s purse → not-found, nothing done', async () => {
    const purse = await customer.purse(100n);
    const stranger = await TestCustomer.register(clearing);
    for (const route of ['closePurse', 'freezePurse'] as const)
      expect(await act(route, purse, {}, stranger)).toMatchObject({
        status: 404,
        body: { code: 'not-found' },
      });
    expect(await life(purse)).toMatchObject({ stage: 'open' });
  });
});

describe('a lost device', () => {
  it('frozen at once by its customer → the next bundle lists it; what honest terminals took before settles; the rest comes back', async () => {
    const purse = await customer.purse(10_000n);
    const before = sell(purse, 1, 1500n);
    clearing.clock.nowMs += 1000;
    const { version } = await clearing.trust();
    const frozen = await act('freezePurse', purse);
    expect(frozen.body).toMatchObject({
      trustVersion: version + 1,
      purse: { stage: 'frozen', state: 'frozen' },
    });
    expect(await isListed(purse)).toBe(true);
    const path = `/v1/admin/purses/${purse.certificate.purseId}/revocation`;
    const again = await clearing.call('revokePurse', { path, operator: true, body: {} });
    expect(again.body.trustVersion).toBe(version + 1);
    expect((await act('freezePurse', purse)).body.trustVersion).toBe(version + 1);
    clearing.clock.nowMs += 1000;
    const other = await TestTill.enrol(clearing);
    expect(await sell(purse, 2, 700n, 1, other)()).toBe('rejected/revoked');
    await pass(10);
    expect(await before()).toBe('settled');
    await pass(21);
    await returnDue();
    expect(await available()).toBe(8500n);
    expect(await life(purse)).toMatchObject({ stage: 'returned', state: 'frozen', returnedMinor: '8500' });
    expect(await isListed(purse)).toBe(true);
  });

  it('frozen, closed, settled and returned at once → each step once, the sum whole', async () => {
    const purse = await customer.purse(10_000n);
    const early = sell(purse, 1, 300n);
    clearing.clock.nowMs += 1000;
    const [outcome, ...answers] = await Promise.all([
      early(),
      act('freezePurse', purse),
      act('freezePurse', purse),
      act('closePurse', purse),
      returnDue(),
    ]);
    expect(outcome).toBe('settled');
    expect(answers.slice(0, 3)).toMatchObject([{ status: 200 }, { status: 200 }, { status: 200 }]);
    expect(await life(purse)).toMatchObject({ stage: 'frozen', settledMinor: '300' });
    await pass(31);
    await Promise.all([returnDue(), returnDue(), act('freezePurse', purse)]);
    expect(await available()).toBe(9700n);
  });
});

describe('tiers', () => {
  const raise = (tier: number, userName = customer.userName) =>
    clearing.call('setCustomerTier', { operator: true, body: { userName, tier } });

  it.each([
    ['EUR', 1, 20_000n],
    ['EUR', 2, 50_000n],
    ['EUR', 3, 100_000n],
    ['JPY', 1, 30_000n],
    ['KWD', 2, 175_000n],
  ] as const)('%s, tier %i → at most %s', async (currency, tier, most) => {
    expect((await raise(tier)).status).toBe(200);
    await customer.deposit(2n * most, currency);
    const over = await customer.requestPurse({ key: newSigner(), allowanceMinor: most + 1n, currency });
    expect(over.body).toMatchObject({ code: 'purse-limit' });
    const whole = await customer.requestPurse({ key: newSigner(), allowanceMinor: most, currency });
    expect(whole.status).toBe(201);
    expect((await clearing.call('purses', { cookie: customer.cookie })).body.purses[0]?.tier).toBe(tier);
  });

  it('all purses together, above what the tier may carry → purse-limit', async () => {
    await raise(2);
    await customer.deposit(300_000n);
    for (let i = 0; i < 4; i++)
      expect((await customer.requestPurse({ key: newSigner(), allowanceMinor: 50_000n })).status).toBe(201);
    const more = await customer.requestPurse({ key: newSigner(), allowanceMinor: 1n });
    expect(more.body).toMatchObject({ code: 'purse-limit' });
  });

  it('twenty that are not returned yet, whatever became of them → purse-limit', async () => {
    await customer.deposit(10_000n);
    for (let i = 0; i < 20; i++) await act('closePurse', await customer.purse(1n));
    const more = await customer.requestPurse({ key: newSigner(), allowanceMinor: 1n });
    expect(more.body).toMatchObject({ code: 'purse-limit' });
  });

  it('a tier that is none, a customer who is none → refused', async () => {
    expect((await raise(0)).status).toBe(400);
    expect((await raise(4)).status).toBe(400);
    expect((await raise(2, 'nobody-here')).status).toBe(404);
  });
});

describe('the database holds the life of a purse', () => {
  it.each([
    ['UPDATE purses SET allowance_minor = allowance_minor + 1', 'FT006'],
    ["UPDATE purses SET state = 'closed', returned_at_ms = 1, returned_minor = 0", 'FT006'],
    ['DELETE FROM purses', 'FT001'],
  ])('%s → %s', async (statement, code) => {
    await customer.purse(100n);
    await expect(sql.raw(statement).execute(clearing.database)).rejects.toMatchObject({ code });
  });

  it('a step is not taken back', async () => {
    const purse = await customer.purse(100n);
    await act('closePurse', purse);
    for (const change of ["state = 'open'", 'closed_at_ms = 1'])
      await expect(
        sql.raw(`UPDATE purses SET ${change} WHERE state = 'closed'`).execute(clearing.database),
      ).rejects.toMatchObject({ code: 'FT006' });
  });
});
