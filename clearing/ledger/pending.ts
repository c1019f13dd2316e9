/**
 * Money that is promised before it moves: reserved, then posted (whole or in part), voided, or given up when its
 * time is over; exactly one of these, exactly once. The sender makes every id: the same id with the same content
 * answers the same for ever. Never touches a balance; the database reserves and carries.
 */
import { equalBytes } from '../../shared/bytes.ts';
import { sha256 } from '../../shared/hash.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { brokenConstraint, inTransaction, type Tx } from '../db/database.ts';
import { lockBalance } from '../db/ledger.ts';
import * as store from '../db/pending-transfers.ts';
import type { PendingEnd } from '../db/schema.ts';
import type { HouseCore } from '../house.ts';

type Ledger = Pick<HouseCore, 'database' | 'nowMs'>;

export interface PendingTransfer {
  /** 16 bytes, the sender's. */
  readonly pendingId: Uint8Array;
  readonly kind: string;
  readonly debitAccountId: bigint;
  readonly creditAccountId: bigint;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** Null: it waits for ever. */
  readonly expiresAtMs: number | null;
}

type PendingRefusal = Refusal<'exists-with-different-content' | 'not-enough-money' | 'expired'>;
type EndRefusal = Refusal<
  'not-found' | 'exists-with-different-content' | 'transfer-ended' | 'over-pending' | 'expired'
>;

const TAKEN: ReadonlySet<string> = new Set(['pending_ends_end_id_key', 'transfers_transfer_id_key']);

const differs = (field: string) =>
  refused({ code: 'exists-with-different-content', detail: { field } } as const);

/** The first field in which a stored one is another, in the order in which they are looked at. */
function differentField(known: store.PendingTransferRow, asked: PendingTransfer): string | undefined {
  if (known.kind !== asked.kind) return 'kind';
  if (known.debit.accountId !== asked.debitAccountId) return 'debitAccount';
  if (known.credit.accountId !== asked.creditAccountId) return 'creditAccount';
  if (known.currency !== asked.currency) return 'currency';
  if (known.amountMinor !== asked.amountMinor) return 'amountMinor';
  if (known.expiresAtMs !== asked.expiresAtMs) return 'expiresAtMs';
  return undefined;
}

/** Reserves the amount in the account that it will leave, in the transaction that is open. */
export async function reserveIn(
  tx: Tx,
  nowMs: number,
  asked: PendingTransfer,
): Promise<Result<null, PendingRefusal>> {
  const before = await store.findPending(tx, asked.pendingId);
  if (before === undefined) {
    if (asked.expiresAtMs !== null && asked.expiresAtMs <= nowMs) {
      return refused({ code: 'expired', detail: { ageS: Math.floor((nowMs - asked.expiresAtMs) / 1000) } });
    }
    // the same promise, made by another process while we waited, is not asked for money again
    const freeMinor = await lockBalance(tx, asked.debitAccountId);
    const isCovered =
      freeMinor >= asked.amountMinor || (await store.isWithoutFloor(tx, asked.debitAccountId));
    if (!isCovered && (await store.findPending(tx, asked.pendingId)) === undefined) {
      return refused({ code: 'not-enough-money', detail: { availableMinor: freeMinor.toString() } });
    }
    if (isCovered && (await store.insertPending(tx, { ...asked, atMs: nowMs }))) return ok(null);
  }
  const known = before ?? (await store.findPending(tx, asked.pendingId));
  const field = known === undefined ? 'pendingId' : differentField(known, asked);
  return field === undefined ? ok(null) : differs(field);
}

export async function reserve(ledger: Ledger, asked: PendingTransfer): Promise<Result<null, PendingRefusal>> {
  return await inTransaction(ledger.database, (tx) => reserveIn(tx, ledger.nowMs(), asked));
}

interface End {
  readonly pendingId: Uint8Array;
  /** 16 bytes, the sender's; of a posting it becomes the transfer's id. */
  readonly endId: Uint8Array;
}

async function endPending(
  ledger: Ledger,
  { pendingId, endId }: End,
  how: Exclude<PendingEnd, 'expired'>,
  amountMinor: bigint | null,
): Promise<Result<{ readonly amountMinor: bigint }, EndRefusal>> {
  const attempt = inTransaction<Result<{ readonly amountMinor: bigint }, EndRefusal>>(
    ledger.database,
    async (tx) => {
      const pending = await store.lockPending(tx, pendingId);
      if (pending === undefined) return refused({ code: 'not-found' });
      const wanted = how === 'posted' ? (amountMinor ?? pending.amountMinor) : 0n;
      if (pending.end !== null) {
        if (!equalBytes(pending.end.endId, endId)) {
          return refused({ code: 'transfer-ended', detail: { how: pending.end.how } });
        }
        if (pending.end.how !== how) return differs('how');
        return pending.end.amountMinor === wanted ? ok({ amountMinor: wanted }) : differs('amountMinor');
      }
      if (wanted > pending.amountMinor) {
        return refused({ code: 'over-pending', detail: { pendingMinor: pending.amountMinor.toString() } });
      }
      const nowMs = ledger.nowMs();
      if (how === 'posted' && pending.expiresAtMs !== null && nowMs >= pending.expiresAtMs) {
        return refused({
          code: 'expired',
          detail: { ageS: Math.floor((nowMs - pending.expiresAtMs) / 1000) },
        });
      }
      await store.insertPendingEnd(tx, {
        pendingNo: pending.pendingNo,
        endId,
        how,
        amountMinor: wanted,
        atMs: nowMs,
      });
      return ok({ amountMinor: wanted });
    },
  );
  return await attempt.catch((error: unknown) => {
    // the sender's id already names another transfer
    if (TAKEN.has(brokenConstraint(error) ?? '')) return differs('pendingId');
    throw error;
  });
}

/** @param amountMinor what is posted, 1 … the pending amount, null for all of it; the rest is released */
export function postPending(ledger: Ledger, end: End, amountMinor: bigint | null) {
  return endPending(ledger, end, 'posted', amountMinor);
}

/** Gives the reserved amount free; nothing moves. */
export function voidPending(ledger: Ledger, end: End) {
  return endPending(ledger, end, 'voided', null);
}

const BATCH = 200;

/**
 * Gives up what has waited beyond its time. Any process may run it at any time; each pending transfer is given up once.
 *
 * @returns how many were given up now
 */
export async function expirePending(ledger: Ledger): Promise<number> {
  const nowMs = ledger.nowMs();
  let sum = 0;
  for (;;) {
    const done = await inTransaction(ledger.database, async (tx) => {
      const due = await store.lockExpiredPending(tx, nowMs, BATCH);
      for (const { pendingNo, pendingId } of due) {
        const endId = sha256(new Uint8Array([...pendingId, 0])).subarray(0, 16);
        await store.insertPendingEnd(tx, { pendingNo, endId, how: 'expired', amountMinor: 0n, atMs: nowMs });
      }
      return due.length;
    });
    sum += done;
    if (done < BATCH) return sum;
  }
}
