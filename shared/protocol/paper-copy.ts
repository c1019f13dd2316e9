/**
 * The paper copy of a payment (protocol §3): all that another terminal of the merchant needs to bring the payment
 * to the clearing house when the one that took it is dead. The terminal signs what it charged, so whoever finds the
 * paper can neither raise the amount nor pass it to another shop; scanning it a thousand times pays once.
 */
import { equalBytes } from '../bytes.ts';
import { idBytes, type PaymentId, paymentIdFrom } from '../ids.ts';
import { type CurrencyCode, currencyByNumeric, currencyOf } from '../iso-4217.ts';
import type { Refusal } from '../refusals.ts';
import { ok, type Result, refused } from '../result.ts';
import { type CborValue, decodeCbor, encodeCbor } from './cbor.ts';
import { draft, readSign1, type Sign1, sign1Value, signDraft, verifySign1 } from './cose.ts';
import type { Ed25519BackEnd, Signer } from './ed25519.ts';
import { type Invoice, invoiceAad, readInvoice } from './invoice.ts';
import { Malformed } from './malformed.ts';
import { PAPER_COPY_KIND } from './paper-kinds.ts';
import { type Payment, readPayment } from './payment.ts';
import { checkCertificate, checkPaymentSignature } from './presented-code.ts';
import { type PurseCertificate, readPurseCertificate } from './purse-certificate.ts';
import {
  readAmount,
  readBytes,
  reading,
  readNullable,
  readOrdinal,
  readTimeMs,
  readTuple,
  readUint,
} from './shape.ts';
import { readTerminalCertificate, type TerminalCertificate } from './terminal-certificate.ts';
import { issuerOf, type TrustBundle } from './trust-bundle.ts';
import { aadOf, type World } from './world.ts';

/** What the terminal charged, when, and where in its journal that stands. */
export interface ChargeFields {
  readonly paymentId: PaymentId;
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
  /** Of the sale's entry: by it the clearing house knows the sale again when its own journal comes. */
  readonly atMs: number;
  readonly epoch: number;
  readonly journalSeq: number;
  /** Version of the trust bundle by which the terminal decided. */
  readonly trustVersion: number;
}

export interface Charge extends ChargeFields {
  readonly sign1: Sign1;
}

export function signCharge(fields: ChargeFields, world: World, terminal: Signer): Sign1 {
  const payload: CborValue = [
    idBytes(fields.paymentId),
    fields.amountMinor,
    currencyOf(fields.currency).numeric,
    fields.atMs,
    fields.epoch,
    fields.journalSeq,
    fields.trustVersion,
  ];
  return signDraft(draft(null, aadOf(world, 'paper'), payload), terminal);
}

/** Shape only. @throws Malformed */
export function readCharge(value: CborValue | undefined): Charge {
  const sign1 = readSign1(value, 'without-kid');
  const [paymentId, amount, numeric, at, epoch, seq, version] = readTuple(decodeCbor(sign1.payload), 7);
  const currency = currencyByNumeric(readUint(numeric, 999));
  if (currency === undefined) throw new Malformed('currency');
  return {
    paymentId: paymentIdFrom(readBytes(paymentId, 16)),
    amountMinor: readAmount(amount),
    currency: currency.code,
    atMs: readTimeMs(at),
    epoch: readOrdinal(epoch, 0xffff_ffff),
    journalSeq: readOrdinal(seq, Number.MAX_SAFE_INTEGER),
    trustVersion: readUint(version, Number.MAX_SAFE_INTEGER),
    sign1,
  };
}

/** Whole certificates: a new machine has met neither the purse nor the dead terminal. */
export interface PaperCopy {
  readonly purse: PurseCertificate;
  readonly payment: Payment;
  /** Of a bound payment. */
  readonly invoice: Invoice | null;
  readonly terminal: TerminalCertificate;
  readonly charge: Charge;
}

export function encodePaperCopy({
  purse,
  payment,
  invoice,
  terminal,
  charge,
}: PaperCopy): Uint8Array<ArrayBuffer> {
  return encodeCbor([
    PAPER_COPY_KIND,
    sign1Value(purse.sign1),
    sign1Value(payment.sign1),
    invoice === null ? null : sign1Value(invoice.sign1),
    sign1Value(terminal.sign1),
    sign1Value(charge.sign1),
  ]);
}

