/** What a merchant's staff look at: the merchant, branches, terminals, payments. Asked by merchant, always. */
import { fromHex, toHex } from '../../shared/bytes.ts';
import type { RouteAnswer } from '../../shared/contract/clearing.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import * as db from '../db/branches.ts';
import type { House } from '../house.ts';

const PAGE = 100;
/** Above every number of an outcome. */
const NEWEST = 10n ** 12n;

type Found<T> = Promise<Result<T, Refusal<'not-found'>>>;

export async function merchantProfile(
  house: House,
  merchantId: string,
): Found<RouteAnswer<'merchantProfile'>> {
  const id = fromHex(merchantId);
  const row = id && (await db.findMerchant(house.database, id));
  if (row === undefined) return refused({ code: 'not-found' });
  const { displayName, currency, createdAtMs, receivableMinor } = row;
  return ok({ merchantId, displayName, currency, createdAtMs, receivableMinor: `${receivableMinor}` });
}

export async function merchantBranches(
  house: House,
  merchantId: string,
): Found<RouteAnswer<'merchantBranches'>> {
  const id = fromHex(merchantId);
  // a merchant has one at least
  const rows = id === undefined ? [] : await db.listBranches(house.database, id);
  if (rows.length === 0) return refused({ code: 'not-found' });
  return ok({ branches: rows.map(({ branchId, ...branch }) => ({ branchId: toHex(branchId), ...branch })) });
}

export async function createBranch(
  house: House,
  merchantId: string,
  displayName: string,
): Promise<Result<RouteAnswer<'createBranch'>, Refusal<'not-found' | 'exists-with-different-content'>>> {
  const id = fromHex(merchantId);
  if (id === undefined) return refused({ code: 'not-found' });
  const branchId = house.randomBytes(8);
  const made = await db.insertBranch(house.database, id, {
    branchId,
    displayName,
    createdAtMs: house.nowMs(),
  });
  if (made === 'absent') return refused({ code: 'not-found' });
  return made === 'taken'
    ? refused({ code: 'exists-with-different-content' })
    : ok({ branchId: toHex(branchId) });
}

export async function merchantTerminals(
  house: House,
  merchantId: string,
): Found<RouteAnswer<'merchantTerminals'>> {
  const id = fromHex(merchantId);
  if (id === undefined || (await db.findMerchant(house.database, id)) === undefined)
    return refused({ code: 'not-found' });
  const rows = await db.listTerminals(house.database, id);
  return ok({
    terminals: rows.map((row) => ({
      terminalId: toHex(row.terminalId),
      branchId: toHex(row.branchId),
      enrolledAtMs: row.enrolledAtMs,
      expiresAtMs: row.expiresAtS * 1000,
      isRevoked: row.isRevoked,
      lastContactAtMs: row.lastContactAtMs,
      outcomes: Number(row.lastOutcomeNumber),
    })),
  });
}

/** A page of a terminal's payments, the newest first. @param before a page's last number; undefined from the newest */
export async function terminalPayments(
  house: House,
  merchantId: string,
  terminalId: string,
  before: string | undefined,
): Found<RouteAnswer<'terminalPayments'>> {
  const merchant = fromHex(merchantId);
  const terminal = fromHex(terminalId);
  if (merchant === undefined || terminal === undefined) return refused({ code: 'not-found' });
  const below = before === undefined ? NEWEST : BigInt(before);
  const rows = await db.readTerminalPayments(house.database, merchant, terminal, below, PAGE);
  if (rows === undefined) return refused({ code: 'not-found' });
  return ok({
    payments: rows.map(({ number, paymentId, refundId, amountMinor, ...row }) => ({
      ...row,
      number: Number(number),
      paymentId: paymentId && toHex(paymentId),
      refundId: refundId && toHex(refundId),
      amountMinor: amountMinor === null ? null : `${amountMinor}`,
    })),
  });
}
