/** Deltas of trust bundles: made when a version is, because the root signs nothing on demand. */
import { inflateSync } from 'node:zlib';
import { invariant } from '../../shared/assert.ts';
import { openTrustBundle, type TrustBundle } from '../../shared/protocol/trust-bundle.ts';
import {
  MAX_CHAIN,
  makeTrustDelta,
  signTrustDelta,
  type TrustContent,
} from '../../shared/protocol/trust-delta.ts';
import type { TrustUpdate } from '../../shared/protocol/trust-update.ts';
import type { Tx } from '../db/database.ts';
import * as store from '../db/trust.ts';
import type { HouseCore, TrustHouse } from '../house.ts';
import type { CurrentTrust } from './trust-source.ts';

export function contentOf({ statusList, ...rest }: TrustBundle): TrustContent {
  const statusBits = new Uint8Array(inflateSync(statusList.compressed));
  invariant(statusBits.length === statusList.bits / 8, 'a status list of another length');
  return { ...rest, statusBits };
}

/** Signs what leads from the version before to this one, where a delta can say it. The caller has the trust lock. */
export async function storeDelta(
  tx: Tx,
  house: TrustHouse,
  last: store.BundleRow | undefined,
  next: TrustBundle,
): Promise<void> {
  if (last === undefined) return;
  const { keys, config, backEnd } = house;
  if (keys.rootSigner === null) return;
  const before = openTrustBundle(last.bytes, keys.root.publicKey, config.world, backEnd);
  invariant(before.ok, 'a stored trust bundle that this root did not sign');
  const delta = makeTrustDelta(contentOf(before.value), contentOf(next));
  if (delta === undefined) return;
  const bytes = signTrustDelta(delta, config.world, keys.rootSigner);
  await store.insertDelta(tx, { version: delta.version, base: delta.base, bytes });
}

/** The deltas from a version to the current one where they are all there and smaller than it, else the bundle. */
export async function updateFrom(
  house: HouseCore,
  from: number,
  current: CurrentTrust,
): Promise<TrustUpdate> {
  const whole: TrustUpdate = { kind: 'bundle', bytes: current.bytes };
  const steps = current.version - from;
  if (steps < 1 || steps > MAX_CHAIN) return whole;
  const rows = await store.readDeltas(house.database, from, current.version);
  const isChain = rows.length === steps && rows.every(({ base }, i) => base === from + i);
  const bytes = rows.reduce((sum, delta) => sum + delta.bytes.length, 0);
  return isChain && bytes < current.bytes.length
    ? { kind: 'deltas', deltas: rows.map((delta) => delta.bytes) }
    : whole;
}
