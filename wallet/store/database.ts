/**
 * The wallet's database in the browser (IndexedDB). All that moves a counter is written with strict
 * durability: the browser answers only when it is flushed to disk. Nothing secret lies outside of it, and a
 * key in it is a CryptoKey that no script can read. Versions only go up; a store is never emptied by one.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { WalletPayment } from '../../shared/contract/clearing.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import type { PurseState } from '../core/purse-state.ts';
import type { KeyRecord } from '../keys.ts';
import type { CreditNote, Profile, PurseRequest, StoredTrust } from './records.ts';

interface WalletSchema extends DBSchema {
  /** By purse id. */
  purses: { key: string; value: PurseState };
  /** By public key, hexadecimal. */
  keys: { key: string; value: KeyRecord };
  /** Purses that were asked for and whose answer is not here yet; by request id. */
  requests: { key: string; value: PurseRequest };
  /** By customer id. */
  profiles: { key: string; value: Profile };
  /** By root public key, hexadecimal. */
  trust: { key: string; value: StoredTrust };
  /** What the clearing house said; by customer id and number. */
  cleared: { key: [string, number]; value: WalletPayment };
  settings: { key: string; value: string };
  /** By refund id. */
  'credit-notes': { key: string; value: CreditNote };
}

export type WalletDatabase = IDBPDatabase<WalletSchema>;

const NAME = 'fieldtill-wallet';
const VERSION = 2;

/** @throws DOMException when the browser gives no storage (private window, disk full, blocked) */
export function openWalletDatabase(): Promise<WalletDatabase> {
  return openDB<WalletSchema>(NAME, VERSION, {
    upgrade(db, oldVersion) {
      db.createObjectStore('credit-notes');
      if (oldVersion === 1) return;
      db.createObjectStore('purses');
      db.createObjectStore('keys');
      db.createObjectStore('requests');
      db.createObjectStore('profiles');
      db.createObjectStore('trust');
      db.createObjectStore('cleared');
      db.createObjectStore('settings');
    },
    blocking(_current, _blocked, event) {
      // a newer wallet in another window must not wait for this one
      (event.target as IDBDatabase).close();
    },
  });
}

/** Runs a write; what the browser's storage refuses becomes a refusal, a bug stays a bug. */
export async function written<T>(write: () => Promise<T>): Promise<Result<T, Refusal<'storage-failed'>>> {
  try {
    return ok(await write());
  } catch (error) {
    if (error instanceof DOMException) return refused({ code: 'storage-failed' });
    throw error;
  }
}
