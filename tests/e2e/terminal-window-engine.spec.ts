/**
 * The engine's life beside the window, in both places where it may run: Electron's utility process (with an
 * engine that opens no database, because the runtime for tests cannot load one there) and a Node of its own.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { ensureBuilt } from '../../scripts/build.ts';
import { PROJECT } from '../../scripts/tool.ts';
import { TerminalWindow } from './screens/terminal.ts';

const PING_ENGINE = join(PROJECT, 'tests', 'support', 'ping-engine.mjs');

interface Answer {
  readonly ok: boolean;
  readonly refusal?: { readonly code: string };
}

let folder: string;
let terminal: TerminalWindow | undefined;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  await ensureBuilt(() => undefined);
});

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fieldtill-engine-'));
});

test.afterEach(async () => {
  await terminal?.close();
  terminal = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function launch(host: string, entry = PING_ENGINE): Promise<TerminalWindow> {
  terminal = await TerminalWindow.launch({
    userDataDir: join(folder, 'till'),
    env: { FIELDTILL_ENGINE_ENTRY: entry, FIELDTILL_ENGINE_HOST: host },
  });
  return terminal;
}

function ask(window: TerminalWindow, name: string, params: unknown): Promise<Answer> {
  return window.page.evaluate(
    ([call, asked]) =>
      (
        globalThis as unknown as { fieldtill: { call(name: unknown, params: unknown): Promise<Answer> } }
      ).fieldtill.call(call, asked),
    [name, params],
  );
}

function log(): string {
  return readFileSync(join(folder, 'till', 'logs', 'window.log'), 'utf8');
}

for (const host of ['utility-process', 'node']) {
  test(`${host}: started, asked, ended in order`, async () => {
    const window = await launch(host);
    await window.waitForScreen('set-up');
    expect(await ask(window, 'state.get', {})).toMatchObject({ ok: true });
    expect(await ask(window, 'sync.now', {})).toEqual({ ok: false, refusal: { code: 'not-enrolled' } });
    await window.close();
    terminal = undefined;
    expect(log()).toContain('engine-ready');
    expect(log()).not.toContain('engine-ended');
  });

  test(`${host}: killed with a call under way → engine-stopped, calm, and back by itself`, async () => {
    const window = await launch(host);
    await window.waitForScreen('set-up');
    const underWay = ask(window, 'enrolment.enrol', {
      code: 'x',
      passphrase: null,
      cashierName: 'A',
      cashierPin: '1234',
    });
    const pids = await window.app.evaluate(({ app }) =>
      app.getAppMetrics().map(({ pid, serviceName, name }) => ({ pid, called: `${serviceName} ${name}` })),
    );
    const inElectron = pids.find(({ called }) => called.includes('Fieldtill engine'))?.pid;
    process.kill(inElectron ?? window.enginePid(), 'SIGKILL');
    expect(await underWay).toEqual({ ok: false, refusal: { code: 'engine-stopped' } });
    await expect.poll(() => log().match(/engine-ready/g)?.length ?? 0).toBe(2);
    await window.waitForScreen('set-up');
    expect(await ask(window, 'state.get', {})).toMatchObject({ ok: true });
  });
}

test('the page crashed → loaded anew by itself, with the engine as it was', async () => {
  const window = await launch('node');
  await window.waitForScreen('set-up');
  const engine = window.enginePid();
  await window.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
  );
  const screen = () =>
    window.app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      // A question to a page that is gone is never answered.
      if (!contents || contents.isCrashed() || contents.isLoading()) return null;
      return contents.executeJavaScript("document.querySelector('[data-screen]')?.dataset.screen");
    });
  await expect.poll(() => log().includes('window-gone')).toBe(true);
  await expect.poll(screen).toBe('set-up');
  expect(window.enginePid()).toBe(engine);
});

test('an answer that is not the contract’s → refused, and never in the window', async () => {
  const window = await launch('node');
  await window.waitForScreen('set-up');
  expect(await ask(window, 'people.list', {})).toEqual({ ok: false, refusal: { code: 'engine-stopped' } });
  expect(log()).toContain('result-refused');
});

test('no engine that starts → the window says so calmly, and calls are refused', async () => {
  const window = await launch('node', join(folder, 'missing.mjs'));
  await window.waitForScreen('starting');
  expect(await ask(window, 'people.list', {})).toEqual({ ok: false, refusal: { code: 'engine-stopped' } });
  await expect(window.page.locator('[data-screen="stopped"]')).toBeVisible({ timeout: 20_000 });
  await expect(window.page.getByText('All payments taken so far are safe')).toBeVisible();
});
