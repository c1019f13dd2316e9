/** Golden invoices, receipts, credit notes, possessions and enrolment codes. */
import { toBase64Url, toHex } from '../../../shared/bytes.ts';
import { paymentIdFrom } from '../../../shared/ids.ts';
import { refundValue, reprintValue } from '../../../shared/protocol/bodies/refund.ts';
import { type CborValue, encodeCbor } from '../../../shared/protocol/cbor.ts';
import { sign1Value } from '../../../shared/protocol/cose.ts';
import { enrolmentCodeText } from '../../../shared/protocol/enrolment-code.ts';
import { type InvoiceFields, signInvoice } from '../../../shared/protocol/invoice.ts';
import { signReceipt } from '../../../shared/protocol/receipt.ts';
import { readRefund, signRefund } from '../../../shared/protocol/refund.ts';
import { aadWith, type Forgery, forge, SMALL_ORDER_POINTS } from '../../support/forge.ts';
import { bytesOfHex } from '../../support/from-hex.ts';
import { EPOCH_S, root, seed, WORLD } from '../../support/protocol-fixture.ts';
import { purse, terminal } from './golden-world.ts';
import { READERS } from './readers.ts';
import { payloadVariants, sign1Variants } from './sign1-variants.ts';
import { plain, type ValidVector, type VectorFile } from './vector-file.ts';

const { certificate, signer } = terminal;
const EIGHT = seed('invoice nonce').subarray(0, 8);
const SIXTEEN = seed('sixteen').subarray(0, 16);

function validOf(object: string, name: string, input: string): ValidVector {
  const read = READERS[object]?.(input);
  if (read?.ok !== true) throw new TypeError(`${object} ${name}: refused`);
  return { name, input, decoded: plain(read.value) };
}

type Change = readonly [name: string, at: number, item: CborValue];
const changed = (payload: readonly CborValue[], changes: readonly Change[]) => [
  ...changes.map(([name, at, item]): readonly [string, CborValue] => [name, payload.with(at, item)]),
  ['one item more', [...payload, 0]] as const,
  ['one item less', payload.slice(0, -1)] as const,
  ['a payload that is a map', new Map()] as const,
];

export const goldenInvoice: InvoiceFields = {
  nonce: EIGHT,
  amountMinor: 1250n,
  iatS: EPOCH_S + 3500,
  ttlS: 300,
  reference: 'Table 4',
};

export function invoiceFile(): VectorFile {
  const aad = aadWith('invoice', certificate.digest);
  const payload: readonly CborValue[] = [EIGHT, 1250, EPOCH_S, 300, 'Table 4'];
  const honest: Forgery = { signer, aad, kid: null, payload };
  const valid: readonly (readonly [string, Partial<InvoiceFields>])[] = [
    ['with a reference', {}],
    ['without a reference', { reference: '' }],
    ['with a reference of 24 bytes in 8 characters', { reference: '第四号桌子餐饮' }],
    ['of the largest amount', { amountMinor: 9_007_199_254_740_991n }],
    ['that ends at once', { ttlS: 0 }],
  ];
  return {
    object: 'invoice',
    section: '3 invoice',
    about:
      'The COSE_Sign1, hexadecimal, checked under the key of the terminal certificate in context. digest is what a bound payment signs.',
    context: {
      terminalCertificate: toHex(certificate.bytes),
      certificateDigest: toHex(certificate.digest),
      external_aad: toHex(aad),
    },
    valid: valid.map(([name, change]) => {
      const { sign1 } = signInvoice({ ...goldenInvoice, ...change }, WORLD, certificate.digest, signer);
      return validOf('invoice', name, toHex(encodeCbor(sign1Value(sign1))));
    }),
    invalid: [
      ...sign1Variants({ honest, type: 'invoice', digest: certificate.digest, forged: 'forged' }),
      ...payloadVariants(
        honest,
        changed(payload, [
          ['a nonce of 7 bytes', 0, EIGHT.subarray(1)],
          ['an amount of nothing', 1, 0],
          ['a negative amount', 1, -1],
          ['an amount of 2^53', 1, 2n ** 53n],
          ['an amount that is text', 1, '12.50'],
          ['a time after the year 9999', 2, 253_402_300_800],
          ['a ttl over a day', 3, 86_401],
          ['a reference of 25 bytes', 4, 'x'.repeat(25)],
          ['a reference of 9 Chinese characters', 4, '桌'.repeat(9)],
          ['a reference that is null', 4, null],
        ]),
      ),
    ],
  };
}

