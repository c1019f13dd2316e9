/**
 * What this terminal trusts: the root it pinned at enrolment, the newest bundle that the root signed, and
 * its own certificate, with the deltas that came since. A version never goes back, and no update is half taken.
 */
import * as crypto from 'node:crypto';
import { deflateSync, inflateSync } from 'node:zlib';
import { invariant } from '../../../shared/assert.ts';
import { sha256 } from '../../../shared/hash.ts';
import { decodeCbor, encodeCbor } from '../../../shared/protocol/cbor.ts';
import type { Ed25519BackEnd } from '../../../shared/protocol/ed25519.ts';
import { nodeBackEnd } from '../../../shared/protocol/ed25519-node.ts';
import {
  readTerminalCertificate,
  type TerminalCertificate,
} from '../../../shared/protocol/terminal-certificate.ts';
import { isRevokedIn, openTrustBundle, type TrustBundle } from '../../../shared/protocol/trust-bundle.ts';
import {
  applyTrustDelta,
  MAX_CHAIN,
  openTrustDelta,
  type TrustContent,
} from '../../../shared/protocol/trust-delta.ts';
import type { TrustUpdate } from '../../../shared/protocol/trust-update.ts';
import type { World } from '../../../shared/protocol/world.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { OpenRefusal } from '../db/open.ts';
import type { Store } from '../db/store.ts';
import { record } from '../record.ts';

export const backEnd: Ed25519BackEnd = nodeBackEnd(crypto);

export interface Enrolment {
  readonly certificate: TerminalCertificate;
  readonly rootPublicKey: Uint8Array;
  readonly world: World;
  readonly clearingOrigin: string;
}

/** What the terminal was enrolled as; undefined before that. */
export function readEnrolment(store: Store): Enrolment | undefined {
  const certificate = store.settings.bytes('terminal-certificate');
  const rootPublicKey = store.settings.bytes('root-public-key');
  const world = store.settings.text('world');
  const clearingOrigin = store.settings.text('clearing-origin');
  if (certificate === undefined) return undefined;
  invariant(rootPublicKey !== undefined && clearingOrigin !== undefined, 'an enrolment without its root');
  invariant(world === 'live' || world === 'test', 'an enrolment in no world');
  return {
    certificate: readTerminalCertificate(decodeCbor(certificate)),
    rootPublicKey,
    world,
    clearingOrigin,
  };
}

/** The status list's bits: exactly as many as the list says that it has, for a missing one would un-revoke. */
function inflateStatusBits(bundle: TrustBundle): Uint8Array | undefined {
  const bytes = Math.ceil(bundle.statusList.bits / 8);
  try {
    const inflated = inflateSync(bundle.statusList.compressed, { maxOutputLength: Math.max(1, bytes) });
    return inflated.length === bytes ? inflated : undefined;
  } catch {
    return undefined; // signed by the root and yet broken: the bundle is refused as a whole
  }
}

/** Content to a bundle as the root could have signed it: only how the status list is compressed is ours. */
function bundleOf({ statusBits, ...rest }: TrustContent): TrustBundle {
  const compressed = new Uint8Array(deflateSync(statusBits));
  return { ...rest, statusList: { bits: statusBits.length * 8, compressed } };
}

type TrustRefusal = Refusal<'malformed' | 'forged' | 'untrusted' | 'trust-delta-base'>;

export class Trust {
  readonly bundle: TrustBundle;
  readonly #statusBits: Uint8Array;

  constructor(bundle: TrustBundle, statusBits: Uint8Array) {
    this.bundle = bundle;
    this.#statusBits = statusBits;
  }

  static open(
    bytes: Uint8Array,
    root: Uint8Array,
    world: World,
  ): Result<Trust, Refusal<'malformed' | 'forged'>> {
    const opened = openTrustBundle(bytes, root, world, backEnd);
    if (!opened.ok) return opened;
    const bits = inflateStatusBits(opened.value);
    return bits === undefined ? refused({ code: 'malformed' }) : ok(new Trust(opened.value, bits));
  }

