/** Stages 1 to 3 of the decision (protocol §4): from a scanned text to a code whose certificate and signature are genuine. */
import { unseal } from '../../../shared/protocol/box.ts';
import {
  decodePictureBytes,
  decodePictureText,
  isShort,
  type PresentedCode,
} from '../../../shared/protocol/picture.ts';
import {
  checkCertificate,
  checkPaymentSignature,
  checkValidity,
  type PresentedCheck,
} from '../../../shared/protocol/presented-code.ts';
import type { PurseCertificate } from '../../../shared/protocol/purse-certificate.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { type Session, terminalClock } from '../session.ts';
import { shopBundle } from '../trust/shop-bundle.ts';
import { backEnd, type Trust } from '../trust/trust.ts';
import type { DecodedCode } from '../views/decoded.ts';

/** A code whose certificate and signature are genuine. */
export interface GenuineCode extends DecodedCode {
  readonly code: PresentedCode;
}

/** Stage 1: text to a presented code, unsealed where it was sealed to us. */
function openScan(session: Session, scan: string): Result<PresentedCode> {
  const picture = decodePictureText(scan);
  if (!picture.ok) return picture;
  if (picture.value.kind === 'presented') return ok(picture.value);
  if (picture.value.kind !== 'sealed') return refused({ code: 'wrong-kind' });
  const plain = unseal(picture.value, session.keys.boxSecret, session.keys.boxKey);
  if (plain === undefined) return refused({ code: 'sealed-for-another' });
  const inner = decodePictureBytes(plain);
  if (!inner.ok) return inner;
  return inner.value.kind === 'presented' ? ok(inner.value) : refused({ code: 'wrong-kind' });
}

/** Only a certain time ends a certificate; where a clock that jumped forward says so, the clock is the reason. */
function checkInTime(session: Session, trust: Trust, certificate: PurseCertificate): Result<null> {
  const { effectiveMs, certainMs, aheadS } = terminalClock(session);
  const { clockToleranceS } = shopBundle(session, trust).policy;
  const valid = checkValidity(certificate, Math.floor(effectiveMs / 1000), clockToleranceS);
  if (valid.ok || aheadS === 0 || valid.refusal.code !== 'certificate-expired') return valid;
  const certain = checkValidity(certificate, Math.floor(certainMs / 1000), clockToleranceS);
  const isOver = !certain.ok && certain.refusal.code === 'certificate-expired';
  return isOver ? certain : refused({ code: 'clock-jumped-forward', detail: { aheadS } });
}

/** Stages 2 and 3. A bound code in the open, not sealed, is as good: only the onlooker gains. */
function checkGenuine(session: Session, trust: Trust, code: PresentedCode): Result<GenuineCode> {
  const { certificate: given, payment } = code;
  const certificate = isShort(given) ? session.store.certificates.byShort(given.short) : given;
  if (certificate === undefined) return refused({ code: 'full-code-needed' });
  const check: PresentedCheck = {
    world: session.enrolment.world,
    backEnd,
    trust: trust.bundle,
    isKnownCertificate: (candidate) => session.store.certificates.isKnown(candidate),
  };
  const issued = checkCertificate(certificate, check);
  if (!issued.ok) return issued;
  const valid = checkInTime(session, trust, certificate);
  if (!valid.ok) return valid;
  const paymentId = checkPaymentSignature(certificate, payment, check);
  return paymentId.ok ? ok({ code, certificate, payment, paymentId: paymentId.value }) : paymentId;
}

/** @param scan anything at all */
export function openCode(session: Session, trust: Trust, scan: string): Result<GenuineCode> {
  const opened = openScan(session, scan);
  return opened.ok ? checkGenuine(session, trust, opened.value) : opened;
}
