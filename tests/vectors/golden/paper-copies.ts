/** Golden charges, and the paper copies that hold them. */
import { toHex } from '../../../shared/bytes.ts';
import { paymentIdFrom } from '../../../shared/ids.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../../shared/protocol/cbor.ts';
import { sign1Value, signDraft } from '../../../shared/protocol/cose.ts';
import { signInvoice } from '../../../shared/protocol/invoice.ts';
import {
  type ChargeFields,
  encodePaperCopy,
  type PaperCopy,
  readCharge,
  signCharge,
} from '../../../shared/protocol/paper-copy.ts';
import { draftPayment, paymentIdOf, readPayment } from '../../../shared/protocol/payment.ts';
import { aadWith, type Forgery, stranger } from '../../support/forge.ts';
import { EPOCH_S, payWith, quickFields, seed, WORLD } from '../../support/protocol-fixture.ts';
import { otherPurse, purse, terminal } from './golden-world.ts';
import { READERS } from './readers.ts';
import { payloadVariants, sign1Variants } from './sign1-variants.ts';
import { goldenInvoice } from './terminal-objects.ts';
import { type InvalidVector, plain, type ValidVector, type VectorFile } from './vector-file.ts';

const { certificate, signer } = terminal;
const SIXTEEN = seed('sixteen').subarray(0, 16);
const AT_MS = (EPOCH_S + 3605) * 1000;

const golden: ChargeFields = {
  paymentId: paymentIdFrom(SIXTEEN),
  amountMinor: 1250n,
  currency: 'EUR',
  atMs: AT_MS,
  epoch: 1,
  journalSeq: 7,
  trustVersion: 3,
};

function validOf(object: string, name: string, input: string): ValidVector {
  const read = READERS[object]?.(input);
  if (read?.ok !== true) throw new TypeError(`${object} ${name}: refused`);
  return { name, input, decoded: plain(read.value) };
}

export function chargeFile(): VectorFile {
  const payload: readonly CborValue[] = [SIXTEEN, 1250, 978, AT_MS, 1, 7, 3];
  const honest: Forgery = { signer, aad: aadWith('paper'), kid: null, payload };
  const signed = (change: Partial<ChargeFields>) =>
    toHex(encodeCbor(sign1Value(signCharge({ ...golden, ...change }, WORLD, signer))));
  return {
    object: 'charge',
    section: '3 charge',
    about: 'The COSE_Sign1, hexadecimal, checked under the key of the terminal certificate of invoice.json.',
    context: { external_aad: toHex(honest.aad) },
    valid: [
      validOf('charge', 'of a payment', signed({})),
      validOf('charge', 'of the largest amount', signed({ amountMinor: 9_007_199_254_740_991n })),
    ],
    invalid: [
      ...sign1Variants({ honest, type: 'paper', forged: 'forged' }),
      ...payloadVariants(honest, [
        ['a payment id of 15 bytes', payload.with(0, SIXTEEN.subarray(1))],
        ['an amount of nothing', payload.with(1, 0)],
        ['an amount of 2^53', payload.with(1, 2n ** 53n)],
        ['a currency that is none', payload.with(2, 1)],
        ['a negative time', payload.with(3, -1)],
        ['epoch 0', payload.with(4, 0)],
        ['journal seq 0', payload.with(5, 0)],
        ['a negative version', payload.with(6, -1)],
        ['one item more', [...payload, 0]],
        ['one item less', payload.slice(0, -1)],
        ['a payload that is a map', new Map()],
      ]),
    ],
  };
}

/** A copy as an honest terminal makes it, but for what is changed before it signs. */
function copyOf(parts: Partial<Omit<PaperCopy, 'charge'>>, charge: Partial<ChargeFields> = {}): PaperCopy {
  const payment = parts.payment ?? payWith(purse, quickFields({ counter: 17 }));
  const paymentId = paymentIdOf(payment.sign1, WORLD, purse.certificate.digest);
  return {
    purse: purse.certificate,
    payment,
    invoice: null,
    terminal: certificate,
    ...parts,
    charge: readCharge(sign1Value(signCharge({ ...golden, paymentId, ...charge }, WORLD, signer))),
  };
}

/** A bound payment with the invoice that it answers. */
export function boundCopy(): PaperCopy {
  const invoice = signInvoice(goldenInvoice, WORLD, certificate.digest, signer);
  const fields = {
    mode: 'bound',
    counter: 18,
    spentMinor: 12_345n,
    previous: seed('previous').subarray(0, 8),
    amountMinor: 1250n,
    iatS: EPOCH_S + 3590,
    invoiceDigest: invoice.digest,
  } as const;
  const drafted = draftPayment(fields, WORLD, purse.certificate.digest);
  const payment = readPayment(sign1Value(signDraft(drafted, purse.wallet)));
  return copyOf({ payment, invoice });
}

export const quickCopy = (): PaperCopy => copyOf({});

export function paperCopyFile(): VectorFile {
  const quick = quickCopy();
  const bound = boundCopy();
  const items = decodeCbor(encodePaperCopy(quick));
  if (!Array.isArray(items)) throw new TypeError('no array');
  const hex = (copy: PaperCopy): string => toHex(encodePaperCopy(copy));
  const raw = (value: CborValue): string => toHex(encodeCbor(value));
  const other = readCharge(sign1Value(signCharge(quick.charge, WORLD, stranger)));
  const invalid: readonly (readonly [string, string, InvalidVector['refusal']])[] = [
    ['of another kind', raw(items.with(0, 3)), 'malformed'],
    ['without its charge', raw(items.slice(0, -1)), 'malformed'],
    ['with an item more', raw([...items, 0]), 'malformed'],
    ['a short terminal certificate', raw(items.with(4, certificate.digest.subarray(0, 8))), 'malformed'],
    ['a charge by another key', hex({ ...quick, charge: other }), 'forged'],
    ['a charge of another payment', hex({ ...quick, charge: bound.charge }), 'forged'],
    ['a payment of another purse', hex({ ...quick, purse: otherPurse.certificate }), 'forged'],
    ['more than the code’s cap', hex(copyOf({}, { amountMinor: 10_001n })), 'over-cap'],
    ['in another currency', hex(copyOf({}, { currency: 'USD' })), 'currency-mismatch'],
    ['a quick payment with an invoice', hex(copyOf({ invoice: bound.invoice })), 'malformed'],
    ['a bound payment without its invoice', hex({ ...bound, invoice: null }), 'malformed'],
    [
      'another amount than the invoice’s',
      hex(copyOf({ payment: bound.payment, invoice: bound.invoice }, { amountMinor: 1249n })),
      'amount-differs',
    ],
  ];
  return {
    object: 'paper-copy',
    section: '4 paper copy',
    about:
      'What the pictures of a paper copy hold, joined, hexadecimal: both certificates, the payment, the invoice, the charge, each checked, and against each other.',
    context: {},
    valid: [
      validOf('paper-copy', 'of a quick payment', hex(quick)),
      validOf('paper-copy', 'of a bound payment', hex(bound)),
    ],
    invalid: invalid.map(([name, input, refusal]) => ({ name, input, refusal })),
  };
}
