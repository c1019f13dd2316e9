/** Policies on real PostgreSQL: drafted, tried on what terminals really decided, published as versions, brought back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../shared/bytes.ts';
import type { PolicyView } from '../../shared/contract/clearing/trust.ts';
import type { RouteAnswer } from '../../shared/contract/clearing.ts';
import { sha256 } from '../../shared/hash.ts';
import { declineValue, saleValue } from '../../shared/protocol/journal-bodies.ts';
import type { Payment } from '../../shared/protocol/payment.ts';
import { encodePicture, pictureText } from '../../shared/protocol/picture.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { type Answer, random, startTestClearing, type TestClearing } from '../support/clearing.ts';
import { TestCustomer, type TestPurse } from '../support/clearing-customer.ts';
import { TestTill } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';
import { SyncedTerminal } from '../support/synced-terminal.ts';

const HOUR_MS = 3_600_000;
const NOBODY = '0'.repeat(32);

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;
let till: TestTill;
let purse: TestPurse;

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
  till = await TestTill.enrol(clearing);
  purse = await (await TestCustomer.register(clearing)).purse(20_000n);
});
afterAll(async () => {
  await clearing.stop();
  await database.drop();
});

async function current(version = 1): Promise<PolicyView> {
  const answer = await clearing.call('policy', { path: `/v1/admin/policies/${version}`, operator: true });
  return answer.body.policy;
}

/** The policy with other bounds for quick payments in euro. */
function withQuick(policy: PolicyView, lower: string, upper: string): PolicyView {
  const currencies = policy.currencies.map((limits) =>
    limits.currency === 'EUR' ? { ...limits, quickPayment: { lower, upper } } : limits,
  );
  return { ...policy, currencies };
}

