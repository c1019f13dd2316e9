/**
 * Changes valid codes in every way that a misread, a tinkerer or a forger without keys could: in the digits with
 * the check digits mended, in the bytes, in single fields with all around them well-formed, in headers and
 * signatures, and by putting parts of two codes together. The same random source gives the same changes.
 */
import { concatBytes } from '../../shared/bytes.ts';
import { type CborKey, type CborValue, decodeCbor, encodeCbor } from '../../shared/protocol/cbor.ts';
import { decodeDigits, encodeDigits } from '../../shared/protocol/digits.ts';
import { checkDigitsOf } from './check-digits.ts';
import { SMALL_ORDER_POINTS, withLargeS } from './forge.ts';
import { bytesOfHex } from './from-hex.ts';

export type Random = () => number;

export const below = (random: Random, limit: number): number => Math.floor(random() * limit);

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[below(random, items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

const mended = (body: string): string => body + checkDigitsOf(body);

export function bytesOfText(text: string): Uint8Array {
  const decoded = decodeDigits(text);
  if (!decoded.ok) throw new TypeError('a valid code');
  return decoded.value;
}

/** Digits changed; the check digits fit again, unless the change is of a kind that leaves no digits. */
export function mutateText(random: Random, text: string, other: string): string {
  const body = text.slice(0, -2);
  const at = 1 + below(random, body.length - 1);
  const digit = String(below(random, 10));
  switch (below(random, 8)) {
    case 0:
      return mended(body.slice(0, at) + digit + body.slice(at + 1));
    case 1:
      return mended(body.slice(0, at) + body.slice(at + 1));
    case 2:
      return mended(body.slice(0, at) + digit + body.slice(at));
    case 3:
      return mended(body.slice(0, at - 1) + body.charAt(at) + body.charAt(at - 1) + body.slice(at + 1));
    case 4:
      return mended(body.slice(0, at));
    case 5: {
      // a whole group of another code in the same place
      const group = 1 + 17 * below(random, Math.floor(body.length / 17));
      return mended(body.slice(0, group) + other.slice(group, group + 17) + body.slice(group + 17));
    }
    case 6:
      return mended(String(below(random, 10)) + body.slice(1));
    default:
      return (
        text.slice(0, at) +
        pick(random, ['', ' ', '\n', '\u0000', '٣', '３', '+', '-', '.', 'e', digit]) +
        text.slice(at + 1)
      );
  }
}

export function mutateBytes(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const at = below(random, bytes.length);
  const out = Uint8Array.from(bytes);
  switch (below(random, 7)) {
    case 0:
      out[at] = (out[at] ?? 0) ^ (1 << below(random, 8));
      return out;
    case 1:
      out[at] = below(random, 256);
      return out;
    case 2:
      return concatBytes(out.subarray(0, at), Uint8Array.from([below(random, 256)]), out.subarray(at));
    case 3:
      return concatBytes(out.subarray(0, at), out.subarray(at + 1 + below(random, 3)));
    case 4:
      return out.slice(0, at);
    case 5: {
      const length = 1 + below(random, 64);
      out.set(other.subarray(at, Math.min(at + length, bytes.length)), at);
      return out;
    }
    default:
      return concatBytes(out, other.subarray(0, 1 + below(random, 20)));
  }
}

/** A signed object taken apart, header and payload as values. */
interface Opened {
  readonly header: CborValue;
  readonly unprotected: CborValue;
  readonly payload: CborValue;
  readonly signature: CborValue;
}

function openSign1(value: CborValue | undefined): Opened | undefined {
  if (!Array.isArray(value)) return undefined;
  const [header, unprotected, payload, signature] = value as readonly CborValue[];
  if (!(header instanceof Uint8Array) || !(payload instanceof Uint8Array)) return undefined;
  return {
    header: decodeCbor(header),
    unprotected: unprotected ?? null,
    payload: decodeCbor(payload),
    signature: signature ?? null,
  };
}

const closeSign1 = ({ header, unprotected, payload, signature }: Opened): CborValue => [
  encodeCbor(header),
  unprotected,
  encodeCbor(payload),
  signature,
];

const JUNK: readonly CborValue[] = [
  0,
  1,
  -1,
  23,
  24,
  255,
  65_535,
  65_536,
  978,
  392,
  Number.MAX_SAFE_INTEGER,
  2n ** 53n,
  2n ** 64n - 1n,
  -(2n ** 64n),
  '',
  '0',
  'EUR',
  true,
  false,
  null,
  new Uint8Array(),
  new Uint8Array(8),
  new Uint8Array(16),
  new Uint8Array(32),
  new Uint8Array(64),
  [],
  [0],
  new Map(),
  new Map([[1, -8]]),
  new Map([[1, -19]]),
];

/** The value with one thing in it changed, at any depth. */
function tweak(random: Random, value: CborValue): CborValue {
  if (random() < 0.1) return pick(random, JUNK);
  if (typeof value === 'number') {
    const moved = value + pick(random, [-1, 1, -60, 60, -1000, 1000, 256, value]);
    return Number.isSafeInteger(moved) ? moved : 0;
  }
  if (typeof value === 'bigint') return value + 1n;
  if (typeof value === 'string') return value + pick(random, ['', ' ', 'x', '\u202e', '\u0000']);
  if (value instanceof Uint8Array)
    return value.length === 0 ? new Uint8Array(1) : mutateBytes(random, value, value);
  if (Array.isArray(value)) return tweakArray(random, value);
  return value instanceof Map ? tweakMap(random, value) : pick(random, JUNK);
}

function tweakArray(random: Random, items: readonly CborValue[]): CborValue {
  const at = below(random, Math.max(1, items.length));
  const item = items[at];
  if (item === undefined || random() < 0.1) return [...items, pick(random, JUNK)];
  if (random() < 0.1) return items.filter((_, i) => i !== at);
  if (random() < 0.1) return items.with(at, items[below(random, items.length)] ?? item);
  return items.with(at, tweak(random, item));
}

function tweakMap(random: Random, map: ReadonlyMap<CborKey, CborValue>): CborValue {
  const keys = [...map.keys()];
  const key = keys[below(random, Math.max(1, keys.length))];
  if (key === undefined || random() < 0.15)
    return new Map([...map, [pick<CborKey>(random, [1, 2, 3, 4, 5, 99, -65537, 'alg']), pick(random, JUNK)]]);
  if (random() < 0.15) return new Map([...map].filter(([other]) => other !== key));
  return new Map([...map, [key, tweak(random, map.get(key) ?? null)]]);
}

/** One field changed, everything around it encoded well again. The code must be a presented one. */
export function mutateField(random: Random, bytes: Uint8Array): Uint8Array {
  const [kind = 0, certificate = null, payment = null] = decodeCbor(bytes) as readonly CborValue[];
  const where = random() < 0.5 ? 1 : 2;
  const opened = openSign1(where === 1 ? certificate : payment);
  if (opened === undefined || random() < 0.05) {
    return encodeCbor(tweak(random, [kind, certificate, payment]));
  }
  const part = pick<keyof Opened>(random, [
    'header',
    'unprotected',
    'payload',
    'payload',
    'payload',
    'signature',
  ]);
  const changed = closeSign1({ ...opened, [part]: tweak(random, opened[part]) });
  return encodeCbor(where === 1 ? [kind, changed, payment] : [kind, certificate, changed]);
}

const HEADERS: readonly Uint8Array[] = [
  'a10132',
  'a10127',
  'a10126',
  'a10105',
  'a10138',
  'a1013812',
  'a10400',
  'a0',
  '',
  'a201320444c418ed90',
  'a2013204440000000000'.slice(0, 18),
  'a20132030000',
  'a201320281010',
].map((hex) => bytesOfHex(hex.length % 2 === 0 ? hex : `${hex}0`));

/** Another header, or a signature of the kinds that lax verifiers take. */
export function mutateSeal(random: Random, bytes: Uint8Array): Uint8Array {
  const items = decodeCbor(bytes) as readonly CborValue[];
  const where = Array.isArray(items[1]) && random() < 0.5 ? 1 : 2;
  const sign1 = items[where] as readonly CborValue[];
  const signature = sign1[3];
  if (!(signature instanceof Uint8Array)) throw new TypeError('a signature');
  if (random() < 0.4) return encodeCbor(items.with(where, sign1.with(0, pick(random, HEADERS))));
  if (random() < 0.2) {
    const unprotected = new Map<CborKey, CborValue>([[pick(random, [1, 2, 4, 11]), pick(random, JUNK)]]);
    return encodeCbor(items.with(where, sign1.with(1, unprotected)));
  }
  const point = bytesOfHex(pick(random, SMALL_ORDER_POINTS)[1]);
  const changed = pick<() => Uint8Array>(random, [
    () => withLargeS(signature),
    () => concatBytes(point, signature.subarray(32)),
    () => concatBytes(point, new Uint8Array(32)),
    () => concatBytes(signature.subarray(32), signature.subarray(0, 32)),
    () => concatBytes(signature.subarray(0, 32), new Uint8Array(32)),
    () => mutateBytes(random, signature, signature).slice(0, 64),
  ])();
  return encodeCbor(items.with(where, sign1.with(3, changed)));
}

/** Parts of two codes in one: certificates, payments, or one item of a signed object. */
export function mixCodes(random: Random, a: Uint8Array, b: Uint8Array): Uint8Array {
  const [first, second] = [a, b].map((bytes) => decodeCbor(bytes) as readonly CborValue[]);
  if (first === undefined || second === undefined) throw new TypeError('two codes');
  const where = 1 + below(random, 2);
  const [mine, theirs] = [first[where], second[where]];
  if (!Array.isArray(mine) || !Array.isArray(theirs) || random() < 0.3) {
    return encodeCbor(first.with(where, theirs ?? null));
  }
  const at = below(random, 4);
  return encodeCbor(first.with(where, mine.with(at, theirs[at])));
}

export const asText = (bytes: Uint8Array): string => encodeDigits(bytes);
