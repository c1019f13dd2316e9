/**
 * The terminal's window as a shop uses it, with everything behind it real: Electron, engine, SQLite, clearing
 * house, PostgreSQL. From the first set-up to a settled payment, and through what goes wrong on the way.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { toBuffer } from 'qrcode';
import {
  forgedPurse,
  quickCode,
  type ScriptedPurse,
  withOneDigitChanged,
} from '../../scripts/world/scripted-purse.ts';
import { decodePictureText } from '../../shared/protocol/picture.ts';
import { answerInvoice, PASSPHRASE, PIN, startTillHouse, type TillHouse } from '../support/till-house.ts';
import { writeY4m } from '../support/y4m.ts';
import { TerminalWindow } from './screens/terminal.ts';

let house: TillHouse;
const open: TerminalWindow[] = [];

test.beforeAll(async () => {
  test.setTimeout(120_000);
  house = await startTillHouse();
});

test.afterEach(async () => {
  for (const terminal of open.splice(0)) await terminal.close();
});

test.afterAll(() => house.stop());

async function launch(options: Parameters<typeof TerminalWindow.launch>[0]): Promise<TerminalWindow> {
  const terminal = await TerminalWindow.launch(options);
  open.push(terminal);
  return terminal;
}

/** An enrolled till with its cashier signed in. */
async function till(
  more: Partial<Parameters<typeof TerminalWindow.launch>[0]> = {},
): Promise<TerminalWindow> {
  const terminal = await launch({ userDataDir: await house.enrolledFolder(), ...more });
  await terminal.unlock(PASSPHRASE);
  await terminal.signIn(PIN);
  await terminal.waitForScreen('till');
  return terminal;
}

function freshCode(purse: ScriptedPurse, counter = 1): string {
  return quickCode(purse, { counter, iatS: Math.floor(Date.now() / 1000) });
}

function qrOf(digits: string): Promise<Buffer> {
  return toBuffer([{ data: digits, mode: 'numeric' }], { errorCorrectionLevel: 'M', scale: 5 });
}

test('first start, a code from the administrator → set up, signed in, and unlocked again at the next start', async () => {
  const userDataDir = house.folder();
  const terminal = await launch({ userDataDir });
  await terminal.waitForScreen('set-up');
  await terminal.enrol({ code: 'FT1-nonsense', cashierName: '', pin: '12', passphrase: 'short' });
  await expect(terminal.page.getByText('This is not an enrolment code.')).toBeVisible();
  await expect(terminal.page.getByText('Type your name.')).toBeVisible();
  await expect(terminal.page.getByText('Use 4 to 8 digits.')).toBeVisible();
  await expect(terminal.page.getByText('Use at least 8 characters.')).toBeVisible();
  const code = await house.operator.enrolmentCode({ displayName: 'مقهى النور', currency: 'EUR' });
  await terminal.enrol({ code, cashierName: 'Desk', pin: PIN, passphrase: PASSPHRASE });
  await terminal.signIn('0000');
  await expect(terminal.page.locator('[data-refusal="wrong-pin"]')).toBeVisible();
  await terminal.signIn(PIN);
  await terminal.waitForScreen('till');
  await expect(terminal.page.getByText('مقهى النور')).toBeVisible();
  await terminal.close();
  open.length = 0;

  const again = await launch({ userDataDir });
  await again.unlock('not the passphrase');
  await expect(again.page.locator('[data-refusal="wrong-passphrase"]')).toBeVisible();
  await again.unlock(PASSPHRASE);
  await again.waitForScreen('sign-in');
});

test('a used enrolment code → refused, with what to do', async () => {
  const code = await house.operator.enrolmentCode({ displayName: 'Twice', currency: 'EUR' });
  const first = await launch({ userDataDir: house.folder() });
  await first.enrol({ code, cashierName: 'A', pin: PIN, passphrase: PASSPHRASE });
  await first.waitForScreen('sign-in');
  const second = await launch({ userDataDir: house.folder() });
  await second.enrol({ code, cashierName: 'B', pin: PIN, passphrase: PASSPHRASE });
  await expect(second.page.locator('[data-refusal="enrolment-refused"]')).toContainText(
    'Ask your administrator',
  );
});

