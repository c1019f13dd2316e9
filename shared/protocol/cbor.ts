/**
 * Deterministic CBOR (RFC 8949 §4.2.1): one value has one encoding, and the decoder takes nothing else.
 * Shortest integers, sorted keys, definite lengths; no tags, no floats, no `undefined`, no duplicate keys,
 * no trailing bytes. What a signature covers is always these bytes, never a value encoded anew.
 */
import { decode, encode, rfc8949EncodeOptions, type Token, Tokenizer, Type } from 'cborg';
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

/**
 * Stops what determinism forbids while the bytes are read, so that nothing large is built first:
 * floats, tags, `undefined`, depth, and lengths that the remaining bytes cannot hold.
 */
class StrictTokenizer extends Tokenizer {
  readonly #length: number;
  /** Items still to come at each open level. */
  readonly #open: number[] = [];

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
    while (this.#open.length > 0 && this.#open.at(-1) === 0) this.#open.pop();
    const level = this.#open.length - 1;
    if (level >= 0) this.#open[level] = (this.#open[level] ?? 0) - 1;
    if (type === Type.array || type === Type.map) {
      const items = Number(token.value) * (type === Type.map ? 2 : 1);
      if (!Number.isSafeInteger(items) || items > this.#length - this.pos()) {
        throw new Malformed('CBOR length beyond the end');
      }
      if (items > 0) this.#open.push(items);
      if (this.#open.length > MAX_DEPTH) throw new Malformed('CBOR nested too deeply');
    }
    return token;
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
};

export function encodeCbor(value: CborValue): Uint8Array<ArrayBuffer> {
  return encode(value, rfc8949EncodeOptions) as Uint8Array<ArrayBuffer>;
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
  // strict mode leaves key order, and texts that are not UTF-8, to us: encode again and compare
  if (!equalBytes(encodeCbor(value), bytes)) throw new Malformed('CBOR not deterministic');
  return value;
}
