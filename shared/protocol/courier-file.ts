/**
 * What is unsent, as a file that anybody may carry (protocol §6, courier): batches of the journal, each sealed to
 * the clearing house's box key. The courier can neither read nor change them: a box opens whole or not at all, and
 * inside it the batch's head is signed by the terminal.
 */
import { idBytes, type TerminalId, terminalIdFrom } from '../ids.ts';
import type { Refusal } from '../refusals.ts';
import type { Result } from '../result.ts';
import { type Sealed, seal, unseal } from './box.ts';
import { decodeCbor, encodeCbor } from './cbor.ts';
import { MAX_BATCH_BYTES } from './journal-batch.ts';
import { Malformed } from './malformed.ts';
import { readArray, readBytes, readBytesUpTo, reading, readTuple, readUint } from './shape.ts';

/** The version of the file; another one is not read. */
const VERSION = 1;
/** NaCl's box adds 16 bytes. */
export const MAX_CARRIED_BYTES = MAX_BATCH_BYTES + 256;
/** Years of a terminal without a network: 2,000 entries each. */
const MAX_CARRIED = 10_000;

/** One batch under way: who it is of may be read, nothing else. */
export interface CarriedBatch {
  readonly terminalId: TerminalId;
  readonly sealed: Sealed;
}

/** @param batch journal-batch.ts; @param ephemeralSecret 32 fresh random bytes */
export function sealBatch(
  terminalId: TerminalId,
  batch: Uint8Array,
  clearingBoxKey: Uint8Array,
  ephemeralSecret: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const { ephemeralKey, box } = seal(batch, clearingBoxKey, ephemeralSecret);
  return encodeCbor([VERSION, idBytes(terminalId), ephemeralKey, box]);
}

export function readCarriedBatch(bytes: Uint8Array): Result<CarriedBatch, Refusal<'malformed'>> {
  return reading(() => {
    const [version, id, ephemeralKey, box] = readTuple(decodeCbor(bytes), 4);
    if (readUint(version, 255) !== VERSION) throw new Malformed('version');
    return {
      terminalId: terminalIdFrom(readBytes(id, 8)),
      sealed: { ephemeralKey: readBytes(ephemeralKey, 32), box: readBytesUpTo(box, MAX_CARRIED_BYTES) },
    };
  });
}

/** The batch's bytes; undefined when it was sealed to another key, or altered. */
export function openCarriedBatch(
  { sealed }: CarriedBatch,
  boxSecret: Uint8Array,
  boxKey: Uint8Array,
): Uint8Array | undefined {
  return unseal(sealed, boxSecret, boxKey);
}

/** The whole file: its batches in the order in which they are to be brought. */
export function encodeCourierFile(batches: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return encodeCbor([...batches]);
}

export function readCourierFile(bytes: Uint8Array): Result<readonly Uint8Array[], Refusal<'malformed'>> {
  return reading(() =>
    readArray(decodeCbor(bytes), MAX_CARRIED).map((batch) => readBytesUpTo(batch, MAX_CARRIED_BYTES)),
  );
}
