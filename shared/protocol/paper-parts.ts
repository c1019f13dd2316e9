/**
 * A paper copy as pictures: one, or two where one would be larger than a printer and a cheap scanner bear. Parts
 * may be scanned in any order and twice; each names the whole by its digest, so parts of two papers never mix.
 */
import { concatBytes, equalBytes, toHex } from '../bytes.ts';
import { sha256 } from '../hash.ts';
import type { Refusal } from '../refusals.ts';
import { ok, type Result, refused } from '../result.ts';
import { type CborValue, decodeCbor, encodeCbor } from './cbor.ts';
import { decodeDigits, encodeDigits } from './digits.ts';
import { MAX_PAPER_BYTES } from './paper-copy.ts';
import { PAPER_COPY_KIND, PAPER_PART_KIND } from './paper-kinds.ts';
import { readArray, readBytes, readBytesUpTo, reading, readOrdinal, readTuple, readUint } from './shape.ts';

/** As digits, these many fill a QR code of version 20 at level M. */
export const MAX_ONE_PICTURE_BYTES = 657;
const MAX_PARTS = 2;

function digestOf(bytes: Uint8Array): Uint8Array {
  return sha256(bytes).subarray(0, 8);
}

/** @param bytes of an encoded paper copy; @returns digits of each picture, one or two */
export function paperTexts(bytes: Uint8Array): string[] {
  if (bytes.length <= MAX_ONE_PICTURE_BYTES) return [encodeDigits(bytes)];
  const half = Math.ceil(bytes.length / MAX_PARTS);
  return [bytes.subarray(0, half), bytes.subarray(half)].map((part, i) =>
    encodeDigits(encodeCbor([PAPER_PART_KIND, i + 1, MAX_PARTS, digestOf(bytes), part])),
  );
}

interface Part {
  readonly part: number;
  readonly of: number;
  readonly digest: Uint8Array;
  readonly bytes: Uint8Array;
}

function readPart(value: CborValue): Part {
  const [, part, of, digest, bytes] = readTuple(value, 5);
  const parts = readOrdinal(of, MAX_PARTS);
  return {
    part: readOrdinal(part, parts),
    of: parts,
    digest: readBytes(digest, 8),
    bytes: readBytesUpTo(bytes, MAX_PAPER_BYTES),
  };
}

type ScanRefusal = Refusal<'unreadable' | 'unsupported' | 'malformed' | 'wrong-kind' | 'paper-incomplete'>;

/** One scan: a whole copy's bytes, or a part. */
function readScan(text: string): Result<Uint8Array | Part, ScanRefusal> {
  const bytes = decodeDigits(text.trim());
  if (!bytes.ok) return bytes;
  const value = reading(() => decodeCbor(bytes.value));
  if (!value.ok) return value;
  const kind = reading(() => readUint(readArray(value.value, 16)[0], 255));
  if (!kind.ok) return kind;
  if (kind.value === PAPER_COPY_KIND) return ok(bytes.value);
  return kind.value === PAPER_PART_KIND
    ? reading(() => readPart(value.value))
    : refused({ code: 'wrong-kind' });
}

/** Parts of one paper to its bytes. */
function join(parts: readonly Part[]): Result<Uint8Array, ScanRefusal> {
  const [first] = parts;
  if (first === undefined) return refused({ code: 'malformed' });
  const inOrder = Array.from({ length: first.of }, (_, i) => parts.find(({ part }) => part === i + 1));
  const found = inOrder.flatMap((part) => part ?? []);
  if (found.length < first.of) {
    return refused({ code: 'paper-incomplete', detail: { missing: first.of - found.length } });
  }
  const bytes = concatBytes(...found.map((part) => part.bytes));
  return equalBytes(digestOf(bytes), first.digest) ? ok(bytes) : refused({ code: 'malformed' });
}

/** @returns the bytes of each paper once, in the order in which they were first seen; the first fault refuses all */
export function joinPaper(scans: readonly string[]): Result<readonly Uint8Array[], ScanRefusal> {
  const papers = new Map<string, Uint8Array | Part[]>();
  for (const scan of scans) {
    const read = readScan(scan);
    if (!read.ok) return read;
    const { value } = read;
    if (value instanceof Uint8Array) {
      papers.set(toHex(sha256(value)), value);
      continue;
    }
    const key = `${toHex(value.digest)}/${value.of}`;
    const held = papers.get(key);
    papers.set(key, [...(Array.isArray(held) ? held : []), value]);
  }
  const whole: Uint8Array[] = [];
  for (const paper of papers.values()) {
    const joined = Array.isArray(paper) ? join(paper) : ok(paper);
    if (!joined.ok) return joined;
    whole.push(joined.value);
  }
  return ok(whole);
}
