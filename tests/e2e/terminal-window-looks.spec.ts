/**
 * Whether everybody can use the window: WCAG 2.2 AA by axe on every screen, light and dark; nothing cut off at
 * 1024×600 in any language; and a whole sale without a pointer.
 */
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { quickCode, type ScriptedPurse } from '../../scripts/world/scripted-purse.ts';
import { PASSPHRASE, PIN, startTillHouse, type TillHouse } from '../support/till-house.ts';
import { TerminalWindow } from './screens/terminal.ts';

const LANGUAGES = ['en', 'zh-Hans', 'es', 'ar', 'fr', 'hi'] as const;
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

let house: TillHouse;
let terminal: TerminalWindow | undefined;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  house = await startTillHouse();
});

test.afterEach(async () => {
  await terminal?.close();
  terminal = undefined;
});

test.afterAll(() => house.stop());

async function launch(options: Parameters<typeof TerminalWindow.launch>[0]): Promise<TerminalWindow> {
  terminal = await TerminalWindow.launch(options);
  return terminal;
}

function freshCode(purse: ScriptedPurse): string {
  return quickCode(purse, { iatS: Math.floor(Date.now() / 1000) });
}

async function expectAccessible(window: TerminalWindow, screen: string): Promise<void> {
  // What fades in is judged when it stands.
  await window.page.waitForFunction(() =>
    document.getAnimations().every((one) => one.playState !== 'running'),
  );
  // The legacy mode does its work in this page: a window of ours opens no other.
  const { violations } = await new AxeBuilder({ page: window.page })
    .withTags(RULES)
    .setLegacyMode()
    .analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  );
  expect(found, screen).toEqual([]);
}

/** Texts that do not fit their place, and controls outside of the window. */
function cutOff(window: TerminalWindow): Promise<string[]> {
  return window.page.evaluate(() => {
    const scrolls = (element: Element) => /auto|scroll/.test(getComputedStyle(element).overflowY);
    const found: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>(
      'button, h1, h2, p, li, td, th, dd, label, bdi',
    )) {
      if (!element.checkVisibility() || element.closest('[inert]')) continue;
      const { overflowX, textOverflow } = getComputedStyle(element);
      const text = element.textContent?.slice(0, 40) ?? '';
      // A name that ends in dots is shortened on purpose.
      const isCut = overflowX !== 'visible' && textOverflow !== 'ellipsis';
      if (isCut && element.scrollWidth > element.clientWidth + 1) found.push(`cut: ${text}`);
      const box = element.getBoundingClientRect();
      const isOutside = box.left < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
      let inScroller = false;
      for (let up = element.parentElement; up; up = up.parentElement) inScroller ||= scrolls(up);
      if (box.width > 0 && isOutside && !inScroller) found.push(`outside: ${text}`);
    }
    return found;
  });
}

for (const scheme of ['light', 'dark'] as const) {
  test(`${scheme}: every screen of a new till → no fault by WCAG 2.2 AA`, async () => {
    const window = await launch({ userDataDir: house.folder() });
    if (scheme === 'dark') await window.page.keyboard.press('Alt+KeyT');
    await expectAccessible(window, 'set-up');
    await window.page.getByTestId('submit').click();
    await expectAccessible(window, 'set-up with faults');
  });

  test(`${scheme}: every screen of a till at work → no fault by WCAG 2.2 AA`, async () => {
    test.setTimeout(120_000);
    const window = await launch({ userDataDir: await house.enrolledFolder() });
    const purse = await house.purse();
    await window.waitForScreen('unlock');
    if (scheme === 'dark') await window.page.keyboard.press('Alt+KeyT');
    await window.unlock('wrong passphrase');
    await expect(window.page.locator('[data-refusal]')).toBeVisible();
    await expectAccessible(window, 'unlock');
    await window.unlock(PASSPHRASE);
    await window.waitForScreen('sign-in');
    await expectAccessible(window, 'sign-in');
    await window.signIn(PIN);
    await window.waitForScreen('till');
    await expectAccessible(window, 'till');
    await window.enterAmount('500');
    await expectAccessible(window, 'till with an amount');
    await window.startCamera();
    await expectAccessible(window, 'till with the camera on');
    await window.stopCamera();
    await window.issueInvoice();
    await expectAccessible(window, 'invoice');
    const code = freshCode(purse);
    await window.paste(code);
    expect((await window.verdict()).kind).toBe('approved');
    await window.receiptDigits();
    await expectAccessible(window, 'approved');
    await window.enterAmount('100');
    await window.paste(code);
    await expect(window.page.locator('[data-code="already-used"]')).toBeVisible();
    await expectAccessible(window, 'declined, for good');
    await window.paste('nothing');
    await expect(window.page.locator('[data-code="unreadable"]')).toBeVisible();
    await expectAccessible(window, 'declined, for now');
    await window.newSale();
    await window.page.keyboard.press('F4');
    await window.page.keyboard.press('ArrowDown');
    await expect(window.page.getByTestId('payment-details')).toBeVisible();
    await expectAccessible(window, 'payments');
    await window.page.keyboard.press('F4');
    await window.page.keyboard.press('F1');
    await expect(window.page.getByRole('dialog')).toBeVisible();
    await expectAccessible(window, 'keys');
    await window.page.keyboard.press('Escape');
    await window.page.getByTestId('look').click();
    await expect(window.page.getByRole('menu')).toBeVisible();
    await expectAccessible(window, 'language and looks');
  });
}

