/**
 * The form of a golden file: what an object looks like on the wire, what it says, and what must be refused with
 * which code. For every implementation of the protocol, ours and others'. Bytes are lower-case hexadecimal,
 * amounts decimal strings of minor units.
 */
import type { RefusalCode } from '../../../shared/refusals.ts';

export interface ValidVector {
  readonly name: string;
  readonly input: string;
  readonly decoded: unknown;
}

export interface InvalidVector {
  readonly name: string;
  readonly input: string;
  readonly refusal: RefusalCode;
}

export interface VectorFile {
  /** The object, and the file's name without .json. */
  readonly object: string;
  /** Section of the protocol. */
  readonly section: string;
  /** What `input` is, and what it is checked against. */
  readonly about: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly valid: readonly ValidVector[];
  readonly invalid: readonly InvalidVector[];
}

/** What was read, as JSON shows it: without the bytes that only carried it. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return plain([...value].map(([key, item]) => ({ key, item })));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([name]) => name !== 'sign1' && name !== 'bytes');
  return Object.fromEntries(fields.map(([name, item]) => [name, plain(item)]));
}

/** Scalars, and lists of nothing else. */
const isFlat = (value: unknown): boolean => (Array.isArray(value) ? value.every(isFlat) : isScalar(value));
const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;

/** JSON as the project's formatter leaves it: two spaces, short lists of scalars on one line. */
function layout(value: unknown, indent: string): string {
  if (isScalar(value)) return JSON.stringify(value);
  const inner = `${indent}  `;
  const isArray = Array.isArray(value);
  const items = isArray
    ? value.map((item) => layout(item, inner))
    : Object.entries(value as object).map(([key, item]) => `${JSON.stringify(key)}: ${layout(item, inner)}`);
  const [open, close] = isArray ? ['[', ']'] : ['{', '}'];
  if (items.length === 0) return open + close;
  if (isArray && isFlat(value) && items.join(', ').length < 60) return `[${items.join(', ')}]`;
  return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${indent}${close}`;
}

export function fileText(file: VectorFile): string {
  return `${layout(file, '')}\n`;
}
