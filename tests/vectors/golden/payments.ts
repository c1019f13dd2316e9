/** Golden payments, presented codes and double-spend proofs (protocol §3, §4 stages 1 to 3). */
import { toHex } from '../../../shared/bytes.ts';
import { seal } from '../../../shared/protocol/box.ts';
import { type CborValue, encodeCbor } from '../../../shared/protocol/cbor.ts';
import { sign1Value } from '../../../shared/protocol/cose.ts';
import { encodeDigits } from '../../../shared/protocol/digits.ts';
import { encodeDoubleSpendProof } from '../../../shared/protocol/double-spend.ts';
import type { Payment, PaymentFields } from '../../../shared/protocol/payment.ts';
import { encodePicture, pictureText, shortOf } from '../../../shared/protocol/picture.ts';
import type { RefusalCode } from '../../../shared/refusals.ts';
import { aadWith, type Forgery, stranger } from '../../support/forge.ts';
import {
  EPOCH_S,
  payWith,
  presentedOf,
  purseOf,
  quickFields,
  seed,
  signerOf,
} from '../../support/protocol-fixture.ts';
import { knownCertificate, NOW_S, otherPurse, purse, TOLERANCE_S, terminal } from './golden-world.ts';
import { openPresented, READERS } from './readers.ts';
import { payloadVariants, sign1Variants } from './sign1-variants.ts';
import { type InvalidVector, plain, type ValidVector, type VectorFile } from './vector-file.ts';

export const goldenInvoiceDigest = seed('invoice digest').subarray(0, 16);
const EIGHT = seed('eight').subarray(0, 8);

export function boundFields(change: Partial<Extract<PaymentFields, { mode: 'bound' }>> = {}): PaymentFields {
  return {
    mode: 'bound',
    counter: 1,
    spentMinor: 0n,
    previous: new Uint8Array(8),
    amountMinor: 1250n,
    iatS: EPOCH_S + 3600,
    invoiceDigest: goldenInvoiceDigest,
    ...change,
  };
}

/** The reader's own word for what is valid: a vector that it refuses is never written. */
function validOf(object: string, name: string, input: string): ValidVector {
  const read = READERS[object]?.(input);
  if (read?.ok !== true) throw new TypeError(`${object} ${name}: refused`);
  return { name, input, decoded: plain(read.value) };
}

export function paymentFile(): VectorFile {
  const QUICK: readonly CborValue[] = [0, 1, 0, new Uint8Array(8), 5000, EPOCH_S, 30, EIGHT];
  const BOUND: readonly CborValue[] = [1, 1, 0, new Uint8Array(8), 5000, EPOCH_S, goldenInvoiceDigest];
  const aad = aadWith('payment', purse.certificate.digest);
  const honest: Forgery = { signer: purse.wallet, aad, kid: null, payload: QUICK };
  const largest = 9_007_199_254_740_991n;
  const valid: readonly (readonly [string, PaymentFields])[] = [
    ['quick, the first', quickFields()],
    ['quick, later', quickFields({ counter: 17, spentMinor: 12_345n, previous: EIGHT })],
    [
      'quick, of the largest numbers',
      quickFields({
        counter: 65_535,
        spentMinor: largest,
        capMinor: largest,
        ttlS: 3600,
        iatS: 253_402_300_799,
      }),
    ],
    ['quick, of the smallest numbers', quickFields({ capMinor: 1n, iatS: 0, ttlS: 0 })],
    ['bound, the first', boundFields()],
    ['bound, later', boundFields({ counter: 18, spentMinor: 12_345n, previous: EIGHT })],
  ];
  const changes: readonly (readonly [string, readonly CborValue[], number, CborValue])[] = [
    ['mode 2', QUICK, 0, 2],
    ['a mode that is text', QUICK, 0, 'quick'],
    ['the bound mode over a quick code', QUICK, 0, 1],
    ['the quick mode over a bound code', BOUND, 0, 0],
    ['counter 0', QUICK, 1, 0],
    ['counter 65,536', QUICK, 1, 65_536],
    ['a negative counter', BOUND, 1, -1],
    ['negative spent', QUICK, 2, -1],
    ['spent 2^53', BOUND, 2, 2n ** 53n],
    ['a previous of 7 bytes', QUICK, 3, new Uint8Array(7)],
    ['a previous of 16 bytes', BOUND, 3, new Uint8Array(16)],
    ['a cap of nothing', QUICK, 4, 0],
    ['a cap of 2^64 − 1', QUICK, 4, 2n ** 64n - 1n],
    ['an amount of nothing', BOUND, 4, 0],
    ['a negative amount', BOUND, 4, -1250],
    ['an amount that is text', BOUND, 4, '1250'],
    ['an amount that is an array', BOUND, 4, [1250, 978]],
    ['a time after the year 9999', QUICK, 5, 253_402_300_800],
    ['a negative time', BOUND, 5, -1],
    ['a ttl of 3,601 seconds', QUICK, 6, 3601],
    ['a negative ttl', QUICK, 6, -1],
    ['an invoice digest of 32 bytes', BOUND, 6, new Uint8Array(32)],
    ['a nonce of 7 bytes', QUICK, 7, new Uint8Array(7)],
    ['a nonce that is null', QUICK, 7, null],
  ];
  return {
    object: 'payment',
    section: '3 payment',
    about:
      'The COSE_Sign1, hexadecimal, checked under the key of the purse certificate in context. paymentId is derived, not in the bytes.',
    context: {
      purseCertificate: toHex(purse.certificate.bytes),
      certificateDigest: toHex(purse.certificate.digest),
      external_aad: toHex(aad),
    },
    valid: valid.map(([name, fields]) =>
      validOf('payment', name, toHex(encodeCbor(sign1Value(payWith(purse, fields).sign1)))),
    ),
    invalid: [
      ...sign1Variants({ honest, type: 'payment', digest: purse.certificate.digest, forged: 'forged' }),
      ...payloadVariants(honest, [
        ['a payload that is a map', new Map()],
        ['an empty array', []],
        ['one item more', [...QUICK, 0]],
        ['one item less', BOUND.slice(0, 6)],
        ...changes.map(([name, fields, at, item]): readonly [string, CborValue] => [
          name,
          fields.with(at, item),
        ]),
      ]),
    ],
  };
}

