/**
 * Who signed in on this device, whom they trust, and what the clearing house told them. The root key is
 * pinned with the first profile of a customer, and a trust bundle's version never goes back.
 */
import { toHex } from '../../shared/bytes.ts';
import type { WalletPayment } from '../../shared/contract/clearing.ts';
import type { Refusal } from '../../shared/refusals.ts';
import type { Result } from '../../shared/result.ts';
import type { WalletTrust } from '../core/trusted-terminal.ts';
import { type WalletDatabase, written } from './database.ts';
import type { Profile } from './records.ts';

type Written<T> = Promise<Result<T, Refusal<'storage-failed'>>>;

/** What the wallet remembers by name. */
export type SettingName = 'customer' | 'language' | 'signed-out-unsent' | `cap-${string}`;

export function readSetting(db: WalletDatabase, name: SettingName): Promise<string | undefined> {
  return db.get('settings', name);
}

export function writeSetting(db: WalletDatabase, name: SettingName, value: string | null): Written<unknown> {
  return written<unknown>(() =>
    value === null ? db.delete('settings', name) : db.put('settings', value, name),
  );
}

export function readProfile(db: WalletDatabase, customerId: string): Promise<Profile | undefined> {
  return db.get('profiles', customerId);
}

export function writeProfile(db: WalletDatabase, profile: Profile): Written<unknown> {
  return written(() => db.put('profiles', profile, profile.customerId));
}

export async function readTrust(db: WalletDatabase, rootPublicKey: Uint8Array): Promise<WalletTrust | null> {
  return (await db.get('trust', toHex(rootPublicKey)))?.trust ?? null;
}

/** Keeps the bundle if it is newer than the one that is kept; answers the one that holds now. */
export function keepTrust(
  db: WalletDatabase,
  rootPublicKey: Uint8Array,
  offered: WalletTrust,
): Written<WalletTrust> {
  return written(async () => {
    const tx = db.transaction('trust', 'readwrite', { durability: 'strict' });
    const name = toHex(rootPublicKey);
    const held = await tx.store.get(name);
    const isNewer = held === undefined || offered.version > held.version;
    const record = { version: offered.version, trust: offered };
    await Promise.all([isNewer ? tx.store.put(record, name) : null, tx.done]);
    return isNewer ? offered : held.trust;
  });
}

/** By falling number: the newest first. */
export async function readCleared(db: WalletDatabase, customerId: string): Promise<readonly WalletPayment[]> {
  const range = IDBKeyRange.bound([customerId, 0], [customerId, Number.MAX_SAFE_INTEGER]);
  return (await db.getAll('cleared', range)).reverse();
}

/** Adds what was fetched, and moves the cursor, in one transaction. */
export function keepCleared(
  db: WalletDatabase,
  profile: Profile,
  payments: readonly WalletPayment[],
): Written<Profile> {
  return written(async () => {
    const numbers = payments.map((payment) => payment.number);
    const moved = { ...profile, fetchedUpTo: Math.max(profile.fetchedUpTo ?? 0, ...numbers) };
    const tx = db.transaction(['cleared', 'profiles'], 'readwrite');
    const cleared = tx.objectStore('cleared');
    await Promise.all([
      ...payments.map((payment) => cleared.put(payment, [profile.customerId, payment.number])),
      tx.objectStore('profiles').put(moved, profile.customerId),
      tx.done,
    ]);
    return moved;
  });
}
