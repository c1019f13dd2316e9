/**
 * A rate by which a payout is made in another currency, signed by an issuer key and good for a stated time. A payout
 * is rounded down to the minor unit of what is paid; what that leaves stays with the house, in its exchange account.
 */
import { type CurrencyCode, currencyOf } from '../iso-4217.ts';
import type { Refusal } from '../refusals.ts';
import { type Result, refused } from '../result.ts';
import { decodeCbor } from './cbor.ts';
import { decodeSign1, draft, encodeSign1, signDraft, verifySign1 } from './cose.ts';
import type { Ed25519BackEnd, Signer } from './ed25519.ts';
import { Malformed } from './malformed.ts';
import { readCurrency } from './read-currency.ts';
import { readAmount, reading, readTimeS, readTuple, readUint } from './shape.ts';
import { issuerOf, type TrustBundle } from './trust-bundle.ts';
import { aadOf, type World } from './world.ts';

export interface ExchangeRate {
  readonly from: CurrencyCode;
  readonly to: CurrencyCode;
  /** One unit (not minor unit) of `from` is mantissa / 10^scale units of `to`. */
  readonly mantissa: bigint;
  readonly scale: number;
  readonly validFromS: number;
  /** The first second in which it is no longer good. */
  readonly validUntilS: number;
}

export const MAX_RATE_SCALE = 12;

/** Minor units of `to`, rounded down. */
export function convertMinor(
  amountMinor: bigint,
  rate: Pick<ExchangeRate, 'from' | 'to' | 'mantissa' | 'scale'>,
): bigint {
  const up = 10n ** BigInt(currencyOf(rate.to).minorUnits);
  const down = 10n ** BigInt(rate.scale + currencyOf(rate.from).minorUnits);
  return (amountMinor * rate.mantissa * up) / down;
}

export function signExchangeRate(
  rate: ExchangeRate,
  world: World,
  kid: Uint8Array,
  issuer: Signer,
): Uint8Array<ArrayBuffer> {
  const payload = [
    currencyOf(rate.from).numeric,
    currencyOf(rate.to).numeric,
    rate.mantissa,
    rate.scale,
    rate.validFromS,
    rate.validUntilS,
  ];
  return encodeSign1(signDraft(draft(kid, aadOf(world, 'rate'), payload), issuer));
}

/** A rate under an issuer key of the bundle. */
export function openExchangeRate(
  bytes: Uint8Array,
  trust: Pick<TrustBundle, 'issuers'>,
  world: World,
  backEnd: Ed25519BackEnd,
): Result<ExchangeRate, Refusal<'malformed' | 'untrusted' | 'forged'>> {
  const sign1 = reading(() => decodeSign1(bytes, 'with-kid'));
  if (!sign1.ok) return sign1;
  const issuer = sign1.value.kid === null ? undefined : issuerOf(trust, sign1.value.kid);
  if (issuer === undefined) return refused({ code: 'untrusted' });
  if (!verifySign1(backEnd, issuer.publicKey, sign1.value, aadOf(world, 'rate')))
    return refused({ code: 'forged' });
  return reading(() => {
    const [from, to, mantissa, scale, validFrom, validUntil] = readTuple(decodeCbor(sign1.value.payload), 6);
    const rate = {
      from: readCurrency(from),
      to: readCurrency(to),
      mantissa: readAmount(mantissa),
      scale: readUint(scale, MAX_RATE_SCALE),
      validFromS: readTimeS(validFrom),
      validUntilS: readTimeS(validUntil),
    };
    if (rate.from === rate.to || rate.validFromS >= rate.validUntilS) throw new Malformed('rate');
    return rate;
  });
}
