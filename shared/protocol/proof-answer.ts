/**
 * The clearing house's signed word about a proof of double spending that a terminal brought (protocol §6): only
 * this ends the sending of it. Bringing a proof again is answered the same.
 */
import { idBytes, type TerminalId, terminalIdFrom } from '../ids.ts';
import type { Refusal } from '../refusals.ts';
import { type Result, refused } from '../result.ts';
import { decodeCbor } from './cbor.ts';
import { decodeSign1, draft, encodeSign1, signDraft, verifySign1 } from './cose.ts';
import type { Ed25519BackEnd, Signer } from './ed25519.ts';
import { Malformed } from './malformed.ts';
import { readBytes, reading, readNullable, readOneOf, readTimeMs, readTuple, readUint } from './shape.ts';
import { issuerOf, type TrustBundle } from './trust-bundle.ts';
import { aadOf, type World } from './world.ts';

export interface ProofAnswer {
  readonly terminalId: TerminalId;
  /** SHA-256 of the proof. */
  readonly proofDigest: Uint8Array;
  /** Whether it proves what it says of a purse of this house. */
  readonly isProven: boolean;
  /** The first trust bundle that revokes the purse; null when nothing was proven. */
  readonly trustVersion: number | null;
  readonly serverTimeMs: number;
}

export function signProofAnswer(
  answer: ProofAnswer,
  world: World,
  kid: Uint8Array,
  issuer: Signer,
): Uint8Array<ArrayBuffer> {
  const { terminalId, proofDigest, isProven, trustVersion, serverTimeMs } = answer;
  const payload = [idBytes(terminalId), proofDigest, isProven ? 1 : 0, trustVersion, serverTimeMs];
  return encodeSign1(signDraft(draft(kid, aadOf(world, 'proof-answer'), payload), issuer));
}

/** An answer under an issuer key of the bundle that is valid at its own time. */
export function openProofAnswer(
  bytes: Uint8Array,
  trust: Pick<TrustBundle, 'issuers'>,
  world: World,
  backEnd: Ed25519BackEnd,
): Result<ProofAnswer, Refusal<'malformed' | 'untrusted' | 'forged'>> {
  const sign1 = reading(() => decodeSign1(bytes, 'with-kid'));
  if (!sign1.ok) return sign1;
  const issuer = sign1.value.kid === null ? undefined : issuerOf(trust, sign1.value.kid);
  if (issuer === undefined) return refused({ code: 'untrusted' });
  if (!verifySign1(backEnd, issuer.publicKey, sign1.value, aadOf(world, 'proof-answer')))
    return refused({ code: 'forged' });
  const read = reading(() => {
    const [id, digest, proven, version, serverTime] = readTuple(decodeCbor(sign1.value.payload), 5);
    const answer = {
      terminalId: terminalIdFrom(readBytes(id, 8)),
      proofDigest: readBytes(digest, 32),
      isProven: readOneOf(proven, [0, 1]) === 1,
      trustVersion: readNullable(version, (value) => readUint(value, Number.MAX_SAFE_INTEGER)),
      serverTimeMs: readTimeMs(serverTime),
    };
    if (answer.isProven !== (answer.trustVersion !== null)) throw new Malformed('a version');
    return answer;
  });
  if (!read.ok) return read;
  const atS = Math.floor(read.value.serverTimeMs / 1000);
  return atS >= issuer.notBeforeS && atS < issuer.notAfterS ? read : refused({ code: 'untrusted' });
}
