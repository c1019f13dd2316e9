/** The invoice: a terminal asks for an amount; a bound payment answers its digest and nothing else. */
import { concatBytes } from '../bytes.ts';
import { sha256 } from '../hash.ts';
import { type CborValue, decodeCbor, encodeCbor } from './cbor.ts';
import { draft, readSign1, type Sign1, sign1Value, signDraft } from './cose.ts';
import type { Signer } from './ed25519.ts';
import { readAmount, readBytes, readText, readTimeS, readTuple, readUint } from './shape.ts';
import { aadOf, type World } from './world.ts';

export const MAX_REFERENCE_BYTES = 24;
const MAX_TTL_S = 86_400;

export interface InvoiceFields {
  /** 8 random bytes. */
  readonly nonce: Uint8Array;
  readonly amountMinor: bigint;
  readonly iatS: number;
  readonly ttlS: number;
  /** What the customer may recognise the sale by; ≤ 24 bytes of UTF-8, may be empty. */
  readonly reference: string;
}

export interface Invoice extends InvoiceFields {
  readonly sign1: Sign1;
  readonly bytes: Uint8Array;
  /** First 16 bytes of SHA-256 over the encoding. */
  readonly digest: Uint8Array;
}

export function invoiceAad(world: World, terminalCertificateDigest: Uint8Array): Uint8Array {
  return concatBytes(aadOf(world, 'invoice'), terminalCertificateDigest);
}

export function signInvoice(
  fields: InvoiceFields,
  world: World,
  terminalCertificateDigest: Uint8Array,
  terminal: Signer,
): Invoice {
  const payload: CborValue = [fields.nonce, fields.amountMinor, fields.iatS, fields.ttlS, fields.reference];
  const sign1 = signDraft(draft(null, invoiceAad(world, terminalCertificateDigest), payload), terminal);
  return readInvoice(sign1Value(sign1));
}

/** Shape only. @throws Malformed */
export function readInvoice(value: CborValue | undefined): Invoice {
  const sign1 = readSign1(value, 'without-kid');
  const [nonce, amount, iat, ttl, reference] = readTuple(decodeCbor(sign1.payload), 5);
  const bytes = encodeCbor(sign1Value(sign1));
  return {
    nonce: readBytes(nonce, 8),
    amountMinor: readAmount(amount),
    iatS: readTimeS(iat),
    ttlS: readUint(ttl, MAX_TTL_S),
    reference: readText(reference, MAX_REFERENCE_BYTES),
    sign1,
    bytes,
    digest: sha256(bytes).subarray(0, 16),
  };
}
