/** What the demo's story happens in: the real parts, started and stopped, and the few hands that join them. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { type SeenVerdict, TerminalWindow } from '../../tests/e2e/screens/terminal.ts';
import { WalletPage } from '../../tests/e2e/screens/wallet.ts';
import { writeY4m } from '../../tests/support/y4m.ts';
import { ensureDatabase, type RunningPostgres, startPostgres } from '../postgres.ts';
import { browserPath } from '../setup/system-libraries.ts';
import { type ClearingProcess, freePort, startClearing } from '../world/clearing-process.ts';
import { enrolTerminal } from '../world/headless-terminal.ts';
import { Operator } from '../world/operator.ts';
import { issueScriptedPurses, type ScriptedPurse } from '../world/scripted-purse.ts';

const PHONE = { width: 390, height: 844 };

function opened<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the demo’s world is not open');
  return part;
}

export class DemoWorld {
  readonly pin = '2468';
  readonly passphrase = 'a passphrase of the demo';
  readonly customer = { userName: 'demo', password: 'correct horse battery staple' };
  readonly terminalFolder: string;
  readonly #folder: string;
  readonly #out: string;
  readonly #camera: string;
  readonly #operatorToken = randomBytes(24).toString('hex');
  #postgres: RunningPostgres | undefined;
  #clearing: ClearingProcess | undefined;
  #startClearing: (() => Promise<ClearingProcess>) | undefined;
  #operator: Operator | undefined;
  #browser: Browser | undefined;
  #page: Page | undefined;
  #wallet: WalletPage | undefined;
  #terminal: TerminalWindow | undefined;

  constructor(folder: string, out: string) {
    this.#folder = folder;
    this.#out = out;
    this.terminalFolder = join(folder, 'terminal');
    this.#camera = join(folder, 'camera.y4m');
  }

  get operator(): Operator {
    return opened(this.#operator);
  }
  get wallet(): WalletPage {
    return opened(this.#wallet);
  }
  get terminal(): TerminalWindow {
    return opened(this.#terminal);
  }

  async open(): Promise<void> {
    this.#postgres = await startPostgres({ dataFolder: join(this.#folder, 'postgres') });
    const databaseUrl = await ensureDatabase(this.#postgres.url, 'demo');
    const port = await freePort();
    const folder = join(this.#folder, 'clearing');
    this.#startClearing = () =>
      startClearing({ databaseUrl, port, folder, operatorToken: this.#operatorToken });
    this.#clearing = await this.#startClearing();
    const { origin } = this.#clearing;
    this.#operator = new Operator(origin, this.#operatorToken);
    await this.#operator.customerWithMoney({ ...this.customer, currency: 'EUR', amountMinor: '50000' });
    await this.#openTerminal();
    await this.#openWallet(origin);
  }

  async #openTerminal(): Promise<void> {
    const code = await this.operator.enrolmentCode({ displayName: 'Corner shop', currency: 'EUR' });
    const { passphrase, pin } = this;
    const dataFolder = join(this.terminalFolder, 'data');
    await enrolTerminal({ dataFolder, code, passphrase, cashierName: 'Cashier', cashierPin: pin });
    mkdirSync(this.#folder, { recursive: true });
    writeY4m(this.#camera, { data: new Uint8Array(4 * 64 * 48).fill(128), width: 64, height: 48 });
    this.#terminal = await TerminalWindow.launch({
      userDataDir: this.terminalFolder,
      cameraFile: this.#camera,
      env: { FIELDTILL_PASSPHRASE: passphrase },
    });
    await this.#terminal.signIn(pin);
    await this.#terminal.waitForScreen('till');
  }

  async #openWallet(origin: string): Promise<void> {
    const args = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-sync'];
    if (process.getuid?.() === 0) args.push('--no-sandbox');
    this.#browser = await chromium.launch({ executablePath: browserPath() ?? 'chromium', args });
    const context = await this.#browser.newContext({
      viewport: PHONE,
      deviceScaleFactor: 2,
      locale: 'en',
      reducedMotion: 'reduce', // pictures of what stands, not of what is on its way
    });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
    this.#page = await context.newPage();
    this.#wallet = new WalletPage(this.#page, origin);
    await this.#wallet.open();
  }

  /** A purse whose key the demo holds, for codes that no honest wallet shows. */
  async scriptedPurses(): Promise<{ honest: ScriptedPurse }> {
    const customer = { userName: 'forger', password: 'correct horse battery', currency: 'EUR' };
    await this.operator.customerWithMoney({ ...customer, amountMinor: '10000' });
    const nowS = Math.floor(Date.now() / 1000);
    const { origin } = opened(this.#clearing);
    const [honest] = await issueScriptedPurses(origin, { ...customer, allowanceMinor: '5000' }, nowS, 1);
    return { honest: opened(honest) };
  }

  /** The phone loses its network, the clearing house is stopped. */
  async cutNetwork(): Promise<void> {
    await opened(this.#page).context().setOffline(true);
    await this.#clearing?.stop();
    this.#clearing = undefined;
  }

  async restoreNetwork(): Promise<void> {
    this.#clearing = await opened(this.#startClearing)();
    await opened(this.#page).context().setOffline(false);
  }

  showToCamera(png: Uint8Array): void {
    writeY4m(this.#camera, png);
  }

  /** SIGKILL: no farewell, no flush. */
  async killEngine(): Promise<void> {
    process.kill(this.terminal.enginePid(), 'SIGKILL');
  }

  async scan(minor: string, digits: string, how: 'wedge' | 'paste'): Promise<SeenVerdict> {
    await this.terminal.newSale();
    await this.terminal.enterAmount(minor);
    await this.terminal[how](digits);
    return this.terminal.verdict();
  }

  /** What was on the screens when a step did not hold. */
  async pictureOfFailure(): Promise<void> {
    const screens = [
      [this.#terminal?.page, 'failed-terminal.png'],
      [this.#page, 'failed-wallet.png'],
    ] as const;
    for (const [page, name] of screens) {
      await page?.screenshot({ path: join(this.#out, name) }).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await this.#terminal?.close().catch(() => undefined);
    await this.#clearing?.stop();
    await this.#postgres?.stop();
  }
}
