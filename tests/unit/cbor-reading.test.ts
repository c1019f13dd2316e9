/**
 * Our reader beside another implementation (cborg, strict, then encoded again and compared): the same
 * verdict and the same value on valid encodings, on changed ones and on noise.
 */
import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalBytes } from '../../shared/bytes.ts';
import { type CborKey, type CborValue, decodeCbor, encodeCbor } from '../../shared/protocol/cbor.ts';

const STRICT = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: true,
  useMaps: true,
  rejectDuplicateMapKeys: true,
};
/** Floats, deeper than 16, keys of other types: the protocol has none of them, the other reads them. */
const MAX_DEPTH = 16;

function isOurs(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (Array.isArray(value)) {
    return value.length === 0 || (depth < MAX_DEPTH && value.every((item) => isOurs(item, depth + 1)));
  }
  if (!(value instanceof Map)) return true;
  const keys = [...value.keys()];
  return (
    keys.length === 0 ||
    (depth < MAX_DEPTH &&
      keys.every((key) => typeof key !== 'object' && typeof key !== 'boolean' && isOurs(key, 0)) &&
      [...value.values()].every((item) => isOurs(item, depth + 1)))
  );
}

/** Undefined when they are not the one encoding of a value. */
function reference(bytes: Uint8Array): { value: CborValue } | undefined {
  try {
    const value = decode(bytes, STRICT);
    if (!isOurs(value, 0)) return undefined;
    return equalBytes(encode(value, rfc8949EncodeOptions), bytes) ? { value } : undefined;
  } catch {
    return undefined;
  }
}

function ours(bytes: Uint8Array): { value: CborValue } | undefined {
  try {
    return { value: decodeCbor(bytes) };
  } catch {
    return undefined;
  }
}

const { value: anyValue } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    fc.integer(),
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
    fc.bigInt({ min: -(2n ** 64n), max: -(2n ** 53n) }),
    fc.string({ unit: 'binary' }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 30 }),
    fc
      .uniqueArray(fc.tuple(fc.oneof(fc.maxSafeInteger(), fc.string()), tie('value')), {
        maxLength: 30,
        selector: ([key]) => key,
      })
      .map((pairs) => new Map<CborKey, CborValue>(pairs)),
  ),
}));

/** Bytes that matter to a decoder come up far more often than by chance. */
const telling = fc.constantFrom(
  0,
  0x17,
  0x18,
  0x1b,
  0x1f,
  0x20,
  0x38,
  0x3b,
  0x40,
  0x58,
  0x5f,
  0x60,
  0x78,
  0x7f,
);
const tellingToo = fc.constantFrom(
  0x80,
  0x98,
  0x9f,
  0xa0,
  0xa1,
  0xa2,
  0xb8,
  0xbf,
  0xc0,
  0xf4,
  0xf6,
  0xf7,
  0xf8,
  0xf9,
  0xff,
);
const byte = fc.oneof(telling, tellingToo, fc.integer({ min: 0, max: 255 }));

function agree(bytes: Uint8Array): void {
  expect(ours(bytes)).toEqual(reference(bytes));
}

describe('the reader', () => {
  it('valid encodings → the value, as the other reads it', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const bytes = encodeCbor(value);
        expect(ours(bytes)).toEqual({ value });
        agree(bytes);
      }),
      { numRuns: 1000 },
    );
  });

  it('valid encodings with bytes changed, added or cut → the other’s verdict', () => {
    fc.assert(
      fc.property(
        anyValue,
        fc.nat(),
        byte,
        fc.constantFrom('change', 'add', 'cut'),
        (value, where, other, how) => {
          const bytes = [...encodeCbor(value)];
          bytes.splice(where % (bytes.length + 1), how === 'add' ? 0 : 1, ...(how === 'cut' ? [] : [other]));
          agree(Uint8Array.from(bytes));
        },
      ),
      { numRuns: 6000 },
    );
  });

  it('noise → the other’s verdict', () => {
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 24 }), (bytes) => agree(Uint8Array.from(bytes))),
      { numRuns: 20_000 },
    );
  });

  it('every first byte with every short rest → the other’s verdict', () => {
    const rests = [
      [],
      [0],
      [0x17],
      [0x18],
      [0xff],
      [0, 0],
      [1, 0],
      [0x18, 0x18],
      [0, 0, 1, 0],
      [0, 1, 0, 0],
      [0, 0, 0, 1, 0, 0, 0, 0],
      [0, 0x20, 0, 0, 0, 0, 0, 0],
      Array(9).fill(0xff),
    ];
    for (let first = 0; first < 256; first++) {
      for (const rest of rests)
        for (const tail of [[], [0], [0, 0]]) agree(Uint8Array.from([first, ...rest, ...tail]));
    }
  });
});
