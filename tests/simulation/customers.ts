/**
 * What honest people do: a customer shows a quick code or answers an invoice, a cashier charges, a receipt is
 * scanned, a wallet fetches its news and asks for another purse. Every step comes when it comes; in between a
 * till may have died and an app been killed.
 */
import type { AcceptAnswer } from '../../shared/contract/terminal.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { planReceipt } from '../../wallet/core/accept-receipt.ts';
import { answerInvoice, type CheckedInvoice, showAnswerAgain } from '../../wallet/core/answer-invoice.ts';
import { choosePurse } from '../../wallet/core/choose-purse.ts';
import {
  beginPresentation,
  endPresentation,
  type Presentation,
  renewPresentation,
} from '../../wallet/core/present.ts';
import { certificateOf, type PurseState } from '../../wallet/core/purse-state.ts';
import { readScanned } from '../../wallet/core/read-scanned.ts';
import type { Place, ShownCode } from './book.ts';
import type { Random } from './random.ts';
import type { Till } from './till.ts';
import type { Wallet } from './wallet.ts';
import { ALLOWANCE_UNITS, unitOf, type World } from './world.ts';

/** A picture's life of 30 s and the policy's tolerance of 60 s, and a little. */
const STALE_AFTER_MS = 92_000;

/** What may kill a terminal between its commit and the cashier's screen. */
export type BeforeShown = (till: Till) => Promise<boolean>;

export class Customers {
  readonly #world: World;
  readonly #random: Random;
  readonly #beforeShown: BeforeShown;

  constructor(world: World, beforeShown: BeforeShown) {
    this.#world = world;
    this.#random = world.random.fork('customers');
    this.#beforeShown = beforeShown;
  }

  /** A wallet that can pay in this currency, with the purse that it would take; asks for one where it has none. */
  payer(currency: CurrencyCode): { wallet: Wallet; purse: PurseState } | undefined {
    const { trace } = this.#world;
    const wallet = this.#random.pick(this.#world.wallets);
    if (wallet === undefined) return undefined;
    const purse = this.#random.pick(wallet.pursesOf(currency).slice(-2));
    if (wallet.leftIn(currency) < 20n * unitOf(currency) || purse === undefined) {
      wallet.wishForPurse(currency, ALLOWANCE_UNITS * unitOf(currency));
      this.fetchNews(wallet);
    }
    if (purse === undefined) trace.event('pay', wallet.name, 'no-purse');
    return purse === undefined ? undefined : { wallet, purse };
  }

  fetchNews(wallet: Wallet): void {
    const { trace } = this.#world;
    this.#world.spawn(async () => trace.event('wallet-sync', wallet.name, await wallet.sync()));
  }

  /** One scan: a code is shown, renewed perhaps, and charged with less than its cap. */
  quickSale(till: Till): void {
    const payer = this.payer(till.currency);
    if (payer === undefined) return;
    const { wallet, purse } = payer;
    const capMinor = (unitOf(till.currency) * BigInt(this.#random.integer(10, 200))) / 10n;
    this.showQuick(wallet, purse, capMinor, (code, presentation) => {
      const amountMinor = this.#amountUpTo(capMinor);
      const waitMs = this.#random.waitMs(9000);
      if (waitMs < 18_000) this.#chargeLater(till, wallet, code, amountMinor, waitMs);
      else this.#renewLater(till, wallet, presentation, amountMinor, waitMs);
    });
  }

  /** The customer asks for a code and holds it out. */
  showQuick(
    wallet: Wallet,
    purse: PurseState,
    capMinor: bigint,
    shown: (code: ShownCode, presentation: Presentation) => void,
  ): void {
    const { trace } = this.#world;
    this.#world.spawn(async () => {
      const presentation = await beginPresentation(wallet.ports(), purse.purseId, capMinor);
      trace.event('show-quick', wallet.name, presentation.ok ? 'shown' : presentation.refusal.code);
      if (presentation.ok) shown(this.#hold(wallet, presentation.value, purse), presentation.value);
    });
  }

  #hold(wallet: Wallet, presentation: Presentation, purse: PurseState): ShownCode {
    const { counter, capMinor, code, purseId } = presentation;
    wallet.screen = presentation;
    const shown: ShownCode = {
      text: this.#random.chance(0.3) ? code.short : code.full,
      mode: 'quick',
      purse: { purseId, counter },
      currency: certificateOf(purse).currency,
      mostMinor: capMinor,
      shownAtMs: this.#world.timeline.nowMs,
      staleAtMs: wallet.nowMs + STALE_AFTER_MS,
    };
    this.#world.book.shown(shown);
    return shown;
  }

