/** Strict Ed25519 (protocol §2): both back ends give one verdict on every input, and never throw. */
import * as crypto from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Ed25519BackEnd,
  isStrictlyEncoded,
  isStrictPublicKey,
  tweetnaclBackEnd,
  tweetnaclSigner,
  verifyStrict,
} from '../../shared/protocol/ed25519.ts';
import { nodeBackEnd, nodeSigner } from '../../shared/protocol/ed25519-node.ts';
import { flipped, SMALL_ORDER_POINTS, withLargeS } from '../support/forge.ts';
import { bytesOfHex } from '../support/from-hex.ts';
import { seed } from '../support/protocol-fixture.ts';

const node = nodeBackEnd(crypto);
const BACK_ENDS: readonly (readonly [string, Ed25519BackEnd])[] = [
  ['node:crypto', node],
  ['tweetnacl', tweetnaclBackEnd],
];
const signer = nodeSigner(crypto, seed('ed25519'));
const MESSAGE = new TextEncoder().encode('a message');
const SIGNATURE = signer.sign(MESSAGE);

const withR = (r: Uint8Array) => Uint8Array.from([...r, ...SIGNATURE.subarray(32)]);
const withS = (s: bigint) => {
  const out = Uint8Array.from(SIGNATURE);
  for (let i = 32, rest = s; i < 64; i++, rest >>= 8n) out[i] = Number(rest & 0xffn);
  return out;
};
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

describe('§2 signers', () => {
  it('any seed and message → both make the same key and signature, and both back ends take it', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ maxLength: 200 }),
        (secret, message) => {
          const a = nodeSigner(crypto, secret);
          const b = tweetnaclSigner(secret);
          expect(a.publicKey).toEqual(b.publicKey);
          const signature = a.sign(message);
          expect(b.sign(message)).toEqual(signature);
          for (const [, backEnd] of BACK_ENDS) {
            expect(verifyStrict(backEnd, a.publicKey, message, signature)).toBe(true);
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe.each(BACK_ENDS)('§2 strict verification by %s', (_name, backEnd) => {
  const accepts = (publicKey: Uint8Array, signature: Uint8Array, message = MESSAGE) =>
    verifyStrict(backEnd, publicKey, message, signature);

  it('a true signature → taken, also in parts of larger buffers', () => {
    expect(accepts(signer.publicKey, SIGNATURE)).toBe(true);
    const around = Buffer.concat([Buffer.from([1]), signer.publicKey, SIGNATURE, Buffer.from([2])]);
    expect(accepts(around.subarray(1, 33), around.subarray(33, 97))).toBe(true);
  });

  it('S + L → refused, though the equation holds', () => {
    expect(accepts(signer.publicKey, withLargeS(SIGNATURE))).toBe(false);
  });

  it.each([L, L + 1n, 2n ** 253n, 2n ** 255n, 2n ** 256n - 1n])('S = %d → refused', (s) => {
    expect(accepts(signer.publicKey, withS(s))).toBe(false);
  });

  it.each(SMALL_ORDER_POINTS)('R is %s → refused', (_what, hex) => {
    expect(accepts(signer.publicKey, withR(bytesOfHex(hex)))).toBe(false);
    expect(accepts(signer.publicKey, Uint8Array.from([...bytesOfHex(hex), ...new Uint8Array(32)]))).toBe(
      false,
    );
  });

  it.each(SMALL_ORDER_POINTS)('A is %s → refused, and no key of a certificate', (_what, hex) => {
    expect(accepts(bytesOfHex(hex), SIGNATURE)).toBe(false);
    expect(accepts(bytesOfHex(hex), Uint8Array.from([...bytesOfHex(hex), ...new Uint8Array(32)]))).toBe(
      false,
    );
    expect(isStrictPublicKey(bytesOfHex(hex))).toBe(false);
  });

  it('another key, on the curve or no point of it → refused, not thrown', () => {
    for (let i = 0; i < 8; i++) expect(accepts(seed(`another ${i}`), SIGNATURE)).toBe(false);
    expect(accepts(bytesOfHex(`02${'00'.repeat(31)}`), SIGNATURE)).toBe(false);
  });

  it.each([0, 31, 33, 64])('a key of %d bytes → refused, not thrown', (length) => {
    expect(accepts(new Uint8Array(length).fill(7), SIGNATURE)).toBe(false);
    expect(isStrictPublicKey(new Uint8Array(length).fill(7))).toBe(false);
  });

  it.each([0, 32, 63, 65, 128])('a signature of %d bytes → refused, not thrown', (length) => {
    expect(accepts(signer.publicKey, new Uint8Array(length).fill(7))).toBe(false);
  });

  it('an empty message → signed and taken', () => {
    const empty = new Uint8Array();
    expect(accepts(signer.publicKey, signer.sign(empty), empty)).toBe(true);
    expect(accepts(signer.publicKey, SIGNATURE, empty)).toBe(false);
  });
});

describe('§2 one verdict', () => {
  it('S = L − 1 and y = p − 2 → pass the guard: it refuses nothing that the RFC allows', () => {
    expect(isStrictlyEncoded(signer.publicKey, withS(L - 1n))).toBe(true);
    const y = bytesOfHex(`eb${'ff'.repeat(30)}7f`);
    expect(isStrictlyEncoded(y, withR(y))).toBe(true);
  });

  it('any change of key, message or signature → the same verdict from both back ends', () => {
    const special = fc.constantFrom(...SMALL_ORDER_POINTS.map(([, hex]) => bytesOfHex(hex)));
    const piece = fc.oneof(
      fc.tuple(fc.constant('bit' as const), fc.nat({ max: 1023 })),
      fc.tuple(fc.constant('point' as const), special),
      fc.tuple(fc.constant('bytes' as const), fc.uint8Array({ minLength: 32, maxLength: 32 })),
    );
    fc.assert(
      fc.property(fc.constantFrom('key', 'R', 'S', 'message', 'none'), piece, (where, [how, what]) => {
        const change = (bytes: Uint8Array): Uint8Array => {
          if (how !== 'bit') return what;
          const out = Uint8Array.from(bytes);
          const i = (what >> 3) % out.length;
          out[i] = (out[i] ?? 0) ^ (1 << (what & 7));
          return out;
        };
        const key = where === 'key' ? change(signer.publicKey) : signer.publicKey;
        const message = where === 'message' ? change(MESSAGE) : MESSAGE;
        const r = SIGNATURE.subarray(0, 32);
        const s = SIGNATURE.subarray(32);
        const signature = Uint8Array.from([
          ...(where === 'R' ? change(r) : r),
          ...(where === 'S' ? change(s) : s),
        ]);
        const [a, b] = BACK_ENDS.map(([, backEnd]) => verifyStrict(backEnd, key, message, signature));
        expect(a).toBe(b);
        expect(a).toBe(where === 'none');
      }),
      { numRuns: 400 },
    );
  });

  it('one bit of a signature flipped, each of the 512 → refused', () => {
    for (let bit = 0; bit < 512; bit++) {
      const wrong = Uint8Array.from(SIGNATURE);
      wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verifyStrict(node, signer.publicKey, MESSAGE, wrong)).toBe(false);
    }
    expect(verifyStrict(node, signer.publicKey, MESSAGE, flipped(flipped(SIGNATURE, 3), 3))).toBe(true);
  });
});
