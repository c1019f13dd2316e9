/** What the wallet's state needs from the browser, gathered in one value: the only place that knows them. */
import type { PaymentPorts, PurseStore } from '../core/payment-ports.ts';
import type { WalletDatabase } from '../store/database.ts';
import { signerOf } from '../store/purse-keys.ts';

export interface Device {
  readonly db: WalletDatabase;
  readonly crypto: Crypto;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** In [0, 1); for the jitter of retries, never for keys. */
  readonly jitter: () => number;
  /** Runs it later; call what it answers to take it back. */
  readonly later: (delayMs: number, run: () => void) => () => void;
}

export function browserDevice(db: WalletDatabase): Device {
  return {
    db,
    crypto: globalThis.crypto,
    nowMs: () => Date.now(),
    jitter: () => Math.random(),
    later: (delayMs, run) => {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  };
}

export function paymentPorts(device: Device, purses: PurseStore): PaymentPorts {
  return {
    nowMs: device.nowMs,
    random: (length) => device.crypto.getRandomValues(new Uint8Array(length)),
    signerOf: (publicKey) => signerOf(device.db, device.crypto, publicKey),
    purses,
  };
}
