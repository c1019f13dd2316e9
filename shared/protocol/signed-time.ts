/**
 * What time it is, signed by an issuer key over the nonce of whoever asks (docs/clock.md): an answer that somebody
 * kept tells nothing, for the nonce is new each time. A terminal whose clock is wrong learns the time by it, and
 * may then sign requests that the clearing house takes.
 */
import { equalBytes } from '../bytes.ts';
import type { Refusal } from '../refusals.ts';
import { type Result, refused } from '../result.ts';
import { decodeCbor } from './cbor.ts';
import { decodeSign1, draft, encodeSign1, signDraft, verifySign1 } from './cose.ts';
import type { Ed25519BackEnd, Signer } from './ed25519.ts';
import { readBytes, reading, readTimeMs, readTuple } from './shape.ts';
import { issuerOf, type TrustBundle } from './trust-bundle.ts';
import { aadOf, type World } from './world.ts';

export const TIME_NONCE_BYTES = 16;

export interface SignedTime {
  /** As it was asked with. */
  readonly nonce: Uint8Array;
  readonly serverTimeMs: number;
}

export function signTime(
  time: SignedTime,
  world: World,
  kid: Uint8Array,
  issuer: Signer,
): Uint8Array<ArrayBuffer> {
  const payload = [time.nonce, time.serverTimeMs];
  return encodeSign1(signDraft(draft(kid, aadOf(world, 'time'), payload), issuer));
}

/**
 * The time under an issuer key that is valid at that time.
 *
 * @param nonce the one that was asked with; another is `untrusted`: an old answer, or somebody else's
 */
export function openSignedTime(
  bytes: Uint8Array,
  nonce: Uint8Array,
  trust: Pick<TrustBundle, 'issuers'>,
  world: World,
  backEnd: Ed25519BackEnd,
): Result<SignedTime, Refusal<'malformed' | 'untrusted' | 'forged'>> {
  const sign1 = reading(() => decodeSign1(bytes, 'with-kid'));
  if (!sign1.ok) return sign1;
  const issuer = sign1.value.kid === null ? undefined : issuerOf(trust, sign1.value.kid);
  if (issuer === undefined) return refused({ code: 'untrusted' });
  if (!verifySign1(backEnd, issuer.publicKey, sign1.value, aadOf(world, 'time')))
    return refused({ code: 'forged' });
  const read = reading(() => {
    const [asked, serverTime] = readTuple(decodeCbor(sign1.value.payload), 2);
    return { nonce: readBytes(asked, TIME_NONCE_BYTES), serverTimeMs: readTimeMs(serverTime) };
  });
  if (!read.ok) return read;
  const atS = Math.floor(read.value.serverTimeMs / 1000);
  const isFresh = equalBytes(read.value.nonce, nonce);
  return isFresh && atS >= issuer.notBeforeS && atS < issuer.notAfterS
    ? read
    : refused({ code: 'untrusted' });
}
