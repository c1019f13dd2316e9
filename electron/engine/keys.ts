/**
 * The terminal's keys: an Ed25519 key that signs, an X25519 key that codes are sealed to. Made on this
 * machine, never leave it, and rest sealed: under the OS keychain's key, or under a passphrase through
 * argon2id. Nothing here is ever logged.
 */

import * as crypto from 'node:crypto';
import { hashRaw } from '@node-rs/argon2';
import nacl from 'tweetnacl';
import { invariant } from '../../shared/assert.ts';
import { concatBytes } from '../../shared/bytes.ts';
import { boxPublicKey } from '../../shared/protocol/box.ts';
import type { Signer } from '../../shared/protocol/ed25519.ts';
import { nodeSigner } from '../../shared/protocol/ed25519-node.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import type { Store } from './db/store.ts';
import type { RandomBytes, Sealing } from './ports.ts';

export interface TerminalKeys {
  readonly signer: Signer;
  readonly boxSecret: Uint8Array;
  readonly boxKey: Uint8Array;
}

/** OWASP's second choice for argon2id: 64 MiB would stall a small till. 19 MiB, 2 passes, 1 lane. */
export const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
export const MIN_PASSPHRASE_CHARACTERS = 8;
const SECRET_BYTES = 64;

async function sealingKey(
  sealing: Sealing,
  passphrase: string | null,
  salt: Uint8Array,
): Promise<Uint8Array> {
  if (sealing.kind === 'keychain') return sealing.key;
  invariant(passphrase !== null, 'a passphrase was asked for before');
  const key = await hashRaw(passphrase.normalize('NFKC'), { ...ARGON2ID, salt, outputLen: 32 });
  return new Uint8Array(key);
}

function keysFrom(secrets: Uint8Array): TerminalKeys {
  const boxSecret = secrets.slice(32, 64);
  return { signer: nodeSigner(crypto, secrets.slice(0, 32)), boxSecret, boxKey: boxPublicKey(boxSecret) };
}

/** New keys, sealed and durable before they are used for anything. */
export async function makeKeys(
  store: Store,
  sealing: Sealing,
  passphrase: string | null,
  randomBytes: RandomBytes,
): Promise<Result<TerminalKeys>> {
  const salt = randomBytes(16);
  const nonce = randomBytes(nacl.secretbox.nonceLength);
  const secrets = randomBytes(SECRET_BYTES);
  const sealed = concatBytes(
    nonce,
    nacl.secretbox(secrets, nonce, await sealingKey(sealing, passphrase, salt)),
  );
  const written = store.write(() => {
    store.settings.setBytes('sealed-keys-salt', salt);
    store.settings.setBytes('sealed-keys', sealed);
  });
  return written.ok ? ok(keysFrom(secrets)) : written;
}

export function hasKeys(store: Store): boolean {
  return store.settings.bytes('sealed-keys') !== undefined;
}

export async function openKeys(
  store: Store,
  sealing: Sealing,
  passphrase: string | null,
): Promise<Result<TerminalKeys, Refusal<'wrong-passphrase' | 'passphrase-needed'>>> {
  const sealed = store.settings.bytes('sealed-keys');
  const salt = store.settings.bytes('sealed-keys-salt');
  invariant(sealed !== undefined && salt !== undefined, 'keys that were never made');
  if (sealing.kind === 'passphrase' && passphrase === null) return refused({ code: 'passphrase-needed' });
  const nonce = sealed.slice(0, nacl.secretbox.nonceLength);
  const box = sealed.slice(nacl.secretbox.nonceLength);
  const secrets = nacl.secretbox.open(box, nonce, await sealingKey(sealing, passphrase, salt));
  return secrets === null ? refused({ code: 'wrong-passphrase' }) : ok(keysFrom(secrets));
}
