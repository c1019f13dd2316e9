/** Paying online, through the client that app developers get: order, request, response, transaction, token. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CustomerClient } from '../../clearing/client/customer.ts';
import { ClearingRefused } from '../../clearing/client/http.ts';
import { MerchantClient } from '../../clearing/client/merchant.ts';
import { fromBase64Url, toBase64Url, toHex } from '../../shared/bytes.ts';
import { seal } from '../../shared/protocol/box.ts';
import type { Invoice } from '../../shared/protocol/invoice.ts';
import type { Payment } from '../../shared/protocol/payment.ts';
import { decodePictureBytes, encodePicture, type SealedCode } from '../../shared/protocol/picture.ts';
import { newSigner, random, startTestClearing, type TestClearing } from '../support/clearing.ts';
import { PASSWORD, TestCustomer, type TestPurse } from '../support/clearing-customer.ts';
import { outcomesText, TestTill } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;
let purse: TestPurse;
let till: TestTill;
let app: CustomerClient;
let shop: MerchantClient;
let orderId: string;
let invoice: Invoice;

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
});
afterAll(async () => {
  await clearing.stop();
  await database.drop();
});
beforeEach(async () => {
  purse = await (await TestCustomer.register(clearing)).purse();
  till = await TestTill.enrol(clearing, { displayName: 'Book shop' });
  shop = await shopOf(till);
  app = await appOf(purse.customer);
  orderId = toHex(random(16));
  invoice = till.invoice(700n);
});

async function shopOf(one: TestTill): Promise<MerchantClient> {
  const path = `/v1/admin/merchants/${one.merchantId}/keys`;
  const made = await clearing.call('createMerchantKey', { path, body: {}, operator: true });
  return new MerchantClient(clearing.origin, made.body.key);
}

async function appOf(customer: TestCustomer): Promise<CustomerClient> {
  const client = new CustomerClient(clearing.origin);
  await client.signIn(customer.userName, PASSWORD);
  return client;
}

const picture = () => ({ kind: 'invoice', certificate: till.certificate, invoice }) as const;

function sealedCode(payment: Payment): SealedCode {
  const open = encodePicture({ kind: 'presented', certificate: purse.certificate, payment });
  return { kind: 'sealed', ...seal(open, till.certificate.boxKey, random(32)) };
}

/** The refusal's code. */
async function refusal(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => 'taken',
    (error: unknown) => {
      if (error instanceof ClearingRefused) return error.code;
      throw error;
    },
  );
}

