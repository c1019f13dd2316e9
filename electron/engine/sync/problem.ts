/** Reads a problem+json answer (RFC 9457) as a refusal; anything else is undefined. */
import { problem } from '../../../shared/contract/clearing/problem.ts';
import { refusalFromWire } from '../../../shared/contract/refusal-wire.ts';
import type { Refusal } from '../../../shared/refusals.ts';

const MAX_PROBLEM_BYTES = 16 * 1024;

export function readProblem(body: Uint8Array): Refusal | undefined {
  if (body.length > MAX_PROBLEM_BYTES) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined; // a portal's page, half a body: not a word of the clearing house
  }
  const read = problem.safeParse(json);
  if (!read.success) return undefined;
  const { code, detail } = read.data;
  return refusalFromWire(detail === undefined ? { code } : { code, detail });
}
