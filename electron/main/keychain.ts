/**
 * How this machine protects the engine's keys at rest: by the system's keychain where it has one, else by a
 * passphrase that a person types. It must never take Linux's `basic_text` for protection (its key is in
 * every copy of Chromium), and never replace a key that it once made.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { safeStorage } from 'electron';
import type { ToEngine } from '../../shared/contract/engine-port.ts';

export type Sealing = Extract<ToEngine, { type: 'start' }>['sealing'];

/** `lost`: there is a key of the keychain here, and the keychain does not open it (any more). */
export type SealingAnswer = Sealing | { readonly kind: 'lost' };

/**
 * @param userDataFolder holds keys/sealing-key after the first start with a keychain
 * @param isFresh whether the engine has no data here yet; else the first choice stays
 */
export async function readSealing(userDataFolder: string, isFresh: boolean): Promise<SealingAnswer> {
  const path = join(userDataFolder, 'keys', 'sealing-key');
  if (existsSync(path)) {
    if (!(await isKeychainSound())) return { kind: 'lost' };
    try {
      const keyHex = await decrypt(await readFile(path));
      return /^[0-9a-f]{64}$/.test(keyHex) ? { kind: 'keychain', keyHex } : { kind: 'lost' };
    } catch {
      // Another user, a reset keychain, or a copied folder: a fact about this machine, told by the answer.
      return { kind: 'lost' };
    }
  }
  if (!isFresh || !(await isKeychainSound())) return { kind: 'passphrase' };
  const keyHex = randomBytes(32).toString('hex');
  await writeDurably(path, await encrypt(keyHex));
  return { kind: 'keychain', keyHex };
}

async function isKeychainSound(): Promise<boolean> {
  if (process.platform === 'linux') {
    const backend = safeStorage.getSelectedStorageBackend();
    if (backend === 'basic_text' || backend === 'unknown') return false;
  }
  return hasAsyncCalls() ? safeStorage.isAsyncEncryptionAvailable() : safeStorage.isEncryptionAvailable();
}

/** Electron 45 has the asynchronous calls; 46 drops the others; the runtime for tests has only the others. */
function hasAsyncCalls(): boolean {
  return typeof safeStorage.encryptStringAsync === 'function';
}

async function encrypt(text: string): Promise<Buffer> {
  return hasAsyncCalls() ? safeStorage.encryptStringAsync(text) : safeStorage.encryptString(text);
}

async function decrypt(sealed: Buffer): Promise<string> {
  if (!hasAsyncCalls()) return safeStorage.decryptString(sealed);
  return (await safeStorage.decryptStringAsync(sealed)).result;
}

/** The engine's keys are worth nothing without this file: it is on the disk before it is used. */
async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const half = `${path}.half`;
  const file = await open(half, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(half, path);
  if (process.platform === 'win32') return;
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
