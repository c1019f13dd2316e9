/**
 * What goes into a picture: a CBOR array whose first element is its kind (protocol §3), as digits.
 * Decoding stops at the shape; nothing here says that a code is genuine.
 */
import { unreachable } from '../assert.ts';
import type { Refusal } from '../refusals.ts';
import { ok, type Result, refused } from '../result.ts';
import { BADGE_KIND } from './badge-kind.ts';
import { type CborValue, decodeCbor, encodeCbor } from './cbor.ts';
import { sign1Value } from './cose.ts';
import { decodeDigits, encodeDigits } from './digits.ts';
import { type Invoice, readInvoice } from './invoice.ts';
import { Malformed } from './malformed.ts';
import { PAPER_COPY_KIND, PAPER_PART_KIND } from './paper-kinds.ts';
import { type Payment, readPayment } from './payment.ts';
import { type PurseCertificate, readPurseCertificate } from './purse-certificate.ts';
import { type Receipt, readReceipt } from './receipt.ts';
import { type Refund, readRefund } from './refund.ts';
import { readArray, readBytes, readBytesUpTo, readTuple, readUint } from './shape.ts';
import { readTerminalCertificate, type TerminalCertificate } from './terminal-certificate.ts';
import { Z_HEAD_KIND } from './z-head-kind.ts';

export const KIND = { presented: 0, sealed: 1, invoice: 2, receipt: 3, refund: 4 } as const;

/** First 8 bytes of SHA-256 of a certificate: the short form of it. */
export interface ShortCertificate {
  readonly short: Uint8Array;
}

export interface PresentedCode {
  readonly kind: 'presented';
  readonly certificate: PurseCertificate | ShortCertificate;
  readonly payment: Payment;
}
export interface SealedCode {
  readonly kind: 'sealed';
  readonly ephemeralKey: Uint8Array;
  readonly box: Uint8Array;
}
export interface InvoicePicture {
  readonly kind: 'invoice';
  readonly certificate: TerminalCertificate | ShortCertificate;
  readonly invoice: Invoice;
}
export interface ReceiptPicture {
  readonly kind: 'receipt';
  readonly certificate: TerminalCertificate | ShortCertificate;
  readonly receipt: Receipt;
}
/** A credit note. */
export interface RefundPicture {
  readonly kind: 'refund';
  readonly certificate: TerminalCertificate | ShortCertificate;
  readonly refund: Refund;
}
export type Picture = PresentedCode | SealedCode | InvoicePicture | ReceiptPicture | RefundPicture;

export function isShort<T>(certificate: T | ShortCertificate): certificate is ShortCertificate {
  return typeof certificate === 'object' && certificate !== null && 'short' in certificate;
}

function certificateValue(
  certificate: { readonly sign1: PurseCertificate['sign1'] } | ShortCertificate,
): CborValue {
  return isShort(certificate) ? certificate.short : sign1Value(certificate.sign1);
}

export function shortOf(certificate: { readonly digest: Uint8Array }): ShortCertificate {
  return { short: certificate.digest.subarray(0, 8) };
}

export function encodePicture(picture: Picture): Uint8Array<ArrayBuffer> {
  switch (picture.kind) {
    case 'presented':
      return encodeCbor([
        KIND.presented,
        certificateValue(picture.certificate),
        sign1Value(picture.payment.sign1),
      ]);
    case 'sealed':
      return encodeCbor([KIND.sealed, picture.ephemeralKey, picture.box]);
    case 'invoice':
      return encodeCbor([
        KIND.invoice,
        certificateValue(picture.certificate),
        sign1Value(picture.invoice.sign1),
      ]);
    case 'receipt':
      return encodeCbor([
        KIND.receipt,
        certificateValue(picture.certificate),
        sign1Value(picture.receipt.sign1),
      ]);
    case 'refund':
      return encodeCbor([
        KIND.refund,
        certificateValue(picture.certificate),
        sign1Value(picture.refund.sign1),
      ]);
    default:
      return unreachable(picture);
  }
}

/** A presented code with its full certificate makes 311 bytes at most; a box adds 16. */
const MAX_BOX_BYTES = 512;
/** A sealed code or an invoice with a full certificate makes 366 bytes at most. */
export const MAX_PICTURE_BYTES = 600;

function readEither<T>(value: CborValue | undefined, full: (value: CborValue) => T): T | ShortCertificate {
  if (value === undefined) throw new Malformed('certificate');
  return value instanceof Uint8Array ? { short: readBytes(value, 8) } : full(value);
}

function readPicture(value: CborValue): Picture {
  const [kind] = readArray(value, 16);
  // a kind we do not know may be a newer wallet's; a kind that is no integer is nonsense
  const number = readUint(kind, 255);
  if (number === BADGE_KIND) throw new Malformed('a badge'); // of somebody at the till, never a customer's
  if (number === Z_HEAD_KIND) throw new Malformed('the paper of a Z report'); // read by z-head.ts
  if (number === PAPER_COPY_KIND || number === PAPER_PART_KIND) throw new Malformed('a paper copy'); // paper-parts.ts
  if (number > KIND.refund) throw new UnknownKind();
  const [, first, second] = readTuple(value, 3);
  switch (number) {
    case KIND.presented: {
      const certificate = readEither(first, readPurseCertificate);
      return { kind: 'presented', certificate, payment: readPayment(second) };
    }
    case KIND.sealed:
      return {
        kind: 'sealed',
        ephemeralKey: readBytes(first, 32),
        box: readBytesUpTo(second, MAX_BOX_BYTES),
      };
    case KIND.invoice: {
      const certificate = readEither(first, readTerminalCertificate);
      return { kind: 'invoice', certificate, invoice: readInvoice(second) };
    }
    case KIND.receipt: {
      const certificate = readEither(first, readTerminalCertificate);
      return { kind: 'receipt', certificate, receipt: readReceipt(second) };
    }
    default: {
      const certificate = readEither(first, readTerminalCertificate);
      return { kind: 'refund', certificate, refund: readRefund(second) };
    }
  }
}

class UnknownKind extends Error {
  override readonly name = 'UnknownKind';
}

export type PictureRefusal = Refusal<'unreadable' | 'malformed' | 'unsupported'>;

/** Bytes of a picture (as a journal keeps them) to its parts. */
export function decodePictureBytes(bytes: Uint8Array): Result<Picture, PictureRefusal> {
  if (bytes.length > MAX_PICTURE_BYTES) return refused({ code: 'malformed' });
  try {
    return ok(readPicture(decodeCbor(bytes)));
  } catch (error) {
    if (error instanceof UnknownKind) return refused({ code: 'unsupported' });
    if (error instanceof Malformed) return refused({ code: 'malformed' });
    throw error;
  }
}

/** Text from a camera, a scanner or the clipboard. White space around it is forgiven, nothing else is. */
export function decodePictureText(text: string): Result<Picture, PictureRefusal> {
  const digits = decodeDigits(text.trim());
  return digits.ok ? decodePictureBytes(digits.value) : digits;
}

export function pictureText(picture: Picture): string {
  return encodeDigits(encodePicture(picture));
}
