/** The guarantee in the operator's hands: its rule, and money for its fund. */
import { fromHex } from '../../shared/bytes.ts';
import type { RouteBody } from '../../shared/contract/clearing.ts';
import { parseMinor } from '../../shared/money.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { inTransaction } from '../db/database.ts';
import * as store from '../db/guarantee.ts';
import { findTransfer, HOUSE_OWNER, openAccount, postTransfers } from '../db/ledger.ts';
import type { House } from '../house.ts';
import { unitMinorOf } from '../markets.ts';

type GuaranteeRefusal = Refusal<'bad-request' | 'exists-with-different-content'>;
type Done = Result<Record<string, never>, GuaranteeRefusal>;

const KIND = 'guarantee-funding';
const MAX_FUNDING_MINOR = 1_000_000_000_000n;
const badField = (field: string): GuaranteeRefusal => ({ code: 'bad-request', detail: { field } });
const OTHER = refused({ code: 'exists-with-different-content' } as const);

/** The version after the newest; saying the newest again answers the same. */
export async function setGuarantee(house: House, body: RouteBody<'setGuarantee'>): Promise<Done> {
  const { currency, version } = body;
  const upToMinor = parseMinor(body.upToMinor);
  const perPurseMinor = parseMinor(body.perPurseMinor);
  if (unitMinorOf(currency) === undefined) return refused(badField('body/currency'));
  if (upToMinor === undefined || perPurseMinor === undefined) return refused(badField('body/upToMinor'));
  const rule = { currency, version, upToMinor, perPurseMinor };
  return await inTransaction(house.database, async (tx): Promise<Done> => {
    // one after the other
    await store.lockFund(tx, currency);
    const newest = await store.findRule(tx, currency);
    if (version === (newest?.version ?? 0) + 1) {
      await store.insertRule(tx, rule, house.nowMs());
      return ok({});
    }
    if (newest === undefined || version !== newest.version) return refused(badField('body/version'));
    return newest.upToMinor === upToMinor && newest.perPurseMinor === perPurseMinor ? ok({}) : OTHER;
  });
}

/** Money for the fund comes in from the world outside; the same id is the same money. */
export async function fundGuarantee(house: House, body: RouteBody<'fundGuarantee'>): Promise<Done> {
  const { currency } = body;
  const amountMinor = parseMinor(body.amountMinor);
  const transferId = fromHex(body.transferId);
  if (unitMinorOf(currency) === undefined) return refused(badField('body/currency'));
  if (amountMinor === undefined || amountMinor <= 0n || amountMinor > MAX_FUNDING_MINOR)
    return refused(badField('body/amountMinor'));
  if (transferId === undefined) return refused(badField('body/transferId'));
  return await inTransaction(house.database, async (tx): Promise<Done> => {
    // held first: the same money sent twice at once waits here and is found
    const fund = await store.lockFund(tx, currency);
    const posted = await findTransfer(tx, transferId);
    if (posted !== undefined) {
      const isSame =
        posted.kind === KIND &&
        posted.entries.some(
          (entry) =>
            entry.accountKind === 'guarantee' &&
            entry.amountMinor === amountMinor &&
            entry.currency === currency,
        );
      return isSame ? ok({}) : OTHER;
    }
    const settlement = await openAccount(tx, 'settlement', HOUSE_OWNER, currency);
    const entries = [
      { accountId: settlement, amountMinor: -amountMinor },
      { accountId: fund.accountId, amountMinor },
    ];
    await postTransfers(tx, [{ transferId, kind: KIND, atMs: BigInt(house.nowMs()), currency, entries }]);
    return ok({});
  });
}
