/**
 * What a terminal gets that asks for trust with the version that it holds: the whole bundle, or the deltas that lead
 * from its version to the newest, whichever is smaller. An envelope only: what is in it is signed by the root.
 */
import type { Refusal } from '../refusals.ts';
import type { Result } from '../result.ts';
import { decodeCbor, encodeCbor } from './cbor.ts';
import { Malformed } from './malformed.ts';
import { readArray, readBytesUpTo, reading, readOneOf, readTuple } from './shape.ts';
import { MAX_CHAIN } from './trust-delta.ts';

export type TrustUpdate =
  | { readonly kind: 'bundle'; readonly bytes: Uint8Array }
  /** In order, each building on the one before. */
  | { readonly kind: 'deltas'; readonly deltas: readonly Uint8Array[] };

const BUNDLE = 0;
const DELTAS = 1;
const MAX_OBJECT_BYTES = 8 * 1024 * 1024;

export function encodeTrustUpdate(update: TrustUpdate): Uint8Array<ArrayBuffer> {
  return update.kind === 'bundle' ? encodeCbor([BUNDLE, update.bytes]) : encodeCbor([DELTAS, update.deltas]);
}

export function decodeTrustUpdate(bytes: Uint8Array): Result<TrustUpdate, Refusal<'malformed'>> {
  return reading((): TrustUpdate => {
    const [kind, content] = readTuple(decodeCbor(bytes), 2);
    if (readOneOf(kind, [BUNDLE, DELTAS]) === BUNDLE)
      return { kind: 'bundle', bytes: readBytesUpTo(content, MAX_OBJECT_BYTES) };
    const deltas = readArray(content, MAX_CHAIN).map((delta) => readBytesUpTo(delta, MAX_OBJECT_BYTES));
    if (deltas.length === 0) throw new Malformed('a chain of nothing');
    return { kind: 'deltas', deltas };
  });
}
