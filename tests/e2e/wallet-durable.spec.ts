/**
 * What a wallet must never lose or show too early, in real Chromium: the counter is on disk before the picture,
 * whatever is cut off; one purse for one request; keys that cannot be taken out; no update under a code.
 */
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, expect, type Page, test } from '@playwright/test';
import { Shop, startWalletHouse, type WalletHouse } from '../support/wallet-house.ts';
import { openFundedWallet, openWalletWithPurse } from './screens/funded-wallet.ts';
import { WalletPage } from './screens/wallet.ts';

let house: WalletHouse;
let folder: string;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  folder = mkdtempSync(join(tmpdir(), 'fieldtill-durable-'));
  house = await startWalletHouse();
});

test.afterAll(async () => {
  await house.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The processes of the browser that has this profile: ours, for we made the profile. */
function browserPids(profile: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const file = `/proc/${pid}/cmdline`;
      return existsSync(file) && readQuietly(file).includes(`--user-data-dir=${profile}`);
    });
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // it ended between being listed and being read
    return '';
  }
}

test.describe('the counter before the picture', () => {
  test('browser killed the moment a code is seen, again and again → no counter is ever used twice', async ({
    launchOptions,
  }) => {
    test.skip(process.platform !== 'linux', 'finds the browser through /proc');
    test.setTimeout(180_000);
    const profile = join(folder, 'profile');
    const launch = () => chromium.launchPersistentContext(profile, launchOptions);
    const counters: number[] = [];
    let context: BrowserContext = await launch();
    await openWalletWithPurse(house, context);
    for (let round = 0; round < 5; round++) {
      const page = context.pages().at(-1) ?? (await context.newPage());
      const wallet = new WalletPage(page, house.origin);
      await context.setOffline(true);
      await page.goto(`${house.origin}/`);
      await wallet.byId('show-code').click();
      await wallet.byId('code-number').waitFor();
      counters.push(Number(await wallet.byId('code-number').getAttribute('data-counter')));
      for (const pid of browserPids(profile)) process.kill(pid, 'SIGKILL');
      await expect.poll(() => browserPids(profile).length).toBe(0);
      await context.close().catch(() => undefined);
      rmSync(join(profile, 'SingletonLock'), { force: true });
      context = await launch();
    }
    await context.close();
    expect(counters).toEqual([1, 2, 3, 4, 5]);
  });

  test('each code → strict durability asked for, and granted before the digits are in the page', async ({
    context,
  }) => {
    const { wallet } = await openWalletWithPurse(house, context);
    await wallet.page.addInitScript(watchStorage);
    await wallet.page.reload();
    await wallet.ready();
    await wallet.showQuickCode(500n);
    const seen = await wallet.page.evaluate(() => (globalThis as unknown as Watched).watched);
    const shown = seen.findIndex(({ what }) => what === 'digits');
    const durable = seen.findIndex(({ what }) => what === 'complete');
    expect(durable).toBeGreaterThanOrEqual(0);
    expect(shown).toBeGreaterThan(durable);
    const writes = seen.filter(({ what }) => what === 'write');
    expect(writes.length).toBeGreaterThan(0);
    expect(new Set(writes.map(({ durability }) => durability))).toEqual(new Set(['strict']));
  });

  test('storage refuses the write → storage-failed, no picture, the counter is free', async ({ context }) => {
    const { wallet } = await openWalletWithPurse(house, context);
    await wallet.page.evaluate(failPurseWrites);
    await wallet.byId('show-code').click();
    await expect(wallet.byId('refusal')).toHaveAttribute('data-code', 'storage-failed');
    await expect(wallet.byId('code-picture')).toHaveCount(0);
    await wallet.page.reload();
    expect((await wallet.showQuickCode(500n)).counter).toBe(1);
  });

  test('two windows ask at once → two counters, and the first code ends', async ({ context }) => {
    const { wallet } = await openWalletWithPurse(house, context);
    const other = new WalletPage(await context.newPage(), house.origin);
    await other.open();
    await Promise.all([wallet.byId('show-code').click(), other.byId('show-code').click()]);
    const counters = [(await wallet.code()).counter, (await other.code()).counter];
    expect(counters.sort()).toEqual([1, 2]);
  });
});

interface Watched {
  watched: { what: 'write' | 'complete' | 'digits'; durability?: string }[];
}

/** In the page: notes each write to the purses, its end, and when digits first stand in the page. */
function watchStorage(): void {
  const watched: Watched['watched'] = [];
  (globalThis as unknown as Watched).watched = watched;
  const begin = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function begun(names, mode, options) {
    const transaction = begin.call(this, names, mode, options);
    if (mode === 'readwrite' && [...transaction.objectStoreNames].includes('purses')) {
      watched.push({ what: 'write', durability: transaction.durability });
      transaction.addEventListener('complete', () => watched.push({ what: 'complete' }));
    }
    return transaction;
  };
  new MutationObserver(() => {
    const isShown = document.querySelector('[data-testid="code-digits"]') !== null;
    if (isShown && !watched.some(({ what }) => what === 'digits')) watched.push({ what: 'digits' });
  }).observe(document, { childList: true, subtree: true });
}