export function receiptFile(): VectorFile {
  const payload: readonly CborValue[] = [SIXTEEN, 1250, 978, EPOCH_S, 7];
  const honest: Forgery = { signer, aad: aadWith('receipt'), kid: null, payload };
  const fields = {
    paymentId: paymentIdFrom(SIXTEEN),
    chargedMinor: 1250n,
    currency: 'EUR',
    iatS: EPOCH_S + 3605,
    journalSeq: 7,
  } as const;
  const signed = (change: object) =>
    toHex(encodeCbor(sign1Value(signReceipt({ ...fields, ...change }, WORLD, signer))));
  return {
    object: 'receipt',
    section: '3 receipt',
    about: 'The COSE_Sign1, hexadecimal, checked under the key of the terminal certificate of invoice.json.',
    context: { external_aad: toHex(honest.aad) },
    valid: [
      validOf('receipt', 'of a payment', signed({})),
      validOf(
        'receipt',
        'of the largest numbers',
        signed({ chargedMinor: 9_007_199_254_740_991n, journalSeq: Number.MAX_SAFE_INTEGER }),
      ),
    ],
    invalid: [
      ...sign1Variants({ honest, type: 'receipt', forged: 'forged' }),
      ...payloadVariants(
        honest,
        changed(payload, [
          ['a payment id of 15 bytes', 0, SIXTEEN.subarray(1)],
          ['nothing charged', 1, 0],
          ['a currency that is none', 2, 1],
          ['a negative time', 3, -1],
          ['journal seq 0', 4, 0],
        ]),
      ),
    ],
  };
}

const goldenRefund = {
  paymentId: paymentIdFrom(SIXTEEN),
  amountMinor: 500n,
  currency: 'EUR',
  iatS: EPOCH_S + 3700,
  epoch: 1,
  journalSeq: 9,
} as const;

export function refundFile(): VectorFile {
  const payload: readonly CborValue[] = [SIXTEEN, 500, 978, EPOCH_S + 3700, 1, 9];
  const honest: Forgery = { signer, aad: aadWith('refund'), kid: null, payload };
  const signed = (change: object) =>
    toHex(encodeCbor(sign1Value(signRefund({ ...goldenRefund, ...change }, WORLD, signer))));
  return {
    object: 'refund',
    section: '3 credit note',
    about:
      'The COSE_Sign1, hexadecimal, checked under the key of the terminal certificate of invoice.json. refundId is derived.',
    context: { external_aad: toHex(honest.aad) },
    valid: [
      validOf('refund', 'of a part of a payment', signed({})),
      validOf(
        'refund',
        'of the largest numbers',
        signed({
          amountMinor: 9_007_199_254_740_991n,
          epoch: 0xffff_ffff,
          journalSeq: Number.MAX_SAFE_INTEGER,
        }),
      ),
    ],
    invalid: [
      ...sign1Variants({ honest, type: 'refund', forged: 'forged' }),
      ...payloadVariants(
        honest,
        changed(payload, [
          ['a payment id of 15 bytes', 0, SIXTEEN.subarray(1)],
          ['nothing given back', 1, 0],
          ['a negative amount', 1, -500],
          ['a currency that is none', 2, 1],
          ['a negative time', 3, -1],
          ['epoch 0', 4, 0],
          ['journal seq 0', 5, 0],
        ]),
      ),
    ],
  };
}

/** Bodies of `refund`, `payment-voided` and `reprinted`. */
export function refundBodyFile(): VectorFile {
  const note = readRefund(sign1Value(signRefund(goldenRefund, WORLD, signer)));
  const body = {
    note,
    original: { epoch: 1, seq: 7 },
    amountMinor: 500n,
    currency: 'EUR',
    reason: 'Broken cup',
    approvedBy: null,
  } as const;
  const wire = refundValue(body) as readonly CborValue[];
  return {
    object: 'refund-body',
    section: '5 journal',
    about: 'CBOR of the body of a refund or of a voided payment, hexadecimal.',
    context: {},
    valid: [
      validOf('refund-body', 'by a credit note', toHex(encodeCbor(wire))),
      validOf(
        'refund-body',
        'in cash, approved by a colleague',
        toHex(encodeCbor(refundValue({ ...body, note: null, approvedBy: 'a1b2c3d4e5f60718' }))),
      ),
    ],
    invalid: [
      ...changed(wire, [
        ['a note that is none', 0, new Uint8Array(8)],
        ['an original without its epoch', 1, [7]],
        ['an original of seq 0', 1, [1, 0]],
        ['an amount that is not the note’s', 2, 501],
        ['nothing', 2, 0],
        ['a currency that is not the note’s', 3, 392],
        ['a reason of 121 bytes', 4, 'x'.repeat(121)],
        ['an approver of 33 bytes', 5, 'x'.repeat(33)],
      ]).map(([name, value]) => ({ name, input: toHex(encodeCbor(value)), refusal: 'malformed' }) as const),
      {
        name: 'a reprint in its place',
        input: toHex(
          encodeCbor(
            reprintValue({ what: 'receipt', original: { epoch: 1, seq: 7 }, copy: 1, approvedBy: null }),
          ),
        ),
        refusal: 'malformed',
      },
    ],
  };
}