test('1024×600 in six languages → nothing cut off, nothing outside', async () => {
  test.setTimeout(180_000);
  const size = { width: 1024, height: 600 };
  const window = await launch({
    userDataDir: await house.enrolledFolder({ displayName: 'Boulangerie du Marché Neuf' }),
    size,
  });
  await window.unlock(PASSPHRASE);
  const faults: Record<string, string[]> = {};
  const everyLanguage = async (screen: string) => {
    for (const language of LANGUAGES) {
      await expect(window.page.locator('html')).toHaveAttribute('lang', language);
      const found = await cutOff(window);
      if (found.length > 0) faults[`${screen} ${language}`] = found;
      await window.page.keyboard.press('Alt+KeyL');
    }
  };
  await window.waitForScreen('sign-in');
  await everyLanguage('sign-in');
  await window.signIn(PIN);
  await window.waitForScreen('till');
  await everyLanguage('till');
  await window.enterAmount('999999');
  await everyLanguage('till with an amount');
  await window.issueInvoice();
  await everyLanguage('invoice');
  await window.paste('nothing');
  await window.verdict();
  await everyLanguage('declined');
  await window.newSale();
  await window.enterAmount('700');
  await window.paste(freshCode(await house.purse()));
  await expect(window.page.locator('[data-kind="approved"] [data-digits]')).toBeVisible();
  await everyLanguage('approved');
  await window.newSale();
  await window.page.keyboard.press('F4');
  await everyLanguage('payments');
  expect(faults).toEqual({});
});

test('a sale from sign-in to the receipt, the list and the next cashier → without a pointer', async () => {
  const window = await launch({ userDataDir: await house.enrolledFolder() });
  await window.waitForScreen('unlock');
  await window.page.keyboard.type(PASSPHRASE);
  await window.page.keyboard.press('Enter');
  await window.waitForScreen('sign-in');
  await window.typeDigits(PIN);
  await window.page.keyboard.press('Enter');
  await window.enterAmount('825');
  await window.page.keyboard.press('Space');
  await window.page.locator('[data-camera="looking"]').waitFor();
  await window.page.keyboard.press('Space');
  await window.page.locator('[data-camera="off"]').waitFor();
  await window.wedge(freshCode(await house.purse()));
  expect((await window.verdict()).kind).toBe('approved');
  const receipt = await window.receiptDigits();
  await window.page.getByTestId('copy-receipt').waitFor();
  await window.page.keyboard.press('Control+KeyC');
  expect(await window.app.evaluate(({ clipboard }) => clipboard.readText())).toBe(receipt);
  await window.page.keyboard.press('Enter');
  await window.page.keyboard.press('Alt+Digit4');
  await expect(window.page.locator('[data-screen="payments"]')).toBeVisible();
  await window.page.keyboard.press('Escape');
  await window.page.keyboard.press('F1');
  await expect(window.page.getByRole('dialog')).toBeVisible();
  // Behind a dialog nothing can be set off.
  await window.typeDigits('5');
  await window.page.keyboard.press('Escape');
  await expect(window.page.getByRole('dialog')).toBeHidden();
  await expect(window.page.getByTestId('amount')).toHaveAttribute('data-minor', '0');
  // A scan while a dialog is open: its answer comes first, and the next digit is the next sale.
  await window.enterAmount('130');
  await window.page.keyboard.press('F1');
  await expect(window.page.getByRole('dialog')).toBeVisible();
  await window.wedge(freshCode(await house.purse()));
  expect((await window.verdict()).kind).toBe('approved');
  await expect(window.page.getByRole('dialog')).toBeHidden();
  await window.enterAmount('2');
  await window.page.keyboard.press('F9');
  await window.waitForScreen('sign-in');
});
