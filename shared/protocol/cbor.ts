/**
 * Deterministic CBOR (RFC 8949 §4.2.1): one value has one encoding, and the decoder takes nothing else.
 * Shortest integers, sorted keys, definite lengths; no tags, no floats, no `undefined`, no duplicate keys,
 * no trailing bytes. What a signature covers is always these bytes, never a value encoded anew.
 */
import { decode, encode, rfc8949EncodeOptions, type Token, Tokenizer, Type } from 'cborg';
import { invariant } from '../assert.ts';
import { equalBytes } from '../bytes.ts';
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

/** An array or map whose items are still being read. */
interface Open {
  itemsLeft: number;
  readonly isMap: boolean;
}

/** `ignoreBOM` keeps a leading U+FEFF in the text, where a decoder otherwise swallows it. */
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Stops what determinism forbids while the bytes are read, so that nothing large is built first: floats,
 * tags, `undefined`, depth, lengths that the remaining bytes cannot hold, and keys that are neither
 * integer nor text (two equal byte strings as keys would not be seen as duplicates by a Map).
 */
class StrictTokenizer extends Tokenizer {
  readonly #length: number;
  readonly #open: Open[] = [];

  constructor(bytes: Uint8Array, options: object) {
    super(bytes, options);
    this.#length = bytes.length;
  }

  override next(): Token {
    const token = super.next();
    const { type } = token;
    if (type === Type.float || type === Type.tag || type === Type.undefined || type === Type.break) {
      throw new Malformed(`CBOR ${type.name}`);
    }
    while (this.#open.at(-1)?.itemsLeft === 0) this.#open.pop();
    const level = this.#open.at(-1);
    if (level !== undefined) {
      const isKey = level.isMap && level.itemsLeft % 2 === 0;
      if (isKey && type !== Type.uint && type !== Type.negint && type !== Type.string) {
        throw new Malformed(`CBOR key of type ${type.name}`);
      }
      level.itemsLeft -= 1;
    }
    if (type === Type.string && token.byteValue !== undefined) {
      token.value = strictUtf8.decode(token.byteValue);
    }
    if (type === Type.array || type === Type.map) this.#enter(token);
    return token;
  }

  #enter(token: Token): void {
    const isMap = token.type === Type.map;
    const items = Number(token.value) * (isMap ? 2 : 1);
    if (!Number.isSafeInteger(items) || items > this.#length - this.pos()) {
      throw new Malformed('CBOR length beyond the end');
    }
    if (items > 0) this.#open.push({ itemsLeft: items, isMap });
    if (this.#open.length > MAX_DEPTH) throw new Malformed('CBOR nested too deeply');
  }
}

const DECODE = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: true,
  useMaps: true,
  rejectDuplicateMapKeys: true,
  retainStringBytes: true,
};

/**
 * The one encoding of a value.
 * @throws InvariantViolation for what the decoder would refuse, such as a fraction or half a surrogate: a
 *   journal entry or certificate that nobody can read must never be made. Texts from outside are checked
 *   at the edge (shared/contract).
 */
export function encodeCbor(value: CborValue): Uint8Array<ArrayBuffer> {
  assertEncodable(value, 0);
  return encodeUnchecked(value);
}

function encodeUnchecked(value: CborValue): Uint8Array<ArrayBuffer> {
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
  let value: CborValue;
  try {
    // a plain view: a Node Buffer would leak its own type into the value
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    value = decode(plain, { ...DECODE, tokenizer: new StrictTokenizer(plain, DECODE) }) as CborValue;
  } catch (error) {
    if (error instanceof Malformed) throw error;
    // the library tells bad input by plain errors, and only reads; nothing of ours can fail in there
    throw new Malformed(error instanceof Error ? error.message : 'CBOR');
  }
  // strict mode leaves key order to us: encode again and compare
  if (!equalBytes(encodeUnchecked(value), bytes)) throw new Malformed('CBOR not deterministic');
  return value;
}