test('amount and a scanner’s keys → approved; the same code again → already-used, and the amount is kept', async () => {
  const terminal = await till();
  const code = freshCode(await house.purse());
  await terminal.enterAmount('750');
  await terminal.wedge(code);
  const verdict = await terminal.verdict();
  expect(verdict).toMatchObject({ kind: 'approved', code: null, amountText: '€7.50' });
  expect(verdict.frameToVerdictMs).toBeLessThan(2000);
  const receipt = decodePictureText(await terminal.receiptDigits());
  expect(receipt.ok && receipt.value.kind).toBe('receipt');

  // The next digit is the next sale.
  await terminal.enterAmount('300');
  await terminal.wedge(code);
  expect(await terminal.verdict()).toMatchObject({ kind: 'declined', code: 'already-used' });
  await terminal.page.keyboard.press('Enter');
  await expect(terminal.page.getByTestId('amount')).toHaveAttribute('data-minor', '300');
  expect((await terminal.payments()).map(({ state, minor }) => [state, minor])).toEqual([
    ['declined', '300'],
    [expect.stringMatching(/approved-offline|sent|settled/), '750'],
  ]);
});

test('a scan with no amount → nothing kept, asked for the amount, still calm', async () => {
  const terminal = await till();
  await terminal.wedge(freshCode(await house.purse()));
  expect(await terminal.notice()).toBe('amount-first');
  expect(await terminal.payments()).toEqual([]);
  await terminal.enterAmount('1');
});

test('codes that are not good → each its own reason', async () => {
  const terminal = await till();
  const purse = await house.purse();
  const nowS = Math.floor(Date.now() / 1000);
  const cases = [
    ['unreadable', withOneDigitChanged(freshCode(purse))],
    ['untrusted', freshCode(forgedPurse(purse))],
    ['expired', quickCode(purse, { iatS: nowS - 3600 })],
    ['over-cap', quickCode(purse, { iatS: nowS, capMinor: 100n })],
    ['unreadable', 'https://example.com/not-a-payment'],
  ] as const;
  for (const [code, text] of cases) {
    await terminal.enterAmount('500');
    await terminal.paste(text);
    const verdict = await terminal.verdict();
    expect(verdict, code).toMatchObject({ kind: 'declined', code });
    expect(verdict.text).toContain('€5.00 was not charged.');
    await terminal.newSale();
  }
});

test('a code before the camera → approved by the frame; held there for the next sale → already-used', async () => {
  const cameraFile = join(house.folder(), 'camera.y4m');
  writeY4m(cameraFile, await qrOf(freshCode(await house.purse())));
  const terminal = await till({ cameraFile });
  await terminal.startCamera();
  expect(await terminal.notice()).toBe('amount-first');
  await terminal.enterAmount('1000');
  const verdict = await terminal.verdict();
  expect(verdict).toMatchObject({ kind: 'approved', amountText: '€10.00' });
  await terminal.enterAmount('200');
  await expect(terminal.page.locator('[data-testid="verdict"][data-code="already-used"]')).toBeVisible();
});

test('a dropped picture and a pasted code → each counts as a scan', async () => {
  const terminal = await till();
  const [dropped, pasted] = [freshCode(await house.purse()), freshCode(await house.purse())];
  const picture = join(house.folder(), 'code.png');
  writeFileSync(picture, await qrOf(dropped));
  await terminal.enterAmount('120');
  await terminal.dropPicture(picture);
  expect((await terminal.verdict()).kind).toBe('approved');
  await terminal.enterAmount('340');
  await terminal.paste(pasted);
  await expect(terminal.page.locator('[data-testid="verdict"] [data-minor="340"]')).toBeVisible();
  const notAPicture = join(house.folder(), 'empty.png');
  writeFileSync(notAPicture, 'nothing');
  await terminal.newSale();
  await terminal.enterAmount('1');
  await terminal.dropPicture(notAPicture);
  expect(await terminal.notice()).toBe('not-a-picture');
});

