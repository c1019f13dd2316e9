/**
 * How the wallet looks and is used, on every page: WCAG 2.2 AA by axe in light and dark, targets of 48 px, six
 * languages without a text cut off, right to left, and everything by keyboard.
 */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { LANGUAGES } from '../../wallet/words/shape.ts';
import { Shop, startWalletHouse, type WalletHouse } from '../support/wallet-house.ts';
import { openWalletWithPurse } from './screens/funded-wallet.ts';
import { WalletPage } from './screens/wallet.ts';

let house: WalletHouse;
let shop: Shop;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  house = await startWalletHouse();
  shop = await Shop.open(house, 'Café de la Gare');
});
test.afterAll(() => house.stop());

test.use({ viewport: { width: 390, height: 844 }, contextOptions: { reducedMotion: 'reduce' } });

async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} ${target.join(' ')}`));
}

/** In the page: what can be pressed and is smaller than 48 px, or goes beyond the page's edge. */
function misfits(): string[] {
  const found: string[] = [];
  const pressable = document.querySelectorAll<HTMLElement>('button, a, select, summary, label:has(input)');
  const named = (element: HTMLElement) => element.textContent?.trim().slice(0, 30) ?? element.tagName;
  for (const element of pressable) {
    const { width, height } = element.getBoundingClientRect();
    if (width === 0 || element.classList.contains('skip')) continue;
    if (height < 48 || width < 48)
      found.push(`small ${Math.round(width)}×${Math.round(height)} ${named(element)}`);
  }
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push(`page ${scrollWidth} wide in ${clientWidth}`);
  for (const element of document.querySelectorAll<HTMLElement>('#app *')) {
    if (element.closest('.visually-hidden, canvas, svg, details:not([open]) > *') !== null) continue;
    const { left, right, width } = element.getBoundingClientRect();
    if (width > 1 && (left < -1 || right > clientWidth + 1)) found.push(`cut off ${named(element)}`);
  }
  return found;
}

type Visit = (name: string) => Promise<void>;

/** Every page of the wallet, one after the other. */
async function tour(wallet: WalletPage, visit: Visit): Promise<void> {
  await wallet.goTo('pay');
  await visit('pay');
  await wallet.byId('show-code').click();
  await wallet.code();
  await visit('code');
  await wallet.leave();
  await wallet.paste('12345');
  await wallet.byId('refusal').waitFor();
  await visit('scan, refused');
  await wallet.byId('scan-how').locator('input[value="picture"]').check();
  await visit('scan, picture');
  await wallet.paste(shop.invoiceText(shop.invoice(125n, { reference: 'Table 4' })));
  await wallet.invoice();
  await visit('invoice');
  await wallet.byId('confirm-pay').click();
  await wallet.code();
  await visit('answer');
  await wallet.leave();
  await wallet.goTo('history');
  await wallet.page.locator('summary').first().click();
  await visit('history');
  await wallet.goTo('me');
  await visit('me');
  await wallet.byId('sign-out').click();
  await visit('sign out');
  await wallet.page.keyboard.press('Escape');
  await wallet.byId('get-purse').click();
  await wallet.byId('purse-submit').waitFor();
  await visit('get purse');
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every page, ${colorScheme} → no fault that axe knows`, async ({ context }) => {
    test.setTimeout(180_000);
    const first = new WalletPage(await context.newPage(), house.origin);
    await first.page.emulateMedia({ colorScheme });
    await first.open();
    expect(await faults(first.page)).toEqual([]);
    const { wallet } = await openWalletWithPurse(house, context);
    await wallet.page.emulateMedia({ colorScheme });
    await tour(wallet, async (name) => {
      expect(await faults(wallet.page), name).toEqual([]);
    });
  });
}

for (const width of [320, 390]) {
  test(`every page in every language, ${width} px wide → targets of 48 px, nothing cut off`, async ({
    context,
  }) => {
    test.setTimeout(300_000);
    const { wallet } = await openWalletWithPurse(house, context);
    await wallet.page.setViewportSize({ width, height: 700 });
    for (const language of LANGUAGES) {
      await wallet.goTo('me');
      await wallet.speak(language);
      await expect(wallet.page.locator('html')).toHaveAttribute('dir', language === 'ar' ? 'rtl' : 'ltr');
      await tour(wallet, async (name) => {
        expect(await wallet.page.evaluate(misfits), `${language}, ${name}`).toEqual([]);
      });
    }
  });
}

test('the language chosen → spoken at once, and again at the next start without a network', async ({
  context,
}) => {
  const { wallet } = await openWalletWithPurse(house, context);
  await wallet.goTo('me');
  await wallet.speak('ar');
  await expect(wallet.byId('tab-pay')).toHaveText('الدفع');
  await context.setOffline(true);
  await wallet.page.reload();
  await wallet.ready();
  await expect(wallet.page.locator('html')).toHaveAttribute('lang', 'ar');
  await expect(wallet.byId('tab-pay')).toHaveText('الدفع');
});

test('a code by keyboard alone → shown, and left again', async ({ context }) => {
  const { wallet } = await openWalletWithPurse(house, context);
  const { page } = wallet;
  await page.reload();
  await wallet.ready();
  const isAt = (id: string) =>
    page.evaluate((name) => document.activeElement?.getAttribute('data-testid') === name, id);
  for (let presses = 0; presses < 20 && !(await isAt('show-code')); presses++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await wallet.byId('code-picture').waitFor();
  // who hears the page is taken to what is new
  await expect(page.locator('h1')).toBeFocused();
  await page.keyboard.press('Escape');
  await wallet.byId('show-code').waitFor();
});

test('“back” of the browser → leaves the code, not the wallet', async ({ context }) => {
  const { wallet } = await openWalletWithPurse(house, context);
  await wallet.showQuickCode(500n);
  await wallet.page.goBack();
  await wallet.byId('show-code').waitFor();
  await wallet.goTo('history');
  await expect(wallet.byId('payment')).toHaveCount(1);
});

test('out of view → the code is covered', async ({ context }) => {
  const { wallet } = await openWalletWithPurse(house, context);
  await wallet.showQuickCode(500n);
  const canvas = wallet.byId('code-picture').locator('canvas');
  await expect(canvas).toBeVisible();
  const look = (state: 'hidden' | 'visible') =>
    wallet.page.evaluate((now) => {
      Object.defineProperty(document, 'visibilityState', { value: now, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  await look('hidden');
  await expect(canvas).toBeHidden();
  await look('visible');
  await expect(canvas).toBeVisible();
});
