/**
 * Double spending, provable by anyone who holds the issuer's key, offline (protocol §3): two payments of
 * one purse that an honest wallet could not both have signed.
 */
import { equalBytes } from '../bytes.ts';
import type { Refusal } from '../refusals.ts';
import { ok, type Result, refused } from '../result.ts';
import { decodeCbor, encodeCbor } from './cbor.ts';
import { sign1Value } from './cose.ts';
import { isSamePresentation, type Payment, readPayment } from './payment.ts';
import { checkCertificate, checkPaymentSignature, type PresentedCheck } from './presented-code.ts';
import { type PurseCertificate, readPurseCertificate } from './purse-certificate.ts';
import { reading, readTuple } from './shape.ts';

/** At least this much was spent by the payment itself; a quick one may have been left unused. */
function certainAmount(payment: Payment): bigint {
  return payment.mode === 'bound' ? payment.amountMinor : 0n;
}

/**
 * True when the two cannot both come from an honest wallet: one counter or one `previous` without being
 * pictures of one presentation, or a running total that went down.
 */
export function contradict(a: Payment, b: Payment): boolean {
  if (isSamePresentation(a, b)) return false;
  if (equalBytes(a.sign1.payload, b.sign1.payload)) return false;
  if (a.counter === b.counter) return true;
  if (equalBytes(a.previous, b.previous)) return true;
  const [first, second] = a.counter < b.counter ? [a, b] : [b, a];
  return second.spentMinor < first.spentMinor + certainAmount(first);
}

/** A certificate and two payments make 390 bytes or so. */
export const MAX_PROOF_BYTES = 512;

export function encodeDoubleSpendProof(
  certificate: PurseCertificate,
  a: Payment,
  b: Payment,
): Uint8Array<ArrayBuffer> {
  return encodeCbor([sign1Value(certificate.sign1), sign1Value(a.sign1), sign1Value(b.sign1)]);
}

export interface DoubleSpendProof {
  readonly certificate: PurseCertificate;
  readonly payments: readonly [Payment, Payment];
}

/** Shape only: of a proof that was checked before it was kept. */
export function readDoubleSpendProof(bytes: Uint8Array): Result<DoubleSpendProof, Refusal<'malformed'>> {
  if (bytes.length > MAX_PROOF_BYTES) return refused({ code: 'malformed' });
  return reading(() => {
    const [certificate, a, b] = readTuple(decodeCbor(bytes), 3);
    return { certificate: readPurseCertificate(certificate), payments: [readPayment(a), readPayment(b)] };
  });
}

/** Decodes and proves: both signatures genuine, and contradicting. `forged` when it proves nothing. */
export function openDoubleSpendProof(
  bytes: Uint8Array,
  check: PresentedCheck,
): Result<DoubleSpendProof, Refusal<'malformed' | 'untrusted' | 'certificate-forged' | 'forged'>> {
  const read = readDoubleSpendProof(bytes);
  if (!read.ok) return read;
  const { certificate, payments } = read.value;
  const [a, b] = payments;
  const issued = checkCertificate(certificate, check);
  if (!issued.ok) return issued;
  for (const payment of payments) {
    const signed = checkPaymentSignature(certificate, payment, check);
    if (!signed.ok) return signed;
  }
  return contradict(a, b) ? ok({ certificate, payments }) : refused({ code: 'forged' });
}
