/** The wallet and its snapshot, for every screen. */
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { WalletSnapshot } from './snapshot.ts';
import type { Wallet } from './wallet.ts';

const WalletContext = createContext<Wallet | null>(null);
export const WalletProvider = WalletContext.Provider;

export function useWallet(): Wallet {
  const wallet = useContext(WalletContext);
  if (wallet === null) throw new TypeError('no WalletProvider around this part');
  return wallet;
}

export function useSnapshot(): WalletSnapshot {
  const { snapshot } = useWallet();
  return useSyncExternalStore(snapshot.subscribe, snapshot.get);
}
