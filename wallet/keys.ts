/**
 * The key of a purse: made on the device, used on the device, never exported. Where the browser has Ed25519
 * the private key is a non-extractable CryptoKey; elsewhere its seed is wrapped by a non-extractable AES-GCM
 * key and is in memory only while it signs. Nothing here may write a key anywhere but into the record.
 */
import {
  isStrictPublicKey,
  tweetnaclBackEnd,
  tweetnaclSigner,
  verifyStrict,
} from '../shared/protocol/ed25519.ts';
import type { Refusal } from '../shared/refusals.ts';
import { ok, type Result, refused } from '../shared/result.ts';
import type { AsyncSigner } from './core/payment-ports.ts';

/** As it lies in IndexedDB; a CryptoKey is stored as an object that scripts cannot look into. */
export type KeyRecord =
  | { readonly kind: 'webcrypto'; readonly publicKey: Uint8Array; readonly privateKey: CryptoKey }
  | {
      readonly kind: 'wrapped';
      readonly publicKey: Uint8Array;
      readonly wrappingKey: CryptoKey;
      readonly iv: Uint8Array<ArrayBuffer>;
      readonly sealedSeed: Uint8Array<ArrayBuffer>;
    };

const PROBE = new TextEncoder().encode('fieldtill key probe');

/** A browser may name Ed25519 and not have it, or sign what others refuse: one signature decides. */
async function makeNativeKey(subtle: SubtleCrypto): Promise<KeyRecord | null> {
  try {
    const pair = await subtle.generateKey('Ed25519', false, ['sign', 'verify']);
    if (!('privateKey' in pair) || pair.privateKey.extractable) return null;
    const publicKey = new Uint8Array(await subtle.exportKey('raw', pair.publicKey));
    const signature = new Uint8Array(await subtle.sign('Ed25519', pair.privateKey, PROBE));
    const isSound =
      isStrictPublicKey(publicKey) && verifyStrict(tweetnaclBackEnd, publicKey, PROBE, signature);
    return isSound ? { kind: 'webcrypto', publicKey, privateKey: pair.privateKey } : null;
  } catch (error) {
    // NotSupportedError, or an older name of the algorithm: the other kind of key works everywhere
    if (error instanceof DOMException || error instanceof TypeError) return null;
    throw error;
  }
}

async function makeWrappedKey(crypto: Crypto): Promise<KeyRecord> {
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const { publicKey } = tweetnaclSigner(seed);
  const wrappingKey = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, wrappingKey, seed);
  seed.fill(0);
  return { kind: 'wrapped', publicKey, wrappingKey, iv, sealedSeed: new Uint8Array(sealed) };
}

export async function makeKey(crypto: Crypto): Promise<KeyRecord> {
  return (await makeNativeKey(crypto.subtle)) ?? makeWrappedKey(crypto);
}

async function unwrapped(
  crypto: Crypto,
  record: Extract<KeyRecord, { kind: 'wrapped' }>,
): Promise<Uint8Array> {
  const { iv, wrappingKey, sealedSeed } = record;
  return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, wrappingKey, sealedSeed));
}

/** A signer over the record's key; `storage-damaged` when the record is no longer whole. */
export async function openSigner(
  crypto: Crypto,
  record: KeyRecord,
): Promise<Result<AsyncSigner, Refusal<'storage-damaged'>>> {
  const { publicKey } = record;
  if (record.kind === 'webcrypto') {
    const { privateKey } = record;
    return ok({
      publicKey,
      sign: async (message) => new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, message)),
    });
  }
  try {
    // a seed that does not open is found here, before a counter is taken for it
    (await unwrapped(crypto, record)).fill(0);
  } catch (error) {
    if (error instanceof DOMException) return refused({ code: 'storage-damaged' });
    throw error;
  }
  return ok({
    publicKey,
    sign: async (message) => {
      const seed = await unwrapped(crypto, record);
      const signature = tweetnaclSigner(seed).sign(message);
      seed.fill(0);
      return signature;
    },
  });
}
