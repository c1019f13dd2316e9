/**
 * The trust bundle: all that a verifier must know, signed by the root that was pinned at enrolment
 * (protocol §3). A version never goes back; whoever holds a bundle refuses a lower one.
 */
import { sha256 } from '../hash.ts';
import { type IssuerKeyId, idBytes, issuerKeyIdFrom, type TerminalId, terminalIdFrom } from '../ids.ts';
import type { Refusal } from '../refusals.ts';
import { type Result, refused } from '../result.ts';
import { type CborValue, decodeCbor } from './cbor.ts';
import { decodeSign1, draft, encodeSign1, signDraft, verifySign1 } from './cose.ts';
import { type Ed25519BackEnd, isStrictPublicKey, type Signer } from './ed25519.ts';
import { Malformed } from './malformed.ts';
import { type Policy, policyValue, readPolicy } from './policy.ts';
import { MAX_STATUS_INDEX } from './purse-certificate.ts';
import { readArray, readBytes, readBytesUpTo, reading, readTimeS, readTuple, readUint } from './shape.ts';
import { aadOf, type World } from './world.ts';

export interface IssuerKey {
  readonly kid: IssuerKeyId;
  readonly publicKey: Uint8Array;
  /** A certificate is trusted when its iat lies in this span; seconds since 1970. */
  readonly notBeforeS: number;
  readonly notAfterS: number;
}

/** One bit per status index, 1 = revoked; least significant bit first, zlib (RFC 1950). */
export interface StatusList {
  readonly bits: number;
  readonly compressed: Uint8Array;
}

export interface TrustBundle {
  readonly version: number;
  readonly iatS: number;
  readonly expS: number;
  readonly issuers: readonly IssuerKey[];
  readonly statusList: StatusList;
  readonly revokedTerminals: readonly TerminalId[];
  readonly policy: Policy;
  /** X25519: sealed batches go to it. */
  readonly clearingBoxKey: Uint8Array;
}

/** 16 Mi purses: 2 MiB of bits. */
export const MAX_STATUS_BITS = MAX_STATUS_INDEX + 1;
/** Bits that do not compress grow a little: zlib adds 5 bytes for each block of them. */
const MAX_STATUS_BYTES = MAX_STATUS_BITS / 8 + 1024;
const MAX_ISSUERS = 64;
const MAX_REVOKED_TERMINALS = 100_000;

export function issuersValue(issuers: readonly IssuerKey[]): CborValue {
  return issuers.map(({ kid, publicKey, notBeforeS, notAfterS }) => [
    idBytes(kid),
    publicKey,
    notBeforeS,
    notAfterS,
  ]);
}

/** What the root signs. */
export function trustPayload(bundle: TrustBundle): CborValue {
  return [
    bundle.version,
    bundle.iatS,
    bundle.expS,
    issuersValue(bundle.issuers),
    [bundle.statusList.bits, bundle.statusList.compressed],
    bundle.revokedTerminals.map(idBytes),
    policyValue(bundle.policy),
    bundle.clearingBoxKey,
  ];
}

export function signTrustBundle(bundle: TrustBundle, world: World, root: Signer): Uint8Array<ArrayBuffer> {
  return encodeSign1(signDraft(draft(null, aadOf(world, 'trust'), trustPayload(bundle)), root));
}

function readIssuer(value: CborValue): IssuerKey {
  const [kid, publicKey, notBefore, notAfter] = readTuple(value, 4);
  const issuer = {
    kid: issuerKeyIdFrom(readBytes(kid, 4)),
    publicKey: readBytes(publicKey, 32),
    notBeforeS: readTimeS(notBefore),
    notAfterS: readTimeS(notAfter),
  };
  if (!isStrictPublicKey(issuer.publicKey)) throw new Malformed('issuer key');
  // a kid says of itself which key it means, so none can be made to mean another
  if (issuerKeyIdFrom(sha256(issuer.publicKey).subarray(0, 4)) !== issuer.kid) throw new Malformed('kid');
  if (issuer.notAfterS <= issuer.notBeforeS) throw new Malformed('an issuer whose time is empty');
  return issuer;
}

/** @throws Malformed */
export function readIssuers(value: CborValue | undefined): readonly IssuerKey[] {
  const issuers = readArray(value, MAX_ISSUERS).map(readIssuer);
  if (new Set(issuers.map(({ kid }) => kid)).size !== issuers.length) throw new Malformed('a kid twice');
  return issuers;
}

/** A bundle that nobody has signed yet. @throws Malformed */
export function readTrustPayload(payload: Uint8Array): TrustBundle {
  const [version, iat, exp, issuers, status, revoked, policy, boxKey] = readTuple(decodeCbor(payload), 8);
  const [bits, compressed] = readTuple(status, 2);
  const bundle = {
    version: readUint(version, Number.MAX_SAFE_INTEGER),
    iatS: readTimeS(iat),
    expS: readTimeS(exp),
    issuers: readIssuers(issuers),
    statusList: {
      bits: readUint(bits, MAX_STATUS_BITS),
      compressed: readBytesUpTo(compressed, MAX_STATUS_BYTES),
    },
    revokedTerminals: readArray(revoked, MAX_REVOKED_TERMINALS).map((id) => terminalIdFrom(readBytes(id, 8))),
    policy: readPolicy(policy),
    clearingBoxKey: readBytes(boxKey, 32),
  };
  if (bundle.expS <= bundle.iatS) throw new Malformed('a bundle that ends before it begins');
  return bundle;
}

/** A bundle that the pinned root signed. Whether its version is newer is for the holder to say. */
export function openTrustBundle(
  bytes: Uint8Array,
  rootPublicKey: Uint8Array,
  world: World,
  backEnd: Ed25519BackEnd,
): Result<TrustBundle, Refusal<'malformed' | 'forged'>> {
  const sign1 = reading(() => decodeSign1(bytes, 'without-kid'));
  if (!sign1.ok) return sign1;
  if (!verifySign1(backEnd, rootPublicKey, sign1.value, aadOf(world, 'trust')))
    return refused({ code: 'forged' });
  return reading(() => readTrustPayload(sign1.value.payload));
}

export function issuerOf(bundle: Pick<TrustBundle, 'issuers'>, kid: Uint8Array): IssuerKey | undefined {
  const id = issuerKeyIdFrom(kid);
  return bundle.issuers.find((issuer) => issuer.kid === id);
}

/** Whether a bit of the inflated status list is set. An index beyond the list is not revoked: it is newer. */
export function isRevokedIn(inflatedBits: Uint8Array, statusIndex: number): boolean {
  return (((inflatedBits[statusIndex >>> 3] ?? 0) >> (statusIndex & 7)) & 1) === 1;
}
