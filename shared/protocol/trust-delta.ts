/**
 * What changed from one version of the trust bundle to the next, signed by the root (protocol §3). It names the
 * version that it builds on and the digest of what must come out, so a delta that fits another base, or is applied
 * wrongly, never passes. Pure: status lists are inflated outside.
 */
import { equalBytes } from '../bytes.ts';
import { sha256 } from '../hash.ts';
import { idBytes, type TerminalId, terminalIdFrom } from '../ids.ts';
import type { Refusal } from '../refusals.ts';
import { ok, type Result, refused } from '../result.ts';
import { type CborValue, decodeCbor, encodeCbor } from './cbor.ts';
import { decodeSign1, draft, encodeSign1, signDraft, verifySign1 } from './cose.ts';
import type { Ed25519BackEnd, Signer } from './ed25519.ts';
import { Malformed } from './malformed.ts';
import { type Policy, policyValue, readPolicy } from './policy.ts';
import { readArray, readBytes, reading, readNullable, readTimeS, readTuple, readUint } from './shape.ts';
import {
  type IssuerKey,
  issuersValue,
  MAX_STATUS_BITS,
  readIssuers,
  type TrustBundle,
} from './trust-bundle.ts';
import { aadOf, type World } from './world.ts';

/** A bundle with its status list inflated: one bit per index, least significant first. */
export interface TrustContent extends Omit<TrustBundle, 'statusList'> {
  readonly statusBits: Uint8Array;
}

export interface TrustDelta {
  /** The version that it builds on. */
  readonly base: number;
  readonly version: number;
  readonly iatS: number;
  readonly expS: number;
  /** All of them; null when they are as before. */
  readonly issuers: readonly IssuerKey[] | null;
  /** Of the whole list; never fewer than before. */
  readonly statusBytes: number;
  /** Status indexes whose bit is another than before, ascending. */
  readonly flipped: readonly number[];
  /** Terminals that are revoked from now on, and such that are no longer; ascending. */
  readonly revoked: readonly TerminalId[];
  readonly unrevoked: readonly TerminalId[];
  /** Null when it is as before. */
  readonly policy: Policy | null;
  readonly clearingBoxKey: Uint8Array | null;
  /** `trustDigest` of what comes out. */
  readonly result: Uint8Array;
}

/** More changes than this are told by a whole bundle. */
export const MAX_FLIPPED = 4096;
const MAX_CHANGED_TERMINALS = 1024;
/** Deltas that are handed out, kept and applied in one row at most. */
export const MAX_CHAIN = 64;

/** Of what a bundle means, however its status list was compressed. */
export function trustDigest(content: TrustContent): Uint8Array {
  const { version, iatS, expS, issuers, statusBits, revokedTerminals, policy, clearingBoxKey } = content;
  return sha256(
    encodeCbor([
      version,
      iatS,
      expS,
      issuersValue(issuers),
      statusBits,
      revokedTerminals.map(idBytes),
      policyValue(policy),
      clearingBoxKey,
    ]),
  );
}

function flippedBits(from: Uint8Array, to: Uint8Array): readonly number[] {
  const flipped: number[] = [];
  for (let at = 0; at < to.length; at++) {
    const changed = (from[at] ?? 0) ^ (to[at] ?? 0);
    for (let bit = 0; bit < 8; bit++) if (((changed >> bit) & 1) === 1) flipped.push(at * 8 + bit);
    if (flipped.length > MAX_FLIPPED) break;
  }
  return flipped;
}

function isSameValue(a: CborValue, b: CborValue): boolean {
  return equalBytes(encodeCbor(a), encodeCbor(b));
}

/** What leads from one bundle to a later one; undefined where only the whole bundle tells it. */
export function makeTrustDelta(from: TrustContent, to: TrustContent): TrustDelta | undefined {
  if (to.version <= from.version || to.statusBits.length < from.statusBits.length) return undefined;
  const flipped = flippedBits(from.statusBits, to.statusBits);
  const revoked = to.revokedTerminals.filter((id) => !from.revokedTerminals.includes(id)).toSorted();
  const unrevoked = from.revokedTerminals.filter((id) => !to.revokedTerminals.includes(id)).toSorted();
  const terminals = revoked.length + unrevoked.length;
  if (flipped.length > MAX_FLIPPED || terminals > MAX_CHANGED_TERMINALS) return undefined;
  const delta = {
    base: from.version,
    version: to.version,
    iatS: to.iatS,
    expS: to.expS,
    issuers: isSameValue(issuersValue(from.issuers), issuersValue(to.issuers)) ? null : to.issuers,
    statusBytes: to.statusBits.length,
    flipped,
    revoked,
    unrevoked,
    policy: isSameValue(policyValue(from.policy), policyValue(to.policy)) ? null : to.policy,
    clearingBoxKey: equalBytes(from.clearingBoxKey, to.clearingBoxKey) ? null : to.clearingBoxKey,
    result: trustDigest(to),
  };
  // a list in another order is told by the whole bundle, for a delta cannot say it
  return applyTrustDelta(from, delta).ok ? delta : undefined;
}

