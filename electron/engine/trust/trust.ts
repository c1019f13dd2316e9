/**
 * What this terminal trusts: the root it pinned at enrolment, the newest bundle that the root signed, and
 * its own certificate. A bundle's version never goes back.
 */
import * as crypto from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { invariant } from '../../../shared/assert.ts';
import { sha256 } from '../../../shared/hash.ts';
import { decodeCbor } from '../../../shared/protocol/cbor.ts';
import type { Ed25519BackEnd } from '../../../shared/protocol/ed25519.ts';
import { nodeBackEnd } from '../../../shared/protocol/ed25519-node.ts';
import {
  readTerminalCertificate,
  type TerminalCertificate,
} from '../../../shared/protocol/terminal-certificate.ts';
import { isRevokedIn, openTrustBundle, type TrustBundle } from '../../../shared/protocol/trust-bundle.ts';
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

  isRevoked(statusIndex: number): boolean {
    return isRevokedIn(this.#statusBits, statusIndex);
  }
}

/** The bundle that was kept; undefined when there is none. A kept bundle that no longer opens is damage. */
export function readTrust(store: Store, enrolment: Enrolment): Result<Trust | undefined, OpenRefusal> {
  const bytes = store.settings.bytes('trust-bundle');
  if (bytes === undefined) return ok(undefined);
  const trust = Trust.open(bytes, enrolment.rootPublicKey, enrolment.world);
  return trust.ok ? trust : refused({ code: 'storage-damaged' });
}

/**
 * Keeps a newer bundle durably and notes it in the journal. `unchanged` when it is the version we have;
 * an older one is refused as `untrusted`: somebody replays what was revoked since.
 */
export function keepTrust(
  store: Store,
  enrolment: Enrolment,
  current: Trust | undefined,
  bytes: Uint8Array,
  nowMs: number,
): Result<Trust | 'unchanged', Refusal<'malformed' | 'forged' | 'untrusted'> | OpenRefusal> {
  const trust = Trust.open(bytes, enrolment.rootPublicKey, enrolment.world);
  if (!trust.ok) return trust;
  const held = current?.bundle.version ?? -1;
  const { version } = trust.value.bundle;
  if (version < held) return refused({ code: 'untrusted' });
  if (version === held) return ok('unchanged');
  const written = store.write(() => {
    store.settings.setBytes('trust-bundle', bytes);
    record(store, { kind: 'trust-accepted', atMs: nowMs, actor: '', body: [version, sha256(bytes)] });
  });
  return written.ok ? trust : written;
}
