/**
 * One scan: a customer asks for a code, holds it out, renews it perhaps, and the cashier charges less than its
 * cap. Every step comes when it comes; in between a till may have died and an app been killed.
 */
import type { AcceptAnswer } from '../../shared/contract/terminal.ts';
import {
  beginPresentation,
  endPresentation,
  type Presentation,
  renewPresentation,
} from '../../wallet/core/present.ts';
import { certificateOf } from '../../wallet/core/purse-state.ts';
import type { ShownCode } from './book.ts';
import type { Cashier } from './cashier.ts';
import type { Customers, Payer } from './customers.ts';
import type { Random } from './random.ts';
import type { Till } from './till.ts';
import type { Wallet } from './wallet.ts';
import { unitOf, type World } from './world.ts';

/** A picture's life of 30 s and the policy's tolerance of 60 s, and a little. */
const STALE_AFTER_MS = 92_000;
/** A picture is renewed when it is this old. */
const RENEW_AFTER_MS = 20_000;

export class QuickSales {
  readonly #world: World;
  readonly #customers: Customers;
  readonly #cashier: Cashier;
  readonly #random: Random;

  constructor(world: World, customers: Customers, cashier: Cashier) {
    this.#world = world;
    this.#customers = customers;
    this.#cashier = cashier;
    this.#random = world.random.fork('quick sales');
  }

  begin(till: Till): void {
    const payer = this.#customers.payer(till.currency);
    if (payer === undefined) return;
    const capMinor = (unitOf(till.currency) * BigInt(this.#random.integer(10, 200))) / 10n;
    this.show(payer, capMinor, (code, presentation) => {
      const amountMinor = this.#amountUpTo(capMinor);
      const waitMs = this.#random.waitMs(9000);
      const renewsFirst = waitMs >= RENEW_AFTER_MS;
      if (renewsFirst) this.#renewLater(till, payer, presentation, amountMinor, waitMs - RENEW_AFTER_MS);
      else this.#chargeLater(till, payer.wallet, code, amountMinor, waitMs);
    });
  }

  /** The customer asks for a code and holds it out. */
  show(payer: Payer, capMinor: bigint, shown: (code: ShownCode, presentation: Presentation) => void): void {
    const { trace } = this.#world;
    const { wallet, purse } = payer;
    this.#world.spawn(async () => {
      const presentation = await beginPresentation(wallet.ports(), purse.purseId, capMinor);
      trace.event('show-quick', wallet.name, presentation.ok ? 'shown' : presentation.refusal.code);
      if (presentation.ok) shown(this.#hold(payer, presentation.value), presentation.value);
    });
  }

  #hold({ wallet, purse }: Payer, presentation: Presentation): ShownCode {
    const { counter, capMinor, code, purseId } = presentation;
    wallet.screen = presentation;
    const shown: ShownCode = {
      text: this.#random.chance(0.3) ? code.short : code.full,
      mode: 'quick',
      invoiceId: null,
      purse: { purseId, counter },
      currency: certificateOf(purse).currency,
      mostMinor: capMinor,
      shownAtMs: this.#world.timeline.nowMs,
      staleAtMs: wallet.nowMs + STALE_AFTER_MS,
    };
    this.#world.book.shown(shown);
    return shown;
  }

  /** Now and then it is more than the code allows. */
  #amountUpTo(capMinor: bigint): bigint {
    if (this.#random.chance(0.04)) return capMinor + 1n;
    const amount = (capMinor * BigInt(this.#random.integer(20, 100))) / 100n;
    return amount > 0n ? amount : 1n;
  }

  #renewLater(
    till: Till,
    payer: Payer,
    presentation: Presentation,
    amountMinor: bigint,
    waitMs: number,
  ): void {
    const { wallet } = payer;
    const renew = async (): Promise<void> => {
      if (wallet.screen !== presentation) return;
      const renewed = await renewPresentation(wallet.ports(), presentation);
      this.#world.trace.event('renew-quick', wallet.name, renewed.ok ? 'shown' : renewed.refusal.code);
      if (renewed.ok)
        this.#chargeLater(till, wallet, this.#hold(payer, renewed.value), amountMinor, waitMs + 1);
    };
    this.#world.timeline.after(RENEW_AFTER_MS, () => this.#world.spawn(renew));
  }

  #chargeLater(till: Till, wallet: Wallet, code: ShownCode, amountMinor: bigint, waitMs: number): void {
    const { screen } = wallet;
    this.#world.timeline.after(waitMs, async () => {
      // an app that was killed holds nothing out any more
      if (screen === null || wallet.screen !== screen) return;
      const answer = await this.#cashier.charge('charge-quick', till, code, amountMinor);
      if (this.#random.chance(0.7)) await this.#leave(till, wallet, screen, answer);
    });
  }

  async #leave(till: Till, wallet: Wallet, screen: Presentation, answer: AcceptAnswer | null): Promise<void> {
    if (answer?.verdict === 'approved' && this.#random.chance(0.6))
      await this.#cashier.giveReceipt(till, wallet, answer);
    await endPresentation(wallet.ports(), screen);
    wallet.screen = null;
  }
}