export function possessionFile(): VectorFile {
  const { wallet } = purse;
  const zeros = new Uint8Array(32);
  const payload: readonly CborValue[] = [seed('context'), wallet.publicKey, zeros, EPOCH_S];
  const honest: Forgery = { signer: wallet, aad: aadWith('possession'), kid: null, payload };
  const encoded = (items: readonly CborValue[]) => toHex(encodeCbor(forge({ ...honest, payload: items })));
  return {
    object: 'possession',
    section: '1 actors and keys',
    about: 'The COSE_Sign1, hexadecimal, signed by the key that its payload names.',
    context: { external_aad: toHex(honest.aad) },
    valid: [
      validOf('possession', 'of a purse’s key', encoded(payload)),
      validOf('possession', 'of a key with a box key', encoded(payload.with(2, certificate.boxKey))),
    ],
    invalid: [
      ...sign1Variants({ honest, type: 'possession', forged: 'forged' }),
      ...payloadVariants(
        honest,
        changed(payload, [
          ['a context of 31 bytes', 0, zeros.subarray(1)],
          ['a key of 31 bytes', 1, zeros.subarray(1)],
          ['a box key that is null', 2, null],
          ['a negative time', 3, -1],
        ]),
      ),
      ...payloadVariants(honest, [['another’s key', payload.with(1, signer.publicKey)]], 'forged'),
      ...payloadVariants(
        honest,
        SMALL_ORDER_POINTS.slice(0, 3).map(([name, hex]) => [
          `a key that is ${name}`,
          payload.with(1, bytesOfHex(hex)),
        ]),
        'forged',
      ),
    ],
  };
}

export function enrolmentCodeFile(): VectorFile {
  const code = {
    world: 'test',
    clearingOrigin: 'https://clearing.example',
    secret: SIXTEEN,
    rootPublicKey: root.publicKey,
  } as const;
  const textOf = (value: CborValue) => `FT1-${toBase64Url(encodeCbor(value))}`;
  const items: readonly CborValue[] = [1, code.clearingOrigin, code.secret, code.rootPublicKey];
  const good = enrolmentCodeText(code);
  return {
    object: 'enrolment-code',
    section: '1 actors and keys',
    about: 'The text that an administrator hands over.',
    context: {},
    valid: [
      validOf('enrolment-code', 'of a test world', good),
      validOf('enrolment-code', 'of the live world', textOf(items.with(0, 0))),
      validOf('enrolment-code', 'with white space around it', `\n  ${good} `),
      validOf(
        'enrolment-code',
        'of an address on this machine',
        textOf(items.with(1, 'http://127.0.0.1:4010')),
      ),
    ],
    invalid: [
      { name: 'nothing', input: '', refusal: 'unreadable' },
      { name: 'without its prefix', input: good.slice(4), refusal: 'unreadable' },
      { name: 'a prefix in lower case', input: good.toLowerCase(), refusal: 'unreadable' },
      { name: 'a prefix to come', input: `FT2-${good.slice(4)}`, refusal: 'unreadable' },
      { name: 'white space inside', input: `${good.slice(0, 20)} ${good.slice(20)}`, refusal: 'unreadable' },
      { name: 'base64 padding', input: `${good}==`, refusal: 'unreadable' },
      { name: 'more than 1,000 characters', input: `FT1-${'A'.repeat(1000)}`, refusal: 'unreadable' },
      { name: 'no bytes', input: 'FT1-', refusal: 'malformed' },
      {
        name: 'the end missing',
        input: `FT1-${toBase64Url(encodeCbor(items).subarray(0, -1))}`,
        refusal: 'malformed',
      },
      { name: 'a third world', input: textOf(items.with(0, 2)), refusal: 'malformed' },
      {
        name: 'an origin with a path',
        input: textOf(items.with(1, 'https://clearing.example/v1')),
        refusal: 'malformed',
      },
      {
        name: 'an origin with a user',
        input: textOf(items.with(1, 'https://a@clearing.example')),
        refusal: 'malformed',
      },
      {
        name: 'an origin of another scheme',
        input: textOf(items.with(1, 'javascript:alert(1)')),
        refusal: 'malformed',
      },
      {
        name: 'a secret of 15 bytes',
        input: textOf(items.with(2, SIXTEEN.subarray(1))),
        refusal: 'malformed',
      },
      {
        name: 'a root of small order',
        input: textOf(items.with(3, new Uint8Array(32))),
        refusal: 'malformed',
      },
      { name: 'one item more', input: textOf([...items, 0]), refusal: 'malformed' },
    ],
  };
}