const text = (value: CborValue): string => encodeDigits(encodeCbor(value));

function sealedText(plainBytes: Uint8Array, boxKey = terminal.certificate.boxKey): string {
  const sealed = seal(plainBytes, boxKey, seed('ephemeral'));
  return pictureText({ kind: 'sealed', ...sealed });
}

/** Codes that a terminal takes through stages 1 to 3; the ground that mutations start from. */
export function validCodes(): readonly (readonly [name: string, text: string])[] {
  const quick = presentedOf(purse, quickFields());
  const bound = { ...quick, payment: payWith(purse, boundFields()) };
  const boundShort = { ...bound, certificate: shortOf(purse.certificate) };
  return [
    ['quick, full', pictureText(quick)],
    ['quick, short, of a known certificate', pictureText(presentedOf(purse, quickFields(), 'short'))],
    ['quick, full, of another purse', pictureText(presentedOf(otherPurse, quickFields()))],
    ['bound, in the open', pictureText(bound)],
    ['bound, sealed, full', sealedText(encodePicture(bound))],
    ['bound, sealed, short', sealedText(encodePicture(boundShort))],
  ];
}

function invalidCodes(): readonly (readonly [name: string, text: string, refusal: RefusalCode])[] {
  const quick = presentedOf(purse, quickFields());
  const other = presentedOf(otherPurse, quickFields());
  const digits = pictureText(quick);
  const certificate = sign1Value(purse.certificate.sign1);
  const payment = sign1Value(quick.payment.sign1);
  const receiptLike = encodeCbor([3, purse.certificate.digest.subarray(0, 8), payment]);
  const presentedBy = (options: Parameters<typeof purseOf>[0]) =>
    pictureText(presentedOf(purseOf(options), quickFields()));
  const forgedCertificate = {
    ...purse.certificate,
    sign1: { ...purse.certificate.sign1, signature: otherPurse.certificate.sign1.signature },
  };
  const byStranger = payWith({ certificate: purse.certificate, wallet: stranger }, quickFields());
  const shortStranger = shortOf(purseOf({ name: 'never seen' }).certificate);
  return [
    ['nothing', '', 'unreadable'],
    ['a word', 'pay me', 'unreadable'],
    ['an address', 'https://pay.example/?code=1', 'unreadable'],
    [
      'one digit misread',
      digits.slice(0, 40) + ((Number(digits[40]) + 1) % 10) + digits.slice(41),
      'unreadable',
    ],
    ['the last digit missing', digits.slice(0, -1), 'unreadable'],
    ['a NUL at the end', `${digits}\u0000`, 'unreadable'],
    ['4,296 digits', '9'.repeat(4296), 'unreadable'],
    ['digits of version 2', `2${digits.slice(1, -2)}`, 'unreadable'],
    ['a kind to come', text([5, certificate, payment]), 'unsupported'],
    ['a payment that calls itself a credit note', text([4, certificate, payment]), 'malformed'],
    ['kind 256', text([256, certificate, payment]), 'malformed'],
    ['a negative kind', text([-1, certificate, payment]), 'malformed'],
    ['a kind that is text', text(['0', certificate, payment]), 'malformed'],
    ['no kind', text([]), 'malformed'],
    ['a map', text(new Map([[0, certificate]])), 'malformed'],
    ['one item less', text([0, certificate]), 'malformed'],
    ['one item more', text([0, certificate, payment, 0]), 'malformed'],
    ['payment and certificate swapped', text([0, payment, certificate]), 'malformed'],
    ['two certificates', text([0, certificate, certificate]), 'malformed'],
    ['a digest of 7 bytes', text([0, purse.certificate.digest.subarray(0, 7), payment]), 'malformed'],
    ['the whole digest', text([0, purse.certificate.digest, payment]), 'malformed'],
    ['the certificate as its bytes', text([0, purse.certificate.bytes, payment]), 'malformed'],
    ['a terminal certificate', text([0, sign1Value(terminal.certificate.sign1), payment]), 'malformed'],
    ['a box without its key', text([1, new Uint8Array(31), new Uint8Array(64)]), 'malformed'],
    ['a box larger than any', text([1, new Uint8Array(32), new Uint8Array(513)]), 'malformed'],
    ['more bytes than any picture', encodeDigits(new Uint8Array(601)), 'malformed'],
    ['an invoice', text([2, terminal.certificate.digest.subarray(0, 8), invoiceLike()]), 'wrong-kind'],
    ['a receipt with a payment in it', encodeDigits(receiptLike), 'malformed'],
    [
      'a code sealed to another terminal',
      sealedText(encodePicture(quick), otherBoxKey()),
      'sealed-for-another',
    ],
    ['a box that was altered', alteredBox(), 'sealed-for-another'],
    ['an empty box', text([1, new Uint8Array(32), new Uint8Array()]), 'sealed-for-another'],
    ['nonsense, sealed', sealedText(Uint8Array.from([1, 2, 3])), 'malformed'],
    ['a sealed code, sealed again', sealedText(sealedBytes(encodePicture(quick))), 'wrong-kind'],
    [
      'the short code of a purse never met',
      pictureText({ ...quick, certificate: shortStranger }),
      'full-code-needed',
    ],
    [
      'a purse of an unknown issuer',
      presentedBy({ name: 'u', signedBy: signerOf('unknown issuer') }),
      'untrusted',
    ],
    [
      'a purse certified before the issuer’s time',
      presentedBy({ name: 'b', iatS: EPOCH_S - 86_401 }),
      'untrusted',
    ],
    [
      'a certificate with another’s signature',
      pictureText({ ...quick, certificate: forgedCertificate }),
      'certificate-forged',
    ],
    ['a purse that has ended this second', presentedBy({ name: 'e', expS: NOW_S }), 'certificate-expired'],
    [
      'a purse that begins after the tolerance',
      presentedBy({ name: 'n', iatS: NOW_S + TOLERANCE_S + 1 }),
      'certificate-not-yet-valid',
    ],
    ['a payment of another purse', pictureText({ ...quick, payment: other.payment }), 'forged'],
    ['a payment signed by a stranger', pictureText({ ...quick, payment: byStranger }), 'forged'],
    ['a payment of the same key under another certificate', renewed(quick.payment), 'forged'],
  ];
}

