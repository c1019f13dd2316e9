/** Refunds at the clearing house (S22): after their payment, once, never more than was settled, never for another's. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refundValue } from '../../shared/protocol/bodies/refund.ts';
import {
  balances,
  newSigner,
  random,
  startTestClearing,
  type TestClearing,
  written,
} from '../support/clearing.ts';
import { TestCustomer, type TestPurse } from '../support/clearing-customer.ts';
import { outcomesText, TestTill } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;
let customer: TestCustomer;
let till: TestTill;
let purse: TestPurse;

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
});
afterAll(async () => {
  await clearing.stop();
  await database.drop();
});
beforeEach(async () => {
  customer = await TestCustomer.register(clearing);
  till = await TestTill.enrol(clearing);
  purse = await customer.purse();
});

/** What the merchant has, what the customer may use online, what is in the purse. */
async function money(): Promise<readonly bigint[]> {
  const all = await balances(clearing);
  return [
    all.get(`receivable/${till.merchantId}/EUR`) ?? 0n,
    all.get(`available/${customer.customerId}/EUR`) ?? 0n,
    all.get(`purse/${purse.certificate.purseId}/EUR`) ?? 0n,
  ];
}

describe('6. refunds that are settled', () => {
  it('full and partial, with the sale in one batch → settled, to the customer’s account, told to the customer', async () => {
    const first = purse.quick(1);
    const second = purse.quick(2);
    till.sale(purse, first, 700n);
    till.refund(purse, first, 1, 700n);
    till.sale(purse, second, 1000n);
    till.refund(purse, second, 3, 300n);
    expect(outcomesText(await till.send())).toBe('1:settled 2:settled 3:settled 4:settled');
    expect(await money()).toEqual([700n, 1000n, 8300n]);
    const { body } = await clearing.call('walletPayments', { cookie: customer.cookie });
    expect(
      body.payments
        .toSorted((a, b) => a.number - b.number)
        .map(({ number, counter, amountMinor, state, refundId }) => [
          number,
          counter,
          amountMinor,
          state,
          refundId !== null,
        ])
        .toSorted((a, b) => Number(a[4]) - Number(b[4])),
    ).toEqual([
      [1, 1, '700', 'settled', false],
      [2, 2, '1000', 'settled', false],
      [3, 1, '700', 'settled', true],
      [4, 2, '300', 'settled', true],
    ]);
    const ids = body.payments.flatMap(({ refundId }) => (refundId === null ? [] : [refundId]));
    expect(new Set(ids).size).toBe(2);
    // what came back can be used online at once, and the purse's own sums are as the wallet signed them
    const me = await clearing.call('me', { cookie: customer.cookie });
    expect(me.body.purses).toMatchObject([{ settledMinor: '1700' }]);
  });

  it('in a later batch, and sent again → settled once, the same outcome', async () => {
    const payment = purse.quick(1);
    till.sale(purse, payment, 700n);
    await till.send();
    till.refund(purse, payment, 1, 200n);
    till.refund(purse, payment, 1, 500n);
    const first = await till.send(2);
    expect(outcomesText(first)).toBe('2:settled 3:settled');
    const before = await written(clearing);
    expect((await till.send()).ack?.outcomes.slice(1)).toEqual(first.ack?.outcomes);
    expect(await written(clearing)).toBe(before);
    expect(await money()).toEqual([0n, 700n, 9300n]);
  });

  it('a voided payment → given back whole', async () => {
    const payment = purse.quick(1);
    till.sale(purse, payment, 700n);
    till.refund(purse, payment, 1, 700n, { kind: 'payment-voided' });
    expect(outcomesText(await till.send())).toBe('1:settled 2:settled');
    expect(await money()).toEqual([0n, 700n, 9300n]);
  });

  it('given back in cash → no outcome, no money moves here', async () => {
    till.sale(purse, purse.quick(1), 700n);
    const inCash = {
      note: null,
      original: { epoch: 1, seq: 1 },
      amountMinor: 700n,
      currency: 'EUR',
      reason: 'Cup',
      approvedBy: null,
    } as const;
    till.write('refund', refundValue(inCash));
    expect(outcomesText(await till.send())).toBe('1:settled');
    expect(await money()).toEqual([700n, 0n, 9300n]);
  });

  it('a purse that was frozen after the sale → the money still comes back', async () => {
    const payment = purse.quick(1);
    till.sale(purse, payment, 700n);
    await till.send();
    const path = `/v1/admin/purses/${purse.certificate.purseId}/revocation`;
    await clearing.call('revokePurse', { path, body: {}, operator: true });
    till.refund(purse, payment, 1, 700n);
    expect(outcomesText(await till.send(2))).toBe('2:settled');
    expect(await money()).toEqual([0n, 700n, 9300n]);
  });
});