test('an invoice shown, the answer scanned → approved; the same answer again → invoice-used or already-used', async () => {
  const terminal = await till();
  const purse = await house.purse();
  await terminal.enterAmount('1250');
  const answer = answerInvoice(purse, await terminal.issueInvoice(), 1);
  await terminal.wedge(answer);
  expect(await terminal.verdict()).toMatchObject({ kind: 'approved', code: null, amountText: '€12.50' });
  await terminal.enterAmount('1250');
  await terminal.wedge(answer);
  const again = await terminal.verdict();
  expect(again.kind).toBe('declined');
  expect(['invoice-used', 'already-used']).toContain(again.code);
});

test('no network → offline, selling works; the engine killed → back by itself, the payment there, once', async () => {
  const other = await startTillHouse();
  try {
    const userDataDir = await other.enrolledFolder();
    const purse = await other.purse();
    await other.cutNetwork();
    const terminal = await launch({ userDataDir });
    await terminal.unlock(PASSPHRASE);
    await terminal.signIn(PIN);
    await terminal.enterAmount('900');
    await terminal.wedge(freshCode(purse));
    expect((await terminal.verdict()).kind).toBe('approved');
    await expect.poll(async () => terminal.chip()).toMatchObject({ reachability: 'offline', unsent: 1 });
    process.kill(terminal.enginePid(), 'SIGKILL');
    // It opens its keys by itself; who sells must show it again.
    await terminal.signIn(PIN);
    await terminal.waitForScreen('till');
    const rows = await terminal.payments();
    expect(rows.map(({ state, minor }) => [state, minor])).toEqual([['approved-offline', '900']]);
  } finally {
    await other.stop();
  }
});

test('Sync now → sent and settled, and the list says so by itself', async () => {
  const terminal = await till();
  await terminal.enterAmount('450');
  await terminal.wedge(freshCode(await house.purse()));
  expect((await terminal.verdict()).kind).toBe('approved');
  await terminal.newSale();
  await terminal.syncNow();
  await expect.poll(async () => (await terminal.chip()).reachability, { timeout: 20_000 }).toBe('online');
  await expect(terminal.page.locator('[data-testid="last-payment"]').first()).toHaveAttribute(
    'data-state',
    'settled',
    { timeout: 20_000 },
  );
});

test('another language chosen → said at once, from right to left, and still after a reload', async () => {
  const terminal = await till();
  await terminal.page.getByTestId('look').click();
  await terminal.page.locator('[data-language="ar"]').click();
  await expect(terminal.page.locator('html')).toHaveAttribute('dir', 'rtl');
  await expect(terminal.page.locator('html')).toHaveAttribute('lang', 'ar');
  await expect(terminal.page.getByText('اكتب المبلغ')).toBeVisible();
  await terminal.page.reload();
  await expect(terminal.page.locator('html')).toHaveAttribute('dir', 'rtl');
  await terminal.page.keyboard.press('Alt+KeyL');
  await expect(terminal.page.locator('html')).toHaveAttribute('lang', 'fr');
});

test('yen without minor units → digits are whole yen, and there is no point', async () => {
  const userDataDir = await house.enrolledFolder({ displayName: '駅前の店', currency: 'JPY' });
  const terminal = await launch({ userDataDir });
  await terminal.unlock(PASSPHRASE);
  await terminal.signIn(PIN);
  await terminal.enterAmount('980');
  await terminal.page.keyboard.press('.');
  await expect(terminal.page.getByTestId('amount')).toHaveText('¥980');
});