  /** As often as not it is just what the code allows; now and then it is more. */
  #amountUpTo(capMinor: bigint): bigint {
    if (this.#random.chance(0.04)) return capMinor + 1n;
    const amount = (capMinor * BigInt(this.#random.integer(20, 100))) / 100n;
    return amount > 0n ? amount : 1n;
  }

  #renewLater(
    till: Till,
    wallet: Wallet,
    presentation: Presentation,
    amountMinor: bigint,
    waitMs: number,
  ): void {
    const { timeline, trace, spawn } = this.#world;
    timeline.after(20_000, () =>
      spawn.call(this.#world, async () => {
        if (wallet.screen !== presentation) return;
        const renewed = await renewPresentation(wallet.ports(), presentation);
        trace.event('renew-quick', wallet.name, renewed.ok ? 'shown' : renewed.refusal.code);
        const purse = wallet.shelf.get(presentation.purseId);
        if (!renewed.ok || purse === undefined) return;
        const code = this.#hold(wallet, renewed.value, purse);
        this.#chargeLater(till, wallet, code, amountMinor, Math.max(1, waitMs - 20_000));
      }),
    );
  }

  #chargeLater(till: Till, wallet: Wallet, code: ShownCode, amountMinor: bigint, waitMs: number): void {
    const { timeline } = this.#world;
    const { screen } = wallet;
    timeline.after(waitMs, async () => {
      // an app that was killed holds nothing out any more
      if (wallet.screen !== screen) return;
      const answer = await this.charge('charge-quick', till, code, amountMinor);
      await this.#leave(wallet, till, answer);
    });
  }

  async #leave(wallet: Wallet, till: Till, answer: AcceptAnswer | null): Promise<void> {
    const { screen } = wallet;
    if (screen === null || !this.#random.chance(0.7)) return;
    if (answer?.verdict === 'approved' && this.#random.chance(0.6)) {
      const { epoch, journalSeq } = answer.payment;
      const receipt = await till.call('payments.receipt', { epoch, journalSeq });
      if (receipt.ok) await this.takeReceipt(wallet, receipt.value.digits);
    }
    await endPresentation(wallet.ports(), screen);
    wallet.screen = null;
  }

  /** Two scans: the terminal asks, the wallet answers, the terminal takes the answer. */
  async invoiceSale(till: Till): Promise<void> {
    const { timeline, trace } = this.#world;
    const payer = this.payer(till.currency);
    if (payer === undefined) return;
    const { wallet } = payer;
    const amountMinor = (unitOf(till.currency) * BigInt(this.#random.integer(5, 300))) / 10n;
    const amount = { minor: amountMinor.toString(), currency: till.currency };
    const issued = await till.call('invoices.issue', { amount, reference: 'Table 4' });
    trace.event('issue-invoice', till.name, issued.ok ? 'issued' : issued.refusal.code);
    if (!issued.ok) return;
    const { digits, invoiceId } = issued.value;
    timeline.after(this.#random.waitMs(8000), () => this.#answer(till, wallet, digits, amountMinor));
    if (this.#random.chance(0.06)) {
      timeline.after(this.#random.waitMs(12_000), async () => {
        const cancelled = await till.call('invoices.cancel', { invoiceId });
        trace.event('cancel-invoice', till.name, cancelled.ok ? 'cancelled' : cancelled.refusal.code);
      });
    }
  }

  #answer(till: Till, wallet: Wallet, digits: string, amountMinor: bigint): void {
    const { trace, timeline } = this.#world;
    const nowS = Math.floor(wallet.nowMs / 1000);
    const scanned = readScanned(digits, wallet.terminalCheck, nowS);
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
    this.#world.spawn(() => this.#sign(till, wallet, purse.value, checked, amountMinor));
    // a customer who saw nothing come of it holds the phone to the invoice again
    if (this.#random.chance(0.15))
      timeline.after(15_000, () =>
        this.#world.spawn(() => this.#showAgain(till, wallet, purse.value, checked, amountMinor)),
      );
  }

  async #sign(till: Till, wallet: Wallet, purse: PurseState, checked: CheckedInvoice, amountMinor: bigint) {
    const answer = await answerInvoice(wallet.ports(), purse.purseId, checked);
    this.#world.trace.event('answer-invoice', wallet.name, answer.ok ? 'shown' : answer.refusal.code);
    if (answer.ok)
      this.#presentBound(
        till,
        wallet,
        purse,
        answer.value.code.full,
        answer.value.record.counter,
        amountMinor,
      );
  }

  async #showAgain(
    till: Till,
    wallet: Wallet,
    purse: PurseState,
    checked: CheckedInvoice,
    amountMinor: bigint,
  ) {
    const record = wallet.shelf
      .get(purse.purseId)
      ?.payments.find(
        (payment) => payment.mode === 'bound' && payment.invoiceDigest === checked.invoice.digest,
      );
    if (record === undefined) return;
    const answer = await showAnswerAgain(wallet.ports(), purse.purseId, record.counter);
    this.#world.trace.event('answer-again', wallet.name, answer.ok ? 'shown' : answer.refusal.code);
    if (answer.ok)
      this.#presentBound(till, wallet, purse, answer.value.code.full, record.counter, amountMinor);
  }

  #presentBound(
    till: Till,
    wallet: Wallet,
    purse: PurseState,
    text: string,
    counter: number,
    amountMinor: bigint,
  ): void {
    const { book, timeline } = this.#world;
    const code: ShownCode = {
      text,
      mode: 'bound',
      purse: { purseId: purse.purseId, counter },
      currency: till.currency,
      mostMinor: amountMinor,
      shownAtMs: timeline.nowMs,
      staleAtMs: Number.POSITIVE_INFINITY,
    };
    book.shown(code);
    timeline.after(this.#random.waitMs(6000), async () => {
      const isWrong = this.#random.chance(0.05);
      const answer = await this.charge('charge-bound', till, code, isWrong ? amountMinor + 1n : amountMinor);
      if (answer?.verdict === 'approved' && this.#random.chance(0.5)) {
        const { epoch, journalSeq } = answer.payment;
        const receipt = await till.call('payments.receipt', { epoch, journalSeq });
        if (receipt.ok) await this.takeReceipt(wallet, receipt.value.digits);
      }
    });
  }

  /** The cashier scans and sees an answer; null when they saw none. */
  async charge(act: string, till: Till, code: ShownCode, amountMinor: bigint): Promise<AcceptAnswer | null> {
    const { trace, book, planted, timeline, network } = this.#world;
    // the day is over: nobody buys while the queues empty
    if (network.isCalm) return null;
    const answer = await till.accept(amountMinor, code.text);
    if (await this.#beforeShown(till)) {
      trace.event(act, till.name, 'killed-before-shown');
      return null;
    }
    if (!answer.ok) {
      trace.event(act, till.name, answer.refusal.code);
      return null;
    }
    const { verdict } = answer.value;
    trace.event(act, till.name, verdict === 'approved' ? verdict : answer.value.refusal.code);
    const isSeen = verdict === 'declined' && answer.value.refusal.code === 'already-used';
    if (verdict === 'approved' || (isSeen && planted === 'shown-twice'))
      book.approved(await this.#placeOf(till), code, answer.value.payment);
    else if (answer.value.refusal.code === 'expired') book.refusedAsExpired(till.name, code, timeline.nowMs);
    return answer.value;
  }

  async #placeOf(till: Till): Promise<Place> {
    const state = await till.call('state.get', {});
    const exposure = state.ok ? state.value.sync.exposure : null;
    return {
      till: till.name,
      nowMs: this.#world.timeline.nowMs,
      isClockRight: till.clockOffsetMs === 0,
      trustVersion: state.ok ? (state.value.trust?.version ?? 0) : 0,
      exposure:
        exposure === null
          ? null
          : { sumMinor: BigInt(exposure.sum.minor), limitMinor: BigInt(exposure.limit.minor) },
    };
  }

  /** The wallet scans the receipt: a customer who was charged can always have it. */
  async takeReceipt(wallet: Wallet, digits: string): Promise<void> {
    const { trace } = this.#world;
    const scanned = readScanned(digits, wallet.terminalCheck, Math.floor(wallet.nowMs / 1000));
    if (!scanned.ok && scanned.refusal.code === 'full-code-needed')
      this.#world.violated('R1', `${wallet.name} cannot read a receipt that a terminal shows`);
    if (!scanned.ok || scanned.value.kind !== 'receipt') {
      return trace.event('take-receipt', wallet.name, scanned.ok ? 'wrong-kind' : scanned.refusal.code);
    }
    const { checked } = scanned.value;
    let code = 'not-found';
    for (const purse of wallet.shelf.all()) {
      const noted = await wallet.shelf.change(purse.purseId, (state) => planReceipt(state, checked));
      if (noted.ok || noted.refusal.code !== 'not-found') code = noted.ok ? 'noted' : noted.refusal.code;
    }
    trace.event('take-receipt', wallet.name, code);
  }
}
