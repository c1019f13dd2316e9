/** Settlement: who is paid what, once, by balanced entries, whoever runs the cycle and however often. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toHex } from '../../shared/bytes.ts';
import type { RouteBody } from '../../shared/contract/clearing.ts';
import { balances, random, startTestClearing, type TestClearing, written } from '../support/clearing.ts';
import { TestCustomer, type TestPurse } from '../support/clearing-customer.ts';
import { TestTill } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';

const DAY_MS = 86_400_000;
const NOON_MS = Date.UTC(2026, 2, 3, 12);

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;
let other: TestClearing;
let customer: TestCustomer;
let till: TestTill;
let purse: TestPurse;
let counter: number;

beforeAll(async () => {
  database = await freshDatabase();
  const clock = { nowMs: NOON_MS };
  clearing = await startTestClearing({ databaseUrl: database.url, clock });
  other = await startTestClearing({ databaseUrl: database.url, clock, keys: clearing.keys });
});
afterAll(async () => {
  await clearing.stop();
  await other.stop();
  await database.drop();
});
beforeEach(async () => {
  // each test has days of its own, so a daily cycle settles its merchants alone
  clearing.clock.nowMs += 2 * DAY_MS;
  customer = await TestCustomer.register(clearing);
  till = await TestTill.enrol(clearing);
  purse = await customer.purse(20_000n);
  counter = 0;
});

const dayOf = (nowMs: number) => new Date(nowMs).toISOString().slice(0, 10);

async function terms(change: Partial<RouteBody<'setSettlementTerms'>> = {}): Promise<void> {
  const answer = await clearing.call('setSettlementTerms', {
    operator: true,
    path: `/v1/admin/merchants/${till.merchantId}/settlement-terms`,
    body: {
      cycle: 'manual',
      payoutAccount: 'DE02120300000000202051',
      payoutCurrency: 'EUR',
      reserveBasisPoints: 0,
      reserveDays: 0,
      ...change,
    },
  });
  expect(answer.status).toBe(201);
}

async function fees(basisPoints: number, fixedMinor = 0, minimumMinor = 0): Promise<void> {
  const body = { currency: 'EUR', basisPoints, fixedMinor: `${fixedMinor}`, minimumMinor: `${minimumMinor}` };
  expect((await clearing.call('setFees', { operator: true, body })).status).toBe(201);
}

/** Sells and sends. @returns the entry's seq */
async function sell(amountMinor: bigint): Promise<number> {
  const seq = till.sale(purse, purse.quick(++counter), amountMinor);
  expect((await till.send(seq)).ack?.outcomes.map(({ state }) => state)).toEqual(['settled']);
  return seq;
}

async function run(change: Partial<RouteBody<'runSettlement'>> = {}, house = clearing) {
  const body: RouteBody<'runSettlement'> = {
    cycle: 'manual',
    day: null,
    runId: toHex(random(16)),
    merchantId: till.merchantId,
    isDryRun: false,
    ...change,
  };
  return await house.call('runSettlement', { operator: true, body });
}

const daily = (cycle: 'same-day' | 'next-day', day: string) =>
  ({ cycle, day, runId: null, merchantId: null }) as const;

async function held(kind: string, owner = '', currency = 'EUR'): Promise<bigint> {
  return (await balances(clearing)).get(`${kind}/${owner}/${currency}`) ?? 0n;
}

