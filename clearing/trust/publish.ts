/**
 * Makes trust bundles. A new version is signed, or queued for a root that is offline, when issuers, revocations or the policy change,
 * and every few hours, because limits shrink as a terminal's bundle ages (protocol §4). Versions rise one
 * by one across all processes; a bundle that was signed is never signed differently.
 */
import { deflateSync } from 'node:zlib';
import { invariant } from '../../shared/assert.ts';
import { equalBytes } from '../../shared/bytes.ts';
import { issuerKeyIdFrom, terminalIdFrom } from '../../shared/ids.ts';
import { decodeCbor, encodeCbor } from '../../shared/protocol/cbor.ts';
import { policyValue, readPolicy } from '../../shared/protocol/policy.ts';
import {
  MAX_STATUS_BITS,
  type StatusList,
  signTrustBundle,
  type TrustBundle,
} from '../../shared/protocol/trust-bundle.ts';
import { inTransaction, type Tx } from '../db/database.ts';
import { readRevokedTerminals } from '../db/merchants.ts';
import { listClosedFrom, readStatusIndexes } from '../db/purses.ts';
import * as store from '../db/trust.ts';
import { nextVersion, queueCause } from '../db/trust-signing.ts';
import { nowS, type TrustHouse } from '../house.ts';
import { defaultPolicy } from './default-policy.ts';
import { storeDelta } from './deltas.ts';

const DAY_S = 86_400;
const BUNDLE_LIFE_S = 60 * DAY_S;
/** Certificates of an issuer key are trusted when they were issued in this span. */
const ISSUER_LIFE_S = 365 * DAY_S;
/** A terminal's clock may be behind when the key is new. */
const ISSUER_HEAD_START_S = 3600;
/** A further key is told to everybody for so long before it signs: terminals that are offline learn it in time. */
const ISSUER_LEAD_S = 7 * DAY_S;

/** Sizes in steps, so that a list does not tell how many purses there are. */
const STATUS_STEP_BITS = 8192;

/** One bit per index, least significant first, zlib (protocol §3). */
export function statusListOf(revoked: readonly number[], given: number): StatusList {
  const bits = Math.max(1, Math.ceil(given / STATUS_STEP_BITS)) * STATUS_STEP_BITS;
  invariant(bits <= MAX_STATUS_BITS, 'more purses than a status list holds');
  const list = new Uint8Array(bits / 8);
  for (const index of revoked) list[index >> 3] = (list[index >> 3] ?? 0) | (1 << (index & 7));
  return { bits, compressed: new Uint8Array(deflateSync(list)) };
}

/** The next version over what the database holds now, unsigned. The caller has the trust lock. */
export async function composeTrust(
  tx: Tx,
  house: TrustHouse,
): Promise<{ readonly bundle: TrustBundle; readonly last: store.BundleRow | undefined }> {
  const last = await store.readBundle(tx);
  const policy = await store.readPolicyBytes(tx);
  invariant(policy !== undefined, 'a house without a policy');
  const issuers = await store.readIssuers(tx);
  const version = await nextVersion(tx);
  await listClosedFrom(tx, version);
  const { revoked, given } = await readStatusIndexes(tx);
  const issuedS = Math.max(nowS(house), last?.issuedS ?? 0);
  const bundle: TrustBundle = {
    version,
    iatS: issuedS,
    expS: issuedS + BUNDLE_LIFE_S,
    issuers: issuers.map((issuer) => ({ ...issuer, kid: issuerKeyIdFrom(issuer.kid) })),
    statusList: statusListOf(revoked, given),
    revokedTerminals: (await readRevokedTerminals(tx)).map(terminalIdFrom),
    policy: readPolicy(decodeCbor(policy)),
    clearingBoxKey: house.keys.boxPublicKey,
  };
  return { bundle, last };
}

/**
 * Signs the next version over what the database holds now; where the root is offline it is queued for it instead.
 * The caller has the trust lock.
 *
 * @returns the version that says it
 */
export async function publishTrust(tx: Tx, house: TrustHouse, cause: string): Promise<number> {
  const { rootSigner } = house.keys;
  if (rootSigner === null) {
    await queueCause(tx, cause, house.nowMs());
    return await nextVersion(tx);
  }
  const { bundle, last } = await composeTrust(tx, house);
  const bytes = signTrustBundle(bundle, house.config.world, rootSigner);
  await store.insertBundle(tx, { version: bundle.version, issuedS: bundle.iatS, bytes }, cause);
  await storeDelta(tx, house, last, bundle);
  return bundle.version;
}

/** When a key that is added now begins to sign: after its lead, or earlier where no other key lasts so long. */
function beginOfIssuer(known: readonly store.IssuerRow[], house: TrustHouse, now: number): number {
  const isHeld = (row: store.IssuerRow): boolean =>
    house.keys.issuers.some(({ signer }) => equalBytes(signer.publicKey, row.publicKey));
  const ends = known
    .filter((row) => isHeld(row) && row.notBeforeS <= now && now < row.notAfterS)
    .map(({ notAfterS }) => notAfterS);
  return Math.min(now + ISSUER_LEAD_S, Math.max(now - ISSUER_HEAD_START_S, ...ends));
}

/** The database belongs to another root or another world. */
export class HouseRefused extends Error {
  override readonly name = 'HouseRefused';
}

/**
 * Makes the database this house's own: root, issuers, first policy, first bundle. Safe to run at every
 * start and by several processes at once.
 *
 * @throws HouseRefused
 */
export async function foundHouse(house: TrustHouse): Promise<void> {
  await inTransaction(house.database, async (tx) => {
    await store.lockTrust(tx);
    const root = house.keys.root.publicKey;
    const owner = await store.claimHouse(tx, root, house.config.world);
    if (!equalBytes(owner.rootPublicKey, root))
      throw new HouseRefused('the database belongs to another root key; is KEYS_FOLDER the right one?');
    if (owner.world !== house.config.world)
      throw new HouseRefused(`the database belongs to the ${owner.world} world`);
    const now = nowS(house);
    let changed = false;
    for (const { kid, signer } of house.keys.issuers) {
      const notBeforeS = beginOfIssuer(await store.readIssuers(tx), house, now);
      const isNew = await store.insertIssuer(tx, {
        kid,
        publicKey: signer.publicKey,
        notBeforeS,
        notAfterS: notBeforeS + ISSUER_LIFE_S,
      });
      changed ||= isNew;
    }
    if ((await store.readPolicyBytes(tx)) === undefined) {
      await store.insertFirstPolicy(tx, encodeCbor(policyValue(defaultPolicy())), house.nowMs());
      changed = true;
    }
    if (changed) await publishTrust(tx, house, 'founded');
  });
}

/** @throws HouseRefused where there is no bundle yet: nobody could trust this house */
export async function requireTrust(house: TrustHouse): Promise<void> {
  if ((await store.readBundleVersion(house.database)) === undefined)
    throw new HouseRefused('no trust bundle is signed yet: run the ceremony (prepare, sign, publish) first');
}
