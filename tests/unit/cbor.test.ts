/** Deterministic CBOR (protocol §2, RFC 8949 §4.2.1): one value, one encoding; the decoder takes nothing else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantViolation } from '../../shared/assert.ts';
import { equalBytes, toHex } from '../../shared/bytes.ts';
import { type CborKey, type CborValue, decodeCbor, encodeCbor } from '../../shared/protocol/cbor.ts';
import { Malformed } from '../../shared/protocol/malformed.ts';
import { fastestOf } from '../support/fastest-of.ts';
import { bytesOfHex } from '../support/from-hex.ts';
import { REFUSED_CBOR } from '../support/refused-cbor.ts';

describe('decodeCbor', () => {
  it.each(REFUSED_CBOR)('%s → malformed', (_situation, text) => {
    expect(() => decodeCbor(bytesOfHex(text))).toThrow(Malformed);
  });

  it('16 levels → read', () => {
    expect(() => decodeCbor(bytesOfHex(`${'81'.repeat(16)}00`))).not.toThrow();
  });

  it.each([
    ['arrays', '81'],
    ['maps', 'a1'],
    ['map keys', 'a181'],
    ['tags', 'c1'],
    ['indefinite arrays', '9f'],
  ])('100,000 nested %s → malformed, in under 10 ms', (_what, byte) => {
    const bytes = bytesOfHex(byte.repeat(100_000));
    const bestMs = fastestOf(5, () => expect(() => decodeCbor(bytes)).toThrow(Malformed));
    expect(bestMs).toBeLessThan(10);
  });

  it('text that begins with a byte order mark, or holds NUL or U+FFFD → kept as it is', () => {
    for (const text of ['\ufeffshop', '\ufeff', '\ufffd', 'a\u0000b', '\u{1f600}', '\u202eabc']) {
      expect(decodeCbor(encodeCbor(text))).toBe(text);
    }
  });

  it('a part of a larger buffer → only that part is read, and nothing read shares its memory', () => {
    const around = Buffer.from([0xff, 0x42, 1, 2, 0xff]);
    const value = decodeCbor(around.subarray(1, 4));
    around.fill(9);
    expect(value).toEqual(Uint8Array.from([1, 2]));
    expect(Buffer.isBuffer(value)).toBe(false);
  });

  it('integers beyond 2^53 → bigint; up to it → number', () => {
    expect(decodeCbor(bytesOfHex('1b001fffffffffffff'))).toBe(9_007_199_254_740_991);
    expect(decodeCbor(bytesOfHex('1b0020000000000000'))).toBe(9_007_199_254_740_992n);
    expect(decodeCbor(bytesOfHex('3bffffffffffffffff'))).toBe(-18_446_744_073_709_551_616n);
  });
});

describe('encodeCbor', () => {
  const bugs: readonly (readonly [string, unknown])[] = [
    ['fraction', 1.5],
    ['not a number', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['number beyond 2^53', 2 ** 60],
    ['bigint beyond 64 bits', 2n ** 64n],
    ['bigint below −2^64', -(2n ** 64n) - 1n],
    ['undefined', undefined],
    ['undefined in an array', [1, undefined]],
    ['undefined in a map', new Map([[1, undefined]])],
    ['hole in an array', new Array(1)],
    ['plain object', { a: 1 }],
    ['date', new Date(0)],
    ['other typed array', new Uint16Array(1)],
    ['surrogate half', '\ud800'],
    ['surrogate half in a key', new Map([['\udfff', 1]])],
    ['byte string as key', new Map([[new Uint8Array(1), 1]])],
    [
      'one key as number and as bigint',
      new Map<unknown, number>([
        [1, 1],
        [1n, 2],
      ]),
    ],
    ['17 levels', Array.from({ length: 17 }).reduce<unknown>((inner) => [inner], 0)],
  ];
  it.each(bugs)('%s → invariant, for the decoder would refuse it', (_situation, value) => {
    expect(() => encodeCbor(value as CborValue)).toThrow(InvariantViolation);
  });

  it('an encoding that threw → leaves no bytes in the next', () => {
    expect(() => encodeCbor(['abc', 1.5])).toThrow(InvariantViolation);
    expect(toHex(encodeCbor('a'))).toBe('6161');
  });

  it('map → keys sorted by their encoded bytes, whatever the order they were put in', () => {
    const keys: readonly CborKey[] = [-65537, 'z', 100, -1, 'aa', 10, '', 9_007_199_254_740_993n];
    const sorted = encodeCbor(new Map(keys.map((key) => [key, 0])));
    expect(toHex(sorted)).toBe(
      'a80a001864001b0020000000000001002000' + '3a0001000000' + '6000617a0062616100',
    );
    expect(encodeCbor(new Map(keys.toReversed().map((key) => [key, 0])))).toEqual(sorted);
  });
});

const key = fc.oneof(
  fc.integer(),
  fc.string({ unit: 'binary' }),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
) as fc.Arbitrary<CborKey>;
const { value: anyValue } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }),
    fc.string({ unit: 'binary' }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 30 }),
    fc
      .uniqueArray(fc.tuple(key, tie('value')), { maxLength: 8, selector: ([k]) => k })
      .map((pairs) => new Map(pairs)),
  ),
}));

describe('properties', () => {
  it('any value → its encoding decodes, and encodes again to the same bytes', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const bytes = encodeCbor(value);
        expect(encodeCbor(decodeCbor(bytes))).toEqual(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  const decodesToItselfOrNot = (bytes: Uint8Array): void => {
    let value: CborValue;
    try {
      value = decodeCbor(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(Malformed);
      return;
    }
    expect(equalBytes(encodeCbor(value), bytes)).toBe(true);
  };

  it('any bytes → malformed, or exactly the encoding of what they hold', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), decodesToItselfOrNot), { numRuns: 20_000 });
  });

  it('an encoding with bytes changed → malformed, or exactly the encoding of what it holds', () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(anyValue, fc.array(change, { minLength: 1, maxLength: 3 }), (value, changes) => {
        const bytes = encodeCbor(value);
        for (const [at, by] of changes) {
          const i = at % bytes.length;
          bytes[i] = (bytes[i] ?? 0) ^ by;
        }
        decodesToItselfOrNot(bytes);
      }),
      { numRuns: 5000 },
    );
  });
});
