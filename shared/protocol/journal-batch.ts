/**
 * A batch on its way to the clearing house: entries from the first that is not acknowledged, under a head
 * that the terminal signed (protocol §6). Entries stay bytes: what was hashed is what is sent.
 */
import { idBytes, type TerminalId, terminalIdFrom } from '../ids.ts';
import type { Refusal } from '../refusals.ts';
import { ok, type Result, refused } from '../result.ts';
import { type CborValue, decodeCbor, encodeCbor } from './cbor.ts';
import { draft, readSign1, sign1Value, signDraft, verifySign1 } from './cose.ts';
import type { Ed25519BackEnd, Signer } from './ed25519.ts';
import { MAX_ENTRY_BYTES } from './journal-entry.ts';
import { Malformed } from './malformed.ts';
import { readArray, readBytes, readBytesUpTo, reading, readOrdinal, readTuple } from './shape.ts';
import { aadOf, type World } from './world.ts';

export const MAX_BATCH_ENTRIES = 2000;
/** The server's body limit, after decompression. */
export const MAX_BATCH_BYTES = 4 * 1024 * 1024;

export interface JournalHead {
  readonly terminalId: TerminalId;
  readonly epoch: number;
  /** Of the last entry in the batch. */
  readonly seq: number;
  readonly headHash: Uint8Array;
}

export interface JournalBatch {
  readonly head: JournalHead;
  readonly entries: readonly Uint8Array[];
}

export function encodeJournalBatch(
  batch: JournalBatch,
  world: World,
  terminal: Signer,
): Uint8Array<ArrayBuffer> {
  const { terminalId, epoch, seq, headHash } = batch.head;
  const payload: CborValue = [idBytes(terminalId), epoch, seq, headHash];
  const head = signDraft(draft(null, aadOf(world, 'head'), payload), terminal);
  return encodeCbor([sign1Value(head), batch.entries]);
}

/** Decodes a batch and checks the head's signature; the chain is for the holder of the journal to check. */
export function openJournalBatch(
  bytes: Uint8Array,
  terminalPublicKey: Uint8Array,
  world: World,
  backEnd: Ed25519BackEnd,
): Result<JournalBatch, Refusal<'malformed' | 'forged'>> {
  if (bytes.length > MAX_BATCH_BYTES) return refused({ code: 'malformed' });
  const read = reading(() => {
    const [headValue, entryValues] = readTuple(decodeCbor(bytes), 2);
    const sign1 = readSign1(headValue, 'without-kid');
    const [id, epoch, seq, headHash] = readTuple(decodeCbor(sign1.payload), 4);
    const head: JournalHead = {
      terminalId: terminalIdFrom(readBytes(id, 8)),
      epoch: readOrdinal(epoch, 0xffff_ffff),
      seq: readOrdinal(seq, Number.MAX_SAFE_INTEGER),
      headHash: readBytes(headHash, 32),
    };
    const entries = readArray(entryValues, MAX_BATCH_ENTRIES).map((entry) =>
      readBytesUpTo(entry, MAX_ENTRY_BYTES),
    );
    if (entries.length === 0) throw new Malformed('a batch of nothing');
    return { sign1, batch: { head, entries } };
  });
  if (!read.ok) return read;
  const { sign1, batch } = read.value;
  if (!verifySign1(backEnd, terminalPublicKey, sign1, aadOf(world, 'head')))
    return refused({ code: 'forged' });
  return ok(batch);
}
