/** How one call of the terminal's contract is written down: who may ask, what goes in, what comes out. */
import * as z from 'zod/mini';
import type { Permission } from '../../people/roles.ts';

/** `null`: nobody needs to be signed in. `person`: somebody, whoever. Else: who has this permission. */
export type Needs = null | 'person' | Permission;

export interface CallShape {
  readonly needs: Needs;
  readonly params: z.ZodMiniType;
  readonly result: z.ZodMiniType;
}

/** A room's calls, by name `noun.verb`. */
export function calls<const T extends Readonly<Record<string, CallShape>>>(shapes: T): T {
  return shapes;
}

export const nothing = z.strictObject({});
export const text = (maxCharacters: number) => z.string().check(z.maxLength(maxCharacters));
export const count = z.int().check(z.minimum(0));
export const timeMs = z.int().check(z.minimum(0));

/** Of a journal entry: what a row is named by. */
export const entryPlace = z.strictObject({ epoch: count, journalSeq: count });

/**
 * Leave by which somebody without the permission does it all the same: an answer of `approvals.give`, good for
 * one act. Null where none was asked for.
 */
export const approval = z.nullable(text(32));

/** A scan or a paste: larger than any code, small enough to refuse cheaply. */
export const MAX_SCAN_CHARACTERS = 8000;
export const scanText = text(MAX_SCAN_CHARACTERS);
/** Digits of a picture, to be shown as a QR. */
export const digitsText = text(MAX_SCAN_CHARACTERS);
