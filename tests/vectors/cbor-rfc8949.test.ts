/** RFC 8949 appendix A and F: the decoder takes what is deterministic and ours, and nothing that is not well-formed. */
import { describe, expect, it } from 'vitest';
import { type CborValue, decodeCbor, encodeCbor } from '../../shared/protocol/cbor.ts';
import { Malformed } from '../../shared/protocol/malformed.ts';
import { bytesOfHex } from '../support/from-hex.ts';
import { hasMaterial, readMaterial } from '../support/material.ts';

const EXAMPLES = 'cbor-test-vectors/appendix_a.json';
const NOT_WELL_FORMED = 'cbor-test-vectors/fail.json';

interface Example {
  readonly hex: string;
  /** False for what has a shorter or definite encoding. */
  readonly roundtrip: boolean;
  readonly decoded?: unknown;
}

/** Tags, floats, undefined, simple values, indefinite lengths: well-formed, and no part of the protocol. */
function isOurs({ hex, roundtrip }: Example): boolean {
  const first = Number.parseInt(hex.slice(0, 2), 16);
  const major = first >> 5;
  const isIndefinite = (first & 0x1f) === 0x1f;
  return roundtrip && !isIndefinite && major !== 6 && (major !== 7 || (first >= 0xf4 && first <= 0xf6));
}

/** As JSON shows it: maps as objects, integers beyond 2^53 rounded. */
function asJson(value: CborValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, asJson(item)]));
  if (Array.isArray(value)) return value.map(asJson);
  return value;
}

describe.skipIf(!hasMaterial(EXAMPLES))('RFC 8949 appendix A', () => {
  const examples = hasMaterial(EXAMPLES) ? readMaterial<readonly Example[]>(EXAMPLES) : [];
  const ours = examples.filter(isOurs);
  const others = examples.filter((example) => !isOurs(example));

  it('the set → 82 examples, of which the protocol knows 37', () => {
    expect([examples.length, ours.length]).toEqual([82, 37]);
  });

  it.each(ours)('$hex → read, and encoded again to the same bytes', ({ hex, decoded }) => {
    const value = decodeCbor(bytesOfHex(hex));
    expect(encodeCbor(value)).toEqual(bytesOfHex(hex));
    // byte strings have no JSON, and integer keys turn to text there
    if (decoded !== undefined) expect(asJson(value)).toEqual(decoded);
  });

  it.each(others)('$hex → malformed', ({ hex }) => {
    expect(() => decodeCbor(bytesOfHex(hex))).toThrow(Malformed);
  });
});

describe.skipIf(!hasMaterial(NOT_WELL_FORMED))('RFC 8949 appendix F', () => {
  const cases = hasMaterial(NOT_WELL_FORMED) ? readMaterial<readonly { hex: string }[]>(NOT_WELL_FORMED) : [];

  it('all 568 that are not well-formed → malformed', () => {
    expect(cases).toHaveLength(568);
    for (const { hex } of cases) expect(() => decodeCbor(bytesOfHex(hex)), hex).toThrow(Malformed);
  });

  it('each of them inside an array that would be well-formed → malformed', () => {
    for (const { hex } of cases) {
      expect(() => decodeCbor(bytesOfHex(`82${hex}00`)), hex).toThrow(Malformed);
    }
  });
});
