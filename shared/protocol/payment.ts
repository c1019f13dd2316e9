/**
 * A payment, signed by the wallet over the digest of its purse certificate (protocol §3). Quick: a cap
 * and a short life, the terminal fills in the amount. Bound: an amount and the digest of one invoice.
 */
import { concatBytes, equalBytes } from '../bytes.ts';
import { sha256 } from '../hash.ts';
import { type PaymentId, paymentIdFrom } from '../ids.ts';
import { type CborValue, decodeCbor } from './cbor.ts';
import { type Draft, draft, readSign1, type Sign1, sigStructure } from './cose.ts';
import { MAX_PAYMENT_COUNT } from './purse-certificate.ts';
import {
  readAmount,
  readBytes,
  readMinor,
  readOneOf,
  readOrdinal,
  readTimeS,
  readTuple,
  readUint,
} from './shape.ts';
import { aadOf, type World } from './world.ts';

const QUICK = 0;
const BOUND = 1;
/** The longest life a quick code may ask for; a policy allows less. */
export const MAX_TTL_S = 3600;

interface PaymentChain {
  /** 1…n. Rises by one with each payment (presentation); durable in the wallet before the code is shown. */
  readonly counter: number;
  /** The purse's running total before this payment, minor units. */
  readonly spentMinor: bigint;
  /** First 8 bytes of the payment id before this one; zeros at first. */
  readonly previous: Uint8Array;
  readonly iatS: number;
}

export interface QuickPaymentFields extends PaymentChain {
  readonly mode: 'quick';
  readonly capMinor: bigint;
  readonly ttlS: number;
  /** 8 bytes; the same in every picture of one presentation. */
  readonly nonce: Uint8Array;
}

export interface BoundPaymentFields extends PaymentChain {
  readonly mode: 'bound';
  readonly amountMinor: bigint;
  /** First 16 bytes of SHA-256 over the invoice's encoding. */
  readonly invoiceDigest: Uint8Array;
}

export type PaymentFields = QuickPaymentFields | BoundPaymentFields;

export type Payment = PaymentFields & { readonly sign1: Sign1 };

function payloadValue(fields: PaymentFields): CborValue {
  const { counter, spentMinor, previous, iatS } = fields;
  return fields.mode === 'quick'
    ? [QUICK, counter, spentMinor, previous, fields.capMinor, iatS, fields.ttlS, fields.nonce]
    : [BOUND, counter, spentMinor, previous, fields.amountMinor, iatS, fields.invoiceDigest];
}

export function paymentAad(world: World, certificateDigest: Uint8Array): Uint8Array {
  return concatBytes(aadOf(world, 'payment'), certificateDigest);
}

export function draftPayment(fields: PaymentFields, world: World, certificateDigest: Uint8Array): Draft {
  return draft(null, paymentAad(world, certificateDigest), payloadValue(fields));
}

/** First 16 bytes of SHA-256 over the Sig_structure: independent of the signature's bytes. */
export function paymentIdOf(sign1: Sign1, world: World, certificateDigest: Uint8Array): PaymentId {
  const aad = paymentAad(world, certificateDigest);
  return paymentIdFrom(paymentIdBytes(sigStructure(sign1.protectedHeader, aad, sign1.payload)));
}

/** @param signed a payment's Sig_structure; @param hash SHA-256, the runtime's own where it has a faster one */
export function paymentIdBytes(
  signed: Uint8Array,
  hash: (bytes: Uint8Array) => Uint8Array = sha256,
): Uint8Array {
  return hash(signed).subarray(0, 16);
}

/** Shape only; the signature is checked under the certificate's key. @throws Malformed */
export function readPayment(value: CborValue | undefined): Payment {
  const sign1 = readSign1(value, 'without-kid');
  const payload = decodeCbor(sign1.payload);
  const mode = readOneOf(Array.isArray(payload) ? payload[0] : undefined, [QUICK, BOUND]);
  const items = readTuple(payload, mode === QUICK ? 8 : 7);
  const chain = {
    counter: readOrdinal(items[1], MAX_PAYMENT_COUNT),
    spentMinor: readMinor(items[2]),
    previous: readBytes(items[3], 8),
    iatS: readTimeS(items[5]),
    sign1,
  };
  return mode === QUICK
    ? {
        mode: 'quick',
        ...chain,
        capMinor: readAmount(items[4]),
        ttlS: readUint(items[6], MAX_TTL_S),
        nonce: readBytes(items[7], 8),
      }
    : { mode: 'bound', ...chain, amountMinor: readAmount(items[4]), invoiceDigest: readBytes(items[6], 16) };
}

/** True when both are pictures of one presentation: all but iat and ttl is the same. */
export function isSamePresentation(a: PaymentFields, b: PaymentFields): boolean {
  return (
    a.mode === 'quick' &&
    b.mode === 'quick' &&
    a.counter === b.counter &&
    a.spentMinor === b.spentMinor &&
    a.capMinor === b.capMinor &&
    equalBytes(a.previous, b.previous) &&
    equalBytes(a.nonce, b.nonce)
  );
}
