/** Freezes a purse and publishes the trust bundle that says so, in the transaction that is open. */
import { toHex } from '../../shared/bytes.ts';
import type { Tx } from '../db/database.ts';
import { freezePurse, lockPurse } from '../db/purses.ts';
import { lockTrust } from '../db/trust.ts';
import { nextVersion } from '../db/trust-signing.ts';
import type { HouseCore } from '../house.ts';
import { publishTrust } from '../trust/publish.ts';

export interface Frozen {
  /** The first bundle that lists it. */
  readonly trustVersion: number;
  /** False when it was frozen before: then nothing was done. */
  readonly isNew: boolean;
}

/** Undefined when there is no such purse. */
export async function freezeAndPublish(
  tx: Tx,
  house: HouseCore,
  purseId: Uint8Array,
  why: string,
): Promise<Frozen | undefined> {
  await lockTrust(tx);
  const purse = await lockPurse(tx, purseId);
  if (purse === undefined) return undefined;
  if (purse.frozenInVersion !== null) return { trustVersion: purse.frozenInVersion, isNew: false };
  const next = await nextVersion(tx);
  await freezePurse(tx, purseId, house.nowMs(), next);
  const trustVersion = await publishTrust(tx, house, `purse ${toHex(purseId)} ${why}`);
  return { trustVersion, isNew: true };
}
