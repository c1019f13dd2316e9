/**
 * What the clearing house holds of a terminal's journal, for one whose disk lost it: entries as they came, and a
 * signed head that is the last of them (or, with none, the place that was asked from). Whether they go on from what
 * the terminal has is the terminal's to check, by their hashes.
 */
import type { Refusal } from '../refusals.ts';
import type { Result } from '../result.ts';
import { decodeCbor, encodeCbor } from './cbor.ts';
import { MAX_ENTRY_BYTES } from './journal-entry.ts';
import { readArray, readBytesUpTo, reading, readTuple } from './shape.ts';

/** Entries an answer at most. */
export const MAX_HELD_ENTRIES = 500;
const MAX_ACKNOWLEDGEMENT_BYTES = 4096;

export interface HeldEntries {
  /** acknowledgement.ts, signed, without outcomes. */
  readonly acknowledgement: Uint8Array;
  readonly entries: readonly Uint8Array[];
}

export function encodeHeldEntries({ acknowledgement, entries }: HeldEntries): Uint8Array<ArrayBuffer> {
  return encodeCbor([acknowledgement, entries]);
}

export function decodeHeldEntries(bytes: Uint8Array): Result<HeldEntries, Refusal<'malformed'>> {
  return reading(() => {
    const [acknowledgement, entries] = readTuple(decodeCbor(bytes), 2);
    return {
      acknowledgement: readBytesUpTo(acknowledgement, MAX_ACKNOWLEDGEMENT_BYTES),
      entries: readArray(entries, MAX_HELD_ENTRIES).map((entry) => readBytesUpTo(entry, MAX_ENTRY_BYTES)),
    };
  });
}