describe('6. refunds that are rejected, and stop nobody behind them', () => {
  it('another terminal’s payment id, an unknown payment, a payment of another entry → unknown-payment', async () => {
    const other = await TestTill.enrol(clearing, { merchantId: till.merchantId });
    const theirs = purse.quick(1);
    other.sale(purse, theirs, 700n);
    await other.send();
    const mine = purse.quick(2);
    till.sale(purse, mine, 900n);
    till.refund(purse, theirs, 1, 700n);
    till.refund(purse, purse.quick(9), 77, 100n);
    till.refund(purse, mine, 2, 100n);
    till.refund(purse, mine, 1, 100n, { originalEpoch: 2 });
    till.refund(purse, mine, 1, 100n);
    expect(outcomesText(await till.send())).toBe(
      '1:settled 2:rejected/unknown-payment 3:rejected/unknown-payment 4:rejected/unknown-payment ' +
        '5:rejected/unknown-payment 6:settled',
    );
    expect(await money()).toEqual([1500n, 100n, 8400n]);
    // nobody is told of a refund that belongs to no payment of theirs
    const { body } = await clearing.call('walletPayments', { cookie: customer.cookie });
    expect(body.payments.filter(({ refundId }) => refundId !== null)).toHaveLength(1);
  });

  it('above what was settled, at once or in parts, or a void that is not the whole → over-refunded', async () => {
    const payment = purse.quick(1);
    till.sale(purse, payment, 700n);
    till.refund(purse, payment, 1, 701n);
    till.refund(purse, payment, 1, 699n, { kind: 'payment-voided' });
    till.refund(purse, payment, 1, 400n);
    till.refund(purse, payment, 1, 301n);
    till.refund(purse, payment, 1, 700n, { kind: 'payment-voided' });
    till.refund(purse, payment, 1, 300n);
    expect(outcomesText(await till.send())).toBe(
      '1:settled 2:rejected/over-refunded 3:rejected/over-refunded 4:settled 5:rejected/over-refunded ' +
        '6:rejected/over-refunded 7:settled',
    );
    till.refund(purse, payment, 1, 1n);
    expect(outcomesText(await till.send(8))).toBe('8:rejected/over-refunded');
    expect(await money()).toEqual([0n, 700n, 9300n]);
  });

  it('of a payment that was rejected → payment-rejected, no money moves, the customer is told', async () => {
    const payment = purse.quick(1);
    till.sale(purse, payment, 700n);
    till.sale(purse, purse.quick(1, { nonce: random(8) }), 500n);
    till.refund(purse, purse.quick(1, { capMinor: 4000n }), 2, 500n);
    const conflicting = purse.quick(1, { capMinor: 4999n });
    till.sale(purse, conflicting, 300n);
    till.refund(purse, conflicting, 4, 300n);
    expect(outcomesText(await till.send())).toBe(
      '1:settled 2:rejected/conflict 3:rejected/unknown-payment 4:rejected/conflict 5:rejected/payment-rejected',
    );
    expect(await money()).toEqual([700n, 0n, 9300n]);
    const { body } = await clearing.call('walletPayments', { cookie: customer.cookie });
    expect(body.payments.find(({ refundId }) => refundId !== null)).toMatchObject({
      state: 'rejected',
      reason: 'payment-rejected',
    });
  });

  it('signed by another key → bad-signature; another place, another currency, nonsense → rejected', async () => {
    const payment = purse.quick(1);
    till.sale(purse, payment, 700n);
    till.refund(purse, payment, 1, 700n, { signer: newSigner() });
    till.refund(purse, payment, 1, 700n, { journalSeq: 2 });
    till.refund(purse, payment, 1, 700n, { epoch: 7 });
    till.refund(purse, payment, 1, 700n, { currency: 'USD' });
    till.write('refund', [1, 2, 3]);
    expect(outcomesText(await till.send())).toBe(
      '1:settled 2:rejected/bad-signature 3:rejected/malformed 4:rejected/malformed ' +
        '5:rejected/currency-mismatch 6:rejected/malformed',
    );
    expect(await money()).toEqual([700n, 0n, 9300n]);
  });

  it('more than the merchant has here → not-covered; a receivable never goes below zero', async () => {
    const payment = purse.quick(1);
    till.sale(purse, payment, 700n);
    await till.send();
    // paid out since: what a settlement cycle will do
    const { sql } = await import('kysely');
    await clearing.database.transaction().execute(async (tx) => {
      await sql`INSERT INTO accounts (kind, owner_id, currency) VALUES ('settlement', '', 'EUR') ON CONFLICT DO NOTHING`.execute(
        tx,
      );
      await sql`
        WITH t AS (INSERT INTO transfers (transfer_id, kind, at_ms, entry_count)
          VALUES (${random(16)}, 'payout', 0, 2) RETURNING transfer_no)
        INSERT INTO entries (transfer_no, line, account_id, amount_minor, currency)
        SELECT t.transfer_no, line, account_id, amount, 'EUR' FROM t, (
          SELECT 1 AS line, account_id, -600::bigint AS amount FROM accounts JOIN merchants USING (account_id)
           WHERE merchant_id = decode(${till.merchantId}, 'hex')
          UNION ALL SELECT 2, account_id, 600 FROM accounts WHERE kind = 'settlement' AND currency = 'EUR') lines`.execute(
        tx,
      );
    });
    till.refund(purse, payment, 1, 101n);
    till.refund(purse, payment, 1, 100n);
    expect(outcomesText(await till.send(2))).toBe('2:rejected/not-covered 3:settled');
    expect((await money())[0]).toBe(0n);
  });
});

