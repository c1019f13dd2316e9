/**
 * Stages 2 and 3 of the decision (protocol §4): is the certificate by an issuer we trust and in its
 * validity, is the payment signed under its key. The same function at the terminal and at the clearing
 * house, so both give one verdict.
 */
import type { PaymentId } from '../ids.ts';
import type { Refusal } from '../refusals.ts';
import { ok, type Result, refused } from '../result.ts';
import { verifySign1 } from './cose.ts';
import type { Ed25519BackEnd } from './ed25519.ts';
import { type Payment, paymentAad, paymentIdOf } from './payment.ts';
import type { PurseCertificate } from './purse-certificate.ts';
import { type IssuerKey, issuerOf, type TrustBundle } from './trust-bundle.ts';
import { aadOf, type World } from './world.ts';

export interface PresentedCheck {
  readonly world: World;
  readonly backEnd: Ed25519BackEnd;
  readonly trust: Pick<TrustBundle, 'issuers'>;
  /** Whether a certificate of this digest was verified before; saves one verification. */
  readonly isKnownCertificate: (certificate: PurseCertificate) => boolean;
}

type CertificateRefusal = Refusal<'untrusted' | 'certificate-forged'>;
type ValidityRefusal = Refusal<'certificate-expired' | 'certificate-not-yet-valid'>;

/** The issuer's signature on a purse certificate. */
export function checkCertificate(
  certificate: PurseCertificate,
  check: PresentedCheck,
): Result<{ issuer: IssuerKey; signaturesChecked: number }, CertificateRefusal> {
  const issuer = issuerOf(check.trust, certificate.kid);
  if (issuer === undefined) return refused({ code: 'untrusted' });
  if (certificate.iatS < issuer.notBeforeS || certificate.iatS >= issuer.notAfterS)
    return refused({ code: 'untrusted' });
  if (check.isKnownCertificate(certificate)) return ok({ issuer, signaturesChecked: 0 });
  const genuine = verifySign1(
    check.backEnd,
    issuer.publicKey,
    certificate.sign1,
    aadOf(check.world, 'purse'),
  );
  return genuine ? ok({ issuer, signaturesChecked: 1 }) : refused({ code: 'certificate-forged' });
}

/** @param nowS effective time of the verifier, seconds since 1970 */
export function checkValidity(
  certificate: Pick<PurseCertificate, 'iatS' | 'expS'>,
  nowS: number,
  toleranceS: number,
): Result<null, ValidityRefusal> {
  if (nowS >= certificate.expS) {
    return refused({ code: 'certificate-expired', detail: { sinceS: nowS - certificate.expS } });
  }
  if (nowS + toleranceS < certificate.iatS) return refused({ code: 'certificate-not-yet-valid' });
  return ok(null);
}

/** The wallet's signature on the payment, under the certified key and bound to this certificate. */
export function checkPaymentSignature(
  certificate: PurseCertificate,
  payment: Payment,
  check: Pick<PresentedCheck, 'world' | 'backEnd'>,
): Result<PaymentId, Refusal<'forged'>> {
  const aad = paymentAad(check.world, certificate.digest);
  if (!verifySign1(check.backEnd, certificate.publicKey, payment.sign1, aad))
    return refused({ code: 'forged' });
  return ok(paymentIdOf(payment.sign1, check.world, certificate.digest));
}
