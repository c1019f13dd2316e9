/**
 * Strict Ed25519 verification: the one function by which terminal, clearing house and wallet tell a
 * signature (protocol §2). Runtimes differ in what they accept (S ≥ L, points of small order, encodings
 * that are not canonical); the guard here runs before any back end, so all give the same verdict.
 */
import nacl from 'tweetnacl';

/** The plain cofactorless equation of RFC 8032 §5.1.7; the guard has already passed. */
export interface Ed25519BackEnd {
  readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
}

/** Signs with a key that it keeps. A wallet's signer is asynchronous (WebCrypto), a terminal's is not. */
export interface Signer {
  readonly publicKey: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** L, the order of the base point, big-endian (RFC 8032 §5.1). */
const ORDER = [
  0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0xde, 0xf9, 0xde, 0xa2, 0xf7, 0x9c, 0xd6, 0x58,
  0x12, 0x63, 0x1a, 0x5c, 0xf5, 0xd3, 0xed,
];

/** p = 2^255 − 19, big-endian. */
const FIELD = [0x7f, ...Array<number>(30).fill(0xff), 0xed];

/** True when the little-endian number at `from` is below the big-endian bound; the top bit may be masked. */
function isBelow(bytes: Uint8Array, from: number, bound: readonly number[], topMask: number): boolean {
  for (let i = 0; i < 32; i++) {
    const mask = i === 0 ? topMask : 0xff;
    const have = (bytes[from + 31 - i] ?? 0) & mask;
    const limit = bound[i] ?? 0;
    if (have !== limit) return have < limit;
  }
  return false;
}

/** y coordinates (little-endian, sign bit clear) of the eight points whose order divides 8. */
const SMALL_ORDER_Y = [
  '0000000000000000000000000000000000000000000000000000000000000000', // order 4
  '0100000000000000000000000000000000000000000000000000000000000000', // order 1
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', // order 2: −1
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', // order 8
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', // order 8
].map((hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));

function hasSmallOrder(bytes: Uint8Array, from: number): boolean {
  return SMALL_ORDER_Y.some((y) => {
    for (let i = 0; i < 32; i++) {
      const mask = i === 31 ? 0x7f : 0xff;
      if (((bytes[from + i] ?? 0) & mask) !== y[i]) return false;
    }
    return true;
  });
}

/**
 * The guard: lengths; S < L (else a second signature for the same message exists); A and R canonical
 * (y < p) and not of small order (else one signature fits many messages). Costs about 2 µs.
 */
export function isStrictlyEncoded(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return (
    publicKey.length === 32 &&
    signature.length === 64 &&
    isBelow(signature, 32, ORDER, 0xff) &&
    isBelow(publicKey, 0, FIELD, 0x7f) &&
    isBelow(signature, 0, FIELD, 0x7f) &&
    !hasSmallOrder(publicKey, 0) &&
    !hasSmallOrder(signature, 0)
  );
}

/** A public key that a strict verifier could ever accept a signature of. */
export function isStrictPublicKey(publicKey: Uint8Array): boolean {
  return publicKey.length === 32 && isBelow(publicKey, 0, FIELD, 0x7f) && !hasSmallOrder(publicKey, 0);
}

export function verifyStrict(
  backEnd: Ed25519BackEnd,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  return isStrictlyEncoded(publicKey, signature) && backEnd.verify(publicKey, message, signature);
}

/** 79 verifications a second: for the wallet and as the reference; on a hot path it is a defect. */
export const tweetnaclBackEnd: Ed25519BackEnd = {
  verify: (publicKey, message, signature) => nacl.sign.detached.verify(message, signature, publicKey),
};

/** A signer over a 32-byte seed, by tweetnacl: for wallets whose browser has no Ed25519, and tests. */
export function tweetnaclSigner(seed: Uint8Array): Signer {
  const pair = nacl.sign.keyPair.fromSeed(seed);
  return {
    publicKey: pair.publicKey,
    sign: (message) => nacl.sign.detached(message, pair.secretKey),
  };
}
