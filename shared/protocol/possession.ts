/**
 * Proof that whoever asks for a certificate holds the key to be certified: a signature over what is
 * asked for, of its own type, so it is worth nothing anywhere else.
 */

import type { Refusal } from '../refusals.ts';
import { type Result, refused } from '../result.ts';
import { type CborValue, decodeCbor } from './cbor.ts';
import { type Draft, decodeSign1, draft, verifySign1 } from './cose.ts';
import type { Ed25519BackEnd } from './ed25519.ts';
import { readBytes, reading, readTimeS, readTuple } from './shape.ts';
import { aadOf, type World } from './world.ts';

export interface Possession {
  /** SHA-256 of what ties the request to its asker: the enrolment secret, or the customer's id. */
  readonly contextDigest: Uint8Array;
  readonly publicKey: Uint8Array;
  /** The box key that comes along; 32 zero bytes for a purse, which has none. */
  readonly boxKey: Uint8Array;
  readonly iatS: number;
}

export function draftPossession(possession: Possession, world: World): Draft {
  const payload: CborValue = [
    possession.contextDigest,
    possession.publicKey,
    possession.boxKey,
    possession.iatS,
  ];
  return draft(null, aadOf(world, 'possession'), payload);
}

/** The statement, if the key that it names signed it. The caller compares context and time. */
export function openPossession(
  bytes: Uint8Array,
  world: World,
  backEnd: Ed25519BackEnd,
): Result<Possession, Refusal<'malformed' | 'forged'>> {
  const read = reading(() => {
    const sign1 = decodeSign1(bytes, 'without-kid');
    const [context, publicKey, boxKey, iat] = readTuple(decodeCbor(sign1.payload), 4);
    const possession = {
      contextDigest: readBytes(context, 32),
      publicKey: readBytes(publicKey, 32),
      boxKey: readBytes(boxKey, 32),
      iatS: readTimeS(iat),
    };
    return { sign1, possession };
  });
  if (!read.ok) return read;
  const { sign1, possession } = read.value;
  if (!verifySign1(backEnd, possession.publicKey, sign1, aadOf(world, 'possession'))) {
    return refused({ code: 'forged' });
  }
  return { ok: true, value: possession };
}
