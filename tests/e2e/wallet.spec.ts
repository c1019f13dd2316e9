/**
 * The wallet in real Chromium against a real clearing house on real PostgreSQL: account, purse, then no
 * network; quick code, invoice and answer, receipt, news, sign-out.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BrowserContext, chromium, expect, test } from '@playwright/test';
import { PNG } from 'pngjs';
import { toBuffer } from 'qrcode';
import { isSamePresentation, paymentIdOf } from '../../shared/protocol/payment.ts';
import { isShort } from '../../shared/protocol/picture.ts';
import { newSigner, WORLD } from '../support/clearing.ts';
import { openTestDecoder } from '../support/scanner-engine.ts';
import { payIn, Shop, startWalletHouse, type WalletHouse } from '../support/wallet-house.ts';
import { writeY4m } from '../support/y4m.ts';
import { openFundedWallet, openWalletWithPurse, PASSWORD } from './screens/funded-wallet.ts';
import { WalletPage } from './screens/wallet.ts';

let house: WalletHouse;
let shop: Shop;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  house = await startWalletHouse();
  shop = await Shop.open(house, 'Café de la Gare');
});

test.afterAll(() => house.stop());

async function walletWithPurse(context: BrowserContext): Promise<WalletPage> {
  return (await openWalletWithPurse(house, context)).wallet;
}

test.describe('without a network', () => {
  test('started anew from the stored files → a code the shop accepts, settled later, told to the wallet', async ({
    context,
  }) => {
    const wallet = await walletWithPurse(context);
    await context.setOffline(true);
    await wallet.page.reload();
    await wallet.ready();
    await wallet.connection('offline');
    const shown = await wallet.showQuickCode(2000n);
    const code = shop.open(shown.digits, 'open');
    expect(code.payment).toMatchObject({
      mode: 'quick',
      counter: 1,
      spentMinor: 0n,
      capMinor: 2000n,
      ttlS: 30,
    });
    expect(isShort(code.certificate)).toBe(false);
    shop.sell(code, 990n);
    await wallet.leave();
    expect([await wallet.left(), await wallet.reserved()]).toEqual([18_000n, 2000n]);
    await context.setOffline(false);
    await wallet.connection('online');
    expect((await shop.till.send()).status).toBe(200);
    expect(await wallet.notice('settled')).toMatch(/Café de la Gare.*9\.90/);
    await wallet.paymentIs(1, 'settled');
    await wallet.goTo('pay');
    expect([await wallet.left(), await wallet.reserved()]).toEqual([19_010n, 0n]);
  });

  test('cold start to the first code → within a second', async ({ context }) => {
    const wallet = await walletWithPurse(context);
    await context.setOffline(true);
    const took: number[] = [];
    for (let round = 0; round < 5; round++) {
      await wallet.page.goto('about:blank');
      const began = performance.now();
      await wallet.page.goto(`${house.origin}/`);
      await wallet.byId('show-code').click();
      await wallet.byId('code-picture').locator('canvas').waitFor();
      took.push(performance.now() - began);
      await wallet.leave();
    }
    const median = took.sort((a, b) => a - b)[2] ?? Number.POSITIVE_INFINITY;
    test
      .info()
      .annotations.push({ type: 'first code, offline, cold', description: `${Math.round(median)} ms` });
    expect(median).toBeLessThan(1000);
  });

  test('cold start to the first code → at most 150 kB, compressed', async ({ context }) => {
    const wallet = await walletWithPurse(context);
    await context.setOffline(true);
    await wallet.page.reload();
    await wallet.showQuickCode(500n);
    const paths = await wallet.page.evaluate(() => [
      '/index.html',
      ...performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
    ]);
    const files = [...new Set(paths)].filter(
      (path) => /\.(html|js|css|svg)$/.test(path) && path !== '/sw.js',
    );
    const sizes = files.map((path) => gzipSync(readFileSync(join(house.walletFolder, path))).length);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    test.info().annotations.push({ type: 'first code, compressed', description: `${total} bytes` });
    expect(files.length).toBeGreaterThan(3);
    expect(total).toBeLessThanOrEqual(150_000);
  });

  test('the picture of the card → the digits of the code', async ({ context }) => {
    const wallet = await walletWithPurse(context);
    await context.setOffline(true);
    const decoder = await openTestDecoder();
    await wallet.showQuickCode(500n);
    for (const form of ['full', 'short'] as const) {
      await wallet.chooseForm(form);
      const { digits } = await wallet.code();
      const { data, width, height } = PNG.sync.read(await wallet.codePicture());
      const frame = { data: new Uint8ClampedArray(data), width, height };
      expect(await decoder.decode(frame, 'quick')).toEqual({ kind: 'one', text: digits });
    }
  });

  test('an invoice → the name, the amount, an answer only this shop can read', async ({ context }) => {
    const wallet = await walletWithPurse(context);
    await context.setOffline(true);
    const invoice = shop.invoice(1250n, { reference: 'Table 4' });
    const answer = await wallet.answerInvoice(shop.invoiceText(invoice));
    expect(answer).toMatchObject({
      merchantName: 'Café de la Gare',
      amountMinor: 1250n,
      counter: 1,
      form: 'full',
    });
    const { payment } = shop.open(answer.digits, 'sealed');
    expect(payment).toMatchObject({ mode: 'bound', amountMinor: 1250n });
    expect(payment.mode === 'bound' && payment.invoiceDigest).toEqual(invoice.digest);
    const other = await Shop.open(house, 'Other shop');
    expect(() => other.open(answer.digits, 'sealed')).toThrow();
    // the same invoice again is the same payment
    await wallet.leave();
    await wallet.paste(shop.invoiceText(invoice));
    const again = await wallet.code();
    expect(shop.open(again.digits, 'sealed').payment.sign1).toEqual(payment.sign1);
  });

  test('an invoice as a picture file → asked to pay', async ({ context }, info) => {
    const wallet = await walletWithPurse(context);
    await context.setOffline(true);
    const path = info.outputPath('invoice.png');
    writeFileSync(path, await invoicePng(shop.invoiceText(shop.invoice(300n))));
    await wallet.choosePicture(path);
    expect(await wallet.invoice()).toEqual({ merchantName: 'Café de la Gare', amountMinor: 300n });
  });

  test('an invoice before the camera → asked to pay', async ({ launchOptions }, info) => {
    const film = info.outputPath('invoice.y4m');
    writeY4m(film, await invoicePng(shop.invoiceText(shop.invoice(45n))));
    const args = [
      ...(launchOptions.args ?? []),
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ];
    const browser = await chromium.launch({ ...launchOptions, args });
    const context = await browser.newContext();
    const wallet = await walletWithPurse(context);
    await context.setOffline(true);
    await wallet.goTo('scan');
    expect(await wallet.invoice()).toEqual({ merchantName: 'Café de la Gare', amountMinor: 45n });
    await browser.close();
  });

  test('forged, expired, altered, a customer’s code, junk, too much → each its own reason, nothing signed', async ({
    context,
  }) => {
    const wallet = await walletWithPurse(context);
    const genuine = shop.invoiceText(shop.invoice(700n));
    const altered = genuine.slice(0, 50) + ((Number(genuine[50]) + 1) % 10) + genuine.slice(51);
    const quick = await wallet.showQuickCode(500n);
    await wallet.leave();
    await context.setOffline(true);
    for (const [code, digits] of [
      ['forged', shop.invoiceText(shop.invoice(700n, { signer: newSigner() }))],
      ['invoice-expired', shop.invoiceText(shop.invoice(700n, { ttlS: 0 }))],
      ['unreadable', altered],
      ['wrong-kind', quick.digits],
      ['unreadable', 'not a code'],
      ['over-cap', shop.invoiceText(shop.invoice(5001n))],
    ] as const) {
      await wallet.paste(digits);
      await expect(wallet.byId('refusal')).toHaveAttribute('data-code', code);
    }
    expect((await wallet.history()).map(({ counter }) => counter)).toEqual([1]);
  });
});

async function invoicePng(text: string): Promise<Buffer> {
  return toBuffer([{ data: text, mode: 'numeric' }], { errorCorrectionLevel: 'M', scale: 6 });
}

test('a code that is kept on the screen → renewed, the same payment, a new time', async ({ context }) => {
  const wallet = await walletWithPurse(context);
  await wallet.page.clock.install();
  await wallet.page.reload();
  const first = shop.open((await wallet.showQuickCode(1000n)).digits, 'open').payment;
  await wallet.page.clock.runFor(21_000);
  await expect.poll(() => wallet.codeDigits()).not.toBe('');
  await expect
    .poll(async () => shop.open(await wallet.codeDigits(), 'open').payment.iatS - first.iatS)
    .toBeGreaterThanOrEqual(19);
  const second = shop.open(await wallet.codeDigits(), 'open').payment;
  expect(isSamePresentation(first, second)).toBe(true);
  await wallet.leave();
  const next = shop.open((await wallet.showQuickCode(1000n)).digits, 'open').payment;
  expect(next).toMatchObject({ counter: 2, spentMinor: 1000n });
});

test('a receipt of the shop → the amount it took in place of the cap', async ({ context }) => {
  const wallet = await walletWithPurse(context);
  const shown = await wallet.showQuickCode(2000n);
  const { certificate, payment } = shop.open(shown.digits, 'open');
  if (isShort(certificate)) throw new TypeError('a full code');
  const paymentId = paymentIdOf(payment.sign1, WORLD, certificate.digest);
  await wallet.leave();
  await wallet.paste(shop.receiptText(paymentId, 640n));
  await wallet.notice('receipt');
  await wallet.paymentIs(1, 'charged');
  await wallet.goTo('pay');
  expect([await wallet.left(), await wallet.reserved()]).toEqual([19_360n, 0n]);
});

test('a credit note → on its way, kept over a restart, once; sent in by the shop → returned', async ({
  context,
}) => {
  const wallet = await walletWithPurse(context);
  const own = await Shop.open(house, 'Hardware store');
  const shown = await wallet.showQuickCode(2000n);
  const code = own.open(shown.digits, 'open');
  if (isShort(code.certificate)) throw new TypeError('a full code');
  own.sell(code, 990n);
  await wallet.leave();
  await context.setOffline(true);
  const paymentId = paymentIdOf(code.payment.sign1, WORLD, code.certificate.digest);
  const note = own.creditNoteText(paymentId, own.till.entries.length, 500n);
  await wallet.paste(note);
  expect(await wallet.notice('refund')).toMatch(/5\.00.*Hardware store/);
  expect(await wallet.refundIs('returning')).toMatch(/Hardware store.*5\.00/);
  await wallet.page.reload();
  await wallet.ready();
  await wallet.refundIs('returning');
  await wallet.paste(note);
  await wallet.refundIs('returning');
  await wallet.paste(own.receiptText(paymentId, 990n));
  await context.setOffline(false);
  await wallet.connection('online');
  expect((await own.till.send()).status).toBe(200);
  expect(await wallet.notice('returned')).toMatch(/Hardware store.*5\.00/);
  await wallet.refundIs('returned');
  await wallet.goTo('pay');
  // the purse's own sums stay as they were signed; the money is in the account
  expect([await wallet.left(), await wallet.reserved()]).toEqual([19_010n, 0n]);
});

test('charged while the code is on the screen and online → the screen says so', async ({ context }) => {
  const wallet = await walletWithPurse(context);
  const own = await Shop.open(house, 'Own till');
  const shown = await wallet.showQuickCode(2000n);
  own.sell(own.open(shown.digits, 'open'), 1500n);
  expect((await own.till.send()).status).toBe(200);
  await expect(wallet.byId('payment-end')).toHaveAttribute('data-kind', 'settled', { timeout: 20_000 });
});

test('a bound answer settled → the next invoice of that till is answered short', async ({ context }) => {
  const wallet = await walletWithPurse(context);
  const own = await Shop.open(house, 'Bakery');
  const invoice = own.invoice(410n);
  const answer = await wallet.answerInvoice(own.invoiceText(invoice));
  own.sell(own.open(answer.digits, 'sealed'), 410n, invoice);
  expect((await own.till.send()).status).toBe(200);
  await expect(wallet.byId('payment-end')).toHaveAttribute('data-kind', 'settled', { timeout: 20_000 });
  await wallet.leave();
  const next = await wallet.answerInvoice(own.invoiceText(own.invoice(95n)));
  expect(next.form).toBe('short');
  expect(isShort(own.open(next.digits, 'sealed').certificate)).toBe(true);
  await wallet.chooseForm('full');
  expect(isShort(own.open(await wallet.codeDigits(), 'sealed').certificate)).toBe(false);
});

test('settled while the wallet is out of view → a system notification', async ({ browser }) => {
  const context = await browser.newContext({ permissions: ['notifications'] });
  const wallet = await walletWithPurse(context);
  const own = await Shop.open(house, 'Newsagent');
  const shown = await wallet.showQuickCode(500n);
  await wallet.leave();
  await wallet.page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
  });
  own.sell(own.open(shown.digits, 'open'), 320n);
  expect((await own.till.send()).status).toBe(200);
  const bodies = () =>
    wallet.page.evaluate(async () => {
      const worker = await navigator.serviceWorker.ready;
      return (await worker.getNotifications()).map(({ body }) => body);
    });
  await expect.poll(bodies, { timeout: 20_000 }).toEqual([expect.stringMatching(/Newsagent.*3\.20/)]);
  await context.close();
});

test('a currency without decimals → whole yen, from the account to the code', async ({ context }) => {
  const { wallet, userName } = await openFundedWallet(house, context);
  await payIn(house, userName, 30_000n, 'JPY');
  await wallet.getPurse(10_000n, { currency: 'JPY', decimals: 0 });
  const own = await Shop.open(house, '茶屋', 'JPY');
  const shown = await wallet.showQuickCode(777n, 0);
  expect(own.open(shown.digits, 'open').payment).toMatchObject({ capMinor: 777n });
  await expect(wallet.byId('code-picture')).toBeVisible();
  await wallet.leave();
  const answer = await wallet.answerInvoice(own.invoiceText(own.invoice(1200n)));
  expect(answer).toMatchObject({ merchantName: '茶屋', amountMinor: 1200n });
});

test('copy code → the digits are on the clipboard', async ({ browser }) => {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  const wallet = await walletWithPurse(context);
  const { digits } = await wallet.showQuickCode(500n);
  await wallet.byId('copy-code').click();
  await wallet.notice('copied');
  expect(await wallet.page.evaluate(() => navigator.clipboard.readText())).toBe(digits);
  await context.close();
});

test('signed out and in again → the purse and its counter are still there', async ({ context }) => {
  const { wallet, userName } = await openWalletWithPurse(house, context);
  await wallet.showQuickCode(500n);
  await wallet.leave();
  await wallet.signOut();
  await wallet.signIn(userName, PASSWORD);
  const { counter } = await wallet.showQuickCode(500n);
  expect(counter).toBe(2);
});

test('wrong password, name taken, weak password → each its own reason', async ({ page }) => {
  const wallet = new WalletPage(page, house.origin);
  await wallet.open();
  await wallet.signUp('first-come', PASSWORD);
  await wallet.signOut();
  const attempt = async (mode: 'sign-in' | 'create', name: string, password: string) => {
    await wallet.byId('welcome-mode').locator(`input[value="${mode}"]`).check();
    await wallet.byId('user-name').fill(name);
    await wallet.byId('password').fill(password);
    await wallet.byId('welcome-submit').click();
  };
  await attempt('sign-in', 'first-come', 'another wrong one');
  await expect(wallet.byId('refusal')).toHaveAttribute('data-code', 'wrong-credentials');
  await attempt('create', 'first-come', PASSWORD);
  await expect(wallet.byId('refusal')).toHaveAttribute('data-code', 'user-name-taken');
  await attempt('create', 'late-comer', '1234567890');
  await expect(wallet.byId('refusal')).toHaveAttribute('data-code', 'password-too-weak');
});

test('more than a purse may hold → purse-limit, and none is left waiting', async ({ context }) => {
  const { wallet } = await openFundedWallet(house, context);
  await wallet.page.goto(`${house.origin}/#/purse`);
  await wallet.byId('connection').click();
  await wallet.byId('amounts').locator('input[value="other"]').check();
  await wallet.byId('amount-typed').fill('200.01');
  await wallet.byId('purse-submit').click();
  await expect(wallet.byId('refusal')).toHaveAttribute('data-code', 'purse-limit');
  await wallet.getPurse(20_000n);
  await wallet.goTo('me');
  await expect(wallet.byId('purse-row')).toHaveCount(1);
});
