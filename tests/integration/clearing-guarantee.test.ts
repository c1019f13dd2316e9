/** The issuer's guarantee on real PostgreSQL: what the fund pays for, what it does not, and that money is never made. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toHex } from '../../shared/bytes.ts';
import { balances, random, startTestClearing, type TestClearing, written } from '../support/clearing.ts';
import { TestCustomer, type TestPurse } from '../support/clearing-customer.ts';
import { outcomesText, TestTill } from '../support/clearing-till.ts';
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

const newPurse = async (): Promise<TestPurse> => (await TestCustomer.register(clearing)).purse(1000n);
const fundMinor = async () => (await balances(clearing)).get('guarantee//EUR');
const rule = (version: number, upToMinor: string, perPurseMinor: string, currency = 'EUR') =>
  clearing.call('setGuarantee', { body: { currency, version, upToMinor, perPurseMinor }, operator: true });
const fund = (amountMinor: string, transferId = toHex(random(16))) =>
  clearing.call('fundGuarantee', { body: { transferId, currency: 'EUR', amountMinor }, operator: true });

/** A purse of 10.00 that is spent whole, and once more. */
async function overspent(till: TestTill, again: bigint, purse?: TestPurse): Promise<string> {
  const own = purse ?? (await newPurse());
  till.sale(own, own.quick(1), 1000n);
  till.sale(own, own.quick(2), again);
  const answer = outcomesText(await till.send());
  return answer.split(/[,\s]+/).at(-1) ?? '';
}

it('no rule → rejected; a rule and a fund → settled-guaranteed, sent again the same; within its bounds alone', async () => {
  const till = await TestTill.enrol(clearing);
  expect(await overspent(till, 700n)).toMatch(/rejected|overspent/);
  expect((await rule(1, '800', '1200')).status).toBe(201);
  expect((await rule(1, '800', '1200')).status).toBe(201);
  expect((await rule(1, '801', '1200')).status).toBe(409);
  expect((await rule(3, '800', '1200')).status).toBe(400);
  expect((await rule(1, '800', '1200', 'XXX')).status).toBe(400);
  // the fund is empty
  expect(await overspent(await TestTill.enrol(clearing), 700n)).toMatch(/overspent/);
  const transferId = toHex(random(16));
  const many = await Promise.all([1, 2, 3].map(() => fund('2000', transferId)));
  expect(many.map(({ status }) => status)).toEqual([201, 201, 201]);
  expect((await fund('2001', transferId)).status).toBe(409);
  expect((await fund('0')).status).toBe(400);
  expect(await fundMinor()).toBe(2000n);

  const second = await TestTill.enrol(clearing);
  const purse = await newPurse();
  expect(await overspent(second, 700n, purse)).toMatch(/settled-guaranteed/);
  expect(await fundMinor()).toBe(1300n);
  const merchant = `receivable/${second.merchantId}/EUR`;
  expect((await balances(clearing)).get(merchant)).toBe(1700n);
  const before = await written(clearing);
  expect(outcomesText(await second.send())).toMatch(/settled-guaranteed/);
  expect(await written(clearing)).toBe(before);

  // more than one payment may have, more than one purse may have
  expect(await overspent(second, 801n)).toMatch(/overspent/);
  second.sale(purse, purse.quick(3), 501n);
  second.sale(purse, purse.quick(4), 500n);
  expect(outcomesText(await second.send())).toMatch(/overspent[\s\S]*settled-guaranteed$/);
  expect(await fundMinor()).toBe(800n);
  // by a bundle that was never made
  second.sale(purse, purse.quick(5), 1n, { trustVersion: 9999 });
  expect(outcomesText(await second.send())).toMatch(/overspent$/);
});

it('a counter that is settled → conflict, never guaranteed; a refund of a guaranteed payment → nothing goes to the customer', async () => {
  const purse = await newPurse();
  const [one, other] = [await TestTill.enrol(clearing), await TestTill.enrol(clearing)];
  one.sale(purse, purse.quick(1), 1000n);
  expect(outcomesText(await one.send())).toBe('1:settled');
  other.sale(purse, purse.quick(1, { capMinor: 4000n }), 100n);
  expect(outcomesText(await other.send())).toMatch(/conflict/);
  const seq = other.sale(purse, purse.quick(2), 200n);
  expect(outcomesText(await other.send())).toMatch(/settled-guaranteed$/);
  const fundBefore = await fundMinor();
  other.refund(purse, purse.quick(2), seq, 200n);
  expect(outcomesText(await other.send())).toMatch(/payment-rejected$/);
  expect(await fundMinor()).toBe(fundBefore);
});

it('a rule taken back → rejected', async () => {
  expect((await rule(2, '0', '0')).status).toBe(201);
  expect(await overspent(await TestTill.enrol(clearing), 100n)).toMatch(/overspent/);
});
