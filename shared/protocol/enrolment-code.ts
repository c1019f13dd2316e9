/**
 * The one-time code by which a terminal joins a merchant: where the clearing house is, a secret that
 * works once, and the root key to pin. Because the root comes with the code, by the administrator's hand,
 * nobody on the network can slip in another.
 */
import { fromBase64Url, toBase64Url } from '../bytes.ts';
import type { Refusal } from '../refusals.ts';
import { type Result, refused } from '../result.ts';
import { decodeCbor, encodeCbor } from './cbor.ts';
import { isStrictPublicKey } from './ed25519.ts';
import { Malformed } from './malformed.ts';
import { readBytes, reading, readOneOf, readText, readTuple } from './shape.ts';
import type { World } from './world.ts';

export interface EnrolmentCode {
  readonly world: World;
  /** Origin of the clearing house, such as https://clearing.example: no path, lower case. */
  readonly clearingOrigin: string;
  /** 16 random bytes. */
  readonly secret: Uint8Array;
  readonly rootPublicKey: Uint8Array;
}

const PREFIX = 'FT1-';
/** Longer than any of ours; stops work on a pasted book. */
const MAX_CHARACTERS = 1000;
const ORIGIN = /^https?:\/\/(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::[1-9][0-9]{0,4})?$/;
const WORLDS: readonly World[] = ['live', 'test'];

export function enrolmentCodeText(code: EnrolmentCode): string {
  const bytes = encodeCbor([
    WORLDS.indexOf(code.world),
    code.clearingOrigin,
    code.secret,
    code.rootPublicKey,
  ]);
  return PREFIX + toBase64Url(bytes);
}

export function parseEnrolmentCode(text: string): Result<EnrolmentCode, Refusal<'unreadable' | 'malformed'>> {
  const trimmed = text.trim();
  const bytes =
    trimmed.startsWith(PREFIX) && trimmed.length <= MAX_CHARACTERS
      ? fromBase64Url(trimmed.slice(PREFIX.length))
      : undefined;
  if (bytes === undefined) return refused({ code: 'unreadable' });
  return reading(() => {
    const [world, origin, secret, root] = readTuple(decodeCbor(bytes), 4);
    const code = {
      world: WORLDS[readOneOf(world, [0, 1])] ?? 'test',
      clearingOrigin: readText(origin, 256),
      secret: readBytes(secret, 16),
      rootPublicKey: readBytes(root, 32),
    };
    // routes are appended to it: a path, a query or user information would send them elsewhere
    if (!ORIGIN.test(code.clearingOrigin)) throw new Malformed('origin');
    if (!isStrictPublicKey(code.rootPublicKey)) throw new Malformed('a root that could sign nothing');
    return code;
  });
}
