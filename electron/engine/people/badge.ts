/**
 * Badges: digits of their own kind around a random secret, on paper or a card, for any scanner. The terminal
 * keeps a hash alone, under a key that is derived from its sealed keys: whoever can write to the file cannot
 * make a badge. Digits of a payment are never a badge and a badge is never a payment.
 */
import { createHmac, hkdfSync } from 'node:crypto';
import { type BadgeSecret, badgeText, readBadgeText } from '../../../shared/people/badge.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result } from '../../../shared/result.ts';
import type { TerminalKeys } from '../keys.ts';
import type { EnginePorts } from '../ports.ts';

export interface NewBadge {
  /** What is printed; shown once and kept nowhere. */
  readonly digits: string;
  readonly hash: Uint8Array;
}

function hashOf(keys: TerminalKeys, secret: BadgeSecret): Uint8Array {
  const key = new Uint8Array(hkdfSync('sha256', keys.boxSecret, '', 'fieldtill badge', 32));
  return new Uint8Array(createHmac('sha256', key).update(secret).digest());
}

export function makeBadge(keys: TerminalKeys, randomBytes: EnginePorts['randomBytes']): NewBadge {
  const secret = randomBytes(16);
  return { digits: badgeText(secret), hash: hashOf(keys, secret) };
}

/** The hash to look for, of a text that was scanned. */
export function badgeHash(
  keys: TerminalKeys,
  scan: string,
): Result<Uint8Array, Refusal<'unreadable' | 'wrong-badge'>> {
  const secret = readBadgeText(scan);
  return secret.ok ? ok(hashOf(keys, secret.value)) : secret;
}