function otherBoxKey(): Uint8Array {
  return seal(new Uint8Array(), terminal.certificate.boxKey, seed('other terminal box')).ephemeralKey;
}

function sealedBytes(plainBytes: Uint8Array): Uint8Array {
  return encodePicture({ kind: 'sealed', ...seal(plainBytes, terminal.certificate.boxKey, seed('inner')) });
}

function alteredBox(): string {
  const sealed = seal(
    encodePicture(presentedOf(purse, quickFields())),
    terminal.certificate.boxKey,
    seed('e'),
  );
  const box = Uint8Array.from(sealed.box);
  box[20] = (box[20] ?? 0) ^ 1;
  return pictureText({ kind: 'sealed', ephemeralKey: sealed.ephemeralKey, box });
}

/** The same purse and key, certified anew: payments are bound to the certificate, not only to the key. */
function renewed(payment: Payment): string {
  const again = purseOf({ expS: EPOCH_S + 31 * 86_400 });
  return pictureText({ kind: 'presented', certificate: again.certificate, payment });
}

function invoiceLike(): CborValue {
  const payload = encodeCbor([new Uint8Array(8), 1250, EPOCH_S, 300, '']);
  return [encodeCbor(new Map([[1, -19]])), new Map(), payload, new Uint8Array(64)];
}

