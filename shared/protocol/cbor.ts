/**
 * Deterministic CBOR (RFC 8949 §4.2.1): one value has one encoding, and the decoder takes nothing else.
 * Shortest integers, sorted keys, definite lengths; no tags, no floats, no `undefined`, no duplicate keys,
 * no trailing bytes. What a signature covers is always these bytes, never a value encoded anew.
 */
import { encode, rfc8949EncodeOptions } from 'cborg';
import { invariant } from '../assert.ts';
import { Malformed } from './malformed.ts';

export type CborKey = number | bigint | string;
export type CborValue =
  | number
  | bigint
  | string
  | boolean
  | null
  | Uint8Array
  | readonly CborValue[]
  | ReadonlyMap<CborKey, CborValue>;

/** No object of the protocol nests deeper; stops stack exhaustion by 100,000 nested arrays. */
const MAX_DEPTH = 16;

/**
 * The one encoding of a value.
 * @throws InvariantViolation for what the decoder would refuse, such as a fraction or half a surrogate: a
 *   journal entry or certificate that nobody can read must never be made. Texts from outside are checked
 *   at the edge (shared/contract).
 */
export function encodeCbor(value: CborValue): Uint8Array<ArrayBuffer> {
  assertEncodable(value, 0);
  return encode(value, rfc8949EncodeOptions) as Uint8Array<ArrayBuffer>;
}

const LIMIT_64_BITS = 2n ** 64n;

function isEncodableItem(value: unknown): boolean {
  switch (typeof value) {
    case 'number':
      return Number.isSafeInteger(value);
    case 'bigint':
      return value >= -LIMIT_64_BITS && value < LIMIT_64_BITS;
    case 'string':
      return value.isWellFormed();
    case 'boolean':
      return true;
    default:
      return value === null || value instanceof Uint8Array;
  }
}

/** Integer or text; a small bigint would encode like the number, so one Map could hold a key twice. */
function isEncodableKey(key: unknown): boolean {
  if (typeof key === 'bigint' && Number.isSafeInteger(Number(key))) return false;
  return (
    (typeof key === 'number' || typeof key === 'bigint' || typeof key === 'string') && isEncodableItem(key)
  );
}

function assertEncodable(value: unknown, depth: number): void {
  if (isEncodableItem(value)) return;
  const isContainer = Array.isArray(value) || value instanceof Map;
  invariant(isContainer, 'CBOR: a fraction, half a surrogate, or a type that it does not have');
  invariant(depth < MAX_DEPTH, 'CBOR: nested too deeply');
  // for…of visits the holes of an array, forEach would not
  for (const item of value.values()) assertEncodable(item, depth + 1);
  if (value instanceof Map) {
    for (const key of value.keys()) invariant(isEncodableKey(key), 'CBOR: a key that is not integer or text');
  }
}

/** `ignoreBOM` keeps a leading U+FEFF in the text, where a decoder otherwise swallows it. */
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The smallest argument that needs 1, 2, 4, 8 bytes: anything below has a shorter form. */
const SMALLEST = [24, 0x100, 0x1_0000, 0x1_0000_0000] as const;
const TWO_TO_21 = 0x20_0000;
const TWO_TO_32 = 0x1_0000_0000;