describe('S22, and the ledger', () => {
  it('any refunds of any payments in any order → the sum of what settles is never above what was settled', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            of: fc.integer({ min: 1, max: 3 }),
            amount: fc.bigInt({ min: 1n, max: 900n }),
            kind: fc.constantFrom('refund' as const, 'payment-voided' as const),
            cut: fc.boolean(),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        async (steps) => {
          const shop = await TestTill.enrol(clearing);
          const of = await (await TestCustomer.register(clearing)).purse(2000n);
          const payments = [1, 2, 3].map((counter) => of.quick(counter));
          for (const payment of payments) shop.sale(of, payment, 500n);
          let sent = 0;
          const back = new Map<number, bigint>();
          const refunds = new Map<number, { of: number; amount: bigint }>();
          const flush = async (): Promise<void> => {
            if (sent === shop.entries.length) return;
            const answer = await shop.send(sent + 1);
            sent = shop.entries.length;
            for (const { seq, state } of answer.ack?.outcomes ?? []) {
              const refund = refunds.get(seq);
              if (refund !== undefined && state === 'settled')
                back.set(refund.of, (back.get(refund.of) ?? 0n) + refund.amount);
            }
          };
          for (const { of: number, amount, kind, cut } of steps) {
            const payment = payments[number - 1];
            if (payment === undefined) continue;
            refunds.set(shop.refund(of, payment, number, amount, { kind }), { of: number, amount });
            if (cut) await flush();
          }
          await flush();
          for (const sum of back.values()) expect(sum).toBeLessThanOrEqual(500n);
          const total = [...back.values()].reduce((sum, each) => sum + each, 0n);
          expect((await balances(clearing)).get(`receivable/${shop.merchantId}/EUR`)).toBe(1500n - total);
        },
      ),
      { numRuns: 12 },
    );
  }, 30_000);

  it('two terminals of two shops refund two customers in both orders at once → no deadlock that shows', async () => {
    const other = await TestTill.enrol(clearing);
    const friend = await TestCustomer.register(clearing);
    const theirs = await friend.purse();
    const notes = (shop: TestTill, first: number): void => {
      for (let i = 0; i < 6; i += 1) {
        const of = i % 2 === first ? purse : theirs;
        const payment = of.quick(shop === till ? 10 + i : 20 + i);
        const seq = shop.sale(of, payment, 100n);
        shop.refund(of, payment, seq, 100n);
      }
    };
    notes(till, 0);
    notes(other, 1);
    const answers = await Promise.all([till.send(), other.send()]);
    for (const answer of answers)
      expect(answer.ack?.outcomes.every(({ state }) => state === 'settled')).toBe(true);
  });
});