/** A copy of a bound payment with the widest numbers makes less than 1,000 bytes. */
export const MAX_PAPER_BYTES = 1200;

/** Shape only. @throws Malformed */
export function readPaperCopy(bytes: Uint8Array): PaperCopy {
  if (bytes.length > MAX_PAPER_BYTES) throw new Malformed('a paper copy that is too large');
  const [kind, purse, payment, invoice, terminal, charge] = readTuple(decodeCbor(bytes), 6);
  if (kind !== PAPER_COPY_KIND) throw new Malformed('a paper copy');
  return {
    purse: readPurseCertificate(purse),
    payment: readPayment(payment),
    invoice: readNullable(invoice, readInvoice),
    terminal: readTerminalCertificate(terminal),
    charge: readCharge(charge),
  };
}

export interface PaperCheck {
  readonly world: World;
  readonly backEnd: Ed25519BackEnd;
  readonly trust: Pick<TrustBundle, 'issuers'>;
}

type PaperRefusal = Refusal<
  | 'malformed'
  | 'untrusted'
  | 'certificate-forged'
  | 'forged'
  | 'currency-mismatch'
  | 'amount-differs'
  | 'over-cap'
>;

/** That an issuer says of whom this key is. Its end does not matter: what it signed in its time stays signed. */
function checkTerminal(
  terminal: TerminalCertificate,
  { world, backEnd, trust }: PaperCheck,
): Result<null, Refusal<'untrusted' | 'certificate-forged'>> {
  const issuer = issuerOf(trust, terminal.kid);
  if (issuer === undefined) return refused({ code: 'untrusted' });
  if (terminal.iatS < issuer.notBeforeS || terminal.iatS >= issuer.notAfterS)
    return refused({ code: 'untrusted' });
  const genuine = verifySign1(backEnd, issuer.publicKey, terminal.sign1, aadOf(world, 'terminal'));
  return genuine ? ok(null) : refused({ code: 'certificate-forged' });
}

/** What the parts say of each other, all signatures being genuine. */
function checkContent({ purse, payment, invoice, terminal, charge }: PaperCopy): Result<null, PaperRefusal> {
  const { amountMinor, currency } = charge;
  if (currency !== purse.currency || currency !== terminal.currency)
    return refused({ code: 'currency-mismatch', detail: { purseCurrency: purse.currency } });
  if (payment.mode === 'quick') {
    if (invoice !== null) return refused({ code: 'malformed' });
    return amountMinor <= payment.capMinor
      ? ok(null)
      : refused({ code: 'over-cap', detail: { capMinor: payment.capMinor.toString() } });
  }
  if (invoice === null || !equalBytes(invoice.digest, payment.invoiceDigest))
    return refused({ code: 'malformed' });
  return amountMinor === payment.amountMinor && amountMinor === invoice.amountMinor
    ? ok(null)
    : refused({ code: 'amount-differs', detail: { signedMinor: payment.amountMinor.toString() } });
}

/**
 * A copy whose every signature is genuine and whose parts are of each other. Whose shop it is, and whether the
 * payment came before, is for the caller.
 *
 * @param bytes as `joinPaper` gives them
 */
export function openPaperCopy(bytes: Uint8Array, check: PaperCheck): Result<PaperCopy, PaperRefusal> {
  const read = reading(() => readPaperCopy(bytes));
  if (!read.ok) return read;
  const { purse, payment, invoice, terminal, charge } = read.value;
  const { world, backEnd } = check;
  const issued = checkCertificate(purse, { ...check, isKnownCertificate: () => false });
  if (!issued.ok) return issued;
  const enrolled = checkTerminal(terminal, check);
  if (!enrolled.ok) return enrolled;
  const paymentId = checkPaymentSignature(purse, payment, check);
  if (!paymentId.ok) return paymentId;
  const key = terminal.publicKey;
  const isCharged = verifySign1(backEnd, key, charge.sign1, aadOf(world, 'paper'));
  if (!isCharged || charge.paymentId !== paymentId.value) return refused({ code: 'forged' });
  const aad = invoiceAad(world, terminal.digest);
  if (invoice !== null && !verifySign1(backEnd, key, invoice.sign1, aad)) return refused({ code: 'forged' });
  const content = checkContent(read.value);
  return content.ok ? read : content;
}
