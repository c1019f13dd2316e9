/** Fields that routes of several rooms have. Whatever is not exactly this is refused. */
import * as z from 'zod/mini';
import { parseMinor } from '../../money.ts';

export const minor = z.string().check(
  z.regex(/^(0|[1-9][0-9]{0,15})$/),
  z.refine<string>((text) => parseMinor(text) !== undefined),
);
export const signedMinor = z.string().check(z.regex(/^(0|-?[1-9][0-9]{0,30})$/));
export const currency = z.string().check(z.regex(/^[A-Z]{3}$/));
export const hexId = (bytes: number) => z.string().check(z.regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`)));
export const base64url = (max: number) => z.string().check(z.regex(/^[A-Za-z0-9_-]+$/), z.maxLength(max));
export const userName = z.string().check(z.regex(/^[a-z0-9][a-z0-9._-]{2,31}$/));
export const password = z.string().check(z.minLength(1), z.maxLength(256));
export const timeMs = z.int().check(z.minimum(0));
const utf8Length = (text: string) => new TextEncoder().encode(text).length;
/** A name as a certificate carries it: ≤ 32 bytes of UTF-8, no controls, no directions, no halves of surrogate pairs. */
export const displayName = z.string().check(
  z.regex(/^[^\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]+$/u),
  z.regex(/^\S(.*\S)?$/u),
  z.refine((text) => utf8Length(text) <= 32),
);
/** A language tag such as "en" or "zh-Hans". */
export const language = z.string().check(z.regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$/));

export const nothing = z.strictObject({});
