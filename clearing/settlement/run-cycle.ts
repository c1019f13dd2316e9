/**
 * Running a settlement cycle: for each merchant of the cycle, one transaction that nets, takes fees, holds and gives
 * back reserves, orders the payout and signs the terminals' statements, or does none of it. A merchant that the run
 * has settled is not settled again, however often and by however many processes the run is started.
 */
import { fromHex, toHex, utf8 } from '../../shared/bytes.ts';
import type { RouteAnswer, RouteBody } from '../../shared/contract/clearing.ts';
import { sha256 } from '../../shared/hash.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { inTransaction } from '../db/database.ts';
import { lockMerchant, type MerchantToSettle, merchantsOfCycle } from '../db/settlement-terms.ts';
import { claimRun, findRun, type RunRow, type SettlementRow, settlementsOfRun } from '../db/settlements.ts';
import type { House } from '../house.ts';
import { draftSettlement } from './draft-settlement.ts';
import { postSettlement } from './post-settlement.ts';
import { settlementView } from './settlement-view.ts';

type RunRefusal = Refusal<'bad-request' | 'not-found' | 'exists-with-different-content'>;
type RunAnswer = RouteAnswer<'runSettlement'>;

const DAY_MS = 86_400_000;

const badField = (field: string) => refused({ code: 'bad-request', detail: { field } } as const);

/** Midnight by UTC at which the day begins; undefined when the calendar has no such day. */
function dayStart(day: string): number | undefined {
  const startMs = Date.parse(`${day}T00:00:00.000Z`);
  return Number.isNaN(startMs) || new Date(startMs).toISOString().slice(0, 10) !== day ? undefined : startMs;
}

/** @param nowMs what the clock says: outcomes of this very millisecond belong to a cycle that runs now */
function readRun(body: RouteBody<'runSettlement'>, nowMs: number): Result<RunRow, RunRefusal> {
  const { cycle, day } = body;
  if (cycle === 'manual') {
    const runId = body.runId === null ? undefined : fromHex(body.runId);
    const merchantId = body.merchantId === null ? null : fromHex(body.merchantId);
    if (runId === undefined) return badField('runId');
    if (merchantId === undefined) return badField('merchantId');
    if (day !== null) return badField('day');
    return ok({ runId, cycle, day: null, merchantId, cutoffMs: nowMs + 1 });
  }
  if (body.runId !== null) return badField('runId');
  if (body.merchantId !== null) return badField('merchantId');
  const startMs = day === null ? undefined : dayStart(day);
  // T+0 runs within its day or later, T+1 when its day is over
  if (startMs === undefined || nowMs < startMs + (cycle === 'next-day' ? DAY_MS : 0)) return badField('day');
  const runId = sha256(utf8(`settlement-run/${cycle}/${day}`)).subarray(0, 16);
  const cutoffMs = Math.min(nowMs + 1, startMs + DAY_MS);
  return ok({ runId, cycle, day, merchantId: null, cutoffMs });
}

function isSameRun(a: RunRow, b: RunRow): boolean {
  const ofMerchant = ({ merchantId }: RunRow) => (merchantId === null ? '' : toHex(merchantId));
  return a.cycle === b.cycle && a.day === b.day && ofMerchant(a) === ofMerchant(b);
}

type Settled =
  | { readonly settlement: SettlementRow | null }
  | { readonly skipped: RunAnswer['skipped'][number]['reason'] };

/** Settles one merchant, or says what would be. */
async function settleMerchant(
  house: House,
  run: RunRow,
  merchant: MerchantToSettle,
  isDryRun: boolean,
): Promise<Settled> {
  // asked before the transaction: one that waits for a second connection can starve all the others
  const issuer = await house.trust.issuer();
  return await inTransaction(house.database, async (tx): Promise<Settled> => {
    if (!isDryRun) {
      await lockMerchant(tx, merchant.merchantId);
      const [before] = await settlementsOfRun(tx, run.runId, merchant.merchantId);
      if (before !== undefined) return { settlement: before };
    }
    const draft = await draftSettlement(tx, run, merchant, house.nowMs());
    if (draft === 'no-rate') return { skipped: draft };
    if (draft === null) return { settlement: null };
    if (!isDryRun) await postSettlement(tx, house.config.world, issuer, merchant, draft);
    return { settlement: draft.row };
  });
}

export async function runSettlement(
  house: House,
  body: RouteBody<'runSettlement'>,
): Promise<Result<RunAnswer, RunRefusal>> {
  const nowMs = house.nowMs();
  const asked = readRun(body, nowMs);
  if (!asked.ok) return asked;
  const { merchantId } = asked.value;
  const known = await findRun(house.database, asked.value.runId);
  if (known !== undefined && !isSameRun(known, asked.value))
    return refused({ code: 'exists-with-different-content' });
  const merchants = await merchantsOfCycle(house.database, asked.value.cycle, merchantId);
  if (merchantId !== null && merchants.length === 0) return refused({ code: 'not-found' });
  const isDryRun = body.isDryRun;
  const run = known ?? (isDryRun ? asked.value : await claimRun(house.database, asked.value, nowMs));

  const done = new Set(
    (await settlementsOfRun(house.database, run.runId)).map((row) => toHex(row.merchantId)),
  );
  const drafts: SettlementRow[] = [];
  const skipped: RunAnswer['skipped'] = [];
  for (const merchant of merchants) {
    const id = toHex(merchant.merchantId);
    if (done.has(id)) continue;
    const result = await settleMerchant(house, run, merchant, isDryRun);
    if ('skipped' in result) skipped.push({ merchantId: id, reason: result.skipped });
    else if (isDryRun && result.settlement !== null) drafts.push(result.settlement);
  }
  const settled = await settlementsOfRun(house.database, run.runId);
  return ok({
    runId: toHex(run.runId),
    cutoffMs: run.cutoffMs,
    isDryRun,
    settlements: [...settled, ...drafts].map(settlementView),
    skipped,
  });
}