describe('6. a settlement cycle', () => {
  it('payments and a refund → net, fees and reserve taken, the rest ordered to be paid, all by entries', async () => {
    await fees(150, 10);
    await terms({ reserveBasisPoints: 1000, reserveDays: 30 });
    const [feesBefore, outside] = [await held('fees'), await held('settlement')];
    await sell(1000n);
    const seq = await sell(2000n);
    const note = till.refund(purse, purse.quick(counter), seq, 500n);
    await till.send(note);
    const { body } = await run();
    // fees: 15 + 10 and 30 + 10; reserve: a tenth of 2,500
    expect(body.settlements).toMatchObject([
      {
        number: 1,
        paymentCount: 2,
        paymentsMinor: '3000',
        refundCount: 1,
        refundsMinor: '500',
        feesChargedMinor: '65',
        feesTakenMinor: '65',
        reserveHeldMinor: '250',
        payoutMinor: '2185',
        closingMinor: '0',
        payout: { account: 'DE02120300000000202051', currency: 'EUR', amountMinor: '2185', rateId: null },
      },
    ]);
    expect(await held('receivable', till.merchantId)).toBe(0n);
    expect(await held('reserve', till.merchantId)).toBe(250n);
    expect((await held('fees')) - feesBefore).toBe(65n);
    expect((await held('settlement')) - outside).toBe(2185n);
  });

  it('the same run again, by two processes, many times at once → one settlement, the same answer', async () => {
    await fees(100);
    await terms();
    await sell(1000n);
    const runId = toHex(random(16));
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => run({ runId }, i % 2 === 0 ? clearing : other)),
    );
    const after = await written(clearing);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
    const again = await run({ runId }, other);
    for (const { body } of answers) expect(body.settlements).toEqual(again.body.settlements);
    expect(again.body.settlements).toMatchObject([{ payoutMinor: '990' }]);
    expect(await written(clearing)).toBe(after);
    // another run finds nothing left
    expect((await run()).body.settlements).toEqual([]);
    expect(await held('receivable', till.merchantId)).toBe(0n);
  });

  it('different runs at once while payments come in → each payment is in exactly one settlement', async () => {
    await fees(0);
    await terms();
    const sales = (async () => {
      for (let i = 0; i < 8; i++) await sell(100n);
    })();
    const runs = (async () => {
      for (let i = 0; i < 5; i++) await Promise.all([run({}, clearing), run({}, other)]);
    })();
    await Promise.all([sales, runs]);
    await run();
    const path = `/v1/admin/settlements?merchantId=${till.merchantId}`;
    const { body } = await clearing.call('settlements', { operator: true, path });
    expect(body.settlements.reduce((sum, one) => sum + one.paymentCount, 0)).toBe(8);
    const numbers = body.settlements.map(({ number }) => number).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    expect(await held('receivable', till.merchantId)).toBe(0n);
  });

  it('a dry run → says what would be, and nothing is written', async () => {
    await fees(200);
    await terms();
    await sell(1000n);
    const before = await written(clearing);
    const runId = toHex(random(16));
    const dry = await run({ runId, isDryRun: true });
    expect(await written(clearing)).toBe(before);
    expect(dry.body.settlements).toMatchObject([{ feesTakenMinor: '20', payoutMinor: '980' }]);
    expect((await run({ runId })).body.settlements).toEqual(dry.body.settlements);
  });

  it('T+1 → yesterday’s payments only, less what today’s refunds have drawn already', async () => {
    await fees(0);
    await terms({ cycle: 'next-day' });
    const first = await sell(1000n);
    const yesterday = dayOf(clearing.clock.nowMs);
    expect((await run(daily('next-day', yesterday))).body.code).toBe('bad-request');
    const payment = purse.quick(counter);
    clearing.clock.nowMs += DAY_MS;
    await sell(100n);
    await till.send(till.refund(purse, payment, first, 700n));
    expect((await run(daily('next-day', yesterday))).body.settlements).toMatchObject([
      { paymentCount: 1, paymentsMinor: '1000', refundsMinor: '0', payoutMinor: '400', closingMinor: '600' },
    ]);
    expect(await held('receivable', till.merchantId)).toBe(0n);
    expect((await run(daily('next-day', yesterday))).body.settlements).toHaveLength(1);
    const today = dayOf(clearing.clock.nowMs);
    clearing.clock.nowMs += DAY_MS;
    expect((await run(daily('next-day', today))).body.settlements).toMatchObject([
      { openingMinor: '600', paymentsMinor: '100', refundsMinor: '700', payoutMinor: '0', closingMinor: '0' },
    ]);
  });

  it('T+0 → today’s payments; what comes after waits for the next day’s cycle', async () => {
    await fees(0);
    await terms({ cycle: 'same-day' });
    await sell(300n);
    const today = daily('same-day', dayOf(clearing.clock.nowMs));
    expect((await run(today)).body.settlements).toMatchObject([{ payoutMinor: '300' }]);
    clearing.clock.nowMs += 1000;
    await sell(200n);
    expect((await run(today)).body.settlements).toMatchObject([{ payoutMinor: '300' }]);
    clearing.clock.nowMs += DAY_MS;
    const next = await run(daily('same-day', dayOf(clearing.clock.nowMs)));
    expect(next.body.settlements).toMatchObject([{ payoutMinor: '200' }]);
  });

  it('a reserve whose time has come → paid by the next cycle, once', async () => {
    await fees(0);
    await terms({ reserveBasisPoints: 2500, reserveDays: 5 });
    await sell(1000n);
    expect((await run()).body.settlements).toMatchObject([{ reserveHeldMinor: '250', payoutMinor: '750' }]);
    clearing.clock.nowMs += 4 * DAY_MS;
    expect((await run()).body.settlements).toEqual([]);
    clearing.clock.nowMs += DAY_MS + 1;
    expect((await run()).body.settlements).toMatchObject([
      { number: 2, reserveReleasedMinor: '250', payoutMinor: '250', closingMinor: '0' },
    ]);
    expect((await run()).body.settlements).toEqual([]);
    expect(await held('reserve', till.merchantId)).toBe(0n);
  });

  it('fees larger than what is left → carried to the next cycle, to the last unit', async () => {
    await fees(0, 50);
    await terms();
    const seq = await sell(100n);
    await till.send(till.refund(purse, purse.quick(counter), seq, 80n));
    expect((await run()).body.settlements).toMatchObject([
      { feesChargedMinor: '50', feesTakenMinor: '20', payoutMinor: '0' },
    ]);
    await sell(1000n);
    expect((await run()).body.settlements).toMatchObject([
      { feesChargedMinor: '80', feesTakenMinor: '80', payoutMinor: '920' },
    ]);
  });
});

