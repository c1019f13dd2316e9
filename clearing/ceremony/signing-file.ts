/** What travels between the house and its offline root: a bundle to be signed, and what was signed. Holds no secret. */
import * as z from 'zod/mini';
import { CeremonyRefused } from './root-file.ts';

const base64url = z.string().check(z.regex(/^[A-Za-z0-9_-]+$/));

const toSign = z.strictObject({
  format: z.literal('fieldtill-trust-to-sign/1'),
  world: z.enum(['live', 'test']),
  /** The bundle that it builds on, as signed; null for the first. */
  base: z.nullable(base64url),
  /** trustPayload of shared/protocol/trust-bundle.ts. */
  payload: base64url,
  /** Why it is wanted, for people. */
  causes: z.array(z.string()),
});

const signed = z.strictObject({
  format: z.literal('fieldtill-trust-signed/1'),
  version: z.int().check(z.minimum(1)),
  bundle: base64url,
  /** From the base; null where a delta cannot say it, and of the first. */
  delta: z.nullable(base64url),
});

export type TrustToSign = z.infer<typeof toSign>;
export type SignedTrust = z.infer<typeof signed>;

function readFile<T>(schema: z.ZodMiniType<T>, text: string, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CeremonyRefused(`this is not ${what}`);
  }
  const read = schema.safeParse(value);
  if (!read.success) throw new CeremonyRefused(`this is not ${what}`);
  return read.data;
}

/** @throws CeremonyRefused */
export function readToSign(text: string): TrustToSign {
  return readFile(toSign, text, 'a bundle to be signed');
}

/** @throws CeremonyRefused */
export function readSigned(text: string): SignedTrust {
  return readFile(signed, text, 'a signed bundle');
}
