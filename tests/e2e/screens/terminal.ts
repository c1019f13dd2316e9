/**
 * The terminal's window as a person uses it: one method for each thing that is done there. Opens the real,
 * built program in real Electron. Selectors live here and nowhere else.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { type ElectronApplication, _electron as electron, type Page } from '@playwright/test';
import { electronRuntime } from '../../../scripts/setup/electron-runtime.ts';

export interface LaunchOptions {
  /** A folder for everything of this till; the same folder is the same till. */
  readonly userDataDir: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A .y4m or .mjpeg file that the camera shows, round and round. */
  readonly cameraFile?: string;
  /** A language tag; English when not given. */
  readonly lang?: string;
  readonly size?: { readonly width: number; readonly height: number };
}

export interface SeenVerdict {
  readonly kind: 'approved' | 'declined' | 'refused';
  /** The refusal's code; null when approved. */
  readonly code: string | null;
  readonly amountText: string;
  /** From the frame, key or paste that brought the code until the verdict was painted. */
  readonly frameToVerdictMs: number;
  /** Everything that is to be read there. */
  readonly text: string;
}

export interface SeenPayment {
  readonly journalSeq: number;
  readonly state: string;
  readonly minor: string;
  readonly paymentId: string | null;
  /** Why it was declined or rejected. */
  readonly code: string | null;
}

export interface SeenChip {
  readonly reachability: 'online' | 'offline' | 'unknown';
  readonly unsent: number;
  readonly text: string;
}

/** Hands are not faster; quicker digits would be a scanner's. */
const HAND_MS = 60;
const LAUNCH_TIMEOUT_MS = 30_000;

export class TerminalWindow {
  readonly app: ElectronApplication;
  readonly page: Page;

  private constructor(app: ElectronApplication, page: Page) {
    this.app = app;
    this.page = page;
  }

  static async launch(options: LaunchOptions): Promise<TerminalWindow> {
    const runtime = await electronRuntime();
    const camera =
      options.cameraFile === undefined ? [] : [`--use-file-for-fake-video-capture=${options.cameraFile}`];
    const app = await electron.launch({
      executablePath: runtime.executablePath,
      timeout: LAUNCH_TIMEOUT_MS,
      args: [
        ...runtime.appArgs,
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        `--user-data-dir=${options.userDataDir}`,
        `--lang=${options.lang ?? 'en'}`,
        '--use-fake-device-for-media-stream',
        ...camera,
      ],
      env: {
        ...definedEnv(),
        FIELDTILL_NODE: process.execPath,
        FIELDTILL_START: 'when-attached',
        ...options.env,
      },
    });
    const page = await app.firstWindow();
    const { width, height } = options.size ?? { width: 1280, height: 800 };
    await app.evaluate(
      ({ BrowserWindow }, size) =>
        BrowserWindow.getAllWindows()[0]?.setContentSize(size[0] ?? 0, size[1] ?? 0),
      [width, height],
    );
    const terminal = new TerminalWindow(app, page);
    await page.locator('[data-screen]').first().waitFor();
    return terminal;
  }

  async close(): Promise<void> {
    await this.app.close();
  }

  /** Which screen is shown: starting, stopped, set-up, unlock, sign-in, till or payments. */
  async screen(): Promise<string> {
    const names = await this.page
      .locator('[data-screen]:visible')
      .evaluateAll((found) => found.map((element) => element.getAttribute('data-screen') ?? ''));
    return names.includes('payments') ? 'payments' : (names[0] ?? '');
  }

  async waitForScreen(
    name: 'set-up' | 'unlock' | 'sign-in' | 'till' | 'stopped' | 'starting',
  ): Promise<void> {
    await this.page.locator(`[data-screen="${name}"]`).waitFor({ timeout: 20_000 });
  }

  async enrol(fields: {
    readonly code: string;
    readonly cashierName: string;
    readonly pin: string;
    readonly passphrase?: string;
  }): Promise<void> {
    await this.waitForScreen('set-up');
    const put = (name: string, value: string) => this.page.getByTestId(name).fill(value);
    await put('code', fields.code);
    await put('cashierName', fields.cashierName);
    await put('pin', fields.pin);
    await put('pinAgain', fields.pin);
    if (fields.passphrase !== undefined && (await this.page.getByTestId('passphrase').count()) > 0) {
      await put('passphrase', fields.passphrase);
      await put('passphraseAgain', fields.passphrase);
    }
    await this.page.getByTestId('submit').click();
  }

  async unlock(passphrase: string): Promise<void> {
    await this.waitForScreen('unlock');
    await this.page.getByTestId('passphrase').fill(passphrase);
    await this.page.getByTestId('submit').click();
  }

  /** Types the PIN as a person does. `name` where there is more than one cashier. */
  async signIn(pin: string, name?: string): Promise<void> {
    await this.waitForScreen('sign-in');
    const cashiers = this.page.getByTestId('cashier');
    await (name === undefined ? cashiers.first() : cashiers.filter({ hasText: name })).click();
    await this.typeDigits(pin);
    await this.page.keyboard.press('Enter');
  }

  /** @param minor minor units, such as '1250' for 12.50 */
  async enterAmount(minor: string): Promise<void> {
    await this.waitForScreen('till');
    await this.typeDigits(minor);
    await this.page.locator(`[data-testid="amount"][data-minor="${minor}"]`).waitFor();
  }

  async typeDigits(digits: string): Promise<void> {
    for (const digit of digits) await this.page.keyboard.press(`Digit${digit}`, { delay: HAND_MS });
  }

  async startCamera(): Promise<void> {
    await this.page.getByTestId('camera-on').click();
    await this.page.locator('[data-camera="looking"], [data-camera="several"]').waitFor({ timeout: 20_000 });
  }

