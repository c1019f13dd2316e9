/** The key of a purse in both of its forms, under the real WebCrypto of this runtime. */
import { webcrypto } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { tweetnaclBackEnd, verifyStrict } from '../../shared/protocol/ed25519.ts';
import { type KeyRecord, makeKey, openSigner } from '../../wallet/keys.ts';

const message = new TextEncoder().encode('pay');

/** A browser whose WebCrypto refuses Ed25519, as those before 2023 do; all else is real. */
function without(reason: 'not-supported' | 'extractable-only' | 'wrong-signatures'): Crypto {
  const { subtle } = webcrypto;
  const generateKey = async (algorithm: unknown, extractable: boolean, usages: KeyUsage[]) => {
    if (algorithm !== 'Ed25519') return subtle.generateKey(algorithm as AesKeyGenParams, extractable, usages);
    if (reason === 'not-supported') throw new DOMException('no', 'NotSupportedError');
    return subtle.generateKey('Ed25519', reason === 'extractable-only', usages);
  };
  const sign = async (algorithm: string, key: CryptoKey, data: Uint8Array<ArrayBuffer>) => {
    const signature = new Uint8Array(await subtle.sign(algorithm, key, data));
    if (reason === 'wrong-signatures') signature[0] = (signature[0] ?? 0) ^ 1;
    return signature.buffer;
  };
  const bound = new Proxy(subtle, {
    get: (target, name) => {
      if (name === 'generateKey') return generateKey;
      if (name === 'sign') return sign;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { subtle: bound, getRandomValues: webcrypto.getRandomValues.bind(webcrypto) } as unknown as Crypto;
}

async function signs(crypto: Crypto, record: KeyRecord): Promise<boolean> {
  const signer = await openSigner(crypto, record);
  if (!signer.ok) throw new Error(signer.refusal.code);
  return verifyStrict(tweetnaclBackEnd, record.publicKey, message, await signer.value.sign(message));
}

describe('a purse key', () => {
  it('Ed25519 at hand → a WebCrypto key that cannot be taken out', async () => {
    const record = await makeKey(webcrypto as Crypto);
    expect(record.kind).toBe('webcrypto');
    if (record.kind !== 'webcrypto') return;
    expect(record.privateKey.extractable).toBe(false);
    await expect(webcrypto.subtle.exportKey('pkcs8', record.privateKey)).rejects.toThrow();
    expect(await signs(webcrypto as Crypto, record)).toBe(true);
  });
  it.each(['not-supported', 'extractable-only', 'wrong-signatures'] as const)(
    'Ed25519 %s → a seed wrapped by a key that cannot be taken out',
    async (reason) => {
      const crypto = without(reason);
      const record = await makeKey(crypto);
      expect(record.kind).toBe('wrapped');
      if (record.kind !== 'wrapped') return;
      expect(record.wrappingKey.extractable).toBe(false);
      expect(record.sealedSeed.length).toBe(32 + 16);
      expect(await signs(crypto, record)).toBe(true);
    },
  );
  it('two keys → two public keys', async () => {
    const [a, b] = await Promise.all([makeKey(webcrypto as Crypto), makeKey(webcrypto as Crypto)]);
    expect(a.publicKey).not.toEqual(b.publicKey);
  });
  it('wrapped seed altered by one bit → storage-damaged, before anything is signed', async () => {
    const crypto = without('not-supported');
    const record = await makeKey(crypto);
    if (record.kind !== 'wrapped') throw new TypeError('not wrapped');
    const sealedSeed = record.sealedSeed.slice();
    sealedSeed[3] = (sealedSeed[3] ?? 0) ^ 1;
    const signer = await openSigner(crypto, { ...record, sealedSeed });
    expect(signer).toEqual({ ok: false, refusal: { code: 'storage-damaged' } });
  });
});
