/**
 * What must be refused of every signed object alike: headers that choose, objects of another type or world,
 * signatures that a lax verifier takes, and second encodings. All but the forged ones are truly signed.
 */
import { concatBytes } from '../../../shared/bytes.ts';
import { type CborValue, encodeCbor } from '../../../shared/protocol/cbor.ts';
import { sigStructure } from '../../../shared/protocol/cose.ts';
import type { ObjectType } from '../../../shared/protocol/world.ts';
import type { RefusalCode } from '../../../shared/refusals.ts';
import {
  aadWith,
  type Forgery,
  flipped,
  forgeParts,
  SMALL_ORDER_POINTS,
  stranger,
  withLargeS,
} from '../../support/forge.ts';
import { bytesOfHex } from '../../support/from-hex.ts';
import type { InvalidVector } from './vector-file.ts';

const TYPES: readonly ObjectType[] = [
  'purse',
  'payment',
  'terminal',
  'invoice',
  'receipt',
  'head',
  'trust',
  'ack',
  'statement',
  'possession',
];
const NONE: ReadonlyMap<number, CborValue> = new Map();

export interface Variants {
  readonly honest: Forgery;
  readonly type: ObjectType;
  /** Digest that follows the type in the aad, where it has one. */
  readonly digest?: Uint8Array;
  /** What a false signature leads to. */
  readonly forged: RefusalCode;
}

type Named = readonly [name: string, bytes: Uint8Array];

function header(...entries: readonly (readonly [number, CborValue])[]): Uint8Array {
  return encodeCbor(new Map(entries));
}

/** Truly signed over the header that it has. */
function withHeader(honest: Forgery, bytes: Uint8Array, unprotected: CborValue = NONE): Uint8Array {
  const parts = forgeParts({ ...honest, header: bytes });
  return encodeCbor([parts.header, unprotected, parts.payload, parts.signature]);
}

function headerVariants(honest: Forgery): readonly Named[] {
  const { kid } = honest;
  const kidEntry: readonly (readonly [number, CborValue])[] = kid === null ? [] : [[4, kid]];
  const honestHeader = forgeParts(honest).header;
  const own: readonly Named[] =
    kid === null
      ? [
          ['a kid where none belongs', withHeader(honest, header([1, -19], [4, new Uint8Array(4)]))],
          [
            'a kid in the unprotected header',
            withHeader(honest, honestHeader, new Map([[4, new Uint8Array(4)]])),
          ],
        ]
      : [
          ['no kid', withHeader(honest, header([1, -19]))],
          [
            'the kid in the unprotected header only',
            withHeader(honest, header([1, -19]), new Map([[4, kid]])),
          ],
          ['the kid in both headers', withHeader(honest, honestHeader, new Map([[4, kid]]))],
          ['a kid of 3 bytes', withHeader(honest, header([1, -19], [4, kid.subarray(0, 3)]))],
          ['a kid of 8 bytes', withHeader(honest, header([1, -19], [4, concatBytes(kid, kid)]))],
          ['a kid that is text', withHeader(honest, header([1, -19], [4, 'abcd']))],
        ];
  return [
    ...own,
    ['alg −8 (EdDSA, any curve)', withHeader(honest, header([1, -8], ...kidEntry))],
    ['alg −7 (ES256)', withHeader(honest, header([1, -7], ...kidEntry))],
    ['alg 5 (HMAC 256/256)', withHeader(honest, header([1, 5], ...kidEntry))],
    ['alg as text', withHeader(honest, header([1, 'Ed25519'], ...kidEntry))],
    ['no alg', withHeader(honest, header(...kidEntry))],
    ['alg in the unprotected header only', withHeader(honest, header(...kidEntry), new Map([[1, -19]]))],
    ['alg in both headers', withHeader(honest, honestHeader, new Map([[1, -19]]))],
    ['a critical header', withHeader(honest, header([1, -19], [2, [1]], ...kidEntry))],
    ['a content type', withHeader(honest, header([1, -19], [3, 0], ...kidEntry))],
    ['an unknown label', withHeader(honest, header([1, -19], ...kidEntry, [99, 0]))],
    [
      'a counter signature in the unprotected header',
      withHeader(honest, honestHeader, new Map([[11, new Uint8Array(64)]])),
    ],
    ['a protected header of no bytes', withHeader(honest, new Uint8Array())],
    [
      'a protected header that is not deterministic',
      withHeader(
        honest,
        concatBytes(
          bytesOfHex(kid === null ? 'a1013812' : 'a201381204'),
          kid === null ? new Uint8Array() : concatBytes(bytesOfHex('5804'), kid),
        ),
      ),
    ],
    [
      'a protected header with a byte after it',
      withHeader(honest, concatBytes(honestHeader, Uint8Array.from([0]))),
    ],
    ['a protected header that is an array', withHeader(honest, encodeCbor([1, -19]))],
    ['an unprotected header that is null', withHeader(honest, honestHeader, null)],
    ['an unprotected header that is an empty array', withHeader(honest, honestHeader, [])],
  ];
}

