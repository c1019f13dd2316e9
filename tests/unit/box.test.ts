/** Sealed codes (protocol §3): only the terminal that they were sealed to can open them, whole or not at all. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxPublicKey, seal, unseal } from '../../shared/protocol/box.ts';
import { flipped } from '../support/forge.ts';
import { seed } from '../support/protocol-fixture.ts';

const secret = seed('box');
const publicKey = boxPublicKey(secret);
const PLAIN = seed('plain');
const sealed = seal(PLAIN, publicKey, seed('ephemeral'));

describe('§3 sealed code', () => {
  it('any bytes → 16 bytes longer, and opened by the one secret', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (plain) => {
        const box = seal(plain, publicKey, seed('ephemeral'));
        expect(box.box.length).toBe(plain.length + 16);
        expect(unseal(box, secret)).toEqual(new Uint8Array(plain));
        expect(unseal(box, secret, publicKey)).toEqual(new Uint8Array(plain));
      }),
      { numRuns: 30 },
    );
  });

  it('the same keys and bytes → the same box: the nonce is made of the keys', () => {
    expect(seal(PLAIN, publicKey, seed('ephemeral'))).toEqual(sealed);
    expect(seal(PLAIN, publicKey, seed('another')).box).not.toEqual(sealed.box);
  });

  it('another secret → undefined', () => {
    expect(unseal(sealed, seed('another'))).toBeUndefined();
  });

  it('any byte of the box or of the ephemeral key changed → undefined', () => {
    for (let at = 0; at < sealed.box.length; at++) {
      expect(unseal({ ...sealed, box: flipped(sealed.box, at) }, secret)).toBeUndefined();
    }
    for (let at = 0; at < 32; at += 5) {
      expect(unseal({ ...sealed, ephemeralKey: flipped(sealed.ephemeralKey, at) }, secret)).toBeUndefined();
    }
  });

  it.each([0, 1, 15, 16])('a box of %d bytes → undefined, not thrown', (length) => {
    expect(unseal({ ...sealed, box: new Uint8Array(length) }, secret)).toBeUndefined();
  });

  it('an ephemeral key of small order → undefined or what was sealed to it, not thrown', () => {
    for (const key of [new Uint8Array(32), Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0))]) {
      expect(unseal({ ...sealed, ephemeralKey: key }, secret)).toBeUndefined();
    }
  });
});
