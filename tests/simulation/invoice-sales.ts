/**
 * Two scans: the terminal shows an invoice, the wallet answers it, the terminal takes the answer. An invoice may
 * be cancelled, answered again, or answered by two customers; it is paid once.
 */
import { equalBytes } from '../../shared/bytes.ts';
import {
  type Answer,
  answerInvoice,
  type CheckedInvoice,
  showAnswerAgain,
} from '../../wallet/core/answer-invoice.ts';
import { choosePurse } from '../../wallet/core/choose-purse.ts';
import { readScanned } from '../../wallet/core/read-scanned.ts';
import type { ShownCode } from './book.ts';
import type { Cashier } from './cashier.ts';
import type { Customers } from './customers.ts';
import type { Random } from './random.ts';
import type { Till } from './till.ts';
import type { Wallet } from './wallet.ts';
import { unitOf, type World } from './world.ts';

interface Shown {
  readonly till: Till;
  readonly invoiceId: string;
  readonly digits: string;
  readonly amountMinor: bigint;
}

export class InvoiceSales {
  readonly #world: World;
  readonly #customers: Customers;
  readonly #cashier: Cashier;
  readonly #random: Random;

  constructor(world: World, customers: Customers, cashier: Cashier) {
    this.#world = world;
    this.#customers = customers;
    this.#cashier = cashier;
    this.#random = world.random.fork('invoice sales');
  }

  async begin(till: Till): Promise<void> {
    const { timeline, trace } = this.#world;
    const payer = this.#customers.payer(till.currency);
    if (payer === undefined) return;
    const amountMinor = (unitOf(till.currency) * BigInt(this.#random.integer(5, 300))) / 10n;
    const amount = { minor: amountMinor.toString(), currency: till.currency };
    const issued = await till.call('invoices.issue', { amount, reference: 'Table 4' });
    trace.event('issue-invoice', till.name, issued.ok ? 'issued' : issued.refusal.code);
    if (!issued.ok) return;
    const { digits, invoiceId } = issued.value;
    const shown = { till, invoiceId, digits, amountMinor };
    timeline.after(this.#random.waitMs(8000), () => this.#answer(payer.wallet, shown));
    if (this.#random.chance(0.06))
      timeline.after(this.#random.waitMs(12_000), async () => {
        const cancelled = await till.call('invoices.cancel', { invoiceId });
        trace.event('cancel-invoice', till.name, cancelled.ok ? 'cancelled' : cancelled.refusal.code);
      });
    if (this.#random.chance(0.15))
      timeline.after(this.#random.waitMs(8000), () => this.#answerToo(payer.wallet, shown));
  }

  /** Somebody else at the table scans it too. */
  #answerToo(first: Wallet, shown: Shown): void {
    const other = this.#random.pick(this.#world.wallets);
    if (other === undefined || other === first) return;
    this.#world.faults.happened('invoice-answered-by-two');
    this.#answer(other, shown);
  }

  #answer(wallet: Wallet, shown: Shown): void {
    const { trace, timeline } = this.#world;
    const nowS = Math.floor(wallet.nowMs / 1000);
    const scanned = readScanned(shown.digits, wallet.terminalCheck, nowS);
    if (!scanned.ok || scanned.value.kind !== 'invoice') {
      trace.event('answer-invoice', wallet.name, scanned.ok ? 'wrong-kind' : scanned.refusal.code);
      return;
    }
    const { checked } = scanned.value;
    const purse = choosePurse(wallet.shelf.all(), checked, nowS);
    if (!purse.ok) {
      trace.event('answer-invoice', wallet.name, purse.refusal.code);
      return;
    }
    this.#world.spawn(async () => {
      const answer = await answerInvoice(wallet.ports(), purse.value.purseId, checked);
      trace.event('answer-invoice', wallet.name, answer.ok ? 'shown' : answer.refusal.code);
      if (answer.ok) this.#present(wallet, shown, answer.value);
    });
    // a customer who saw nothing come of it holds the phone to the invoice again
    if (this.#random.chance(0.15))
      timeline.after(15_000, () => this.#world.spawn(() => this.#showAgain(wallet, shown, checked)));
  }

  async #showAgain(wallet: Wallet, shown: Shown, { invoice }: CheckedInvoice): Promise<void> {
    for (const { purseId, payments } of wallet.shelf.all()) {
      const record = payments.find(
        (one) => one.mode === 'bound' && equalBytes(one.invoiceDigest, invoice.digest),
      );
      if (record === undefined) continue;
      const answer = await showAnswerAgain(wallet.ports(), purseId, record.counter);
      this.#world.trace.event('answer-again', wallet.name, answer.ok ? 'shown' : answer.refusal.code);
      if (answer.ok) this.#present(wallet, shown, answer.value);
    }
  }

  #present(wallet: Wallet, { till, invoiceId, amountMinor }: Shown, answer: Answer): void {
    const { book, timeline } = this.#world;
    const code: ShownCode = {
      text: answer.isKnownTerminal && this.#random.chance(0.5) ? answer.code.short : answer.code.full,
      mode: 'bound',
      invoiceId,
      purse: { purseId: answer.purseId, counter: answer.record.counter },
      currency: till.currency,
      mostMinor: amountMinor,
      shownAtMs: timeline.nowMs,
      staleAtMs: Number.POSITIVE_INFINITY,
    };
    book.shown(code);
    timeline.after(this.#random.waitMs(6000), async () => {
      const isWrong = this.#random.chance(0.05);
      const charged = isWrong ? amountMinor + 1n : amountMinor;
      const taken = await this.#cashier.charge('charge-bound', till, code, charged);
      if (taken?.verdict === 'approved' && this.#random.chance(0.5))
        await this.#cashier.giveReceipt(till, wallet, taken);
    });
  }
}
