/**
 * A sealed code: NaCl box from an ephemeral X25519 key to the terminal's box key (protocol §3). The nonce
 * is derived from both keys, so it needs no room; the ephemeral key is used once.
 */
import nacl from 'tweetnacl';
import { concatBytes } from '../bytes.ts';
import { sha512 } from '../hash.ts';

export interface Sealed {
  readonly ephemeralKey: Uint8Array;
  readonly box: Uint8Array;
}

function nonceOf(ephemeralKey: Uint8Array, boxKey: Uint8Array): Uint8Array {
  return sha512(concatBytes(ephemeralKey, boxKey)).subarray(0, nacl.box.nonceLength);
}

/** @param ephemeralSecret 32 fresh random bytes, never used twice */
export function seal(plain: Uint8Array, boxKey: Uint8Array, ephemeralSecret: Uint8Array): Sealed {
  const pair = nacl.box.keyPair.fromSecretKey(ephemeralSecret);
  return {
    ephemeralKey: pair.publicKey,
    box: nacl.box(plain, nonceOf(pair.publicKey, boxKey), boxKey, pair.secretKey),
  };
}

/**
 * What was sealed to this key; undefined when it was sealed to another, or altered.
 *
 * @param boxKey the public half, where the caller has it: making it anew costs as much as opening
 */
export function unseal(
  sealed: Sealed,
  boxSecret: Uint8Array,
  boxKey: Uint8Array = boxPublicKey(boxSecret),
): Uint8Array | undefined {
  const nonce = nonceOf(sealed.ephemeralKey, boxKey);
  return nacl.box.open(sealed.box, nonce, sealed.ephemeralKey, boxSecret) ?? undefined;
}

export function boxPublicKey(boxSecret: Uint8Array): Uint8Array {
  return nacl.box.keyPair.fromSecretKey(boxSecret).publicKey;
}