export function presentedCodeFile(): VectorFile {
  const refusedAs: InvalidVector[] = invalidCodes().map(([name, input, refusal]) => ({
    name,
    input,
    refusal,
  }));
  return {
    object: 'presented-code',
    section: '4 stages 1 to 3',
    about:
      'The text of a scan, taken by the terminal of keys.json at nowS, which has met the purse "purse" before: decode, unseal, certificate, validity, payment signature.',
    context: {
      knownShort: toHex(purse.certificate.digest.subarray(0, 8)),
      isKnown: knownCertificate(purse.certificate.digest.subarray(0, 8)) !== undefined,
    },
    valid: validCodes().map(([name, input]) => {
      const read = openPresented(input);
      if (!read.ok) throw new TypeError(`${name}: ${read.refusal.code}`);
      return { name, input, decoded: plain(read.value) };
    }),
    invalid: refusedAs,
  };
}

export function doubleSpendFile(): VectorFile {
  const first = payWith(purse, quickFields());
  const second = payWith(purse, quickFields({ nonce: EIGHT }));
  const bound = payWith(purse, boundFields({ counter: 5, spentMinor: 1000n, previous: EIGHT }));
  const tooLow = payWith(
    purse,
    quickFields({ counter: 6, spentMinor: 2249n, previous: seed('p').subarray(0, 8) }),
  );
  const enough = payWith(
    purse,
    quickFields({ counter: 6, spentMinor: 2250n, previous: seed('p').subarray(0, 8) }),
  );
  const renewedPicture = payWith(purse, quickFields({ iatS: EPOCH_S + 3625 }));
  const framed = payWith({ certificate: purse.certificate, wallet: stranger }, quickFields({ nonce: EIGHT }));
  const proof = (a: Payment, b: Payment, certificate = purse.certificate) =>
    toHex(encodeDoubleSpendProof(certificate, a, b));
  const valid: readonly (readonly [string, string])[] = [
    ['one counter, two nonces', proof(first, second)],
    ['the same two the other way round', proof(second, first)],
    ['one previous, two counters', proof(first, payWith(purse, quickFields({ counter: 2 })))],
    ['a running total that forgets a bound payment', proof(bound, tooLow)],
  ];
  const values = [purse.certificate.sign1, first.sign1, second.sign1].map(sign1Value);
  return {
    object: 'double-spend-proof',
    section: '3 double-spend proof',
    about: 'CBOR of certificate and two payments, hexadecimal, checked under the issuers of keys.json.',
    context: {},
    valid: valid.map(([name, input]) => validOf('double-spend-proof', name, input)),
    invalid: [
      { name: 'the same payment twice', input: proof(first, first), refusal: 'forged' },
      { name: 'two pictures of one presentation', input: proof(first, renewedPicture), refusal: 'forged' },
      { name: 'a running total that is right', input: proof(bound, enough), refusal: 'forged' },
      { name: 'a payment signed by a stranger', input: proof(first, framed), refusal: 'forged' },
      {
        name: 'a purse of an unknown issuer',
        input: proof(first, second, purseOf({ signedBy: stranger }).certificate),
        refusal: 'untrusted',
      },
      {
        name: 'one payment',
        input: toHex(encodeCbor(values.slice(0, 2))),
        refusal: 'malformed',
      },
      { name: 'three payments', input: toHex(encodeCbor([...values, values[2] ?? 0])), refusal: 'malformed' },
      {
        name: 'a certificate by its digest',
        input: toHex(encodeCbor([purse.certificate.digest.subarray(0, 8), ...values.slice(1)])),
        refusal: 'malformed',
      },
      {
        name: 'more than 512 bytes',
        input: toHex(encodeCbor([...values, new Uint8Array(512)])),
        refusal: 'malformed',
      },
    ],
  };
}