describe('6. corrections', () => {
  async function correct(settlementId: string, change: Partial<RouteBody<'correctSettlement'>> = {}) {
    const body: RouteBody<'correctSettlement'> = {
      correctionId: toHex(random(16)),
      kind: 'payout-returned',
      amountMinor: '900',
      reason: 'Account closed',
      ...change,
    };
    const path = `/v1/admin/settlements/${settlementId}/corrections`;
    return { body, answer: await clearing.call('correctSettlement', { operator: true, path, body }) };
  }

  it('a payout that came back, a fee given back → new entries, paid by the next cycle, once each', async () => {
    await fees(1000);
    await terms();
    await sell(1000n);
    const settlement = (await run()).body.settlements[0];
    const id = settlement?.settlementId ?? '';
    const wrong = await correct(id, { amountMinor: '899' });
    expect([wrong.answer.status, wrong.answer.body.code]).toEqual([400, 'bad-request']);
    const { body, answer } = await correct(id);
    expect(answer.status).toBe(201);
    expect((await correct(id, body)).answer.status).toBe(201);
    expect((await correct(id)).answer.body.code).toBe('exists-with-different-content');
    expect((await correct(id, { ...body, reason: 'Another' })).answer.status).toBe(409);
    expect((await correct(id, { kind: 'fee-returned', amountMinor: '30' })).answer.status).toBe(201);
    expect((await correct(id, { kind: 'fee-returned', amountMinor: '71' })).answer.status).toBe(400);
    expect(await held('receivable', till.merchantId)).toBe(930n);
    expect((await run()).body.settlements).toMatchObject([{ correctionsMinor: '930', payoutMinor: '930' }]);
    const details = await clearing.call('settlement', {
      operator: true,
      path: `/v1/admin/settlements/${id}`,
    });
    expect(details.body.settlement).toEqual(settlement);
    expect(details.body.corrections).toMatchObject([{ amountMinor: '900' }, { amountMinor: '30' }]);
    expect((await correct('00'.repeat(16))).answer.status).toBe(404);
  });
});

