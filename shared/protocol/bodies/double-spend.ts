/** Body of `double-spend`: the proof, and where the payment is that it contradicts. */
import type { CborValue } from '../cbor.ts';
import { MAX_PROOF_BYTES } from '../double-spend.ts';
import { readBytesUpTo, readOrdinal, readTuple } from '../shape.ts';

export interface DoubleSpendBody {
  /** shared/protocol/double-spend.ts */
  readonly proof: Uint8Array<ArrayBuffer>;
  /** Of the earlier payment's entry in this journal. */
  readonly epoch: number;
  readonly seq: number;
}

export function doubleSpendValue({ proof, epoch, seq }: DoubleSpendBody): CborValue {
  return [proof, epoch, seq];
}

/** @throws Malformed */
export function readDoubleSpend(value: CborValue): DoubleSpendBody {
  const [proof, epoch, seq] = readTuple(value, 3);
  return {
    proof: new Uint8Array(readBytesUpTo(proof, MAX_PROOF_BYTES)),
    epoch: readOrdinal(epoch, 0xffff_ffff),
    seq: readOrdinal(seq, Number.MAX_SAFE_INTEGER),
  };
}