function shapeVariants(honest: Forgery): readonly Named[] {
  const { header: h, payload, signature } = forgeParts(honest);
  const bytes = encodeCbor([h, NONE, payload, signature]);
  const tail = bytes.subarray(1);
  const signed = (other: Uint8Array) => {
    const parts = forgeParts({ ...honest, payload: other });
    return encodeCbor([parts.header, NONE, parts.payload, parts.signature]);
  };
  const first = payload[0] ?? 0;
  return [
    ['three items', encodeCbor([h, payload, signature])],
    ['five items', encodeCbor([h, NONE, payload, signature, signature])],
    ['tag 18', concatBytes(Uint8Array.from([0xd2]), bytes)],
    ['a self-described CBOR tag', concatBytes(bytesOfHex('d9d9f7'), bytes)],
    ['an array length longer than need be', concatBytes(bytesOfHex('9804'), tail)],
    ['an indefinite array', concatBytes(bytesOfHex('9f'), tail, bytesOfHex('ff'))],
    ['a byte after it', concatBytes(bytes, Uint8Array.from([0]))],
    ['the last byte missing', bytes.subarray(0, -1)],
    ['nothing', new Uint8Array()],
    ['the protected header as a map', encodeCbor([new Map([[1, -19]]), NONE, payload, signature])],
    ['a detached payload', encodeCbor([h, NONE, null, signature])],
    ['the payload as text', encodeCbor([h, NONE, 'payload', signature])],
    ['a signature of 63 bytes', encodeCbor([h, NONE, payload, signature.subarray(0, 63)])],
    ['a signature of 65 bytes', encodeCbor([h, NONE, payload, concatBytes(signature, Uint8Array.from([0]))])],
    ['no signature', encodeCbor([h, NONE, payload, new Uint8Array()])],
    [
      'a map for the array',
      encodeCbor(
        new Map<number, CborValue>([
          [0, h],
          [1, payload],
        ]),
      ),
    ],
    ['a payload with a byte after it', signed(concatBytes(payload, Uint8Array.from([0])))],
    ['an empty payload', signed(new Uint8Array())],
    // 0x80…0x97 are arrays, 0xa0…0xb7 maps: the same count in a second byte
    [
      'a payload whose length is longer than need be',
      signed(concatBytes(Uint8Array.from([(first & 0xe0) | 24, first & 31]), payload.subarray(1))),
    ],
    [
      'an indefinite payload',
      signed(concatBytes(Uint8Array.from([(first & 0xe0) | 31]), payload.subarray(1), bytesOfHex('ff'))),
    ],
  ];
}

function forgedVariants({ honest, type, digest }: Variants): readonly Named[] {
  const { header: h, payload, signature } = forgeParts(honest);
  const withSignature = (other: Uint8Array) => encodeCbor([h, NONE, payload, other]);
  const signedFor = (aad: Uint8Array) => withSignature(forgeParts({ ...honest, aad }).signature);
  const withR = (hex: string) => withSignature(concatBytes(bytesOfHex(hex), signature.subarray(32)));
  const digests: readonly Named[] =
    digest === undefined
      ? [['signed with a certificate’s digest in its aad', signedFor(aadWith(type, new Uint8Array(32)))]]
      : [
          ['signed for no certificate', signedFor(aadWith(type))],
          ['signed for another certificate', signedFor(aadWith(type, flipped(digest, 0)))],
          ['signed for half of the certificate’s digest', signedFor(aadWith(type, digest.subarray(0, 16)))],
        ];
  return [
    ...TYPES.filter((other) => other !== type).map(
      (other): Named => [`signed as ${other}`, signedFor(aadWith(other, digest))],
    ),
    ...digests,
    ['signed for the live world', signedFor(aadWith(type, digest, 'live'))],
    ['signed without aad', signedFor(new Uint8Array())],
    ['signed by another key', withSignature(stranger.sign(sigStructure(h, honest.aad, payload)))],
    ['the payload signed bare', withSignature(honest.signer.sign(payload))],
    ['one bit of R changed', withSignature(flipped(signature, 0))],
    ['one bit of S changed', withSignature(flipped(signature, 32))],
    ['S + L for S', withSignature(withLargeS(signature))],
    ['a signature of zeros', withSignature(new Uint8Array(64))],
    ['R and S swapped', withSignature(concatBytes(signature.subarray(32), signature.subarray(0, 32)))],
    ...SMALL_ORDER_POINTS.slice(0, 3).map(([name, hex]): Named => [`R is ${name}`, withR(hex)]),
  ];
}

export function sign1Variants(variants: Variants): readonly InvalidVector[] {
  const vector =
    (refusal: RefusalCode) =>
    ([name, bytes]: Named): InvalidVector => ({
      name,
      input: Buffer.from(bytes).toString('hex'),
      refusal,
    });
  return [
    ...headerVariants(variants.honest).map(vector('malformed')),
    ...shapeVariants(variants.honest).map(vector('malformed')),
    ...forgedVariants(variants).map(vector(variants.forged)),
  ];
}

/** Payloads that are truly signed and yet no object. */
export function payloadVariants(
  honest: Forgery,
  payloads: readonly (readonly [name: string, payload: CborValue])[],
  refusal: RefusalCode = 'malformed',
): readonly InvalidVector[] {
  return payloads.map(([name, payload]) => {
    const parts = forgeParts({ ...honest, payload });
    const bytes = encodeCbor([parts.header, NONE, parts.payload, parts.signature]);
    return { name, input: Buffer.from(bytes).toString('hex'), refusal };
  });
}
