/**
 * Sizes of pictures (protocol §3): the QR version at level M, numeric, that each code needs. Amounts, counters and
 * times cost bytes as they grow, so the figures are given with the numbers that they hold for.
 */
import { create } from 'qrcode';
import { describe, expect, it } from 'vitest';
import { paymentIdFrom } from '../../shared/ids.ts';
import { seal } from '../../shared/protocol/box.ts';
import { sign1Value } from '../../shared/protocol/cose.ts';
import { encodeDoubleSpendProof, MAX_PROOF_BYTES } from '../../shared/protocol/double-spend.ts';
import { signInvoice } from '../../shared/protocol/invoice.ts';
import {
  encodePicture,
  MAX_PICTURE_BYTES,
  type Picture,
  type PresentedCode,
  pictureText,
  shortOf,
} from '../../shared/protocol/picture.ts';
import { readReceipt, signReceipt } from '../../shared/protocol/receipt.ts';
import { readRefund, signRefund } from '../../shared/protocol/refund.ts';
import {
  EPOCH_S,
  payWith,
  presentedOf,
  purseOf,
  quickFields,
  seed,
  terminalOf,
  WORLD,
} from '../support/protocol-fixture.ts';

const LARGEST = 9_007_199_254_740_991n;

function sizeOf(picture: Picture): { bytes: number; digits: number; version: number } {
  const text = pictureText(picture);
  const { version } = create([{ data: text, mode: 'numeric' }], { errorCorrectionLevel: 'M' });
  return { bytes: encodePicture(picture).length, digits: text.length, version };
}

interface Numbers {
  readonly counter: number;
  readonly spentMinor: bigint;
  readonly amountMinor: bigint;
}
/** 12.50 EUR, the 17th payment of a purse of 200.00 that has spent 123.45. */
const TYPICAL: Numbers = { counter: 17, spentMinor: 12_345n, amountMinor: 1250n };
/** As many bytes as the fields can take. */
const WIDEST: Numbers = { counter: 65_535, spentMinor: LARGEST, amountMinor: LARGEST };
const purse = purseOf();
const widestPurse = purseOf({
  allowanceMinor: LARGEST,
  perPaymentCapMinor: LARGEST,
  statusIndex: 16_777_215,
});
const previous = seed('previous').subarray(0, 8);

function quickCode({ amountMinor, ...chain }: Numbers, of = purse): PresentedCode {
  return presentedOf(of, quickFields({ ...chain, capMinor: amountMinor, previous }));
}

function boundCode(numbers: Numbers, of = purse): PresentedCode {
  const invoiceDigest = seed('invoice').subarray(0, 16);
  const payment = payWith(of, { mode: 'bound', ...numbers, previous, iatS: EPOCH_S, invoiceDigest });
  return { kind: 'presented', certificate: of.certificate, payment };
}

const short = (code: PresentedCode, of = purse): PresentedCode => ({
  ...code,
  certificate: shortOf(of.certificate),
});
const sealed = (code: PresentedCode): Picture => ({
  kind: 'sealed',
  ...seal(encodePicture(code), terminalOf().certificate.boxKey, seed('ephemeral')),
});

function invoicePicture(name: string, reference: string, amountMinor: bigint): Picture {
  const { certificate, signer } = terminalOf('terminal', name);
  const fields = { nonce: seed('n').subarray(0, 8), amountMinor, iatS: EPOCH_S, ttlS: 300, reference };
  return {
    kind: 'invoice',
    certificate,
    invoice: signInvoice(fields, WORLD, certificate.digest, signer),
  };
}

function receiptPicture(chargedMinor: bigint, journalSeq: number): Picture {
  const { certificate, signer } = terminalOf();
  const fields = {
    paymentId: paymentIdFrom(new Uint8Array(16)),
    chargedMinor,
    currency: 'EUR',
    iatS: EPOCH_S,
    journalSeq,
  } as const;
  const receipt = readReceipt(sign1Value(signReceipt(fields, WORLD, signer)));
  return { kind: 'receipt', certificate: shortOf(certificate), receipt };
}