describe('8. a merchant that settles in another currency', () => {
  it('a rate that is stored, dated and signed → paid in it, rounded down, each currency sums to zero', async () => {
    await fees(0);
    await terms({ payoutCurrency: 'JPY' });
    await sell(1003n);
    expect((await run()).body).toMatchObject({ settlements: [], skipped: [{ reason: 'no-rate' }] });
    expect(await held('receivable', till.merchantId)).toBe(1003n);
    const nowMs = clearing.clock.nowMs;
    const body = { from: 'EUR', to: 'JPY', rate: '162.15', validFromMs: nowMs, validUntilMs: nowMs + DAY_MS };
    const rate = await clearing.call('setRate', { operator: true, body });
    expect(rate.status).toBe(201);
    expect((await clearing.call('setRate', { operator: true, body })).body).toEqual(rate.body);
    const { body: done } = await run();
    // 10.03 × 162.15 = 1626.3645
    expect(done.settlements).toMatchObject([
      { payoutMinor: '1003', payout: { currency: 'JPY', amountMinor: '1626', rateId: rate.body.rateId } },
    ]);
    expect(await held('exchange')).toBe(1003n);
    expect(await held('exchange', '', 'JPY')).toBe(-1626n);
    expect(await held('settlement', '', 'JPY')).toBe(1626n);
    const id = done.settlements[0]?.settlementId;
    const correction = {
      correctionId: toHex(random(16)),
      kind: 'payout-returned',
      amountMinor: '1003',
      reason: 'No',
    };
    const path = `/v1/admin/settlements/${id}/corrections`;
    expect(
      (await clearing.call('correctSettlement', { operator: true, path, body: correction })).status,
    ).toBe(201);
    expect([await held('exchange'), await held('exchange', '', 'JPY')]).toEqual([0n, 0n]);
    clearing.clock.nowMs += DAY_MS;
    expect((await run()).body.skipped).toMatchObject([{ reason: 'no-rate' }]);
  });
});

describe('settlement routes with bad input', () => {
  it.each([
    ['a day that is none', { cycle: 'next-day', day: '2026-02-30', runId: null, merchantId: null }],
    ['a day to come', { cycle: 'same-day', day: '2099-01-01', runId: null, merchantId: null }],
    ['a daily cycle with a run id', { cycle: 'same-day', day: '2026-01-01', merchantId: null }],
    ['a manual one without', { runId: null }],
    ['a manual one with a day', { day: '2026-01-01' }],
    ['another cycle', { cycle: 'weekly' as 'manual' }],
    ['a field more', { extra: 1 } as object],
  ] as const)('%s → 400, nothing written', async (_name, change) => {
    const before = await written(clearing);
    expect((await run(change)).status).toBe(400);
    expect(await written(clearing)).toBe(before);
  });

  it('a run id that was another run’s, an unknown merchant, no operator → 409, 404, 401', async () => {
    await terms();
    const runId = toHex(random(16));
    expect((await run({ runId })).status).toBe(200);
    expect((await run({ runId, merchantId: null })).status).toBe(409);
    expect((await run({ merchantId: '00'.repeat(8) })).status).toBe(404);
    expect((await clearing.call('settlements')).status).toBe(401);
  });

  it.each([
    ['a currency that is none', { payoutCurrency: 'XXX' }],
    ['an account with a space', { payoutAccount: 'DE02 1203' }],
    ['more than all held back', { reserveBasisPoints: 10_001 }],
  ])('terms with %s → 400', async (_name, change) => {
    const answer = await clearing.call('setSettlementTerms', {
      operator: true,
      path: `/v1/admin/merchants/${till.merchantId}/settlement-terms`,
      body: {
        cycle: 'manual',
        payoutAccount: 'DE02120300000000202051',
        payoutCurrency: 'EUR',
        reserveBasisPoints: 0,
        reserveDays: 0,
        ...change,
      },
    });
    expect(answer.status).toBe(400);
  });

  it.each(['0', '1.0000000000001', '-1', '1e3', '01', '', '0.0'])('a rate of %j → 400', async (rate) => {
    const body = { from: 'EUR', to: 'USD', rate, validFromMs: 0, validUntilMs: 1000 };
    expect((await clearing.call('setRate', { operator: true, body })).status).toBe(400);
  });
});
