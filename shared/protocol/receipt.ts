/** The receipt: the terminal signs what it charged, so the wallet can free what it had reserved. */
import { idBytes, type PaymentId, paymentIdFrom } from '../ids.ts';
import { type CurrencyCode, currencyByNumeric, currencyOf } from '../iso-4217.ts';
import { type CborValue, decodeCbor } from './cbor.ts';
import { draft, readSign1, type Sign1, signDraft } from './cose.ts';
import type { Signer } from './ed25519.ts';
import { Malformed } from './malformed.ts';
import { readAmount, readBytes, readOrdinal, readTimeS, readTuple, readUint } from './shape.ts';
import { aadOf, type World } from './world.ts';

export interface ReceiptFields {
  readonly paymentId: PaymentId;
  readonly chargedMinor: bigint;
  readonly currency: CurrencyCode;
  readonly iatS: number;
  readonly journalSeq: number;
}

export interface Receipt extends ReceiptFields {
  readonly sign1: Sign1;
}

export function signReceipt(fields: ReceiptFields, world: World, terminal: Signer): Sign1 {
  const payload: CborValue = [
    idBytes(fields.paymentId),
    fields.chargedMinor,
    currencyOf(fields.currency).numeric,
    fields.iatS,
    fields.journalSeq,
  ];
  return signDraft(draft(null, aadOf(world, 'receipt'), payload), terminal);
}

/** Shape only. @throws Malformed */
export function readReceipt(value: CborValue | undefined): Receipt {
  const sign1 = readSign1(value, 'without-kid');
  const [paymentId, charged, numeric, iat, seq] = readTuple(decodeCbor(sign1.payload), 5);
  const currency = currencyByNumeric(readUint(numeric, 999));
  if (currency === undefined) throw new Malformed('currency');
  return {
    paymentId: paymentIdFrom(readBytes(paymentId, 16)),
    chargedMinor: readAmount(charged),
    currency: currency.code,
    iatS: readTimeS(iat),
    journalSeq: readOrdinal(seq, Number.MAX_SAFE_INTEGER),
    sign1,
  };
}