/** In the page: the disk is full for purses. */
function failPurseWrites(): void {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function refused(value, key) {
    const request = put.call(this, value, key);
    if (this.name === 'purses') this.transaction.abort();
    return request;
  };
}

test('buttons pressed twice → one counter, one purse', async ({ context }) => {
  const { wallet } = await openFundedWallet(house, context);
  await wallet.page.goto(`${house.origin}/#/purse`);
  await wallet.byId('connection').click();
  await wallet.byId('purse-submit').dblclick();
  await wallet.byId('purse-card').waitFor();
  await wallet.byId('show-code').dblclick();
  expect((await wallet.code()).counter).toBe(1);
  await wallet.leave();
  await expect(wallet.byId('payment')).toHaveCount(1);
  await wallet.goTo('me');
  await expect(wallet.byId('purse-row')).toHaveCount(1);
});

test('an older trust bundle, and a forged one → the newest held stays', async ({ context }) => {
  const { wallet } = await openWalletWithPurse(house, context);
  const old = Buffer.from(await (await fetch(`${house.origin}/v1/trust-bundle`)).arrayBuffer());
  const forged = Buffer.from(old);
  forged[forged.length - 70] = (forged[forged.length - 70] ?? 0) ^ 1;
  const version = () => wallet.page.evaluate(trustVersion);
  const before = await version();
  const { body } = await house.clearing.call('ledger', { operator: true });
  const purse = body.accounts.find(({ kind }) => kind === 'purse');
  const revoked = await house.clearing.call('revokePurse', {
    path: `/v1/admin/purses/${purse?.owner}/revocation`,
    body: {},
    operator: true,
  });
  expect(revoked.status).toBe(200);
  await wallet.byId('connection').click();
  await expect.poll(version).toBe(revoked.body.trustVersion);
  expect(revoked.body.trustVersion).toBeGreaterThan(before);
  for (const bundle of [old, forged]) {
    const answered = wallet.page.waitForResponse('**/v1/payments**');
    await wallet.page.route('**/v1/trust-bundle', (route) =>
      route.fulfill({ status: 200, contentType: 'application/cose', body: bundle }),
    );
    await wallet.byId('connection').click();
    await answered;
    expect(await version()).toBe(revoked.body.trustVersion);
    await wallet.page.unroute('**/v1/trust-bundle');
  }
});

/** In the page: the version of the one trust bundle that is kept. */
async function trustVersion(): Promise<number> {
  const db = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open('fieldtill-wallet');
    request.onsuccess = () => resolve(request.result);
  });
  const [kept] = await new Promise<{ version: number }[]>((resolve) => {
    const request = db.transaction('trust').objectStore('trust').getAll();
    request.onsuccess = () => resolve(request.result);
  });
  db.close();
  return kept?.version ?? 0;
}

test('the answer to a purse request is lost → the purse comes later, once', async ({ context }) => {
  const { wallet, userName } = await openFundedWallet(house, context);
  let lost = 0;
  await wallet.page.route('**/v1/purses', async (route) => {
    lost += 1;
    await route.fetch();
    await route.abort('connectionreset');
  });
  await wallet.page.goto(`${house.origin}/#/purse`);
  await wallet.byId('connection').click();
  await wallet.byId('amounts').locator('input[value="10000"]').check();
  await wallet.byId('purse-submit').click();
  await expect(wallet.byId('refusal')).toHaveAttribute('data-code', 'clearing-unreachable');
  expect(lost).toBeGreaterThan(0);
  await wallet.page.unroute('**/v1/purses');
  await wallet.byId('connection').click();
  await wallet.goTo('pay');
  await wallet.byId('purse-card').waitFor({ timeout: 30_000 });
  await wallet.goTo('me');
  await expect(wallet.byId('purse-row')).toHaveCount(1);
  const { body } = await house.clearing.call('ledger', { operator: true });
  const own = body.accounts.filter(({ ownerName }) => ownerName === userName);
  expect(own.map(({ kind, balanceMinor }) => `${kind} ${balanceMinor}`).sort()).toEqual([
    'available 40000',
    'purse 10000',
  ]);
});

test('all that the browser stores → keys that cannot be taken out, nothing secret beside them', async ({
  context,
}) => {
  const { wallet } = await openWalletWithPurse(house, context);
  await wallet.showQuickCode(500n);
  const stored = await wallet.page.evaluate(listStorage);
  expect(stored.local).toBe(0);
  expect(stored.session).toBe(0);
  expect(stored.keys).toEqual([{ kind: 'webcrypto', extractable: false, exported: 'InvalidAccessError' }]);
  expect(await wallet.page.evaluate(() => document.cookie)).toBe('');
});

