/**
 * The digits of a badge: the same alphabet and check digits as a picture (protocol §2), so every scanner and
 * the wedge's reader know when it is whole, around bytes of a kind that no picture has.
 */
import { equalBytes } from '../bytes.ts';
import { BADGE_KIND } from '../protocol/badge-kind.ts';
import { decodeCbor, encodeCbor } from '../protocol/cbor.ts';
import { decodeDigits, encodeDigits } from '../protocol/digits.ts';
import { readBytes, reading, readTuple } from '../protocol/shape.ts';
import type { Refusal } from '../refusals.ts';
import { ok, type Result, refused } from '../result.ts';

/** 16 random bytes. */
export type BadgeSecret = Uint8Array;

export function badgeText(secret: BadgeSecret): string {
  return encodeDigits(encodeCbor([BADGE_KIND, secret]));
}

/** `unreadable`: a misread, scan again. `wrong-badge`: whole, and no badge. */
export function readBadgeText(text: string): Result<BadgeSecret, Refusal<'unreadable' | 'wrong-badge'>> {
  const bytes = decodeDigits(text.trim());
  if (!bytes.ok) return refused({ code: bytes.refusal.code === 'unreadable' ? 'unreadable' : 'wrong-badge' });
  const secret = reading(() => readBytes(readTuple(decodeCbor(bytes.value), 2)[1], 16));
  // what decodes to the same secret and is not what we print (another kind) is none
  return secret.ok && equalBytes(encodeCbor([BADGE_KIND, secret.value]), bytes.value)
    ? ok(secret.value)
    : refused({ code: 'wrong-badge' });
}