describe('an order', () => {
  it('made, asked for, answered, authorised, journalled → settled, its token confirmed by its merchant alone', async () => {
    const made = await shop.createOrder(orderId, picture());
    expect(made).toMatchObject({ merchantName: 'Book shop', amountMinor: '700', currency: 'EUR' });
    expect(await shop.createOrder(orderId, picture())).toEqual(made);

    const request = await app.paymentRequest(orderId);
    expect(request).toEqual(made);
    const shown = decodePictureBytes(fromBase64Url(request.invoice) ?? new Uint8Array());
    if (!shown.ok || shown.value.kind !== 'invoice') throw new Error('no invoice');
    const payment = purse.bound(1, shown.value.invoice);
    const code = sealedCode(payment);
    expect(await app.answerOrder(orderId, code)).toMatchObject({ state: 'answered', token: null });
    expect(await app.answerOrder(orderId, code)).toMatchObject({ state: 'answered' });

    const answered = await shop.order(orderId);
    expect(toBase64Url(answered.response?.box ?? new Uint8Array())).toBe(toBase64Url(code.box));
    const { verdict } = await till.authorise(purse, payment, 700n, { invoice: invoice.bytes });
    expect(verdict).toBe('approved');
    till.sale(purse, payment, 700n, { invoice });
    expect(outcomesText(await till.send())).toBe('1:settled');

    const paid = await app.paymentTransaction(orderId);
    expect(paid).toMatchObject({ state: 'settled', amountMinor: '700', reason: null });
    const token = paid.token ?? '';
    expect(await shop.confirmPaymentToken(token)).toMatchObject({
      orderId,
      state: 'settled',
      paymentId: paid.paymentId,
    });
    const other = await shopOf(await TestTill.enrol(clearing));
    expect(await refusal(other.confirmPaymentToken(token))).toBe('not-found');
    const forged = `${token.slice(0, -3)}${token.endsWith('AAA') ? 'BBB' : 'AAA'}`;
    expect(await refusal(shop.confirmPaymentToken(forged))).toBe('not-found');
  });

  it('paid with more than the purse has → rejected with the reason, no token; a good payment after it → settled', async () => {
    await shop.createOrder(orderId, picture());
    const poor = await purse.customer.purse(100n);
    till.sale(poor, poor.bound(1, invoice), 700n, { invoice });
    await till.send();
    expect(await app.paymentTransaction(orderId)).toMatchObject({ state: 'rejected', token: null });
    till.sale(purse, purse.bound(1, invoice), 700n, { invoice });
    await till.send(2);
    expect(await app.paymentTransaction(orderId)).toMatchObject({ state: 'settled', reason: null });
  });

  it('a payment of another invoice, or at another merchant → the order stays as it is', async () => {
    await shop.createOrder(orderId, picture());
    const another = till.invoice(700n);
    till.sale(purse, purse.bound(1, another), 700n, { invoice: another });
    till.sale(purse, purse.bound(2, another), 700n, { invoice });
    await till.send();
    const stranger = await TestTill.enrol(clearing);
    stranger.sale(purse, purse.bound(3, invoice), 700n, { invoice });
    await stranger.send();
    expect((await app.paymentTransaction(orderId)).state).toBe('open');
  });

  it('webhook of its payment → names the order', async () => {
    const path = `/v1/admin/merchants/${till.merchantId}/keys`;
    const { key } = (await clearing.call('createMerchantKey', { path, body: {}, operator: true })).body;
    const made = await fetch(`${clearing.origin}/v1/merchant/webhooks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ url: 'http://127.0.0.1:9/', events: ['payment.settled'] }),
    });
    expect(made.status).toBe(201);
    await shop.createOrder(orderId, picture());
    till.sale(purse, purse.bound(1, invoice), 700n, { invoice });
    await till.send();
    const { rows } = await sql<{ order_id: string }>`
      SELECT data ->> 'orderId' AS order_id FROM webhook_deliveries JOIN webhook_endpoints USING (endpoint_id)
       WHERE merchant_id = ${Buffer.from(till.merchantId, 'hex')}`.execute(clearing.database);
    expect(rows).toEqual([{ order_id: orderId }]);
  });
});

describe('refused', () => {
  it('invoice of another merchant’s terminal, forged, too old; an id that is taken → nothing made', async () => {
    const other = await shopOf(await TestTill.enrol(clearing));
    expect(await refusal(other.createOrder(orderId, picture()))).toBe('bad-request');
    const own = invoice;
    const bent = await TestTill.enrol(clearing, { merchantId: till.merchantId });
    const forger = new TestTill(clearing, till.merchantId, newSigner(), till.certificate);
    invoice = forger.invoice(700n);
    expect(await refusal(shop.createOrder(orderId, picture()))).toBe('forged');
    invoice = own;
    clearing.clock.nowMs += 301_000;
    expect(await refusal(shop.createOrder(orderId, picture()))).toBe('expired');
    expect(await refusal(app.paymentRequest(orderId))).toBe('not-found');
    invoice = till.invoice(700n);
    await shop.createOrder(orderId, picture());
    const taken = { kind: 'invoice', certificate: bent.certificate, invoice: bent.invoice(1n) } as const;
    expect(await refusal(shop.createOrder(orderId, taken))).toBe('exists-with-different-content');
    expect(await refusal(other.createOrder(orderId, picture()))).toBe('bad-request');
  });

  it('a second answer, another customer, an open code, after its time → the first answer stays', async () => {
    await shop.createOrder(orderId, picture());
    const thief = await appOf(await TestCustomer.register(clearing));
    const first = sealedCode(purse.bound(1, invoice));
    await app.answerOrder(orderId, first);
    expect(await refusal(app.answerOrder(orderId, sealedCode(purse.bound(2, invoice))))).toBe(
      'exists-with-different-content',
    );
    expect(await refusal(thief.answerOrder(orderId, first))).toBe('not-found');
    expect(await refusal(thief.paymentTransaction(orderId))).toBe('not-found');
    const open = { kind: 'presented', certificate: purse.certificate, payment: purse.bound(3, invoice) };
    expect(await refusal(app.answerOrder(orderId, open as never))).toBe('bad-request');

    const late = toHex(random(16));
    invoice = till.invoice(100n);
    await shop.createOrder(late, picture());
    clearing.clock.nowMs += 301_000;
    expect(await refusal(app.answerOrder(late, first))).toBe('expired');
    expect((await app.paymentTransaction(late)).state).toBe('expired');
  });

  it('signed out → not-signed-in; an id that nobody made → not-found', async () => {
    await shop.createOrder(orderId, picture());
    expect(await refusal(new CustomerClient(clearing.origin).paymentRequest(orderId))).toBe('not-signed-in');
    expect(await refusal(app.paymentRequest(toHex(random(16))))).toBe('not-found');
    expect(await refusal(shop.order(toHex(random(16))))).toBe('not-found');
  });
});
