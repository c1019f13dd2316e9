/**
 * The scanners in a real browser, built as the programs build them and under a policy that forbids every
 * connection: a camera that shows a phone's screen, pictures, and a scanner's keys over focused fields.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { type Browser, type BrowserType, chromium, expect, type Page, test } from '@playwright/test';
import react from '@vitejs/plugin-react';
import { toBuffer } from 'qrcode';
import { build } from 'vite';
import { encodeDigits } from '../../shared/protocol/digits.ts';
import { writeY4m } from '../support/y4m.ts';
import type { PageScanners } from './scanner-page/page.tsx';

/** As strict as a program's own policy may get: scripts of its own, its engine, and not one connection. */
const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; img-src 'self'; connect-src 'none'";
const code = encodeDigits(new Uint8Array(277).map((_, i) => i * 37));
const fakeCamera = '--use-fake-device-for-media-stream';

let folder: string;
let server: Server;
let address: string;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scanner-page-'));
  await build({
    configFile: false,
    root: join(import.meta.dirname, 'scanner-page'),
    plugins: [react()],
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 4000 },
  });
  const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = pathname === '/' ? '/index.html' : pathname;
    const type = types[extname(path)];
    if (!type) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': type, 'content-security-policy': policy });
    return response.end(readFileSync(join(folder, path)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://localhost:${(server.address() as AddressInfo).port}/`;
});

test.afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const pictureOf = (digits: string) =>
  toBuffer([{ data: digits, mode: 'numeric' }], { errorCorrectionLevel: 'M', width: 420 });

async function withBrowser(args: string[], launch: LaunchOptions, run: (page: Page) => Promise<void>) {
  const browser: Browser = await chromium.launch({ ...launch, args: [...(launch?.args ?? []), ...args] });
  try {
    const page = await browser.newPage();
    await page.goto(address);
    await run(page);
  } finally {
    await browser.close();
  }
}
type LaunchOptions = Parameters<BrowserType['launch']>[0];

const read = <T>(page: Page, of: (scanners: PageScanners) => T) =>
  page.evaluate(`(${of.toString()})(window.scanners)`) as Promise<T>;

test('a code before the camera → its text once, again when rearmed; stopped → camera off', async ({
  launchOptions,
}) => {
  const film = join(folder, 'phone.y4m');
  writeY4m(film, await pictureOf(code));
  const args = [fakeCamera, '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${film}`];
  await withBrowser(args, launchOptions, async (page) => {
    await read(page, (scanners) => scanners.setCamera(true));
    await expect.poll(() => read(page, ({ texts }) => texts.map(({ text }) => text))).toEqual([code]);
    await expect(page.getByLabel('camera')).toHaveText('looking');
    await expect(page.getByLabel('devices')).toHaveText('1');
    await read(page, (scanners) => scanners.rearm());
    await expect.poll(() => read(page, ({ texts }) => texts.length)).toBe(2);
    const moments = await read(page, ({ texts }) => texts.map(({ moment }) => moment));
    for (const { takenAtMs, decodedAtMs } of moments) {
      expect(decodedAtMs - takenAtMs).toBeGreaterThan(0);
      expect(decodedAtMs - takenAtMs).toBeLessThan(500);
    }
    const stream = await page.evaluateHandle(() => {
      const { srcObject } = document.querySelector('video') ?? {};
      return srcObject instanceof MediaStream ? srcObject : null;
    });
    await read(page, (scanners) => scanners.setCamera(false));
    await expect(page.getByLabel('camera')).toHaveText('off');
    expect(await stream.evaluate((held) => held?.getTracks().map((track) => track.readyState))).toEqual([
      'ended',
    ]);
  });
});

test('no camera → camera-missing', async ({ launchOptions }) => {
  await withBrowser(['--use-fake-ui-for-media-stream'], launchOptions, async (page) => {
    await read(page, (scanners) => scanners.setCamera(true));
    await expect(page.getByLabel('camera')).toHaveText('camera-missing');
  });
});

test('the person says no → camera-denied', async ({ launchOptions }) => {
  const args = [fakeCamera, '--use-fake-ui-for-media-stream=deny'];
  await withBrowser(args, launchOptions, async (page) => {
    await read(page, (scanners) => scanners.setCamera(true));
    await expect(page.getByLabel('camera')).toHaveText('camera-denied');
  });
});

test('a picture with a code → its text; with none → no-code; no picture → not-a-picture', async ({
  page,
}) => {
  await page.goto(address);
  const decode = (bytes: Buffer, type: string) =>
    page.evaluate(([base64, kind]) => window.scanners.decode(base64, kind), [
      bytes.toString('base64'),
      type,
    ] as const);
  expect(await decode(await pictureOf(code), 'image/png')).toEqual({ ok: true, text: code });
  const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==', 'base64');
  expect(await decode(pixel, 'image/gif')).toEqual({ ok: false, code: 'no-code' });
  expect(await decode(Buffer.from('1234'), 'image/png')).toEqual({ ok: false, code: 'not-a-picture' });
});

test('no request leaves the page', async ({ page }) => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(address);
  const picture = (await pictureOf(code)).toString('base64');
  await page.evaluate((base64) => window.scanners.decode(base64, 'image/png'), picture);
  expect(requests.length).toBeGreaterThan(1);
  expect(requests.filter((url) => !url.startsWith(address) && !url.startsWith('blob:'))).toEqual([]);
});

