/** Golden purse and terminal certificates (protocol §3). */
import { toHex } from '../../../shared/bytes.ts';
import { type CborValue, decodeCbor } from '../../../shared/protocol/cbor.ts';
import type { Sign1 } from '../../../shared/protocol/cose.ts';
import { readPurseCertificate } from '../../../shared/protocol/purse-certificate.ts';
import { readTerminalCertificate } from '../../../shared/protocol/terminal-certificate.ts';
import { aadWith, type Forgery, SMALL_ORDER_POINTS, stranger } from '../../support/forge.ts';
import { bytesOfHex } from '../../support/from-hex.ts';
import { EPOCH_S, issuer, purseOf, terminalOf } from '../../support/protocol-fixture.ts';
import { kid, purse, strangersKid, terminal, trust } from './golden-world.ts';
import { payloadVariants, sign1Variants } from './sign1-variants.ts';
import { plain, type ValidVector, type VectorFile } from './vector-file.ts';

type Claims = ReadonlyMap<number, CborValue>;

function claimsOf(sign1: Sign1): Claims {
  const claims = decodeCbor(sign1.payload);
  if (!(claims instanceof Map)) throw new TypeError('claims');
  return claims as Claims;
}

const without = (claims: Claims, key: number): Claims =>
  new Map([...claims].filter(([label]) => label !== key));
const having = (claims: Claims, key: number, value: CborValue): Claims => new Map([...claims, [key, value]]);

const coseKey = (entries: readonly (readonly [number, CborValue])[]): CborValue =>
  new Map([[1, new Map(entries)]]);

/** What both kinds of certificate refuse in their CWT claims. */
function claimVariants(claims: Claims, key: Uint8Array): readonly (readonly [string, CborValue])[] {
  const badKeys = SMALL_ORDER_POINTS.map(([name, hex]): readonly [string, CborValue] => [
    `a key that is ${name}`,
    having(
      claims,
      8,
      coseKey([
        [1, 1],
        [-1, 6],
        [-2, bytesOfHex(hex)],
      ]),
    ),
  ]);
  return [
    ...[4, 6, 7, 8].map((label): readonly [string, CborValue] => [
      `no claim ${label}`,
      without(claims, label),
    ]),
    ['an unknown claim', having(claims, 99, 0)],
    ['an issuer claim', having(claims, 1, 'issuer')],
    ['a claim under a text label', new Map<CborKeyed, CborValue>([...claims, ['exp', 0]])],
    ['an array for the map', [...claims.values()]],
    ['the end before the beginning', having(claims, 4, EPOCH_S - 1)],
    ['the end at the beginning', having(claims, 4, EPOCH_S)],
    ['an end after the year 9999', having(claims, 4, 253_402_300_800)],
    ['an end of 2^63', having(claims, 4, 2n ** 63n)],
    ['a negative time', having(claims, 6, -1)],
    ['a time that is text', having(claims, 6, '0')],
    ['an id of 7 bytes', having(claims, 7, new Uint8Array(7))],
    ['an id of 9 bytes', having(claims, 7, new Uint8Array(9))],
    [
      'a cnf with a kid besides',
      having(
        claims,
        8,
        new Map<number, CborValue>([
          [1, new Map()],
          [3, new Uint8Array(4)],
        ]),
      ),
    ],
    [
      'a key type 2 (EC2)',
      having(
        claims,
        8,
        coseKey([
          [1, 2],
          [-1, 6],
          [-2, key],
        ]),
      ),
    ],
    [
      'a curve 4 (X25519)',
      having(
        claims,
        8,
        coseKey([
          [1, 1],
          [-1, 4],
          [-2, key],
        ]),
      ),
    ],
    [
      'a curve 7 (Ed448)',
      having(
        claims,
        8,
        coseKey([
          [1, 1],
          [-1, 7],
          [-2, key],
        ]),
      ),
    ],
    [
      'a key with its private part',
      having(
        claims,
        8,
        coseKey([
          [1, 1],
          [-1, 6],
          [-2, key],
          [-4, key],
        ]),
      ),
    ],
    [
      'a key with an alg',
      having(
        claims,
        8,
        coseKey([
          [1, 1],
          [3, -19],
          [-1, 6],
          [-2, key],
        ]),
      ),
    ],
    [
      'a key of 31 bytes',
      having(
        claims,
        8,
        coseKey([
          [1, 1],
          [-1, 6],
          [-2, key.subarray(1)],
        ]),
      ),
    ],
    [
      'a key that is text',
      having(
        claims,
        8,
        coseKey([
          [1, 1],
          [-1, 6],
          [-2, 'key'],
        ]),
      ),
    ],
    ...badKeys,
  ];
}
type CborKeyed = number | string;

function privateVariants(
  claims: Claims,
  label: number,
  changes: readonly (readonly [name: string, at: number, item: CborValue])[],
): readonly (readonly [string, CborValue])[] {
  const items = claims.get(label) as readonly CborValue[];
  return [
    ['no private claim', without(claims, label)],
    ['the private claim under another label', having(without(claims, label), label - 100, items)],
    ['a private claim of one item more', having(claims, label, [...items, 0])],
    ['a private claim of one item less', having(claims, label, items.slice(0, -1))],
    ['a private claim that is null', having(claims, label, null)],
    ...changes.map(([name, at, item]): readonly [string, CborValue] => [
      name,
      having(claims, label, items.with(at, item)),
    ]),
  ];
}

