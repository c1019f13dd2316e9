/** Freezing a purse: no payment after this moment is good, and the next trust bundle tells everybody. */
import { fromHex } from '../../shared/bytes.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { inTransaction } from '../db/database.ts';
import { freezePurse, lockPurse } from '../db/purses.ts';
import { lockTrust, readBundleVersion } from '../db/trust.ts';
import type { House } from '../house.ts';
import { publishTrust } from '../trust/publish.ts';

/** @returns the first version that lists it; repeating answers the same */
export async function revokePurse(
  house: House,
  purseIdHex: string,
): Promise<Result<{ trustVersion: number }, Refusal<'not-found'>>> {
  const purseId = fromHex(purseIdHex);
  if (purseId === undefined) return refused({ code: 'not-found' });
  const done = await inTransaction(house.database, async (tx) => {
    await lockTrust(tx);
    const purse = await lockPurse(tx, purseId);
    if (purse === undefined) return undefined;
    if (purse.frozenInVersion !== null) return { trustVersion: purse.frozenInVersion, isNew: false };
    const next = ((await readBundleVersion(tx))?.version ?? 0) + 1;
    await freezePurse(tx, purseId, house.nowMs(), next);
    return { trustVersion: await publishTrust(tx, house, `purse ${purseIdHex} revoked`), isNew: true };
  });
  if (done === undefined) return refused({ code: 'not-found' });
  if (done.isNew) await house.announce({ terminals: 'all' });
  return ok({ trustVersion: done.trustVersion });
}
