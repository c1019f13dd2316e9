/** A customer of the house with a wallet open, money in the account, and a purse where a test wants one. */
import type { BrowserContext } from '@playwright/test';
import { payIn, type WalletHouse } from '../../support/wallet-house.ts';
import { WalletPage } from './wallet.ts';

export const PASSWORD = 'seven quiet green lamps';

export interface Funded {
  readonly wallet: WalletPage;
  readonly userName: string;
}

let customers = 0;

/** Registers a new customer in this browser, and pays money in. */
export async function openFundedWallet(
  house: WalletHouse,
  context: BrowserContext,
  minor = 50_000n,
): Promise<Funded> {
  const wallet = new WalletPage(await context.newPage(), house.origin);
  customers += 1;
  const userName = `customer-${customers}`;
  await wallet.open();
  await wallet.signUp(userName, PASSWORD);
  await payIn(house, userName, minor);
  return { wallet, userName };
}

/** The same with a purse of 200.00 euro, ready to start without a network. */
export async function openWalletWithPurse(
  house: WalletHouse,
  context: BrowserContext,
  minor = 20_000n,
): Promise<Funded> {
  const funded = await openFundedWallet(house, context);
  await funded.wallet.getPurse(minor);
  await funded.wallet.storedOffline();
  return funded;
}
