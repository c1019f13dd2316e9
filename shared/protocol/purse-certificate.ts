/**
 * The purse certificate: the issuer says that this key may pay out of this purse, in this currency, up
 * to this allowance, until then (protocol §3). Issuing it reserves the allowance at the clearing house.
 */
import { sha256 } from '../hash.ts';
import { type PurseId, purseIdFrom } from '../ids.ts';
import { type CurrencyCode, currencyByNumeric, currencyOf } from '../iso-4217.ts';
import { type CborValue, decodeCbor, encodeCbor } from './cbor.ts';
import { claimsValue, readClaims } from './certificate-claims.ts';
import { draft, readSign1, type Sign1, sign1Value, signDraft } from './cose.ts';
import type { Signer } from './ed25519.ts';
import { Malformed } from './malformed.ts';
import { readMinor, readTuple, readUint } from './shape.ts';
import { aadOf, type World } from './world.ts';

const PRIVATE_CLAIM = -65537;

/** How many payments a purse may make at most: counters stay small. */
export const MAX_PAYMENT_COUNT = 65_535;
/** The last bit of the longest status list: a purse beyond it could never be revoked. */
export const MAX_STATUS_INDEX = 16 * 1024 * 1024 - 1;

export interface PurseCertificateFields {
  readonly purseId: Uint8Array;
  readonly iatS: number;
  readonly expS: number;
  readonly publicKey: Uint8Array;
  readonly currency: CurrencyCode;
  /** Minor units that the purse may pay in its whole life. */
  readonly allowanceMinor: bigint;
  readonly perPaymentCapMinor: bigint;
  readonly paymentCountCap: number;
  readonly statusIndex: number;
  readonly tier: number;
}

export interface PurseCertificate extends Omit<PurseCertificateFields, 'purseId'> {
  readonly purseId: PurseId;
  readonly kid: Uint8Array;
  /** The one encoding; its SHA-256 binds payments to it, the first 8 bytes of that make the short code. */
  readonly bytes: Uint8Array;
  readonly digest: Uint8Array;
  readonly sign1: Sign1;
}

export function issuePurseCertificate(
  fields: PurseCertificateFields,
  world: World,
  kid: Uint8Array,
  issuer: Signer,
): Uint8Array<ArrayBuffer> {
  const claim: CborValue = [
    currencyOf(fields.currency).numeric,
    fields.allowanceMinor,
    fields.perPaymentCapMinor,
    fields.paymentCountCap,
    fields.statusIndex,
    fields.tier,
  ];
  const payload = claimsValue({ ...fields, id: fields.purseId }, PRIVATE_CLAIM, claim);
  return encodeCbor(sign1Value(signDraft(draft(kid, aadOf(world, 'purse'), payload), issuer)));
}

/** Shape only; the signature is checked by whoever trusts it. @throws Malformed */
export function readPurseCertificate(value: CborValue | undefined): PurseCertificate {
  const sign1 = readSign1(value, 'with-kid');
  const { claims, privateClaim } = readClaims(decodeCbor(sign1.payload), PRIVATE_CLAIM);
  const [numeric, allowance, cap, count, status, tier] = readTuple(privateClaim, 6);
  const currency = currencyByNumeric(readUint(numeric, 999));
  if (currency === undefined || sign1.kid === null) throw new Malformed('currency');
  const bytes = encodeCbor(sign1Value(sign1));
  return {
    purseId: purseIdFrom(claims.id),
    iatS: claims.iatS,
    expS: claims.expS,
    publicKey: claims.publicKey,
    currency: currency.code,
    allowanceMinor: readMinor(allowance),
    perPaymentCapMinor: readMinor(cap),
    paymentCountCap: readUint(count, MAX_PAYMENT_COUNT),
    statusIndex: readUint(status, MAX_STATUS_INDEX),
    tier: readUint(tier, 255),
    kid: sign1.kid,
    bytes,
    digest: sha256(bytes),
    sign1,
  };
}
