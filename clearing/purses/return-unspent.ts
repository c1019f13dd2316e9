/**
 * What is left of a purse goes back to its customer when the settlement window after its end is over: once, whoever
 * does it. Any of several processes may run this at any time; they share the work. A payment that comes later finds the
 * purse over and is refused as `expired`, before and after this ran.
 */
import { toHex, utf8 } from '../../shared/bytes.ts';
import { sha256 } from '../../shared/hash.ts';
import { inTransaction, type Tx } from '../db/database.ts';
import { type LedgerTransfer, lockBalance, openAccount, postTransfers } from '../db/ledger.ts';
import { type DuePurse, lockDuePurses, markReturned } from '../db/purses.ts';
import type { HouseCore } from '../house.ts';
import { HOLD_MS } from '../ingest/decide-sales.ts';
import { SETTLEMENT_WINDOW_MS } from './settlement-window.ts';

const BATCH = 200;

const byAccount = (a: { accountId: bigint }, b: { accountId: bigint }) =>
  a.accountId < b.accountId ? -1 : 1;

/** Made from the purse alone: a second return of it cannot be posted. */
function returnId(purseId: Uint8Array): Uint8Array {
  return sha256(new Uint8Array([...utf8('purse-return'), ...purseId])).subarray(0, 16);
}

/** Locks as a batch of payments does: purses' accounts first, then customers' (db/journal.ts). */
async function returnAll(tx: Tx, nowMs: number, due: readonly DuePurse[]): Promise<void> {
  const purses: (DuePurse & { readonly leftMinor: bigint })[] = [];
  for (const purse of [...due].sort(byAccount)) {
    purses.push({ ...purse, leftMinor: await lockBalance(tx, purse.accountId) });
  }
  const available = new Map<string, bigint>();
  for (const { customerId, currency } of purses) {
    const key = `${toHex(customerId)}/${currency}`;
    if (!available.has(key)) available.set(key, await openAccount(tx, 'available', customerId, currency));
  }
  const accounts = [...available.values()].map((accountId) => ({ accountId })).sort(byAccount);
  for (const { accountId } of accounts) await lockBalance(tx, accountId);
  const transfers = purses.flatMap(({ purseId, customerId, accountId, currency, leftMinor }) => {
    const to = available.get(`${toHex(customerId)}/${currency}`);
    if (leftMinor === 0n || to === undefined) return [];
    const entries = [
      { accountId, amountMinor: -leftMinor },
      { accountId: to, amountMinor: leftMinor },
    ];
    const transfer: LedgerTransfer = {
      transferId: returnId(purseId),
      kind: 'purse-return',
      atMs: BigInt(nowMs),
      currency,
      entries,
    };
    return [transfer];
  });
  await postTransfers(tx, transfers);
  await markReturned(tx, nowMs, purses);
}

/** @returns how many purses this call returned, empty ones too */
export async function returnUnspent(
  house: Pick<HouseCore, 'database' | 'nowMs' | 'announce'>,
): Promise<number> {
  const nowMs = house.nowMs();
  let sum = 0;
  for (;;) {
    const due = await inTransaction(house.database, async (tx) => {
      const found = await lockDuePurses(tx, {
        endedBeforeMs: nowMs - SETTLEMENT_WINDOW_MS,
        heldSinceMs: nowMs - HOLD_MS,
        limit: BATCH,
      });
      if (found.length > 0) await returnAll(tx, nowMs, found);
      return found;
    });
    sum += due.length;
    if (due.length > 0) {
      await house.announce({ customers: [...new Set(due.map(({ customerId }) => toHex(customerId)))] });
    }
    if (due.length < BATCH) return sum;
  }
}