function refundPicture(amountMinor: bigint, journalSeq: number, form: 'short' | 'full', epoch = 1): Picture {
  const { certificate, signer } = terminalOf('terminal', form === 'full' ? 'x'.repeat(32) : 'Corner shop');
  const paymentId = paymentIdFrom(new Uint8Array(16));
  const fields = { paymentId, amountMinor, currency: 'EUR', iatS: EPOCH_S, epoch, journalSeq } as const;
  const refund = readRefund(sign1Value(signRefund(fields, WORLD, signer)));
  return { kind: 'refund', certificate: form === 'full' ? certificate : shortOf(certificate), refund };
}

describe('§3 sizes, typical numbers', () => {
  it.each<readonly [string, Picture, { bytes: number; version: number }]>([
    ['quick, full', quickCode(TYPICAL), { bytes: 275, version: 12 }],
    ['quick, short', short(quickCode(TYPICAL)), { bytes: 119, version: 7 }],
    ['bound, sealed, full', sealed(boundCode(TYPICAL)), { bytes: 336, version: 14 }],
    // a trial encoding had promised version 9, which holds 432 digits; 179 bytes make 438
    ['bound, sealed, short', sealed(short(boundCode(TYPICAL))), { bytes: 179, version: 10 }],
    ['invoice', invoicePicture('Corner shop', 'Table 4', 1250n), { bytes: 315, version: 13 }],
    [
      'invoice of the longest name and reference',
      invoicePicture('x'.repeat(32), 'y'.repeat(24), 1250n),
      { bytes: 355, version: 14 },
    ],
    ['receipt', receiptPicture(1250n, 1234), { bytes: 117, version: 7 }],
    ['credit note, short', refundPicture(500n, 1234, 'short'), { bytes: 118, version: 7 }],
    ['credit note of the longest name, full', refundPicture(500n, 1234, 'full'), { bytes: 341, version: 14 }],
  ])('%s → its bytes and version', (_what, picture, expected) => {
    expect(sizeOf(picture)).toMatchObject(expected);
  });

  it('bound, sealed, short → version 9 only while counter, spent and amount take four bytes together', () => {
    const versionOf = (counter: number, spentMinor: bigint, amountMinor: bigint) =>
      sizeOf(sealed(short(boundCode({ counter, spentMinor, amountMinor })))).version;
    expect(versionOf(23, 23n, 255n)).toBe(9);
    expect(versionOf(23, 255n, 23n)).toBe(9);
    expect(versionOf(24, 255n, 23n)).toBe(10);
    expect(versionOf(1, 23n, 256n)).toBe(10);
  });
});

describe('§3 sizes, the widest numbers', () => {
  const full = quickCode(WIDEST, widestPurse);
  const bound = boundCode(WIDEST, widestPurse);

  it.each<readonly [string, Picture, number]>([
    ['quick, full', full, 13],
    ['quick, short', short(full, widestPurse), 8],
    ['bound, sealed, full', sealed(bound), 15],
    ['bound, sealed, short', sealed(short(bound, widestPurse)), 10],
    ['invoice', invoicePicture('x'.repeat(32), 'y'.repeat(24), LARGEST), 15],
    ['receipt', receiptPicture(LARGEST, Number.MAX_SAFE_INTEGER), 8],
    ['credit note, short', refundPicture(LARGEST, Number.MAX_SAFE_INTEGER, 'short', 0xffff_ffff), 8],
    ['credit note, full', refundPicture(LARGEST, Number.MAX_SAFE_INTEGER, 'full', 0xffff_ffff), 14],
  ])('%s → its version, and within the largest picture', (_what, picture, version) => {
    const size = sizeOf(picture);
    expect(size.version).toBe(version);
    expect(size.bytes).toBeLessThan(MAX_PICTURE_BYTES);
  });
});

describe('§3 double-spend proof', () => {
  const proofBytes = (numbers: Numbers, of = purse) =>
    encodeDoubleSpendProof(of.certificate, quickCode(numbers, of).payment, boundCode(numbers, of).payment)
      .length;

  it('typical numbers → under 400 bytes; the widest → 432, which the limit has room for', () => {
    expect(proofBytes(TYPICAL)).toBeLessThan(400);
    expect(proofBytes(WIDEST, widestPurse)).toBe(432);
    expect(MAX_PROOF_BYTES).toBeGreaterThanOrEqual(432);
  });
});