/** One pass; refuses what is not deterministic where it stands, before anything large is built. */
class CborReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length;
  }

  /**
   * The next item, with all that is in it.
   *
   * @param depth arrays and maps around it
   * @throws Malformed
   */
  item(depth: number): CborValue {
    const first = this.#bytes[this.#at];
    if (first === undefined) throw new Malformed('CBOR ends early');
    this.#at += 1;
    const info = first & 31;
    switch (first >> 5) {
      case 0:
        return this.#argument(info);
      case 1:
        return negative(this.#argument(info));
      case 2:
        return this.#take(this.#length(info));
      case 3:
        return this.#text(this.#length(info));
      case 4:
        return this.#array(this.#length(info), depth);
      case 5:
        return this.#map(this.#length(info), depth);
      default:
        return simple(first);
    }
  }

  /** RFC 8949 §3: the number in or behind the first byte, in its shortest form. */
  #argument(info: number): number | bigint {
    if (info < 24) return info;
    const smallest = SMALLEST[info - 24];
    if (smallest === undefined) throw new Malformed('CBOR of indefinite or reserved length');
    const width = 1 << (info - 24);
    if (width > this.#bytes.length - this.#at) throw new Malformed('CBOR ends early');
    const value = width === 8 ? this.#uint64() : this.#uint(width);
    if (value < smallest) throw new Malformed('CBOR number not in its shortest form');
    return value;
  }

  #uint(width: number): number {
    let value = 0;
    for (const end = this.#at + width; this.#at < end; this.#at++) {
      value = value * 256 + (this.#bytes[this.#at] ?? 0);
    }
    return value;
  }

  #uint64(): number | bigint {
    const high = this.#uint(4);
    const low = this.#uint(4);
    return high < TWO_TO_21 ? high * TWO_TO_32 + low : (BigInt(high) << 32n) | BigInt(low);
  }

  /** Bytes, or items of at least a byte each: what is left must be able to hold them. */
  #length(info: number): number {
    const length = this.#argument(info);
    if (length > this.#bytes.length - this.#at) throw new Malformed('CBOR length beyond the end');
    return Number(length);
  }

  /** A copy: what was read must not share memory with what it was read from. */
  #take(length: number): Uint8Array {
    const from = this.#at;
    this.#at += length;
    return this.#bytes.slice(from, this.#at);
  }

  #text(length: number): string {
    const from = this.#at;
    this.#at += length;
    try {
      return strictUtf8.decode(this.#bytes.subarray(from, this.#at));
    } catch {
      throw new Malformed('CBOR text that is not UTF-8'); // the input's fault, and the only one there is
    }
  }

  #array(length: number, depth: number): CborValue {
    if (length > 0 && depth >= MAX_DEPTH) throw new Malformed('CBOR nested too deeply');
    const items: CborValue[] = [];
    for (let i = 0; i < length; i++) items.push(this.item(depth + 1));
    return items;
  }

  /**
   * Keys are integer or text, each greater than the one before by its encoded bytes: so none is there
   * twice (two equal byte strings as keys would not be seen as duplicates by a Map).
   */
  #map(pairs: number, depth: number): CborValue {
    if (pairs * 2 > this.#bytes.length - this.#at) throw new Malformed('CBOR length beyond the end');
    if (pairs > 0 && depth >= MAX_DEPTH) throw new Malformed('CBOR nested too deeply');
    const map = new Map<CborKey, CborValue>();
    let before = this.#bytes.subarray(0, 0);
    for (let i = 0; i < pairs; i++) {
      const from = this.#at;
      const key = this.item(depth + 1);
      if (typeof key !== 'number' && typeof key !== 'bigint' && typeof key !== 'string') {
        throw new Malformed('CBOR key that is not integer or text');
      }
      const encoded = this.#bytes.subarray(from, this.#at);
      if (!isBefore(before, encoded)) throw new Malformed('CBOR keys not in order');
      before = encoded;
      map.set(key, this.item(depth + 1));
    }
    return map;
  }
}

/** −1 − n. */
function negative(argument: number | bigint): number | bigint {
  return typeof argument === 'number' && argument < Number.MAX_SAFE_INTEGER
    ? -1 - argument
    : -1n - BigInt(argument);
}

/** false, true, null; no other simple value, no float, no tag. */
function simple(first: number): CborValue {
  if (first === 0xf4) return false;
  if (first === 0xf5) return true;
  if (first === 0xf6) return null;
  throw new Malformed('CBOR of a type that the protocol does not have');
}

/** Bytewise lexicographic order (RFC 8949 §4.2.1). No encoding begins another, so lengths never decide. */
function isBefore(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length === 0) return true;
  for (let i = 0; i < a.length && i < b.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/**
 * The value that these bytes encode.
 * @throws Malformed when they are not the one deterministic encoding of a value.
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
  // a plain view: a Node Buffer would leak its own type into the value
  const reader = new CborReader(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const value = reader.item(0);
  if (!reader.isDone) throw new Malformed('CBOR with trailing bytes');
  return value;
}
