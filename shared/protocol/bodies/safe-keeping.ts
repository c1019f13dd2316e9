/** Bodies of entries about the journal itself: a new epoch, a payment brought back, a backup. */
import type { CborValue } from '../cbor.ts';
import { Malformed } from '../malformed.ts';
import {
  readArray,
  readBytesUpTo,
  readNullable,
  readOneOf,
  readOrdinal,
  readText,
  readTuple,
  readUint,
} from '../shape.ts';

/** For ever: positions are in journals. */
export const EPOCH_REASONS = ['restored', 'forked'] as const;
export type EpochReason = (typeof EPOCH_REASONS)[number];

/** The first entry of an epoch after the first names the entry that it goes on from; its hash is `previousHash`. */
export interface EpochOpenedBody {
  readonly reason: EpochReason;
  readonly fromEpoch: number;
  readonly fromSeq: number;
}

export function epochOpenedValue({ reason, fromEpoch, fromSeq }: EpochOpenedBody): CborValue {
  return [EPOCH_REASONS.indexOf(reason), fromEpoch, fromSeq];
}

/** @throws Malformed */
export function readEpochOpened(value: CborValue): EpochOpenedBody {
  const [reason, fromEpoch, fromSeq] = readTuple(value, 3);
  return {
    reason: EPOCH_REASONS[readOneOf(reason, [0, 1])] ?? 'restored',
    fromEpoch: readOrdinal(fromEpoch, 0xffff_ffff),
    fromSeq: readUint(fromSeq, Number.MAX_SAFE_INTEGER),
  };
}

/**
 * For ever: positions are in journals. `fork`: an entry of this terminal that the clearing house refused, because
 * its place was taken; `paper`: a paper copy; `held`: an entry of this terminal that the clearing house held and
 * this disk had lost.
 */
export const IMPORT_SOURCES = ['fork', 'paper', 'held'] as const;
export type ImportSource = (typeof IMPORT_SOURCES)[number];

const MAX_IMPORT_BYTES = 4096;

/** A payment that a journal had lost. */
export type ImportedBody =
  /** The whole entry as it was. */
  | { readonly source: Exclude<ImportSource, 'paper'>; readonly bytes: Uint8Array }
  /** What the pictures hold (paper-copy.ts), and the person id of who gave leave. */
  | { readonly source: 'paper'; readonly bytes: Uint8Array; readonly approvedBy: string | null };

export function importedValue(body: ImportedBody): CborValue {
  const number = IMPORT_SOURCES.indexOf(body.source);
  return body.source === 'paper' ? [number, body.bytes, body.approvedBy] : [number, body.bytes];
}

/** @throws Malformed */
export function readImported(value: CborValue): ImportedBody {
  const source = IMPORT_SOURCES[readOneOf(readArray(value, 3)[0], [0, 1, 2])] ?? 'fork';
  const [, bytes, approver] = readTuple(value, source === 'paper' ? 3 : 2);
  const held = readBytesUpTo(bytes, MAX_IMPORT_BYTES);
  if (source !== 'paper') return { source, bytes: held };
  return { source, bytes: held, approvedBy: readNullable(approver, (text) => readText(text, 32)) };
}

/** For ever: positions are in journals. Of the second copy: none is set, it was written, its place was not there. */
export const SECOND_COPY = ['none', 'written', 'missing'] as const;
export type SecondCopy = (typeof SECOND_COPY)[number];

export type BackupBody =
  | {
      readonly what: 'made';
      readonly name: string;
      readonly sizeBytes: number;
      /** The last entry that it holds. */
      readonly epoch: number;
      readonly seq: number;
      readonly secondCopy: SecondCopy;
      readonly approvedBy: string | null;
    }
  | { readonly what: 'second-copy'; readonly path: string | null; readonly approvedBy: string | null };

export const MAX_PATH_BYTES = 1024;

export function backupValue(body: BackupBody): CborValue {
  if (body.what === 'second-copy') return [1, body.path, body.approvedBy];
  const { name, sizeBytes, epoch, seq, secondCopy, approvedBy } = body;
  return [0, name, sizeBytes, epoch, seq, SECOND_COPY.indexOf(secondCopy), approvedBy];
}

/** @throws Malformed */
export function readBackup(value: CborValue): BackupBody {
  const items = readArray(value, 7);
  const person = (item: CborValue | undefined) => readNullable(item, (text) => readText(text, 32));
  if (readOneOf(items[0], [0, 1]) === 1) {
    const [, path, approvedBy] = readTuple(value, 3);
    const text = readNullable(path, (item) => readText(item, MAX_PATH_BYTES));
    return { what: 'second-copy', path: text, approvedBy: person(approvedBy) };
  }
  const [, name, sizeBytes, epoch, seq, second, approvedBy] = readTuple(value, 7);
  const secondCopy = SECOND_COPY[readOneOf(second, [0, 1, 2])];
  if (secondCopy === undefined) throw new Malformed('second copy');
  return {
    what: 'made',
    name: readText(name, 128),
    sizeBytes: readUint(sizeBytes, Number.MAX_SAFE_INTEGER),
    epoch: readOrdinal(epoch, 0xffff_ffff),
    seq: readUint(seq, Number.MAX_SAFE_INTEGER),
    secondCopy,
    approvedBy: person(approvedBy),
  };
}

/** What was written to a file for somebody to carry. */
export interface ExportedBody {
  /** Entries after this place … */
  readonly from: { readonly epoch: number; readonly seq: number };
  /** … up to and with this one. */
  readonly upTo: { readonly epoch: number; readonly seq: number };
  /** Payments among them that are not sent, and their sum in minor units. */
  readonly count: number;
  readonly sumMinor: bigint;
  /** SHA-256 of the file. */
  readonly fileDigest: Uint8Array;
  readonly approvedBy: string | null;
}

export function exportedValue(body: ExportedBody): CborValue {
  const { from, upTo, count, sumMinor, fileDigest, approvedBy } = body;
  return [from.epoch, from.seq, upTo.epoch, upTo.seq, count, sumMinor, fileDigest, approvedBy];
}
