/** The customers: who pays, with which purse, and when a wallet fetches its news or asks for another purse. */
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import type { PurseState } from '../../wallet/core/purse-state.ts';
import type { Random } from './random.ts';
import type { Wallet } from './wallet.ts';
import { ALLOWANCE_UNITS, unitOf, type World } from './world.ts';

export interface Payer {
  readonly wallet: Wallet;
  readonly purse: PurseState;
}

export class Customers {
  readonly #world: World;
  readonly #random: Random;

  constructor(world: World) {
    this.#world = world;
    this.#random = world.random.fork('customers');
  }

  /** Somebody who can pay in this currency, and asks for another purse before the last one is empty. */
  payer(currency: CurrencyCode): Payer | undefined {
    const wallet = this.#random.pick(this.#world.wallets);
    if (wallet === undefined) return undefined;
    // one that is nearly empty as often as one that is full: at its end a purse is most easily wrong
    const purse = this.#random.pick(wallet.pursesOf(currency));
    if (wallet.leftIn(currency) < 20n * unitOf(currency)) {
      const units = BigInt(this.#random.integer(40, Number(ALLOWANCE_UNITS)));
      wallet.wishForPurse(currency, units * unitOf(currency));
      this.fetchNews(wallet);
    }
    if (purse !== undefined) return { wallet, purse };
    this.#world.trace.event('pay', wallet.name, 'no-purse');
    return undefined;
  }

  fetchNews(wallet: Wallet): void {
    const { trace } = this.#world;
    this.#world.spawn(async () => trace.event('wallet-sync', wallet.name, await wallet.sync()));
  }
}