  async stopCamera(): Promise<void> {
    await this.page.getByTestId('camera-off').click();
  }

  /**
   * Presses physical keys as a scanner does, then its Enter. All are on their way before the first is answered:
   * a scanner does not wait for the window, and a busy machine makes no pauses between its keys.
   */
  async wedge(code: string): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    const press = (key: string, physical: string, virtualKey: number, text: string) => {
      const of = { key, code: physical, windowsVirtualKeyCode: virtualKey };
      return [
        session.send('Input.dispatchKeyEvent', { ...of, type: 'keyDown', text }),
        session.send('Input.dispatchKeyEvent', { ...of, type: 'keyUp' }),
      ];
    };
    await Promise.all([
      ...[...code].flatMap((digit) => press(digit, `Digit${digit}`, 48 + Number(digit), digit)),
      ...press('Enter', 'Enter', 13, '\r'),
    ]);
    await session.detach();
  }

  /** Through the real clipboard and the real key. */
  async paste(code: string): Promise<void> {
    await this.app.evaluate(({ clipboard }, text) => clipboard.writeText(text), code);
    await this.page.keyboard.press('Control+KeyV');
  }

  async dropPicture(file: string, mediaType = 'image/png'): Promise<void> {
    const base64 = readFileSync(file).toString('base64');
    await this.page.evaluate(
      ([content, type]) => {
        const bytes = Uint8Array.from(atob(content ?? ''), (letter) => letter.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], 'picture', { type: type ?? '' }));
        const event = { dataTransfer: transfer, bubbles: true, cancelable: true };
        document.body.dispatchEvent(new DragEvent('dragover', event));
        document.body.dispatchEvent(new DragEvent('drop', event));
      },
      [base64, mediaType],
    );
  }

  /** Shows an invoice over the amount entered. @returns its digits */
  async issueInvoice(): Promise<string> {
    await this.page.keyboard.press('F12');
    const picture = this.page.locator('[data-testid="invoice"] [data-digits]');
    await picture.waitFor();
    return (await picture.getAttribute('data-digits')) ?? '';
  }

  /** The receipt's digits, of an approved payment that is shown. */
  async receiptDigits(): Promise<string> {
    return (
      (await this.page.locator('[data-testid="verdict"] [data-digits]').getAttribute('data-digits')) ?? ''
    );
  }

  /** Waits for the answer to a scan; `after` is the verdict that was shown before, to wait for the next. */
  async verdict(timeoutMs = 20_000): Promise<SeenVerdict> {
    const view = this.page.locator('[data-testid="verdict"][data-frame-to-verdict-ms]');
    await view.waitFor({ timeout: timeoutMs });
    return view.evaluate((element) => ({
      kind: element.getAttribute('data-kind') as SeenVerdict['kind'],
      code: element.getAttribute('data-code'),
      amountText: element.querySelector('[data-minor]')?.textContent ?? '',
      frameToVerdictMs: Number(element.getAttribute('data-frame-to-verdict-ms')),
      // Without the marks that keep amounts apart from the writing around them.
      text: (element.textContent ?? '').replace(/[\u2068\u2069]/g, ''),
    }));
  }

  /** Leaves a verdict, an invoice or an amount for an empty sale. */
  async newSale(): Promise<void> {
    for (let tries = 0; tries < 3; tries++) {
      const isEmpty =
        (await this.page.locator('[data-stage="entering"]').count()) > 0 &&
        (await this.page.getByTestId('amount').getAttribute('data-minor')) === '0';
      if (isEmpty) return;
      await this.page.keyboard.press('Escape');
    }
  }

  /** The list of payments, newest first; comes back to the till. */
  async payments(): Promise<readonly SeenPayment[]> {
    await this.page.keyboard.press('F4');
    await this.page.locator('[data-screen="payments"]').waitFor();
    const rows = await this.page.getByTestId('payment-row').evaluateAll((found) =>
      found.map((row) => ({
        journalSeq: Number(row.getAttribute('data-seq')),
        state: row.getAttribute('data-state') ?? '',
        minor: row.querySelector('[data-minor]')?.getAttribute('data-minor') ?? '',
        paymentId: row.getAttribute('data-payment-id'),
        code: row.getAttribute('data-code'),
      })),
    );
    await this.page.keyboard.press('F4');
    return rows;
  }

  async syncNow(): Promise<void> {
    await this.page.keyboard.press('F5');
  }

  async chip(): Promise<SeenChip> {
    return this.page.getByTestId('chip').evaluate((element) => ({
      reachability: element.getAttribute('data-reachability') as SeenChip['reachability'],
      unsent: Number(element.querySelector('[data-unsent]')?.getAttribute('data-unsent')),
      text: element.textContent ?? '',
    }));
  }

  /** The code of the short line at the foot of the window, such as `amount-first`. */
  async notice(): Promise<string> {
    const notice = this.page.locator('[data-notice]');
    await notice.waitFor();
    return (await notice.getAttribute('data-notice')) ?? '';
  }

  /** The engine's process beside this window (Linux: tests kill it without asking). */
  enginePid(): number {
    const parent = this.app.process().pid;
    for (const name of readdirSync('/proc')) {
      if (!/^[0-9]+$/.test(name)) continue;
      const status = readOr(`/proc/${name}/status`);
      // Of all that a window starts, only the engine is a program of its own with a script to run.
      const [, script = ''] = readOr(`/proc/${name}/cmdline`).split('\0');
      const isChild = new RegExp(`^PPid:\\s*${parent}$`, 'm').test(status);
      if (isChild && /\.m?js$/.test(script)) return Number(name);
    }
    throw new Error('no engine is running beside this window');
  }
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // A process that ended between the listing and the reading.
    return '';
  }
}

function definedEnv(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}
