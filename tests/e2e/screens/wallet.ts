/**
 * The wallet as a person uses it: one method for each thing that is done there. Drives the real, built wallet
 * in a real browser. Selectors live here and nowhere else; none depends on the language:
 *
 * - `connection` with data-state (online, offline, checking); `language`; `tab-pay|scan|history|me`
 * - `user-name`, `password`, `welcome-mode`, `welcome-submit`; `account-name`; `sign-out`, `sign-out-confirm`
 * - `get-purse`, `purse-currency`, `purse-submit`; `purse-card`, `purse-left` and `purse-reserved` with data-minor
 * - `amounts` (radio buttons by minor units, or `other` with `amount-typed`)
 * - `show-code`; `code-picture` with data-form, `code-digits`, `code-number` with data-counter, `code-form`,
 *   `copy-code`, `leave`; `payment-end` with data-kind
 * - `scan-how`, `paste-field`, `paste-use`, `picture-file`, `camera` with data-status
 * - `invoice`, `invoice-merchant`, `invoice-amount` with data-minor, `confirm-pay`, `confirm-cancel`
 * - `payment` with data-state (reserved, charged, settled, rejected, lapsed) and data-counter
 * - `notice` with data-kind; `refusal` with data-code
 */
import { expect, type Locator, type Page } from '@playwright/test';

export interface SeenCode {
  /** As in the picture. */
  readonly digits: string;
  readonly counter: number;
  readonly form: 'full' | 'short';
}

export interface SeenInvoice {
  readonly merchantName: string;
  readonly amountMinor: bigint;
}

export interface SeenPayment {
  readonly state: 'reserved' | 'charged' | 'settled' | 'rejected' | 'lapsed';
  readonly counter: number;
  readonly text: string;
}

export class WalletPage {
  readonly page: Page;
  readonly #origin: string;

  constructor(page: Page, origin: string) {
    this.page = page;
    this.#origin = origin;
  }

  byId(id: string): Locator {
    return this.page.getByTestId(id);
  }

  /** Opens the wallet and waits for its first page. */
  async open(): Promise<void> {
    await this.page.goto(`${this.#origin}/`);
    await this.ready();
  }

  async ready(): Promise<void> {
    await this.page.locator('html[data-phase="signed-in"], html[data-phase="signed-out"]').waitFor();
  }

  /** Resolves when the wallet's files are stored, so that it starts without a network from now on. */
  async storedOffline(): Promise<void> {
    await this.page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
  }

  async connection(state: 'online' | 'offline'): Promise<void> {
    await expect(this.byId('connection')).toHaveAttribute('data-state', state, { timeout: 30_000 });
  }

