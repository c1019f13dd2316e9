/**
 * Digits: the form of a code on paper, screen and scanner wire (protocol §2). Version digit, the bytes in
 * groups of 7 → 17 digits (big-endian, zero-padded), a last shorter group, two check digits of ISO 7064
 * MOD 97-10. The check digits tell a misread ("scan again") from a forgery.
 */
import { ok, type Result, refused } from '../result.ts';

const VERSION = '1';
const GROUP_BYTES = 7;
const GROUP_DIGITS = 17;
/** Digits of a last group of 1…6 bytes. */
const LAST_GROUP_DIGITS: readonly number[] = [0, 3, 5, 8, 10, 13, 15, GROUP_DIGITS];
/** The largest numeric QR code (version 40-L) holds 7,089 digits: nothing longer was ever a picture. */
const MAX_DIGITS = 7089;

/** A group's bytes as one big-endian number, at the end of eight. */
const eightByteView = new Uint8Array(8);
const eightBytes = new DataView(eightByteView.buffer);

/** ISO 7064 MOD 97-10: the two digits that make the whole congruent to 1 modulo 97. */
function checkDigits(digits: string): string {
  return String(98 - remainder(`${digits}00`)).padStart(2, '0');
}

function remainder(digits: string): number {
  let rest = 0;
  for (let at = 0; at < digits.length; at += 7) {
    const part = digits.slice(at, at + 7);
    rest = (rest * 10 ** part.length + Number(part)) % 97;
  }
  return rest;
}

export function encodeDigits(bytes: Uint8Array): string {
  let digits: string = VERSION;
  for (let at = 0; at < bytes.length; at += GROUP_BYTES) {
    const group = bytes.subarray(at, at + GROUP_BYTES);
    eightByteView.fill(0);
    eightByteView.set(group, 8 - group.length);
    digits += eightBytes
      .getBigUint64(0)
      .toString()
      .padStart(LAST_GROUP_DIGITS[group.length] ?? GROUP_DIGITS, '0');
  }
  return digits + checkDigits(digits);
}

/**
 * The bytes of a scanned or pasted text. One text per value: a group that its bytes cannot hold is
 * refused. `unreadable`: not a code, or a misread; `unsupported`: a code of another version.
 */
export function decodeDigits(
  text: string,
): Result<Uint8Array<ArrayBuffer>, { code: 'unreadable' } | { code: 'unsupported' }> {
  if (text.length < 6 || text.length > MAX_DIGITS || !/^[0-9]+$/.test(text))
    return refused({ code: 'unreadable' });
  // recomputed, not tested for ≡ 1: 00, 01 and 99 would be second texts for one value
  if (checkDigits(text.slice(0, -2)) !== text.slice(-2)) return refused({ code: 'unreadable' });
  if (!text.startsWith(VERSION)) return refused({ code: 'unsupported' });
  const body = text.slice(1, -2);
  const lastDigits = body.length % GROUP_DIGITS;
  const lastBytes = LAST_GROUP_DIGITS.indexOf(lastDigits);
  if (lastBytes < 0) return refused({ code: 'unreadable' });
  const groups = Math.floor(body.length / GROUP_DIGITS);
  const bytes = new Uint8Array(groups * GROUP_BYTES + lastBytes);
  for (let group = 0; group * GROUP_DIGITS < body.length; group++) {
    const digits = body.slice(group * GROUP_DIGITS, (group + 1) * GROUP_DIGITS);
    const length = digits.length === GROUP_DIGITS ? GROUP_BYTES : lastBytes;
    const value = BigInt(digits);
    if (value >> BigInt(length * 8) !== 0n) return refused({ code: 'unreadable' });
    eightBytes.setBigUint64(0, value);
    bytes.set(eightByteView.subarray(8 - length), group * GROUP_BYTES);
  }
  return ok(bytes);
}
