/**
 * Buys one of each, from the catalogue to the delivered file, at a clearing house that runs:
 *
 *   CLEARING_ORIGIN=http://127.0.0.1:8080 MERCHANT_KEY=mk_… ENROLMENT_CODE=FT1-… \
 *   USER_NAME=… PASSWORD=… CURRENCY=EUR node examples/digital-goods/main.ts
 *
 * Key and code come from the operator; the customer needs money enough in the currency of the shop.
 */
import { CustomerClient } from '../../clearing/client/customer.ts';
import { MerchantClient } from '../../clearing/client/merchant.ts';
import { CATALOGUE } from './catalogue.ts';
import { Device } from './device.ts';
import { OnlineTerminal } from './online-terminal.ts';
import { Shop } from './shop.ts';

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

const origin = setting('CLEARING_ORIGIN');
const ports = {
  nowMs: Date.now,
  random: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
};
const terminal = await OnlineTerminal.enrol(setting('ENROLMENT_CODE'), ports);
const shop = new Shop(new MerchantClient(origin, setting('MERCHANT_KEY')), terminal, ports);
const device = new Device(new CustomerClient(origin), origin, ports);
const allowance = CATALOGUE.reduce((sum, { priceMinor }) => sum + priceMinor, 0n);
await device.open(
  { userName: setting('USER_NAME'), password: setting('PASSWORD') },
  allowance,
  setting('CURRENCY'),
);

for (const { id, title, priceMinor } of CATALOGUE) {
  const orderId = await shop.buy(id);
  await device.pay(orderId, (_merchant, amountMinor) => amountMinor === priceMinor);
  const outcome = await shop.collect(orderId);
  const { token } = await device.transaction(orderId);
  if (token === null) throw new Error(`${title}: ${outcome}`);
  const { kind } = await shop.deliver(token);
  console.log(`${outcome}: ${kind} “${title}” delivered`);
}
