/**
 * Deterministic CBOR (RFC 8949 §4.2.1): one value has one encoding, and the decoder takes nothing else.
 * Shortest integers, sorted keys, definite lengths; no tags, no floats, no `undefined`, no duplicate keys,
 * no trailing bytes. What a signature covers is always these bytes, never a value encoded anew.
 */
import { encode, rfc8949EncodeOptions } from 'cborg';
import { invariant } from '../assert.ts';
import { CborReader, MAX_DEPTH } from './cbor-reader.ts';
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