/** In the page: how much lies in the web storages, and whether a key can be had. */
async function listStorage() {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('fieldtill-wallet');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const records = await new Promise<{ kind: string; privateKey: CryptoKey }[]>((resolve, reject) => {
    const request = db.transaction('keys').objectStore('keys').getAll();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  db.close();
  const keys = await Promise.all(
    records.map(async ({ kind, privateKey }) => ({
      kind,
      extractable: privateKey.extractable,
      exported: await crypto.subtle.exportKey('pkcs8', privateKey).then(
        () => 'exported',
        (error: unknown) => (error instanceof DOMException ? error.name : 'other'),
      ),
    })),
  );
  return { local: localStorage.length, session: sessionStorage.length, keys };
}

test.describe('an old copy of the wallet', () => {
  test('put back after a payment settled → the purse pays no more', async ({ context }) => {
    const { wallet } = await openWalletWithPurse(house, context);
    const shop = await Shop.open(house, 'Kiosk');
    await wallet.page.evaluate(keepPurses);
    const shown = await wallet.showQuickCode(500n);
    shop.sell(shop.open(shown.digits, 'open'), 500n);
    await wallet.leave();
    await wallet.page.evaluate(putPursesBack);
    await wallet.page.reload();
    await wallet.ready();
    expect((await shop.till.send()).status).toBe(200);
    await expect(wallet.byId('show-code')).toHaveCount(0, { timeout: 30_000 });
    await expect(wallet.byId('get-purse')).toBeVisible();
  });
});

/** In the page: a copy of the purses as they are now, kept in the page. */
async function keepPurses(): Promise<void> {
  const db = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open('fieldtill-wallet');
    request.onsuccess = () => resolve(request.result);
  });
  const kept = await new Promise<unknown[]>((resolve) => {
    const request = db.transaction('purses').objectStore('purses').getAll();
    request.onsuccess = () => resolve(request.result);
  });
  db.close();
  Object.assign(globalThis, { kept });
}

/** In the page: the kept copy over what is there, as a restored backup does. */
async function putPursesBack(): Promise<void> {
  const { kept } = globalThis as unknown as { kept: { purseId: string }[] };
  const db = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open('fieldtill-wallet');
    request.onsuccess = () => resolve(request.result);
  });
  await new Promise<void>((resolve) => {
    const transaction = db.transaction('purses', 'readwrite');
    for (const value of kept) transaction.objectStore('purses').put(value, value.purseId);
    transaction.oncomplete = () => resolve();
  });
  db.close();
}

test('a file of the wallet cannot be had at first → stored at a later try, then it starts without a network', async ({
  context,
}) => {
  const file = join(house.walletFolder, 'icon-512.png');
  const bytes = readFileSync(file);
  rmSync(file);
  const { wallet } = await openFundedWallet(house, context);
  const failed = () =>
    wallet.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      return registration === undefined || (registration.installing ?? registration.active) === null;
    });
  await expect.poll(failed).toBe(true);
  writeFileSync(file, bytes);
  await wallet.storedOffline();
  await context.setOffline(true);
  await wallet.page.reload();
  await wallet.ready();
});

test('a new version while a code shows in a window → waits until it is left, keys and counters stay', async ({
  context,
}) => {
  const { wallet } = await openWalletWithPurse(house, context);
  await wallet.page.reload();
  await wallet.ready();
  const other = new WalletPage(await context.newPage(), house.origin);
  await other.open();
  await other.goTo('me');
  await wallet.showQuickCode(500n);
  appendFileSync(join(house.walletFolder, 'sw.js'), '\n// a newer version\n');
  await other.page.evaluate(async () => {
    await (await navigator.serviceWorker.ready).update();
  });
  const update = other.byId('update');
  await update.waitFor();
  const marked = (page: Page) => page.evaluate(() => Reflect.get(globalThis, 'mark') === 1);
  for (const page of [wallet.page, other.page]) {
    await page.evaluate(() => Reflect.set(globalThis, 'mark', 1));
  }
  await update.click();
  // locks are given in the order in which they are asked for: after this one, the update's was refused
  const isWaiting = await other.page.evaluate(async () => {
    await navigator.locks.request('fieldtill-code-shown', { ifAvailable: true }, () => undefined);
    return (await navigator.serviceWorker.ready).waiting !== null;
  });
  expect(isWaiting).toBe(true);
  expect([await marked(wallet.page), await marked(other.page)]).toEqual([true, true]);
  await expect(wallet.byId('code-picture')).toBeVisible();
  await wallet.leave();
  await update.click();
  await expect.poll(() => marked(other.page).catch(() => true)).toBe(false);
  await other.ready();
  await other.goTo('pay');
  expect((await other.showQuickCode(500n)).counter).toBe(2);
});
