/**
 * The newest trust bundle, as this process hands it out. A bundle that has grown old is signed anew when
 * somebody asks, because limits shrink with its age. Never hands out one that its own root did not sign.
 */
import { invariant } from '../../shared/assert.ts';
import { equalBytes, toHex } from '../../shared/bytes.ts';
import { openTrustBundle } from '../../shared/protocol/trust-bundle.ts';
import type { TrustUpdate } from '../../shared/protocol/trust-update.ts';
import { inTransaction } from '../db/database.ts';
import { lockTrust, readBundle, readBundleVersion } from '../db/trust.ts';
import { type HouseCore, nowS } from '../house.ts';
import type { IssuerSigner } from '../keys.ts';
import { updateFrom } from './deltas.ts';
import { HouseRefused, publishTrust } from './publish.ts';
import type { CurrentTrust, TrustSource } from './trust-source.ts';

const REFRESH_AFTER_S = 6 * 3600;
/** Issuers and tolerances may lag this much behind another process's change when payments are judged. */
const RECENT_MS = 1000;

export class TrustDesk implements TrustSource {
  readonly #house: HouseCore;
  #held: CurrentTrust | undefined;
  #heldAtMs = Number.NEGATIVE_INFINITY;

  constructor(house: HouseCore) {
    this.#house = house;
  }

  async current(): Promise<CurrentTrust> {
    const house = this.#house;
    let newest = await readBundleVersion(house.database);
    invariant(newest !== undefined, 'a house without a trust bundle');
    // a root that is offline signs when it is brought what waits: nothing is refreshed by itself
    if (house.keys.rootSigner !== null && nowS(house) - newest.issuedS >= REFRESH_AFTER_S) {
      const old = newest.version;
      newest = await inTransaction(house.database, async (tx) => {
        await lockTrust(tx);
        // another process may have been first
        if ((await readBundleVersion(tx))?.version === old) await publishTrust(tx, house, 'refreshed');
        return await readBundleVersion(tx);
      });
    }
    if (this.#held === undefined || this.#held.version !== newest?.version) this.#held = await this.#load();
    this.#heldAtMs = house.nowMs();
    return this.#held;
  }

  async update(from: number): Promise<TrustUpdate | null> {
    const current = await this.current();
    return from === current.version ? null : await updateFrom(this.#house, from, current);
  }

  /** The newest as of a moment ago: saves asking the database for each batch. */
  async recent(): Promise<CurrentTrust> {
    const ageMs = this.#house.nowMs() - this.#heldAtMs;
    return this.#held !== undefined && ageMs >= 0 && ageMs < RECENT_MS ? this.#held : await this.current();
  }

  async #load(): Promise<CurrentTrust> {
    const { database, keys, config, backEnd } = this.#house;
    const stored = await readBundle(database);
    invariant(stored !== undefined, 'a house without a trust bundle');
    const opened = openTrustBundle(stored.bytes, keys.root.publicKey, config.world, backEnd);
    invariant(opened.ok, 'a stored trust bundle that this root did not sign');
    return { version: stored.version, bytes: stored.bytes, bundle: opened.value };
  }

  /** The key that signs certificates and answers now: of those at hand, the newest that is valid. */
  async issuer(): Promise<IssuerSigner> {
    const { bundle } = await this.recent();
    const now = nowS(this.#house);
    const valid = bundle.issuers
      .filter(({ notBeforeS, notAfterS }) => notBeforeS <= now && now < notAfterS)
      .sort((a, b) => b.notBeforeS - a.notBeforeS);
    for (const { publicKey } of valid) {
      const held = this.#house.keys.issuers.find(({ signer }) => equalBytes(signer.publicKey, publicKey));
      if (held !== undefined) return held;
    }
    const kids = this.#house.keys.issuers.map(({ kid }) => toHex(kid)).join(', ');
    throw new HouseRefused(`none of the issuer keys ${kids} is valid now; make a new one`);
  }
}
