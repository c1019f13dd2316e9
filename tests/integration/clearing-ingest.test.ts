/** Journal ingest: what is settled, what is rejected and why, and that nothing happens twice (protocol §6). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  balances,
  outcomesText,
  startTestClearing,
  type TestClearing,
  TestCustomer,
  TestTill,
} from '../support/clearing.ts';
import { freshDatabase } from '../support/postgres.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;
let customer: TestCustomer;

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
  customer = await TestCustomer.register(clearing);
});
afterAll(async () => {
  await clearing.stop();
  await database.drop();
});

const receivable = async (till: TestTill) =>
  (await balances(clearing)).get(`receivable/${till.merchantId}/EUR`) ?? 0n;

describe('a batch', () => {
  it('quick and bound, full and short → settled, paid to the merchant, told to the customer', async () => {
    const till = await TestTill.enrol(clearing);
    const purse = await customer.purse();
    const invoice = till.invoice(1250n);
    till.write('enrolled', null);
    till.sale(purse, purse.quick(1), 700n);
    till.sale(purse, purse.bound(2, invoice), 1250n, { invoice, form: 'short' });
    const answer = await till.send();
    expect(outcomesText(answer)).toBe('2:settled 3:settled');
    expect(answer.ack).toMatchObject({ epoch: 1, seq: 3, terminalId: till.terminalId });
    expect(await receivable(till)).toBe(1950n);
    const { body } = await clearing.call('walletPayments', { cookie: customer.cookie });
    expect(body.payments).toMatchObject([
      { number: 1, counter: 1, amountMinor: '700', state: 'settled', merchantName: 'Corner shop' },
      { number: 2, counter: 2, amountMinor: '1250', state: 'settled' },
    ]);
    const me = await clearing.call('me', { cookie: customer.cookie });
    expect(me.body.purses.find(({ purseId }) => purseId === purse.certificate.purseId)).toMatchObject({
      settledMinor: '1950',
      allowanceMinor: '10000',
    });
  });
});