const UNTRUSTED = (honest: Forgery, beforeNotBefore: Claims, atNotAfter: Claims) => [
  ...payloadVariants(
    { ...honest, kid: strangersKid, signer: stranger },
    [['an unknown issuer', honest.payload]],
    'untrusted',
  ),
  ...payloadVariants(
    { ...honest, kid: strangersKid },
    [['an unknown kid, signed by the issuer', honest.payload]],
    'untrusted',
  ),
  ...payloadVariants(
    honest,
    [
      ['issued before the issuer’s time', beforeNotBefore],
      ['issued at the end of the issuer’s time', atNotAfter],
    ],
    'untrusted',
  ),
];

const validOf = (name: string, bytes: Uint8Array, read: (value: CborValue) => unknown): ValidVector => ({
  name,
  input: toHex(bytes),
  decoded: plain(read(decodeCbor(bytes))),
});

export function purseCertificateFile(): VectorFile {
  const claims = claimsOf(purse.certificate.sign1);
  const honest: Forgery = { signer: issuer, aad: aadWith('purse'), kid, payload: claims };
  const [own] = trust.issuers;
  const from = own?.notBeforeS ?? 0;
  const to = own?.notAfterS ?? 0;
  const MAX = 2n ** 53n;
  const valid = [
    ['in euros', purse],
    ['in yen, no minor units', purseOf({ name: 'yen', currency: 'JPY' })],
    ['in Kuwaiti dinars, three minor units', purseOf({ name: 'dinar', currency: 'KWD' })],
    ['of the largest amounts', purseOf({ allowanceMinor: MAX - 1n, perPaymentCapMinor: MAX - 1n })],
    ['of no allowance', purseOf({ allowanceMinor: 0n, perPaymentCapMinor: 0n })],
    ['whose status index is the last', purseOf({ statusIndex: 16_777_215 })],
    [
      'whose validity has ended, which its signature does not mind',
      purseOf({ iatS: EPOCH_S - 100, expS: EPOCH_S }),
    ],
  ] as const;
  return {
    object: 'purse-certificate',
    section: '3 purse certificate',
    about:
      'The COSE_Sign1, hexadecimal, checked under the issuers of keys.json; its validity is not looked at.',
    context: { external_aad: toHex(honest.aad) },
    valid: valid.map(([name, { certificate }]) => validOf(name, certificate.bytes, readPurseCertificate)),
    invalid: [
      ...sign1Variants({ honest, type: 'purse', forged: 'certificate-forged' }),
      ...UNTRUSTED(honest, having(claims, 6, from - 1), new Map([...claims, [6, to], [4, to + 1]])),
      ...payloadVariants(honest, claimVariants(claims, purse.certificate.publicKey)),
      ...payloadVariants(
        honest,
        privateVariants(claims, -65537, [
          ['a currency that is none', 0, 0],
          ['a currency withdrawn', 0, 280],
          ['a currency that is text', 0, 'EUR'],
          ['a negative allowance', 1, -1],
          ['an allowance of 2^53', 1, MAX],
          ['an allowance that is text', 1, '20000'],
          ['a cap of 2^53', 2, MAX],
          ['a payment count of 65,536', 3, 65_536],
          ['a status index beyond the longest list', 4, 16_777_216],
          ['a negative status index', 4, -1],
          ['a tier of 256', 5, 256],
          ['a tier that is true', 5, true],
        ]),
      ),
    ],
  };
}

export function terminalCertificateFile(): VectorFile {
  const claims = claimsOf(terminal.certificate.sign1);
  const honest: Forgery = { signer: issuer, aad: aadWith('terminal'), kid, payload: claims };
  const valid = [
    'Corner shop',
    '',
    '店'.repeat(10),
    'متجر الزاوية',
    '\u202eevil',
    '\ufeffshop',
    'x'.repeat(32),
  ].map((name) => [`named ${JSON.stringify(name)}`, terminalOf('terminal', name)] as const);
  return {
    object: 'terminal-certificate',
    section: '3 terminal certificate',
    about:
      'The COSE_Sign1, hexadecimal, checked under the issuers of keys.json; neither its validity nor its revocation is looked at. A name is kept to the byte, and whoever shows it isolates its direction.',
    context: { external_aad: toHex(honest.aad) },
    valid: valid.map(([name, { certificate }]) => validOf(name, certificate.bytes, readTerminalCertificate)),
    invalid: [
      ...sign1Variants({ honest, type: 'terminal', forged: 'certificate-forged' }),
      ...payloadVariants(
        { ...honest, kid: strangersKid, signer: stranger },
        [['an unknown issuer', claims]],
        'untrusted',
      ),
      ...payloadVariants(honest, claimVariants(claims, terminal.certificate.publicKey)),
      ...payloadVariants(
        honest,
        privateVariants(claims, -65538, [
          ['a merchant id of 7 bytes', 0, new Uint8Array(7)],
          ['a merchant id that is text', 0, 'merchant'],
          ['a name of 33 bytes', 1, 'x'.repeat(33)],
          ['a name of 11 Chinese characters', 1, '店'.repeat(11)],
          ['a name that is bytes', 1, new Uint8Array(4)],
          ['a box key of 31 bytes', 2, new Uint8Array(31)],
          ['a currency that is none', 3, 999],
        ]),
      ),
    ],
  };
}
