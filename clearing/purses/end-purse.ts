/** A customer ends their own purse: closed in peace, or frozen because the device is lost. Another's is not found. */
import { equalBytes, fromHex } from '../../shared/bytes.ts';
import type { RouteAnswer } from '../../shared/contract/clearing.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import type { CustomerRow } from '../db/customers.ts';
import { inTransaction } from '../db/database.ts';
import { closePurse as close, findPurse, listPurses, lockPurse, type PurseRow } from '../db/purses.ts';
import type { House } from '../house.ts';
import { freezeAndPublish } from './freeze-purse.ts';
import { purseLife } from './purse-view.ts';

async function ownPurse(
  house: House,
  customer: CustomerRow,
  purseIdHex: string,
): Promise<PurseRow | undefined> {
  const purseId = fromHex(purseIdHex);
  const purse = purseId === undefined ? undefined : await findPurse(house.database, purseId);
  return purse !== undefined && equalBytes(purse.customerId, customer.customerId) ? purse : undefined;
}

/** Newest first. */
export async function customerPurses(house: House, customer: CustomerRow): Promise<RouteAnswer<'purses'>> {
  const purses = await listPurses(house.database, customer.customerId);
  return { purses: purses.map((purse) => purseLife(purse, house.nowMs())) };
}

/**
 * No payment is made of it any more. The next trust bundle tells the terminals; until a terminal has heard of it,
 * what it takes is its customer's own doing and settles out of what is still reserved. Closing again, or one that has
 * ended otherwise, changes nothing.
 */
export async function closePurse(
  house: House,
  customer: CustomerRow,
  purseIdHex: string,
): Promise<Result<RouteAnswer<'closePurse'>, Refusal<'not-found'>>> {
  const purse = await ownPurse(house, customer, purseIdHex);
  if (purse === undefined) return refused({ code: 'not-found' });
  const { purseId } = purse;
  await inTransaction(house.database, async (tx) => {
    const locked = await lockPurse(tx, purseId);
    if (locked?.state === 'open') await close(tx, purseId, house.nowMs());
  });
  const now = await findPurse(house.database, purseId);
  return ok({ purse: purseLife(now ?? purse, house.nowMs()) });
}

/** @returns the first trust version that lists it; repeating answers the same */
export async function freezePurse(
  house: House,
  customer: CustomerRow,
  purseIdHex: string,
): Promise<Result<RouteAnswer<'freezePurse'>, Refusal<'not-found'>>> {
  const purse = await ownPurse(house, customer, purseIdHex);
  if (purse === undefined) return refused({ code: 'not-found' });
  const { purseId } = purse;
  const done = await inTransaction(house.database, (tx) => freezeAndPublish(tx, house, purseId, 'lost'));
  if (done === undefined) return refused({ code: 'not-found' });
  if (done.isNew) await house.announce({ terminals: 'all' });
  const now = await findPurse(house.database, purseId);
  return ok({ trustVersion: done.trustVersion, purse: purseLife(now ?? purse, house.nowMs()) });
}
