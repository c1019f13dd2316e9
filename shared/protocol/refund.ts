/**
 * A refund of a payment (credit note, protocol §3): the terminal signs that it gives back part or all of what it
 * charged. It promises the customer money; the clearing house moves it, once, and never above what was settled.
 */
import { sha256 } from '../hash.ts';
import { idBytes, type PaymentId, paymentIdFrom, type RefundId, refundIdFrom } from '../ids.ts';
import { type CurrencyCode, currencyByNumeric, currencyOf } from '../iso-4217.ts';
import { type CborValue, decodeCbor } from './cbor.ts';
import { draft, readSign1, type Sign1, signDraft, sigStructure } from './cose.ts';
import type { Signer } from './ed25519.ts';
import { Malformed } from './malformed.ts';
import { readAmount, readBytes, readOrdinal, readTimeS, readTuple, readUint } from './shape.ts';
import { aadOf, type World } from './world.ts';

export interface RefundFields {
  /** Of the very picture that was charged, as its receipt names it. */
  readonly paymentId: PaymentId;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  readonly iatS: number;
  /** Of the journal entry that holds it: a terminal cannot say one refund twice. */
  readonly epoch: number;
  readonly journalSeq: number;
}

export interface Refund extends RefundFields {
  readonly sign1: Sign1;
}

export function signRefund(fields: RefundFields, world: World, terminal: Signer): Sign1 {
  const payload: CborValue = [
    idBytes(fields.paymentId),
    fields.amountMinor,
    currencyOf(fields.currency).numeric,
    fields.iatS,
    fields.epoch,
    fields.journalSeq,
  ];
  return signDraft(draft(null, aadOf(world, 'refund'), payload), terminal);
}

/** First 16 bytes of SHA-256 over the Sig_structure: independent of the signature's bytes. */
export function refundIdOf(sign1: Sign1, world: World): RefundId {
  const signed = sigStructure(sign1.protectedHeader, aadOf(world, 'refund'), sign1.payload);
  return refundIdFrom(sha256(signed).subarray(0, 16));
}

/** Shape only. @throws Malformed */
export function readRefund(value: CborValue | undefined): Refund {
  const sign1 = readSign1(value, 'without-kid');
  const [paymentId, amount, numeric, iat, epoch, seq] = readTuple(decodeCbor(sign1.payload), 6);
  const currency = currencyByNumeric(readUint(numeric, 999));
  if (currency === undefined) throw new Malformed('currency');
  return {
    paymentId: paymentIdFrom(readBytes(paymentId, 16)),
    amountMinor: readAmount(amount),
    currency: currency.code,
    iatS: readTimeS(iat),
    epoch: readOrdinal(epoch, 0xffff_ffff),
    journalSeq: readOrdinal(seq, Number.MAX_SAFE_INTEGER),
    sign1,
  };
}
