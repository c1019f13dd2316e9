/**
 * The house's side of an offline root: what waits is given out as one bundle to be signed, and what comes back is
 * published when the root signed exactly that. Nothing that was not given out is ever published.
 */
import { equalBytes, fromBase64Url, toBase64Url } from '../../shared/bytes.ts';
import { encodeCbor } from '../../shared/protocol/cbor.ts';
import { openTrustBundle, trustPayload } from '../../shared/protocol/trust-bundle.ts';
import { openTrustDelta } from '../../shared/protocol/trust-delta.ts';
import { CeremonyRefused } from '../ceremony/root-file.ts';
import type { SignedTrust, TrustToSign } from '../ceremony/signing-file.ts';
import { inTransaction } from '../db/database.ts';
import * as store from '../db/trust.ts';
import { findPreparation, insertPreparation, readQueue } from '../db/trust-signing.ts';
import type { TrustHouse } from '../house.ts';
import { composeTrust } from './publish.ts';

/** The next bundle, for the root to sign. One that was given out before and did not come back is left aside. */
export async function prepareTrust(house: TrustHouse): Promise<TrustToSign> {
  return await inTransaction(house.database, async (tx) => {
    await store.lockTrust(tx);
    const queue = await readQueue(tx);
    const { bundle, last } = await composeTrust(tx, house);
    const payload = encodeCbor(trustPayload(bundle));
    const made = {
      version: bundle.version,
      base: last?.version ?? null,
      payload,
      lastQueued: queue.at(-1)?.number ?? 0n,
    };
    await insertPreparation(tx, made, house.nowMs());
    return {
      format: 'fieldtill-trust-to-sign/1',
      world: house.config.world,
      base: last === undefined ? null : toBase64Url(last.bytes),
      payload: toBase64Url(payload),
      causes: queue.length === 0 ? ['refreshed'] : queue.map(({ cause }) => cause),
    };
  });
}

/**
 * Publishes what came back. Bringing it again changes nothing.
 *
 * @returns its version @throws CeremonyRefused
 */
export async function publishSigned(house: TrustHouse, signed: SignedTrust): Promise<number> {
  const { config, keys, backEnd } = house;
  const root = keys.root.publicKey;
  const bytes = fromBase64Url(signed.bundle) ?? new Uint8Array();
  const opened = openTrustBundle(bytes, root, config.world, backEnd);
  if (!opened.ok) throw new CeremonyRefused('the root of this house did not sign this bundle');
  const bundle = opened.value;
  return await inTransaction(house.database, async (tx) => {
    await store.lockTrust(tx);
    const prepared = await findPreparation(tx, bundle.version);
    if (prepared === undefined || !equalBytes(prepared.payload, encodeCbor(trustPayload(bundle))))
      throw new CeremonyRefused('this bundle was never given out to be signed here');
    const newest = await store.readBundle(tx);
    if (newest?.version === bundle.version) return bundle.version;
    if ((newest?.version ?? null) !== prepared.base)
      throw new CeremonyRefused(`another bundle (${newest?.version}) was published since: prepare it anew`);
    await store.insertBundle(
      tx,
      { version: bundle.version, issuedS: bundle.iatS, bytes },
      'signed by ceremony',
    );
    if (signed.delta === null || newest === undefined) return bundle.version;
    const delta = fromBase64Url(signed.delta) ?? new Uint8Array();
    const read = openTrustDelta(delta, root, config.world, backEnd);
    if (!read.ok || read.value.version !== bundle.version || read.value.base !== newest.version)
      throw new CeremonyRefused('the delta of this bundle is not the one that leads to it');
    await store.insertDelta(tx, { version: bundle.version, base: newest.version, bytes: delta });
    return bundle.version;
  });
}
