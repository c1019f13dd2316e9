/**
 * COSE_Sign1 (RFC 9052 §4.2), untagged, alg −19 (Ed25519, RFC 9864 §2.2). The protected header holds alg
 * and, where the signer is an issuer, a kid (all others' keys are known by what they sign); the unprotected header is empty; anything else is
 * malformed. The algorithm is fixed here, never taken from the message (no confusion by `alg`).
 */
import { type CborValue, decodeCbor, encodeCbor } from './cbor.ts';
import { type Ed25519BackEnd, type Signer, verifyStrict } from './ed25519.ts';
import { Malformed } from './malformed.ts';
import { readBytes, readBytesUpTo, readTuple } from './shape.ts';

/** Ed25519, fully specified (RFC 9864). */
const ALG_ED25519 = -19;
const HEADER_ALG = 1;
const HEADER_KID = 4;

export interface Sign1 {
  /** The protected header's bytes, as signed. */
  readonly protectedHeader: Uint8Array;
  readonly kid: Uint8Array | null;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** A kid is the first four bytes of SHA-256 over the public key. */
const KID_BYTES = 4;
/** Larger than any signed object but a trust bundle or an acknowledgement. */
const MAX_PAYLOAD_BYTES = 8 * 1024 * 1024;

export function protectedHeader(kid: Uint8Array | null): Uint8Array<ArrayBuffer> {
  const header = new Map<number, CborValue>([[HEADER_ALG, ALG_ED25519]]);
  if (kid !== null) header.set(HEADER_KID, kid);
  return encodeCbor(header);
}

/** An array of four, and its first: "Signature1". */
const SIG_STRUCTURE_BEGIN = encodeCbor(['Signature1', null, null, null]).subarray(0, 12);

/** The bytes that are signed: RFC 9052 §4.4, context "Signature1". Written out here: each signature needs it. */
export function sigStructure(
  header: Uint8Array,
  externalAad: Uint8Array,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const parts = [header, externalAad, payload];
  let length = SIG_STRUCTURE_BEGIN.length;
  for (const { length: size } of parts) length += byteStringHeadLength(size) + size;
  const bytes = new Uint8Array(length);
  bytes.set(SIG_STRUCTURE_BEGIN);
  let at = SIG_STRUCTURE_BEGIN.length;
  for (const part of parts) {
    at = writeByteStringHead(bytes, at, part.length);
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function byteStringHeadLength(size: number): number {
  if (size < 24) return 1;
  return size < 0x100 ? 2 : size < 0x1_0000 ? 3 : 5;
}

/** @returns where the bytes themselves begin */
function writeByteStringHead(bytes: Uint8Array, at: number, size: number): number {
  const length = byteStringHeadLength(size);
  bytes[at] = length === 1 ? 0x40 | size : length === 2 ? 0x58 : length === 3 ? 0x59 : 0x5a;
  for (let i = 1; i < length; i++) bytes[at + i] = (size >>> (8 * (length - 1 - i))) & 0xff;
  return at + length;
}

/** An object that waits for its signature: a wallet's key answers asynchronously, a terminal's at once. */
export interface Draft {
  readonly protectedHeader: Uint8Array;
  readonly kid: Uint8Array | null;
  readonly payload: Uint8Array;
  readonly toBeSigned: Uint8Array<ArrayBuffer>;
}

export function draft(kid: Uint8Array | null, externalAad: Uint8Array, payload: CborValue): Draft {
  const header = protectedHeader(kid);
  const bytes = encodeCbor(payload);
  return {
    protectedHeader: header,
    kid,
    payload: bytes,
    toBeSigned: sigStructure(header, externalAad, bytes),
  };
}

export function complete(waiting: Draft, signature: Uint8Array): Sign1 {
  const { protectedHeader: header, kid, payload } = waiting;
  return { protectedHeader: header, kid, payload, signature };
}

export function signDraft(waiting: Draft, signer: Signer): Sign1 {
  return complete(waiting, signer.sign(waiting.toBeSigned));
}

export function verifySign1(
  backEnd: Ed25519BackEnd,
  publicKey: Uint8Array,
  sign1: Sign1,
  externalAad: Uint8Array,
): boolean {
  const message = sigStructure(sign1.protectedHeader, externalAad, sign1.payload);
  return verifyStrict(backEnd, publicKey, message, sign1.signature);
}

export function sign1Value(sign1: Sign1): CborValue {
  return [sign1.protectedHeader, new Map(), sign1.payload, sign1.signature];
}

export function encodeSign1(sign1: Sign1): Uint8Array<ArrayBuffer> {
  return encodeCbor(sign1Value(sign1));
}

/** @throws Malformed */
export function readSign1(value: CborValue | undefined, kid: 'with-kid' | 'without-kid'): Sign1 {
  const [header, unprotected, payload, signature] = readTuple(value, 4);
  if (!(unprotected instanceof Map) || unprotected.size !== 0) throw new Malformed('unprotected header');
  const headerBytes = readBytesUpTo(header, 32);
  const fields = decodeCbor(headerBytes);
  if (!(fields instanceof Map) || fields.get(HEADER_ALG) !== ALG_ED25519) throw new Malformed('alg');
  if (fields.size !== (kid === 'with-kid' ? 2 : 1)) throw new Malformed('protected header');
  return {
    protectedHeader: headerBytes,
    kid: kid === 'with-kid' ? readBytes(fields.get(HEADER_KID), KID_BYTES) : null,
    payload: readBytesUpTo(payload, MAX_PAYLOAD_BYTES),
    signature: readBytes(signature, 64),
  };
}

/** @throws Malformed */
export function decodeSign1(bytes: Uint8Array, kid: 'with-kid' | 'without-kid'): Sign1 {
  return readSign1(decodeCbor(bytes), kid);
}
