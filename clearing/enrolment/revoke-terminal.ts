/**
 * Revoking a terminal: its requests are refused at once, and the root says so in the next trust bundle, which is what
 * the terminal itself and wallets believe. What it holds unsent stays with it; it can be carried in by others.
 */
import { fromHex } from '../../shared/bytes.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { inTransaction } from '../db/database.ts';
import * as merchants from '../db/merchants.ts';
import { lockTrust } from '../db/trust.ts';
import { newestOrNext } from '../db/trust-signing.ts';
import type { House } from '../house.ts';
import { publishTrust } from '../trust/publish.ts';

/** @returns a version that lists it; repeating makes no other */
export async function revokeTerminal(
  house: House,
  terminalIdHex: string,
): Promise<Result<{ trustVersion: number }, Refusal<'not-found'>>> {
  const terminalId = fromHex(terminalIdHex);
  if (terminalId === undefined) return refused({ code: 'not-found' });
  const done = await inTransaction(house.database, async (tx) => {
    await lockTrust(tx);
    const revoked = await merchants.revokeTerminal(tx, terminalId, house.nowMs());
    if (revoked === undefined) return undefined;
    if (!revoked.isNew) return { trustVersion: await newestOrNext(tx), isNew: false };
    return { trustVersion: await publishTrust(tx, house, `terminal ${terminalIdHex} revoked`), isNew: true };
  });
  if (done === undefined) return refused({ code: 'not-found' });
  if (done.isNew) await house.announce({ terminals: 'all' });
  return ok({ trustVersion: done.trustVersion });
}
