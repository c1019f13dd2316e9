/** A code as it goes into a picture or the clipboard: digits, with the whole purse certificate or its digest. */

import { seal } from '../../shared/protocol/box.ts';
import { complete, type Draft, sign1Value } from '../../shared/protocol/cose.ts';
import { type Payment, readPayment } from '../../shared/protocol/payment.ts';
import { encodePicture, type PresentedCode, pictureText, shortOf } from '../../shared/protocol/picture.ts';
import type { PurseCertificate } from '../../shared/protocol/purse-certificate.ts';
import type { AsyncSigner } from './payment-ports.ts';

export interface Code {
  /** For a terminal that never saw this purse. */
  readonly full: string;
  /** For a terminal that holds the purse certificate. */
  readonly short: string;
}

async function sign(draft: Draft, signer: AsyncSigner): Promise<Payment> {
  return readPayment(sign1Value(complete(draft, await signer.sign(draft.toBeSigned))));
}

function presented(certificate: PurseCertificate, payment: Payment, form: keyof Code): PresentedCode {
  return {
    kind: 'presented',
    certificate: form === 'full' ? certificate : shortOf(certificate),
    payment,
  };
}

/** An open code (kind 0). */
export async function signedCode(
  certificate: PurseCertificate,
  draft: Draft,
  signer: AsyncSigner,
): Promise<Code> {
  const payment = await sign(draft, signer);
  return {
    full: pictureText(presented(certificate, payment, 'full')),
    short: pictureText(presented(certificate, payment, 'short')),
  };
}

/** A code that only the holder of the box key can read (kind 1). */
export async function sealedCode(
  certificate: PurseCertificate,
  draft: Draft,
  signer: AsyncSigner,
  boxKey: Uint8Array,
  random: (length: number) => Uint8Array,
): Promise<Code> {
  const payment = await sign(draft, signer);
  const sealed = (form: keyof Code) =>
    pictureText({
      kind: 'sealed',
      ...seal(encodePicture(presented(certificate, payment, form)), boxKey, random(32)),
    });
  return { full: sealed('full'), short: sealed('short') };
}
