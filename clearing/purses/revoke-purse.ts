/** Freezing a purse: no payment after this moment is good, and the next trust bundle tells everybody. */
import { fromHex } from '../../shared/bytes.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { inTransaction } from '../db/database.ts';
import type { House } from '../house.ts';
import { freezeAndPublish } from './freeze-purse.ts';

/** @returns the first version that lists it; repeating answers the same */
export async function revokePurse(
  house: House,
  purseIdHex: string,
): Promise<Result<{ trustVersion: number }, Refusal<'not-found'>>> {
  const purseId = fromHex(purseIdHex);
  if (purseId === undefined) return refused({ code: 'not-found' });
  const done = await inTransaction(house.database, (tx) => freezeAndPublish(tx, house, purseId, 'revoked'));
  if (done === undefined) return refused({ code: 'not-found' });
  if (done.isNew) await house.announce({ terminals: 'all' });
  return ok({ trustVersion: done.trustVersion });
}
