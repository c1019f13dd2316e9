/**
 * Text that people type, as the contracts bound it: in bytes of UTF-8, because the protocol's limits are in
 * bytes (32 Chinese characters are 96), and without half surrogates, which no encoding can carry. What is
 * longer or broken must be refused here: a certificate or journal entry over its limit could not be read.
 */
import * as z from 'zod/mini';
import { utf8 } from '../bytes.ts';

/** @param min characters; @param maxBytes of UTF-8 */
export function boundedText(min: number, maxBytes: number) {
  return z.string().check(
    z.minLength(min),
    z.maxLength(maxBytes),
    z.refine<string>((text) => text.isWellFormed() && utf8(text).length <= maxBytes),
  );
}
