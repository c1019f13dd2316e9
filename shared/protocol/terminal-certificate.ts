/**
 * The terminal certificate: the issuer says that this key and box key belong to this merchant's terminal.
 * The wallet shows the display name from here, so a sticker over the shop's code shows another name.
 */
import { sha256 } from '../hash.ts';
import { type MerchantId, merchantIdFrom, type TerminalId, terminalIdFrom } from '../ids.ts';
import { type CurrencyCode, currencyByNumeric, currencyOf } from '../iso-4217.ts';
import { type CborValue, decodeCbor, encodeCbor } from './cbor.ts';
import { claimsValue, readClaims } from './certificate-claims.ts';
import { draft, readSign1, type Sign1, sign1Value, signDraft } from './cose.ts';
import type { Signer } from './ed25519.ts';
import { Malformed } from './malformed.ts';
import { readBytes, readText, readTuple, readUint } from './shape.ts';
import { aadOf, type World } from './world.ts';

const PRIVATE_CLAIM = -65538;

/** What the wallet's screen and the picture's size bear. */
export const MAX_DISPLAY_NAME_BYTES = 32;

export interface TerminalCertificateFields {
  readonly terminalId: Uint8Array;
  readonly iatS: number;
  readonly expS: number;
  readonly publicKey: Uint8Array;
  readonly merchantId: Uint8Array;
  readonly displayName: string;
  /** X25519, 32 bytes: bound codes are sealed to it. */
  readonly boxKey: Uint8Array;
  readonly currency: CurrencyCode;
}

export interface TerminalCertificate extends Omit<TerminalCertificateFields, 'terminalId' | 'merchantId'> {
  readonly terminalId: TerminalId;
  readonly merchantId: MerchantId;
  readonly kid: Uint8Array;
  readonly bytes: Uint8Array;
  readonly digest: Uint8Array;
  readonly sign1: Sign1;
}

export function issueTerminalCertificate(
  fields: TerminalCertificateFields,
  world: World,
  kid: Uint8Array,
  issuer: Signer,
): Uint8Array<ArrayBuffer> {
  const claim: CborValue = [
    fields.merchantId,
    fields.displayName,
    fields.boxKey,
    currencyOf(fields.currency).numeric,
  ];
  const payload = claimsValue({ ...fields, id: fields.terminalId }, PRIVATE_CLAIM, claim);
  return encodeCbor(sign1Value(signDraft(draft(kid, aadOf(world, 'terminal'), payload), issuer)));
}

/** Shape only; the signature is checked by whoever trusts it. @throws Malformed */
export function readTerminalCertificate(value: CborValue | undefined): TerminalCertificate {
  const sign1 = readSign1(value, 'with-kid');
  const { claims, privateClaim } = readClaims(decodeCbor(sign1.payload), PRIVATE_CLAIM);
  const [merchant, name, box, numeric] = readTuple(privateClaim, 4);
  const currency = currencyByNumeric(readUint(numeric, 999));
  if (currency === undefined || sign1.kid === null) throw new Malformed('currency');
  const bytes = encodeCbor(sign1Value(sign1));
  return {
    terminalId: terminalIdFrom(claims.id),
    iatS: claims.iatS,
    expS: claims.expS,
    publicKey: claims.publicKey,
    merchantId: merchantIdFrom(readBytes(merchant, 8)),
    displayName: readText(name, MAX_DISPLAY_NAME_BYTES),
    boxKey: readBytes(box, 32),
    currency: currency.code,
    kid: sign1.kid,
    bytes,
    digest: sha256(bytes),
    sign1,
  };
}
