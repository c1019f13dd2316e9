/**
 * One engine, many calls: JSON lines in, JSON lines out, in order. So a script runs a whole shop without paying
 * for a start and a PIN each time. A line that makes no sense is answered by a refusal, and the shell goes on.
 */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Result } from '../../shared/result.ts';
import { refused } from '../../shared/result.ts';
import type { HeadlessTill } from './till.ts';

/** `id` comes back with the answer, for scripts that want to match them. */
interface Line {
  readonly call: unknown;
  readonly params: unknown;
  readonly id: unknown;
}

const FIELDS: ReadonlySet<string> = new Set(['call', 'params', 'id']);

function badLine(field: string): Result<never> {
  return refused({ code: 'bad-request', detail: { field } });
}

function readLine(text: string): Result<Line> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return badLine('line'); // no JSON
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return badLine('line');
  const unknown = Object.keys(value).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) return badLine(unknown);
  const { call, params = {}, id } = value as Partial<Line>;
  return { ok: true, value: { call, params, id } };
}

export async function runShell(
  till: HeadlessTill,
  input: Readable,
  print: (line: Readonly<Record<string, unknown>>) => void,
): Promise<void> {
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (text.trim() === '') continue;
    const line = readLine(text);
    const result = line.ok ? await till.engine.call(line.value.call, line.value.params) : line;
    const id = line.ok && line.value.id !== undefined ? { id: line.value.id } : {};
    print(
      result.ok ? { ok: true, value: result.value, ...id } : { ok: false, refusal: result.refusal, ...id },
    );
  }
}