  /** What comes out of all these deltas, in order; this one stays as it is. */
  after(deltas: readonly Uint8Array[], root: Uint8Array, world: World): Result<Trust, TrustRefusal> {
    const { statusList: _, ...rest } = this.bundle;
    let content: TrustContent = { ...rest, statusBits: this.#statusBits };
    for (const bytes of deltas) {
      const delta = openTrustDelta(bytes, root, world, backEnd);
      if (!delta.ok) return delta;
      const next = applyTrustDelta(content, delta.value);
      if (!next.ok) return next;
      content = next.value;
    }
    return ok(deltas.length === 0 ? this : new Trust(bundleOf(content), content.statusBits));
  }

  isRevoked(statusIndex: number): boolean {
    return isRevokedIn(this.#statusBits, statusIndex);
  }
}

/** Deltas that came since the whole bundle that is kept, in order. */
function heldDeltas(store: Store): readonly Uint8Array[] {
  const bytes = store.settings.bytes('trust-deltas');
  if (bytes === undefined) return [];
  const list = decodeCbor(bytes);
  invariant(Array.isArray(list), 'kept deltas that are no list');
  return list.map((delta) => {
    invariant(delta instanceof Uint8Array, 'a kept delta that is no bytes');
    return delta;
  });
}

/** Whether to ask for deltas: with many of them kept, one whole bundle takes the place of all. */
export function hasRoomForDeltas(store: Store): boolean {
  return heldDeltas(store).length < MAX_CHAIN;
}

/**
 * The bundle that was kept with the deltas since; undefined when there is none. What is kept is as the root signed
 * it, and is checked anew; what no longer opens is damage.
 */
export function readTrust(store: Store, enrolment: Enrolment): Result<Trust | undefined, OpenRefusal> {
  const bytes = store.settings.bytes('trust-bundle');
  if (bytes === undefined) return ok(undefined);
  const { rootPublicKey, world } = enrolment;
  const whole = Trust.open(bytes, rootPublicKey, world);
  const trust = whole.ok ? whole.value.after(heldDeltas(store), rootPublicKey, world) : whole;
  return trust.ok ? trust : refused({ code: 'storage-damaged' });
}

/** Reads an update against what is held: nothing is changed by it. */
function opened(
  enrolment: Enrolment,
  current: Trust | undefined,
  update: TrustUpdate,
): Result<Trust, TrustRefusal> {
  const { rootPublicKey, world } = enrolment;
  if (update.kind === 'bundle') return Trust.open(update.bytes, rootPublicKey, world);
  return current === undefined
    ? refused({ code: 'malformed' })
    : current.after(update.deltas, rootPublicKey, world);
}

/** What a session holds of it. */
interface HeldTrust {
  readonly store: Store;
  readonly enrolment: Enrolment;
  readonly trust: Trust | undefined;
}

/**
 * Keeps newer trust durably, all of an update or nothing, and notes it in the journal. Null when it is the version
 * we have; an older one is refused as `untrusted`: somebody replays what was revoked since.
 */
export function keepUpdate(
  { store, enrolment, trust: current }: HeldTrust,
  update: TrustUpdate,
  nowMs: number,
): Result<Trust | null, TrustRefusal | OpenRefusal> {
  const trust = opened(enrolment, current, update);
  if (!trust.ok) return trust;
  const held = current?.bundle.version ?? -1;
  const { version, iatS } = trust.value.bundle;
  if (version < held) return refused({ code: 'untrusted' });
  if (version === held) return ok(null);
  const written = store.write(() => {
    const { settings } = store;
    if (update.kind === 'bundle') settings.setBytes('trust-bundle', update.bytes);
    const deltas = update.kind === 'bundle' ? [] : [...heldDeltas(store), ...update.deltas];
    settings.setBytes('trust-deltas', encodeCbor(deltas));
    // the root has signed that this time has come: the entry below is judged by it
    if (BigInt(iatS * 1000) > settings.integer('server-time-ms', 0n))
      settings.setInteger('server-time-ms', BigInt(iatS * 1000));
    const last = update.kind === 'bundle' ? update.bytes : update.deltas.at(-1);
    invariant(last !== undefined, 'an update of nothing');
    record(store, { kind: 'trust-accepted', atMs: nowMs, actor: '', body: [version, sha256(last)] });
  });
  return written.ok ? trust : written;
}
