/** PINs: their hash by argon2id, which must never leave the terminal, and the ids of those who have one. */
import { hash } from '@node-rs/argon2';
import { toHex } from '../../../shared/bytes.ts';
import { isWeakPin } from '../../../shared/people/pin.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { ARGON2ID } from '../keys.ts';
import type { EnginePorts } from '../ports.ts';

/** A PIN's hash is all that a stolen disk gives; four digits are few, so the terminal counts tries. */
export function hashPin(pin: string): Promise<string> {
  return hash(pin, ARGON2ID);
}

/** The hash of a PIN that somebody chose. */
export async function hashNewPin(pin: string): Promise<Result<string, Refusal<'weak-pin'>>> {
  return isWeakPin(pin) ? refused({ code: 'weak-pin' }) : ok(await hashPin(pin));
}

export function newPersonId(randomBytes: EnginePorts['randomBytes']): string {
  return toHex(randomBytes(8));
}
