/** The COSE working group's examples: our Sig_structure is theirs, and our reader takes none of their variants. */
import * as crypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../shared/bytes.ts';
import { type CborValue, decodeCbor } from '../../shared/protocol/cbor.ts';
import { readClaims } from '../../shared/protocol/certificate-claims.ts';
import { decodeSign1, readSign1, sigStructure } from '../../shared/protocol/cose.ts';
import { tweetnaclBackEnd, verifyStrict } from '../../shared/protocol/ed25519.ts';
import { nodeBackEnd } from '../../shared/protocol/ed25519-node.ts';
import { Malformed } from '../../shared/protocol/malformed.ts';
import { readTuple } from '../../shared/protocol/shape.ts';
import { bytesOfHex } from '../support/from-hex.ts';
import { hasMaterial, readMaterial } from '../support/material.ts';

interface Example {
  readonly title: string;
  readonly fail?: boolean;
  readonly input: {
    readonly plaintext_hex?: string;
    readonly sign0?: {
      readonly external?: string;
      readonly key: { readonly crv: string; readonly x_hex?: string };
    };
  };
  readonly intermediates: { readonly ToBeSign_hex?: string };
  readonly output: { readonly cbor: string };
}

/** 18, which says Sign1; 98 and 61 of other examples; 998, which says nothing. */
const TAGS = /^(D2|D862|D83D|D903E6)/;
/** RFC 9052 §4.4: a protected header without attributes enters as no bytes. Ours is never without. */
const NO_ATTRIBUTES = 'a0';
const SIGN1 = [
  'eddsa-examples/eddsa-sig-01',
  'eddsa-examples/eddsa-sig-02',
  ...['01', '02', '03', '04', '06', '07'].map((number) => `sign1-tests/sign-fail-${number}`),
  ...['01', '02', '03'].map((number) => `sign1-tests/sign-pass-${number}`),
  'CWT/A_3',
];
const OTHERS = [
  'eddsa-examples/eddsa-01',
  'eddsa-examples/eddsa-02',
  ...['4', '5', '6', '7'].map((n) => `CWT/A_${n}`),
];

const path = (name: string) => `cose-examples/${name}.json`;
const isHere = hasMaterial(path('CWT/A_3'));
const read = (name: string): Example => readMaterial<Example>(path(name));

function untagged(example: Example): readonly CborValue[] {
  return readTuple(decodeCbor(bytesOfHex(example.output.cbor.replace(TAGS, ''))), 4);
}

function asBytes(value: CborValue | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError('a byte string');
  return value;
}

describe.skipIf(!isHere)('COSE examples', () => {
  const unchanged = SIGN1.filter((name) => isHere && read(name).fail !== true);

  it.each(unchanged)('%s → our Sig_structure is ToBeSign_hex', (name) => {
    const example = read(name);
    const [asSent, , payload] = untagged(example);
    const header = toHex(asBytes(asSent)) === NO_ATTRIBUTES ? new Uint8Array() : asSent;
    const external = bytesOfHex(example.input.sign0?.external ?? '');
    const ours = sigStructure(asBytes(header), external, asBytes(payload));
    expect(toHex(ours).toUpperCase()).toBe(example.intermediates.ToBeSign_hex);
  });

  it('eddsa-sig-01 → its signature verifies over our Sig_structure, by both back ends', () => {
    const example = read('eddsa-examples/eddsa-sig-01');
    const [header, , payload, signature] = untagged(example);
    const key = bytesOfHex(example.input.sign0?.key.x_hex ?? '');
    const signed = sigStructure(asBytes(header), new Uint8Array(), asBytes(payload));
    for (const backEnd of [nodeBackEnd(crypto), tweetnaclBackEnd]) {
      expect(verifyStrict(backEnd, key, signed, asBytes(signature))).toBe(true);
    }
  });

  it.each([...SIGN1, ...OTHERS])(
    '%s → malformed: alg −8 or another, a tag, an unprotected kid, a curve we do not know',
    (name) => {
      const { cbor } = read(name).output;
      for (const kid of ['with-kid', 'without-kid'] as const) {
        expect(() => decodeSign1(bytesOfHex(cbor), kid)).toThrow(Malformed);
        expect(() => decodeSign1(bytesOfHex(cbor.replace(TAGS, '')), kid)).toThrow(Malformed);
      }
    },
  );

  it.each(SIGN1)('%s without its tag → malformed', (name) => {
    const value = untagged(read(name));
    for (const kid of ['with-kid', 'without-kid'] as const)
      expect(() => readSign1(value, kid)).toThrow(Malformed);
  });

  it('CWT A.3 → its labels are ours (exp 4, iat 6, cti 7); without cnf it is no certificate', () => {
    const claims = decodeCbor(bytesOfHex(read('CWT/A_3').input.plaintext_hex ?? ''));
    if (!(claims instanceof Map)) throw new TypeError('claims');
    expect([claims.get(4), claims.get(6), toHex(asBytes(claims.get(7)))]).toEqual([
      1444064944,
      1443944944,
      '0b71',
    ]);
    expect(() => readClaims(claims, -65537)).toThrow(Malformed);
  });
});
