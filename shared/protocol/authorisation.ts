/**
 * Online authorisation of one payment (protocol §6): what a terminal asks, and the clearing house's signed answer.
 * An answer never moves money: the sale in the terminal's journal does. It names the terminal, the payment and the
 * amount, so it cannot serve for another.
 */
import { idBytes, type PaymentId, paymentIdFrom, type TerminalId, terminalIdFrom } from '../ids.ts';
import { type CurrencyCode, currencyByNumeric, currencyOf } from '../iso-4217.ts';
import type { Refusal } from '../refusals.ts';
import { type Result, refused } from '../result.ts';
import { REJECT_REASONS, type RejectReason } from './acknowledgement.ts';
import { type CborValue, decodeCbor, encodeCbor } from './cbor.ts';
import { decodeSign1, draft, encodeSign1, signDraft, verifySign1 } from './cose.ts';
import type { Ed25519BackEnd, Signer } from './ed25519.ts';
import { MAX_AUTHORISATION_BYTES } from './journal-bodies.ts';
import { Malformed } from './malformed.ts';
import { MAX_PICTURE_BYTES } from './picture.ts';
import {
  readAmount,
  readBytes,
  readBytesUpTo,
  reading,
  readNullable,
  readOneOf,
  readTimeMs,
  readTuple,
  readUint,
} from './shape.ts';
import { issuerOf, type TrustBundle } from './trust-bundle.ts';
import { aadOf, type World } from './world.ts';

/** A presented code and an invoice with their certificates, and little more. */
export const MAX_AUTHORISATION_REQUEST_BYTES = 2048;

export interface AuthorisationRequest {
  /** The presented code (kind 0), unsealed. */
  readonly code: Uint8Array;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  /** The invoice that a bound payment answers, else null. */
  readonly invoice: Uint8Array | null;
  /** Whether the shop wants an answer whatever its limits say. The clearing house keeps it, and judges alike. */
  readonly isForced: boolean;
}

function readCurrency(value: CborValue | undefined): CurrencyCode {
  const currency = currencyByNumeric(readUint(value, 999));
  if (currency === undefined) throw new Malformed('currency');
  return currency.code;
}

export function encodeAuthorisationRequest(request: AuthorisationRequest): Uint8Array<ArrayBuffer> {
  const { code, amountMinor, currency, invoice, isForced } = request;
  return encodeCbor([code, amountMinor, currencyOf(currency).numeric, invoice, isForced ? 1 : 0]);
}

export function readAuthorisationRequest(
  bytes: Uint8Array,
): Result<AuthorisationRequest, Refusal<'malformed'>> {
  return reading(() => {
    if (bytes.length > MAX_AUTHORISATION_REQUEST_BYTES) throw new Malformed('too many bytes');
    const [code, amount, numeric, invoice, forced] = readTuple(decodeCbor(bytes), 5);
    return {
      code: readBytesUpTo(code, MAX_PICTURE_BYTES),
      amountMinor: readAmount(amount),
      currency: readCurrency(numeric),
      invoice: readNullable(invoice, (given) => readBytesUpTo(given, MAX_PICTURE_BYTES)),
      isForced: readOneOf(forced, [0, 1]) === 1,
    };
  });
}

export interface Authorisation {
  readonly terminalId: TerminalId;
  /** Of the very picture that was asked for. */
  readonly paymentId: PaymentId;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  /** Null when approved. */
  readonly declined: RejectReason | null;
  readonly serverTimeMs: number;
}

export function signAuthorisation(
  authorisation: Authorisation,
  world: World,
  kid: Uint8Array,
  issuer: Signer,
): Uint8Array<ArrayBuffer> {
  const { terminalId, paymentId, amountMinor, currency, declined, serverTimeMs } = authorisation;
  const payload: CborValue = [
    idBytes(terminalId),
    idBytes(paymentId),
    amountMinor,
    currencyOf(currency).numeric,
    declined === null ? 0 : 1,
    declined === null ? null : REJECT_REASONS.indexOf(declined),
    serverTimeMs,
  ];
  return encodeSign1(signDraft(draft(kid, aadOf(world, 'authorisation'), payload), issuer));
}

function readReason(value: CborValue): RejectReason {
  const reason = REJECT_REASONS[readUint(value, REJECT_REASONS.length - 1)];
  if (reason === undefined) throw new Malformed('reason');
  return reason;
}

/** An answer under an issuer key of the bundle that is valid at its own time; whom it is for, the caller looks. */
export function openAuthorisation(
  bytes: Uint8Array,
  trust: Pick<TrustBundle, 'issuers'>,
  world: World,
  backEnd: Ed25519BackEnd,
): Result<Authorisation, Refusal<'malformed' | 'untrusted' | 'forged'>> {
  if (bytes.length > MAX_AUTHORISATION_BYTES) return refused({ code: 'malformed' });
  const sign1 = reading(() => decodeSign1(bytes, 'with-kid'));
  if (!sign1.ok) return sign1;
  const issuer = sign1.value.kid === null ? undefined : issuerOf(trust, sign1.value.kid);
  if (issuer === undefined) return refused({ code: 'untrusted' });
  if (!verifySign1(backEnd, issuer.publicKey, sign1.value, aadOf(world, 'authorisation')))
    return refused({ code: 'forged' });
  const read = reading(() => {
    const [terminal, payment, amount, numeric, verdict, reason, serverTime] = readTuple(
      decodeCbor(sign1.value.payload),
      7,
    );
    const declined = readNullable(reason, readReason);
    if ((readOneOf(verdict, [0, 1]) === 1) !== (declined !== null)) throw new Malformed('reason');
    return {
      terminalId: terminalIdFrom(readBytes(terminal, 8)),
      paymentId: paymentIdFrom(readBytes(payment, 16)),
      amountMinor: readAmount(amount),
      currency: readCurrency(numeric),
      declined,
      serverTimeMs: readTimeMs(serverTime),
    };
  });
  if (!read.ok) return read;
  const atS = Math.floor(read.value.serverTimeMs / 1000);
  if (atS < issuer.notBeforeS || atS >= issuer.notAfterS) return refused({ code: 'untrusted' });
  return read;
}
