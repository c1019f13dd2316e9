/** The ledger as the operator reads it. */
import { toHex } from '../../shared/bytes.ts';
import type { RouteAnswer } from '../../shared/contract/clearing.ts';
import { readLedger } from '../db/ledger.ts';
import type { House } from '../house.ts';

export async function ledgerReport(house: House): Promise<RouteAnswer<'ledger'>> {
  const { sums, accounts } = await readLedger(house.database);
  return {
    sums: sums.map(({ currency, sumMinor, entries }) => ({
      currency,
      sumMinor: sumMinor.toString(),
      entries,
    })),
    accounts: accounts.map(({ kind, ownerId, ownerName, currency, balanceMinor }) => ({
      kind,
      owner: toHex(ownerId),
      ownerName,
      currency,
      balanceMinor: balanceMinor.toString(),
    })),
  };
}