async function draft(policy: PolicyView, draftId = toHex(random(16))): Promise<string> {
  const answer = await clearing.call('draftPolicy', {
    body: { draftId, note: 'Tighter', policy },
    operator: true,
  });
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.body.code}`);
  return answer.body.draftId;
}

function attempt(draftId: string, days = 7): Promise<Answer<RouteAnswer<'tryPolicy'>>> {
  const path = `/v1/admin/policy-drafts/${draftId}/trials`;
  return clearing.call('tryPolicy', { body: { days }, path, operator: true });
}

function publish(draftId: string): Promise<Answer<RouteAnswer<'publishPolicy'>>> {
  const path = `/v1/admin/policy-drafts/${draftId}/publication`;
  return clearing.call('publishPolicy', { body: {}, path, operator: true });
}

function codeOf(payment: Payment): Uint8Array {
  return encodePicture({ kind: 'presented', certificate: purse.certificate, payment });
}

const decision = (trustVersion: number, reachable = false) => ({
  trustVersion,
  reachable,
  checks: new Uint8Array(16),
  decided: 'offline' as const,
  authorisation: null,
});

function sale(counter: number, amountMinor: bigint, trustVersion: number, reachable = false): void {
  const code = codeOf(purse.quick(counter));
  const body = { amountMinor, currency: 'EUR' as const, code, invoice: null, orderId: null };
  till.write('sale', saleValue({ ...body, decision: decision(trustVersion, reachable) }));
}

function decline(refusal: Refusal, amountMinor: bigint, trustVersion: number, counter: number | null): void {
  const code = counter === null ? null : codeOf(purse.quick(counter));
  const body = { refusal, amountMinor, currency: 'EUR' as const, scanDigest: sha256(random(8)), code };
  till.write('decline', declineValue({ ...body, decision: decision(trustVersion) }));
}

describe('7 Trust: a draft', () => {
  it('a rule broken, an amount that is none, a field too many, nobody’s → a problem; nothing is kept', async () => {
    const good = await current();
    const [first, ...others] = good.currencies;
    const milder = {
      ...good.actions,
      'limit-payment:above': { online: 'approve', offline: 'approve' },
    } as const;
    const strict = {
      ...good.actions,
      'limit-payment:between': { online: 'decline', offline: 'decline' },
    } as const;
    const bad: readonly [string, object][] = [
      ['a table that is milder for more', { ...good, actions: { ...strict, ...milder } }],
      ['lower above upper', withQuick(good, '2', '1')],
      ['a fraction', withQuick(good, '0.5', '1')],
      ['a number', withQuick(good, 1 as never, '2')],
      ['a currency twice', { ...good, currencies: [first, first, ...others] }],
      ['no currency', { ...good, currencies: [{ ...first, currency: 'QQQ' }] }],
      [
        'steps that go back',
        {
          ...good,
          trustAge: [
            { fromH: 5, percent: 50 },
            { fromH: 4, percent: 20 },
          ],
        },
      ],
      ['a field too many', { ...good, isMild: true }],
    ];
    for (const [, policy] of bad) {
      const body = { draftId: toHex(random(16)), note: 'Bad', policy } as never;
      const answer = await clearing.call('draftPolicy', { body, operator: true });
      expect([answer.status, answer.body.code]).toEqual([400, 'bad-request']);
    }
    expect(await clearing.database.selectFrom('policy_drafts').selectAll().execute()).toEqual([]);
    expect((await attempt(NOBODY)).status).toBe(404);
    expect((await publish(NOBODY)).status).toBe(404);
    expect((await clearing.call('policies', {})).status).toBe(401);
  });

  it('the same id again → the same; with other content → exists-with-different-content', async () => {
    const policy = withQuick(await current(), '1', '2');
    const draftId = await draft(policy);
    expect(await draft(policy, draftId)).toBe(draftId);
    await expect(draft(withQuick(policy, '1', '3'), draftId)).rejects.toThrow('409');
  });
});

describe('7 Trust: a trial on what was really decided', () => {
  it('sales and declines → how many and how much would have been otherwise, and what cannot be told', async () => {
    const { version } = await clearing.trust();
    sale(1, 2000n, version);
    sale(2, 4500n, version);
    // could have been asked, and did not need to be
    sale(3, 2400n, version, true);
    sale(4, 100n, 9999);
    decline({ code: 'revoked' }, 300n, version, 5);
    decline({ code: 'unreadable' }, 400n, version, null);
    // said to be declined by a limit that the policy of that day does not have
    decline({ code: 'limit-payment', detail: { limitMinor: '1' } }, 500n, version, 6);
    await till.send();
    const draftId = await draft(withQuick(await current(), '2100', '3000'));
    const { body } = await attempt(draftId);
    expect(body).toEqual({
      fromMs: clearing.clock.nowMs - 7 * 24 * HOUR_MS,
      toMs: clearing.clock.nowMs,
      isComplete: true,
      currencies: [
        {
          currency: 'EUR',
          replayed: { count: 3, amountMinor: '8900' },
          nowDeclined: { count: 1, amountMinor: '4500' },
          nowApproved: { count: 0, amountMinor: '0' },
          nowAsked: { count: 1, amountMinor: '2400' },
          notReplayed: [
            { why: 'not-by-policy', count: 2, amountMinor: '700' },
            { why: 'not-reproduced', count: 1, amountMinor: '500' },
            { why: 'not-known-here', count: 1, amountMinor: '100' },
          ],
        },
      ],
    });
  });

  it('sums of a purse’s day are those of the terminal’s own journal', async () => {
    const tight = await current();
    const currencies = tight.currencies.map((limits) =>
      limits.currency === 'EUR' ? { ...limits, purseDayCount: { lower: 1, upper: 1 } } : limits,
    );
    const { body } = await attempt(await draft({ ...tight, currencies }));
    // the second of this purse on that day, and the third, which could have been asked
    expect(body.currencies[0]).toMatchObject({
      nowDeclined: { count: 1, amountMinor: '4500' },
      nowAsked: { count: 1, amountMinor: '2400' },
    });
  });
});

describe('7 Trust: publishing', () => {
  it('untried, or tried long ago → refused; tried → the next bundle has it, once; a real terminal decides by it', async () => {
    const draftId = await draft(withQuick(await current(), '1000', '3000'));
    const untried = await publish(draftId);
    expect([untried.status, untried.body.detail]).toEqual([400, { field: 'trial' }]);
    await attempt(draftId);
    clearing.clock.nowMs += 25 * HOUR_MS;
    expect((await publish(draftId)).status).toBe(400);
    await attempt(draftId);
    const terminal = await SyncedTerminal.enrol(clearing);
    try {
      const scan = (counter: number) =>
        pictureText({ kind: 'presented', certificate: purse.certificate, payment: purse.quick(counter) });
      expect(await terminal.accept(scan(20), '4000')).toBe('approved');
      const published = await publish(draftId);
      const { version: trustVersion } = await clearing.trust();
      expect(published.body).toEqual({ version: 2, trustVersion });
      expect((await publish(draftId)).body).toEqual({ version: 2, trustVersion });
      await terminal.sync();
      expect(await terminal.accept(scan(21), '2000')).toBe('approved');
      terminal.isCut = true;
      await terminal.sync();
      expect(await terminal.accept(scan(22), '4000')).toBe('limit-payment');
    } finally {
      terminal.close();
    }
    expect(await current(2)).toEqual(withQuick(await current(1), '1000', '3000'));
  });

  it('a decline under the second → approved under the first, brought back as the third', async () => {
    const { version } = await clearing.trust();
    decline({ code: 'limit-payment', detail: { limitMinor: '3000' } }, 4500n, version, 30);
    await till.send();
    const draftId = toHex(random(16));
    const body = { draftId, note: 'Too tight' };
    const unknown = await clearing.call('restorePolicy', {
      body,
      path: '/v1/admin/policies/77/restoration',
      operator: true,
    });
    expect(unknown.status).toBe(404);
    const path = '/v1/admin/policies/1/restoration';
    expect((await clearing.call('restorePolicy', { body, path, operator: true })).status).toBe(201);
    const tried = await attempt(draftId, 1);
    expect(tried.body.currencies[0]?.nowApproved).toEqual({ count: 1, amountMinor: '4500' });
    expect((await publish(draftId)).body.version).toBe(3);
    expect(await current(3)).toEqual(await current(1));
    const { policies } = (await clearing.call('policies', { operator: true })).body;
    expect(policies.map(({ version: of, note, restores }) => [of, note, restores])).toEqual([
      [3, 'Too tight', 1],
      [2, 'Tighter', null],
      [1, null, null],
    ]);
  });
});