/**
 * The bundle that comes out; nothing of the base is changed.
 *
 * @returns `trust-delta-base` for a delta of another version than the one held; `untrusted` for one that goes
 *   back; `malformed` when what comes out is not what the root signed
 */
export function applyTrustDelta(
  base: TrustContent,
  delta: TrustDelta,
): Result<TrustContent, Refusal<'trust-delta-base' | 'untrusted' | 'malformed'>> {
  if (delta.version <= base.version) return refused({ code: 'untrusted' });
  if (delta.base !== base.version) {
    return refused({ code: 'trust-delta-base', detail: { base: delta.base, held: base.version } });
  }
  if (delta.statusBytes < base.statusBits.length) return refused({ code: 'malformed' });
  const statusBits = new Uint8Array(delta.statusBytes);
  statusBits.set(base.statusBits);
  for (const index of delta.flipped) {
    if (index >= statusBits.length * 8) return refused({ code: 'malformed' });
    statusBits[index >> 3] = (statusBits[index >> 3] ?? 0) ^ (1 << (index & 7));
  }
  const stay = base.revokedTerminals.filter((id) => !delta.unrevoked.includes(id));
  const content: TrustContent = {
    version: delta.version,
    iatS: delta.iatS,
    expS: delta.expS,
    issuers: delta.issuers ?? base.issuers,
    statusBits,
    revokedTerminals: [...stay, ...delta.revoked].toSorted(),
    policy: delta.policy ?? base.policy,
    clearingBoxKey: delta.clearingBoxKey ?? base.clearingBoxKey,
  };
  return equalBytes(trustDigest(content), delta.result) ? ok(content) : refused({ code: 'malformed' });
}

export function signTrustDelta(delta: TrustDelta, world: World, root: Signer): Uint8Array<ArrayBuffer> {
  const payload: CborValue = [
    delta.base,
    delta.version,
    delta.iatS,
    delta.expS,
    delta.issuers === null ? null : issuersValue(delta.issuers),
    delta.statusBytes,
    delta.flipped,
    delta.revoked.map(idBytes),
    delta.unrevoked.map(idBytes),
    delta.policy === null ? null : policyValue(delta.policy),
    delta.clearingBoxKey,
    delta.result,
  ];
  return encodeSign1(signDraft(draft(null, aadOf(world, 'trust-delta'), payload), root));
}

function readIds(value: CborValue | undefined): readonly TerminalId[] {
  const ids = readArray(value, MAX_CHANGED_TERMINALS).map((id) => terminalIdFrom(readBytes(id, 8)));
  if (ids.some((id, i) => i > 0 && id <= (ids[i - 1] ?? ''))) throw new Malformed('ids in order');
  return ids;
}

function readPayload(payload: Uint8Array): TrustDelta {
  const items = readTuple(decodeCbor(payload), 12);
  const statusBytes = readUint(items[5], MAX_STATUS_BITS / 8);
  const flipped = readArray(items[6], MAX_FLIPPED).map((index) => readUint(index, statusBytes * 8 - 1));
  if (flipped.some((index, i) => i > 0 && index <= (flipped[i - 1] ?? 0))) throw new Malformed('indexes');
  const delta = {
    base: readUint(items[0], Number.MAX_SAFE_INTEGER),
    version: readUint(items[1], Number.MAX_SAFE_INTEGER),
    iatS: readTimeS(items[2]),
    expS: readTimeS(items[3]),
    issuers: readNullable(items[4], readIssuers),
    statusBytes,
    flipped,
    revoked: readIds(items[7]),
    unrevoked: readIds(items[8]),
    policy: readNullable(items[9], readPolicy),
    clearingBoxKey: readNullable(items[10], (key) => readBytes(key, 32)),
    result: readBytes(items[11], 32),
  };
  if (delta.version <= delta.base || delta.expS <= delta.iatS) throw new Malformed('a delta that goes back');
  return delta;
}

/** A delta that the pinned root signed. Whether it fits is for `applyTrustDelta` to say. */
export function openTrustDelta(
  bytes: Uint8Array,
  rootPublicKey: Uint8Array,
  world: World,
  backEnd: Ed25519BackEnd,
): Result<TrustDelta, Refusal<'malformed' | 'forged'>> {
  const sign1 = reading(() => decodeSign1(bytes, 'without-kid'));
  if (!sign1.ok) return sign1;
  if (!verifySign1(backEnd, rootPublicKey, sign1.value, aadOf(world, 'trust-delta')))
    return refused({ code: 'forged' });
  return reading(() => readPayload(sign1.value.payload));
}
