/**
 * Reading decoded CBOR strictly: each reader takes a value and returns it typed, or throws Malformed.
 * Malformed never leaves shared/protocol: the public decoders turn it into a refusal.
 */
import type { Refusal } from '../refusals.ts';
import { ok, type Result, refused } from '../result.ts';
import type { CborKey, CborValue } from './cbor.ts';
import { Malformed } from './malformed.ts';

/** Runs a strict reader; its Malformed becomes the refusal `malformed`, a bug stays a bug. */
export function reading<T>(read: () => T): Result<T, Refusal<'malformed'>> {
  try {
    return ok(read());
  } catch (error) {
    if (error instanceof Malformed) return refused({ code: 'malformed' });
    throw error;
  }
}

/** An array of exactly this many items. */
export function readTuple(value: CborValue | undefined, length: number): readonly CborValue[] {
  const items = readArray(value, length);
  if (items.length !== length) throw new Malformed(`an array of ${length}`);
  return items;
}

/** An array of one of these lengths: a shape and the one before it, which older entries and bundles still have. */
export function readTupleOf(value: CborValue | undefined, lengths: readonly number[]): readonly CborValue[] {
  const items = readArray(value, Math.max(...lengths));
  if (!lengths.includes(items.length)) throw new Malformed(`an array of ${lengths.join(' or ')}`);
  return items;
}

export function readArray(value: CborValue | undefined, maxLength: number): readonly CborValue[] {
  if (!Array.isArray(value) || value.length > maxLength)
    throw new Malformed(`an array of at most ${maxLength}`);
  return value;
}

/** A map with exactly these keys, in any order; returns the values in the order of the keys given. */
export function readMap(value: CborValue | undefined, keys: readonly CborKey[]): readonly CborValue[] {
  if (!(value instanceof Map) || value.size !== keys.length)
    throw new Malformed(`a map of ${keys.length} keys`);
  return keys.map((key) => {
    const item = value.get(key) as CborValue | undefined;
    if (item === undefined) throw new Malformed(`a map with key ${key}`);
    return item;
  });
}

/**
 * An unsigned integer ≤ max. The decoder gives a bigint only beyond 2^53 − 1; a smaller one is of a body that was
 * never encoded: what an entry's writer put in, its readers take out.
 */
export function readUint(value: CborValue | undefined, max: number): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0 || number > max) {
    throw new Malformed(`an integer 0…${max}`);
  }
  return number;
}

/** A number in a row that begins with 1: an integer 1…max. */
export function readOrdinal(value: CborValue | undefined, max: number): number {
  const number = readUint(value, max);
  if (number === 0) throw new Malformed(`an integer 1…${max}`);
  return number;
}

/** What is paid, asked for or allowed to be paid at once: 1…2^53 − 1 minor units. Nothing is no payment. */
export function readAmount(value: CborValue | undefined): bigint {
  return BigInt(readOrdinal(value, Number.MAX_SAFE_INTEGER));
}

/** Minor units: an unsigned integer ≤ 2^53 − 1, as bigint. */
export function readMinor(value: CborValue | undefined): bigint {
  return BigInt(readUint(value, Number.MAX_SAFE_INTEGER));
}

/** Seconds since 1970, to the year 9999. */
export function readTimeS(value: CborValue | undefined): number {
  return readUint(value, 253_402_300_799);
}

/** Milliseconds since 1970, to the year 9999. */
export function readTimeMs(value: CborValue | undefined): number {
  return readUint(value, 253_402_300_799_999);
}

/** A byte string of exactly this length. */
export function readBytes(value: CborValue | undefined, length: number): Uint8Array {
  const bytes = readBytesUpTo(value, length);
  if (bytes.length !== length) throw new Malformed(`${length} bytes`);
  return bytes;
}

export function readBytesUpTo(value: CborValue | undefined, maxLength: number): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length > maxLength)
    throw new Malformed(`at most ${maxLength} bytes`);
  return value;
}

const encoder = new TextEncoder();

/** Text of at most this many bytes of UTF-8. */
export function readText(value: CborValue | undefined, maxBytes: number): string {
  if (typeof value !== 'string' || encoder.encode(value).length > maxBytes) {
    throw new Malformed(`text of at most ${maxBytes} bytes`);
  }
  return value;
}

/** null, or what the reader makes of it. */
export function readNullable<T>(value: CborValue | undefined, read: (value: CborValue) => T): T | null {
  if (value === undefined) throw new Malformed('missing');
  return value === null ? null : read(value);
}

/** One of a closed list of integers. */
export function readOneOf<const T extends number>(value: CborValue | undefined, allowed: readonly T[]): T {
  const found = allowed.find((item) => item === value);
  if (found === undefined) throw new Malformed(`one of ${allowed.join(', ')}`);
  return found;
}
