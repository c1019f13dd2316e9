/**
 * The fast back end, for engine and clearing house: node:crypto, with key objects cached (an uncached key
 * costs 0.7×). The module comes in as a parameter, so that shared stays free of Node.
 */
import type { createPrivateKey, createPublicKey, KeyObject, sign, verify } from 'node:crypto';
import { concatBytes, toHex } from '../bytes.ts';
import type { Ed25519BackEnd, Signer } from './ed25519.ts';

/** The part of node:crypto that is used. */
export interface NodeCrypto {
  readonly createPublicKey: typeof createPublicKey;
  readonly createPrivateKey: typeof createPrivateKey;
  readonly sign: typeof sign;
  readonly verify: typeof verify;
}

/** DER of an Ed25519 SubjectPublicKeyInfo (RFC 8410 §4) up to the key's 32 bytes. */
const SPKI = Uint8Array.from([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]);
/** DER of an Ed25519 PKCS #8 private key (RFC 8410 §7) up to the seed's 32 bytes. */
const PKCS8 = Uint8Array.from([
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
]);

/** Keys kept at most; a clearing house meets more purses than that, a terminal does not. */
const MAX_CACHED_KEYS = 50_000;

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes as Buffer; // node takes any Uint8Array here; its types say Buffer
}

/** Looks up, or makes, the key object of a public key; undefined when it is no point of the curve. */
export function nodePublicKeyCache(crypto: NodeCrypto): (publicKey: Uint8Array) => KeyObject | undefined {
  const cache = new Map<string, KeyObject>();
  return (publicKey) => {
    const name = toHex(publicKey);
    const known = cache.get(name);
    if (known !== undefined) return known;
    let key: KeyObject;
    try {
      key = crypto.createPublicKey({
        key: asBuffer(concatBytes(SPKI, publicKey)),
        format: 'der',
        type: 'spki',
      });
    } catch {
      return undefined; // the key comes from outside: not decodable is a verdict, not a fault
    }
    if (cache.size >= MAX_CACHED_KEYS) {
      const [oldest] = cache.keys();
      if (oldest !== undefined) cache.delete(oldest);
    }
    cache.set(name, key);
    return key;
  };
}

export function nodeBackEnd(crypto: NodeCrypto): Ed25519BackEnd {
  const keyOf = nodePublicKeyCache(crypto);
  return {
    verify: (publicKey, message, signature) => {
      const key = keyOf(publicKey);
      return key !== undefined && crypto.verify(null, message, key, signature);
    },
  };
}

/** A signer over a 32-byte seed. */
export function nodeSigner(crypto: NodeCrypto, seed: Uint8Array): Signer {
  const key = crypto.createPrivateKey({
    key: asBuffer(concatBytes(PKCS8, seed)),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = crypto.createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    publicKey: new Uint8Array(spki.subarray(SPKI.length)),
    sign: (message) => new Uint8Array(crypto.sign(null, message, key)),
  };
}
