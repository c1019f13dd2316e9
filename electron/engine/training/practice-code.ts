/**
 * Codes of customers who are not there: each by a new purse of the practice issuer, as a wallet would show it, good or
 * with the one fault that a cashier should see refused.
 */
import * as crypto from 'node:crypto';
import { fromHex } from '../../../shared/bytes.ts';
import { refusalFromWire } from '../../../shared/contract/refusal-wire.ts';
import type { CallParams } from '../../../shared/contract/terminal.ts';
import type { Money } from '../../../shared/money.ts';
import { seal } from '../../../shared/protocol/box.ts';
import { decodeCbor } from '../../../shared/protocol/cbor.ts';
import { sign1Value, signDraft } from '../../../shared/protocol/cose.ts';
import { nodeSigner } from '../../../shared/protocol/ed25519-node.ts';
import { draftPayment, type PaymentFields, readPayment } from '../../../shared/protocol/payment.ts';
import { encodePicture, type PresentedCode, pictureText } from '../../../shared/protocol/picture.ts';
import { issuePurseCertificate, readPurseCertificate } from '../../../shared/protocol/purse-certificate.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { acceptPayment } from '../payments/accept-payment.ts';
import { PRACTICE_WORLD, type PracticeShop } from './practice-shop.ts';

export type PracticeCode = CallParams<'training.code'>['kind'];

const DAY_S = 86_400;
const QUICK_TTL_S = 30;
/** Older than any ttl and any tolerance. */
const LONG_AGO_S = 2 * 3600;

/** A customer with a purse that holds ten times what is asked for. */
function newCustomer({ session, issuer, issuerKid }: PracticeShop, amount: Money, nowS: number) {
  const { ports } = session;
  const wallet = nodeSigner(crypto, ports.randomBytes(32));
  const bytes = issuePurseCertificate(
    {
      purseId: ports.randomBytes(8),
      iatS: nowS - DAY_S,
      expS: nowS + 30 * DAY_S,
      publicKey: wallet.publicKey,
      currency: amount.currency,
      allowanceMinor: amount.minor * 10n,
      perPaymentCapMinor: amount.minor * 2n,
      paymentCountCap: 100,
      statusIndex: 0,
      tier: 0,
    },
    PRACTICE_WORLD,
    issuerKid,
    issuer,
  );
  return { wallet, certificate: readPurseCertificate(decodeCbor(bytes)) };
}

/** @param invoiceId of an open invoice of the practice shop; for `bound` */
export async function practiceCode(
  shop: PracticeShop,
  cashier: string,
  kind: PracticeCode,
  amount: Money,
  invoiceId: string | null,
): Promise<Result<{ digits: string }>> {
  const { session } = shop;
  const { ports, enrolment } = session;
  if (amount.minor <= 0n || amount.minor > 1_000_000_000_000n) return refused({ code: 'amount-invalid' });
  if (amount.currency !== enrolment.certificate.currency) return refused({ code: 'amount-invalid' });
  const nowS = Math.floor(ports.clock.nowMs() / 1000);
  const { wallet, certificate } = newCustomer(shop, amount, nowS);
  const chain = { counter: 1, spentMinor: 0n, previous: new Uint8Array(8) };
  const present = (fields: PaymentFields, signer = wallet): PresentedCode => {
    const sign1 = signDraft(draftPayment(fields, PRACTICE_WORLD, certificate.digest), signer);
    return { kind: 'presented', certificate, payment: readPayment(sign1Value(sign1)) };
  };

  if (kind === 'bound') {
    const invoiceDigest = invoiceId === null ? undefined : fromHex(invoiceId);
    const invoice = invoiceDigest === undefined ? undefined : session.store.invoices.byDigest(invoiceDigest);
    if (invoiceDigest === undefined || invoice?.state !== 'open') return refused({ code: 'not-found' });
    const { amountMinor } = invoice;
    const code = present({ ...chain, mode: 'bound', amountMinor, iatS: nowS, invoiceDigest });
    const sealed = seal(encodePicture(code), enrolment.certificate.boxKey, ports.randomBytes(32));
    return ok({ digits: pictureText({ kind: 'sealed', ...sealed }) });
  }

  const tooLittle = amount.minor > 1n ? amount.minor - 1n : 1n;
  const fields: PaymentFields = {
    ...chain,
    mode: 'quick',
    capMinor: kind === 'over-cap' ? tooLittle : amount.minor,
    iatS: kind === 'expired' ? nowS - LONG_AGO_S : nowS,
    ttlS: QUICK_TTL_S,
    nonce: ports.randomBytes(8),
  };
  const forger = nodeSigner(crypto, ports.randomBytes(32));
  const digits = pictureText(present(fields, kind === 'forged' ? forger : wallet));
  if (kind === 'already-used') {
    // somebody has paid with it a moment ago
    const charged = await acceptPayment(session, cashier, amount, digits);
    if (!charged.ok) return charged;
    if (charged.value.verdict === 'declined') return refused(refusalFromWire(charged.value.refusal));
  }
  return ok({ digits });
}