/**
 * Presses keys as a wedge scanner does, with the keys' own times `gapMs` apart however busy the machine is:
 * `codes` are physical keys, the first of them well after whatever was pressed before: a busy machine may need
 * seconds to bring 700 keys to the page, and its clock must not overtake theirs on the way.
 */
async function scan(page: Page, codes: string[], gapMs: number) {
  const session = await page.context().newCDPSession(page);
  let timestamp = Date.now() / 1000 + 8;
  // all on their way at once, in order: a pause of the test itself would pass for the scanner's
  const sent: Promise<unknown>[] = [];
  for (const pressed of codes) {
    const digit = /^Digit(\d)$/.exec(pressed)?.[1];
    const letter = /^Key(\w)$/.exec(pressed)?.[1]?.toLowerCase();
    const key = digit ?? letter ?? pressed;
    const text = pressed === 'Enter' ? '\r' : (digit ?? letter);
    const down = { type: 'keyDown' as const, code: pressed, key, timestamp };
    sent.push(session.send('Input.dispatchKeyEvent', text === undefined ? down : { ...down, text }));
    sent.push(session.send('Input.dispatchKeyEvent', { type: 'keyUp', code: pressed, key, timestamp }));
    timestamp += gapMs / 1000;
  }
  await Promise.all(sent);
  await session.detach();
}
const keysOf = (digits: string) => [...[...digits].map((digit) => `Digit${digit}`), 'Enter'];

/** One key that a person presses ten seconds from now, well after the scan. */
async function aKeyLater(page: Page, pressed: string) {
  const session = await page.context().newCDPSession(page);
  const key = pressed.replace('Digit', '');
  const timestamp = Date.now() / 1000 + 10;
  await session.send('Input.dispatchKeyEvent', { type: 'keyDown', code: pressed, key, text: key, timestamp });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', code: pressed, key, timestamp });
  await session.detach();
}

const scannedTexts = (page: Page) =>
  read(page, ({ wedge }) => wedge.flatMap((event) => (event.kind === 'scanned' ? event.text : [])));

for (const field of ['amount', 'count', 'note']) {
  test(`a scan while "${field}" has the focus and text → scanned, the field keeps what was typed`, async ({
    page,
  }) => {
    await page.goto(address);
    await page.getByLabel(field).focus();
    await page.keyboard.type('125', { delay: 60 });
    await expect(page.getByLabel(field)).toHaveValue('125');
    await scan(page, keysOf(code), 2);
    await expect.poll(() => scannedTexts(page)).toEqual([code]);
    await expect(page.getByLabel(field)).toHaveValue('125');
    if (field !== 'amount') return;
    await aKeyLater(page, 'Digit7');
    await expect(page.getByLabel(field)).toHaveValue('1257', { timeout: 20_000 });
  });
}

test('a slow scan without a prefix → scanned, what had reached the field is taken back', async ({ page }) => {
  const short = encodeDigits(new Uint8Array(21).fill(5));
  await page.goto(address);
  await page.getByLabel('amount').focus();
  await page.keyboard.type('42', { delay: 60 });
  await scan(page, keysOf(short), 70);
  await expect.poll(() => scannedTexts(page)).toEqual([short]);
  await expect(page.getByLabel('amount')).toHaveValue('42');
});

test('digits typed with no field focused → given to the page; a scan → not', async ({ page }) => {
  await page.goto(address);
  await page.keyboard.type('95', { delay: 60 });
  await scan(page, keysOf(code), 2);
  await expect.poll(() => scannedTexts(page)).toEqual([code]);
  expect(await read(page, ({ keys }) => keys)).toEqual(['9', '5']);
});

test('a prefix: letters and shortcuts in a picture → not-digits, nothing pressed', async ({ page }) => {
  await page.goto(`${address}?prefix=F9`);
  await page.getByLabel('note').focus();
  await scan(page, ['F9', 'KeyA', 'Digit1', 'F5', 'KeyB', 'Enter', 'Digit9', 'Enter'], 5);
  await expect.poll(() => read(page, ({ wedge }) => wedge.at(-1)?.kind)).toBe('not-digits');
  await expect(page.getByLabel('note')).toHaveValue('');
});
