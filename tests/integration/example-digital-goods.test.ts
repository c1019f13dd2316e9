/** The example for app developers, as it stands, against the real clearing house. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CustomerClient } from '../../clearing/client/customer.ts';
import { MerchantClient } from '../../clearing/client/merchant.ts';
import { CATALOGUE } from '../../examples/digital-goods/catalogue.ts';
import { Device } from '../../examples/digital-goods/device.ts';
import { OnlineTerminal } from '../../examples/digital-goods/online-terminal.ts';
import { Shop } from '../../examples/digital-goods/shop.ts';
import { balances, random, startTestClearing, type TestClearing } from '../support/clearing.ts';
import { PASSWORD, TestCustomer } from '../support/clearing-customer.ts';
import { freshDatabase } from '../support/postgres.ts';

const MAIN = fileURLToPath(new URL('../../examples/digital-goods/main.ts', import.meta.url));

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

/** What the operator hands to a new shop. */
async function newShop(): Promise<{ merchantId: string; key: string; code: string }> {
  const body = { displayName: 'Tide & Knot', currency: 'EUR' };
  const { merchantId } = (await clearing.call('createMerchant', { body, operator: true })).body;
  const path = `/v1/admin/merchants/${merchantId}/keys`;
  const { key } = (await clearing.call('createMerchantKey', { path, body: {}, operator: true })).body;
  const { code } = (await clearing.call('createEnrolmentCode', { body: { merchantId }, operator: true }))
    .body;
  return { merchantId, key, code };
}

const total = CATALOGUE.reduce((sum, { priceMinor }) => sum + priceMinor, 0n);

describe('shop of digital goods', () => {
  it('run as it is documented → e-book, course and music paid and delivered, the money with the shop', async () => {
    const { merchantId, key, code } = await newShop();
    const customer = await TestCustomer.register(clearing);
    await customer.deposit(total);
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN], {
      env: {
        ...process.env,
        CLEARING_ORIGIN: clearing.origin,
        MERCHANT_KEY: key,
        ENROLMENT_CODE: code,
        USER_NAME: customer.userName,
        PASSWORD,
        CURRENCY: 'EUR',
      },
    });
    expect(stdout.trim().split('\n')).toEqual(
      CATALOGUE.map(({ kind, title }) => `settled: ${kind} “${title}” delivered`),
    );
    const money = await balances(clearing);
    expect(money.get(`receivable/${merchantId}/EUR`)).toBe(total);
  });

  it('no answer yet, a no of the customer, a token shown twice or made up → nothing delivered', async () => {
    const { key, code } = await newShop();
    const customer = await TestCustomer.register(clearing);
    await customer.deposit(total);
    const ports = { nowMs: () => clearing.clock.nowMs, random };
    const terminal = await OnlineTerminal.enrol(code, ports);
    const shop = new Shop(new MerchantClient(clearing.origin, key), terminal, ports);
    const device = new Device(new CustomerClient(clearing.origin), clearing.origin, ports);
    await device.open({ userName: customer.userName, password: PASSWORD }, total, 'EUR');
    const orderId = await shop.buy('tides');
    expect(await shop.collect(orderId)).toBe('waiting');
    await expect(device.pay(orderId, () => false)).rejects.toThrow('not wanted');
    expect(await shop.collect(orderId)).toBe('waiting');
    await expect(shop.deliver(`pt_${'A'.repeat(54)}`)).rejects.toThrow('not-found');
    const shown: unknown[] = [];
    await device.pay(orderId, (...what) => shown.push(...what) > 0);
    expect(shown).toEqual(['Tide & Knot', 899n, 'tides']);
    expect((await device.transaction(orderId)).token).toBeNull();
    expect(await shop.collect(orderId)).toBe('settled');
    expect(await shop.collect(orderId)).toBe('settled');
    const token = (await device.transaction(orderId)).token ?? '';
    expect((await shop.deliver(token)).title).toBe('A Year of Tides');
    await expect(shop.deliver(token)).rejects.toThrow('nothing to deliver');
  });
});