  async #credentials(userName: string, password: string, mode: 'sign-in' | 'create'): Promise<void> {
    await this.byId('welcome-mode').locator(`input[value="${mode}"]`).check();
    await this.byId('user-name').fill(userName);
    await this.byId('password').fill(password);
    await this.byId('welcome-submit').click();
  }

  /** Creates an account and signs in. */
  async signUp(userName: string, password: string): Promise<void> {
    await this.#credentials(userName, password, 'create');
    await this.page.locator('html[data-phase="signed-in"]').waitFor();
  }

  async signIn(userName: string, password: string): Promise<void> {
    await this.#credentials(userName, password, 'sign-in');
    await this.page.locator('html[data-phase="signed-in"]').waitFor();
  }

  async goTo(tab: 'pay' | 'scan' | 'history' | 'me'): Promise<void> {
    await this.byId(`tab-${tab}`).click();
    await expect(this.byId(`tab-${tab}`)).toHaveAttribute('aria-current', 'page');
    await this.page.locator('#content h1').waitFor();
  }

  async speak(language: 'en' | 'zh-Hans' | 'es' | 'ar' | 'fr' | 'hi'): Promise<void> {
    await this.byId('language').selectOption(language);
    await this.page.locator(`html[lang="${language}"]`).waitFor();
  }

  /** @param minor in minor units: one of the amounts that are offered, or typed */
  async #chooseAmount(minor: bigint, decimals: number): Promise<void> {
    const amounts = this.byId('amounts');
    const offered = amounts.locator(`input[value="${minor}"]`);
    if ((await offered.count()) > 0) {
      await offered.check();
      return;
    }
    await amounts.locator('input[value="other"]').check();
    const digits = minor.toString().padStart(decimals + 1, '0');
    const whole = digits.slice(0, digits.length - decimals);
    const part = decimals === 0 ? '' : `.${digits.slice(-decimals)}`;
    await this.byId('amount-typed').fill(whole + part);
  }

  /** Gets a purse out of the account; ends on the page to pay from. Asks for news first: money may have come. */
  async getPurse(minor: bigint, options: { currency?: string; decimals?: number } = {}): Promise<void> {
    await this.page.goto(`${this.#origin}/#/purse`);
    await this.byId('connection').click();
    await this.byId('purse-submit').waitFor();
    if (options.currency !== undefined) {
      const choice = this.byId('purse-currency').locator(`input[value="${options.currency}"]`);
      if ((await choice.count()) > 0) await choice.check();
    }
    await this.#chooseAmount(minor, options.decimals ?? 2);
    await this.byId('purse-submit').click();
    await this.byId('purse-card').waitFor();
  }

  /** Minor units. */
  async left(): Promise<bigint> {
    return BigInt((await this.byId('purse-left').getAttribute('data-minor')) ?? '');
  }

  /** Minor units. */
  async reserved(): Promise<bigint> {
    return BigInt((await this.byId('purse-reserved').getAttribute('data-minor')) ?? '');
  }

  /** Shows a quick code that a shop may take up to `capMinor` with; without it, what is chosen already. */
  async showQuickCode(capMinor?: bigint, decimals = 2): Promise<SeenCode> {
    await this.goTo('pay');
    if (capMinor !== undefined) await this.#chooseAmount(capMinor, decimals);
    await this.byId('show-code').click();
    return this.code();
  }

  /** The code that is on the screen. */
  async code(): Promise<SeenCode> {
    const picture = this.byId('code-picture');
    await picture.locator('canvas').waitFor();
    return {
      digits: await this.codeDigits(),
      counter: Number(await this.byId('code-number').getAttribute('data-counter')),
      form: (await picture.getAttribute('data-form')) === 'short' ? 'short' : 'full',
    };
  }

  async codeDigits(): Promise<string> {
    return ((await this.byId('code-digits').textContent()) ?? '').trim();
  }

  /** The card with the code, as a shop's camera sees it: PNG. */
  async codePicture(): Promise<Buffer> {
    return this.byId('code-picture').screenshot();
  }

  async chooseForm(form: 'full' | 'short'): Promise<void> {
    await this.byId('code-form').locator(`input[value="${form}"]`).check();
    await expect(this.byId('code-picture')).toHaveAttribute('data-form', form);
  }

  /** Leaves the code, the answer or the question that covers the pages. */
  async leave(): Promise<void> {
    await this.byId('leave').click();
    await this.byId('tab-pay').waitFor();
  }

  /** Pastes the shop's code (an invoice, a receipt or a credit note). */
  async paste(digits: string): Promise<void> {
    await this.goTo('scan');
    await this.byId('scan-how').locator('input[value="paste"]').check();
    await this.byId('paste-field').fill(digits);
    await this.byId('paste-use').click();
  }

  /** Gives the wallet a picture file of the shop's code. */
  async choosePicture(path: string): Promise<void> {
    await this.goTo('scan');
    await this.byId('scan-how').locator('input[value="picture"]').check();
    await this.byId('picture-file').setInputFiles(path);
  }

  /** What the customer is asked to pay. */
  async invoice(): Promise<SeenInvoice> {
    await this.byId('invoice').waitFor();
    return {
      merchantName: ((await this.byId('invoice-merchant').textContent()) ?? '').trim(),
      amountMinor: BigInt((await this.byId('invoice-amount').getAttribute('data-minor')) ?? ''),
    };
  }

  /** Pastes an invoice, confirms it, and shows the answer. */
  async answerInvoice(digits: string): Promise<SeenInvoice & SeenCode> {
    await this.paste(digits);
    const invoice = await this.invoice();
    await this.byId('confirm-pay').click();
    return { ...invoice, ...(await this.code()) };
  }

  /** The code of the refusal that is shown, such as `forged`. */
  async refusal(): Promise<string> {
    return (await this.byId('refusal').getAttribute('data-code')) ?? '';
  }

  /** The payments, the newest first. */
  async history(): Promise<readonly SeenPayment[]> {
    await this.goTo('history');
    const rows = await this.byId('payment').all();
    return Promise.all(
      rows.map(async (row) => ({
        state: (await row.getAttribute('data-state')) as SeenPayment['state'],
        counter: Number(await row.getAttribute('data-counter')),
        text: (await row.textContent()) ?? '',
      })),
    );
  }

  /** Waits until the payment with this counter is in this state. */
  async paymentIs(counter: number, state: SeenPayment['state']): Promise<void> {
    await this.goTo('history');
    const row = this.page.locator(`[data-testid="payment"][data-counter="${counter}"]`).first();
    await expect(row).toHaveAttribute('data-state', state, { timeout: 30_000 });
  }

  /** Waits until exactly one row is in this state of a refund. */
  async refundIs(state: 'returning' | 'returned'): Promise<string> {
    await this.goTo('history');
    const row = this.page.locator(`[data-testid="payment"][data-state="${state}"]`);
    await expect(row).toHaveCount(1, { timeout: 30_000 });
    return (await row.textContent()) ?? '';
  }

  /** Waits for news of this kind. */
  async notice(kind: 'settled' | 'rejected' | 'receipt' | 'copied' | 'refund' | 'returned'): Promise<string> {
    const notice = this.page.locator(`[data-testid="notice"][data-kind="${kind}"]`).first();
    await notice.waitFor({ timeout: 30_000 });
    return (await notice.textContent()) ?? '';
  }

  /** Signs out; purses and keys stay on the device. */
  async signOut(): Promise<void> {
    await this.goTo('me');
    await this.byId('sign-out').click();
    await this.byId('sign-out-confirm').click();
    await this.page.locator('html[data-phase="signed-out"]').waitFor();
  }
}
