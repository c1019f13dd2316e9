/**
 * The head of a Z report: few enough bytes for a picture, so that the paper proves itself. It names the report's
 * number, the journal's end at its making, and the digest of the whole signed report, totals and all.
 */
import { equalBytes } from '../bytes.ts';
import type { Refusal } from '../refusals.ts';
import { type Result, refused } from '../result.ts';
import { type CborValue, decodeCbor, encodeCbor } from './cbor.ts';
import { draft, readSign1, type Sign1, sign1Value, signDraft, verifySign1 } from './cose.ts';
import { decodeDigits, encodeDigits } from './digits.ts';
import type { Ed25519BackEnd, Signer } from './ed25519.ts';
import { Malformed } from './malformed.ts';
import { readBytes, reading, readOrdinal, readTimeMs, readTuple } from './shape.ts';
import { readTerminalCertificate, type TerminalCertificate } from './terminal-certificate.ts';
import { aadOf, type World } from './world.ts';
import { Z_HEAD_KIND } from './z-head-kind.ts';
import { MAX_SHIFT_NUMBER, type ZReport } from './z-report.ts';

export interface ZHeadFields {
  readonly number: number;
  readonly closedAtMs: number;
  readonly journal: { readonly epoch: number; readonly seq: number; readonly hash: Uint8Array };
  /** SHA-256 of the signed report. */
  readonly digest: Uint8Array;
}

export interface ZHead extends ZHeadFields {
  readonly sign1: Sign1;
}

export function signZHead(fields: ZHeadFields, world: World, terminal: Signer): Sign1 {
  const { number, closedAtMs, journal, digest } = fields;
  const payload: CborValue = [number, closedAtMs, journal.epoch, journal.seq, journal.hash, digest];
  return signDraft(draft(null, aadOf(world, 'z-head'), payload), terminal);
}

/** Shape only. @throws Malformed */
export function readZHead(value: CborValue | undefined): ZHead {
  const sign1 = readSign1(value, 'without-kid');
  const [number, closedAt, epoch, seq, hash, digest] = readTuple(decodeCbor(sign1.payload), 6);
  return {
    number: readOrdinal(number, MAX_SHIFT_NUMBER),
    closedAtMs: readTimeMs(closedAt),
    journal: {
      epoch: readOrdinal(epoch, 0xffff_ffff),
      seq: readOrdinal(seq, Number.MAX_SAFE_INTEGER),
      hash: readBytes(hash, 32),
    },
    digest: readBytes(digest, 32),
    sign1,
  };
}

/** What a Z report's paper shows: its head beside the certificate of the terminal that signed it. */
export interface ZHeadPicture {
  readonly certificate: TerminalCertificate;
  readonly head: ZHead;
}

export function zHeadText(head: Sign1, certificate: TerminalCertificate): string {
  return encodeDigits(encodeCbor([Z_HEAD_KIND, sign1Value(certificate.sign1), sign1Value(head)]));
}

/**
 * The head on a paper, signed by the terminal whose certificate stands beside it. That the certificate is an
 * issuer's is for the caller to check, as with every certificate.
 */
export function readZHeadText(
  text: string,
  world: World,
  backEnd: Ed25519BackEnd,
): Result<ZHeadPicture, Refusal<'unreadable' | 'unsupported' | 'malformed' | 'forged'>> {
  const bytes = decodeDigits(text.trim());
  if (!bytes.ok) return bytes;
  const read = reading((): ZHeadPicture => {
    const [kind, certificate, head] = readTuple(decodeCbor(bytes.value), 3);
    if (kind !== Z_HEAD_KIND) throw new Malformed('the head of a Z report');
    return { certificate: readTerminalCertificate(certificate), head: readZHead(head) };
  });
  if (!read.ok) return read;
  const { certificate, head } = read.value;
  return verifySign1(backEnd, certificate.publicKey, head.sign1, aadOf(world, 'z-head'))
    ? read
    : refused({ code: 'forged' });
}

/** Whether a paper's head and a report are of each other. */
export function isHeadOf(head: ZHeadFields, report: ZReport): boolean {
  return head.number === report.number && equalBytes(head.digest, report.digest);
}
