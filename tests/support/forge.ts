/**
 * Makes COSE_Sign1 objects that no honest program makes: any header, any payload, any aad, any key, signed
 * truly over just that. What a strict reader must refuse is made here, byte by byte.
 */
import { concatBytes } from '../../shared/bytes.ts';
import { type CborValue, encodeCbor } from '../../shared/protocol/cbor.ts';
import { protectedHeader, sigStructure } from '../../shared/protocol/cose.ts';
import type { Signer } from '../../shared/protocol/ed25519.ts';
import { aadOf, type ObjectType, type World } from '../../shared/protocol/world.ts';
import { signerOf, WORLD } from './protocol-fixture.ts';

export interface Forgery {
  readonly signer: Signer;
  readonly aad: Uint8Array;
  readonly kid: Uint8Array | null;
  /** A value is encoded; bytes are taken as they are. */
  readonly payload: CborValue;
  /** The protected header's bytes; by default the honest one. */
  readonly header?: Uint8Array;
}

export interface ForgedParts {
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

export function forgeParts(forgery: Forgery): ForgedParts {
  const header = forgery.header ?? protectedHeader(forgery.kid);
  const payload = forgery.payload instanceof Uint8Array ? forgery.payload : encodeCbor(forgery.payload);
  return { header, payload, signature: forgery.signer.sign(sigStructure(header, forgery.aad, payload)) };
}

export function forge(forgery: Forgery): CborValue {
  const { header, payload, signature } = forgeParts(forgery);
  return [header, new Map(), payload, signature];
}

/** aad of a type, with a certificate's digest after it where the type has one. */
export function aadWith(
  type: ObjectType,
  digest: Uint8Array = new Uint8Array(),
  world: World = WORLD,
): Uint8Array {
  return concatBytes(aadOf(world, type), digest);
}

/** L, little-endian: S and S + L make the same point, so a verifier that takes both is malleable. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The same signature with S + L for S: true to the equation, refused by RFC 8032 §5.1.7. */
export function withLargeS(signature: Uint8Array): Uint8Array {
  let s = 0n;
  for (let i = 63; i >= 32; i--) s = (s << 8n) | BigInt(signature[i] ?? 0);
  s += ORDER;
  const out = Uint8Array.from(signature);
  for (let i = 32; i < 64; i++) {
    out[i] = Number(s & 0xffn);
    s >>= 8n;
  }
  return out;
}

export function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const out = Uint8Array.from(bytes);
  out[at] = (out[at] ?? 0) ^ 1;
  return out;
}

/** Encodings of points whose order divides 8, the canonical ones and those that are not. */
export const SMALL_ORDER_POINTS: readonly (readonly [name: string, hex: string])[] = [
  ['the neutral point', '0100000000000000000000000000000000000000000000000000000000000000'],
  ['the neutral point with the sign bit', '0100000000000000000000000000000000000000000000000000000000000080'],
  ['the point of order 2', 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  [
    'the point of order 2 with the sign bit',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  ],
  ['a point of order 4', '0000000000000000000000000000000000000000000000000000000000000000'],
  ['the other point of order 4', '0000000000000000000000000000000000000000000000000000000000000080'],
  ['a point of order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
  ['a second point of order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85'],
  ['a third point of order 8', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
  ['a fourth point of order 8', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'],
  ['y = p', 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['y = p with the sign bit', 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
  ['y = p + 1', 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['y = p + 1 with the sign bit', 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
  ['y = 2^255 − 1', 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
];

/** A key that no issuer certified. */
export const stranger = signerOf('stranger');
