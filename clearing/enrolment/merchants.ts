/** Merchants, and the one-time codes that let their terminals in. */
import { fromHex, toHex } from '../../shared/bytes.ts';
import type { RouteAnswer, RouteBody } from '../../shared/contract/clearing.ts';
import { sha256 } from '../../shared/hash.ts';
import { enrolmentCodeText } from '../../shared/protocol/enrolment-code.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { inTransaction } from '../db/database.ts';
import { openAccount } from '../db/ledger.ts';
import { insertEnrolmentCode, insertMerchant } from '../db/merchants.ts';
import type { House } from '../house.ts';
import { unitMinorOf } from '../markets.ts';

const SECRET_BYTES = 16;
const CODE_LIFE_MS = 86_400_000;

export async function createMerchant(
  house: House,
  { displayName, currency }: RouteBody<'createMerchant'>,
): Promise<Result<RouteAnswer<'createMerchant'>, Refusal<'bad-request'>>> {
  if (unitMinorOf(currency) === undefined)
    return refused({ code: 'bad-request', detail: { field: 'currency' } });
  const merchantId = house.randomBytes(8);
  await inTransaction(house.database, async (tx) => {
    const accountId = await openAccount(tx, 'receivable', merchantId, currency);
    const merchant = { merchantId, displayName, currency, accountId };
    await insertMerchant(tx, merchant, house.randomBytes(8), house.nowMs());
  });
  return ok({ merchantId: toHex(merchantId) });
}

/** The code's secret is shown this once; the database has its digest. */
export async function createEnrolmentCode(
  house: House,
  body: RouteBody<'createEnrolmentCode'>,
): Promise<Result<RouteAnswer<'createEnrolmentCode'>, Refusal<'not-found'>>> {
  const merchantId = fromHex(body.merchantId);
  const branchId = body.branchId === undefined ? undefined : fromHex(body.branchId);
  if (merchantId === undefined) return refused({ code: 'not-found' });
  const secret = house.randomBytes(SECRET_BYTES);
  const nowMs = house.nowMs();
  const expiresAtMs = nowMs + CODE_LIFE_MS;
  const isStored = await insertEnrolmentCode(house.database, {
    secretDigest: sha256(secret),
    merchantId,
    branchId,
    nowMs,
    expiresAtMs,
  });
  if (!isStored) return refused({ code: 'not-found' });
  const code = enrolmentCodeText({
    world: house.config.world,
    clearingOrigin: house.publicOrigin(),
    secret,
    rootPublicKey: house.keys.root.publicKey,
  });
  return ok({ code, expiresAtMs });
}
