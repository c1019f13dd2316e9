/** Setting what settlements are made by. Each setting is a new version; a rate is signed before it is stored. */
import { fromHex, toBase64Url, toHex } from '../../shared/bytes.ts';
import type { RouteAnswer, RouteBody } from '../../shared/contract/clearing.ts';
import { sha256 } from '../../shared/hash.ts';
import { type CurrencyCode, isCurrencyCode } from '../../shared/iso-4217.ts';
import { parseMinor } from '../../shared/money.ts';
import { type ExchangeRate, signExchangeRate } from '../../shared/protocol/exchange-rate.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { inTransaction } from '../db/database.ts';
import { insertFees, insertRate, insertTerms, lockFees, lockMerchant } from '../db/settlement-terms.ts';
import type { House } from '../house.ts';
import { unitMinorOf } from '../markets.ts';

type SetRefusal = Refusal<'bad-request' | 'not-found'>;

const badField = (field: string) => refused({ code: 'bad-request', detail: { field } } as const);

const isMarket = (currency: string): currency is CurrencyCode =>
  unitMinorOf(currency) !== undefined && isCurrencyCode(currency);

export async function setSettlementTerms(
  house: House,
  id: string,
  body: RouteBody<'setSettlementTerms'>,
): Promise<Result<RouteAnswer<'setSettlementTerms'>, SetRefusal>> {
  const merchantId = fromHex(id);
  if (merchantId === undefined) return refused({ code: 'not-found' });
  if (!isMarket(body.payoutCurrency)) return badField('payoutCurrency');
  return await inTransaction(
    house.database,
    async (tx): Promise<Result<RouteAnswer<'setSettlementTerms'>, SetRefusal>> => {
      if (!(await lockMerchant(tx, merchantId))) return refused({ code: 'not-found' });
      return ok({ version: await insertTerms(tx, merchantId, body, house.nowMs()) });
    },
  );
}

export async function setFees(
  house: House,
  body: RouteBody<'setFees'>,
): Promise<Result<RouteAnswer<'setFees'>, SetRefusal>> {
  const { currency, basisPoints } = body;
  const fixedMinor = parseMinor(body.fixedMinor);
  const minimumMinor = parseMinor(body.minimumMinor);
  if (!isMarket(currency)) return badField('currency');
  if (fixedMinor === undefined) return badField('fixedMinor');
  if (minimumMinor === undefined) return badField('minimumMinor');
  const fees = { basisPoints, fixedMinor, minimumMinor };
  return await inTransaction(house.database, async (tx) => {
    await lockFees(tx);
    return ok({ version: await insertFees(tx, currency, fees, house.nowMs()) });
  });
}

/** "1.0834" as 10834 and 4. */
function readRate(text: string): Pick<ExchangeRate, 'mantissa' | 'scale'> | undefined {
  const [whole = '', part = ''] = text.split('.');
  const mantissa = parseMinor(BigInt(whole + part).toString());
  return mantissa === undefined || mantissa === 0n ? undefined : { mantissa, scale: part.length };
}

export async function setRate(
  house: House,
  body: RouteBody<'setRate'>,
): Promise<Result<RouteAnswer<'setRate'>, SetRefusal>> {
  const { from, to } = body;
  const number = readRate(body.rate);
  if (!isMarket(from)) return badField('from');
  if (!isMarket(to) || to === from) return badField('to');
  if (number === undefined) return badField('rate');
  const validFromS = Math.floor(body.validFromMs / 1000);
  const validUntilS = Math.floor(body.validUntilMs / 1000);
  if (validUntilS <= validFromS || validUntilS > 253_402_300_799) return badField('validUntilMs');
  const rate: ExchangeRate = { from, to, ...number, validFromS, validUntilS };
  const issuer = await house.trust.issuer();
  const signed = signExchangeRate(rate, house.config.world, issuer.kid, issuer.signer);
  const rateId = sha256(signed).subarray(0, 16);
  await insertRate(house.database, rateId, rate, signed, house.nowMs());
  return ok({ rateId: toHex(rateId), signed: toBase64Url(signed) });
}
