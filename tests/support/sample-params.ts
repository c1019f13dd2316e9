/** Parameters that a schema of the contract takes: the smallest of a kind, made from the schema alone. */
import * as z from 'zod/mini';

/** Tried in order: what a leaf with checks (a PIN, an id, a currency) takes is among them. */
const TEXTS = [
  'x',
  '1',
  '1234',
  'EUR',
  '00'.repeat(8),
  '00'.repeat(16),
  '00'.repeat(32),
  '20',
  '2026-01-01',
  '',
];
const NUMBERS = [0, 1, 100];

function leaf(schema: z.ZodMiniType, candidates: readonly unknown[]): unknown {
  const found = candidates.find((candidate) => schema.safeParse(candidate).success);
  if (found === undefined)
    throw new TypeError('a schema that no sample fits: add one to tests/support/sample-params.ts');
  return found;
}

export function sampleOf(schema: z.ZodMiniType): unknown {
  if (schema instanceof z.ZodMiniNullable) return null;
  if (schema instanceof z.ZodMiniObject) {
    const fields = Object.entries(schema.shape as Readonly<Record<string, z.ZodMiniType>>);
    return Object.fromEntries(fields.map(([name, field]) => [name, sampleOf(field)]));
  }
  if (schema instanceof z.ZodMiniUnion || schema instanceof z.ZodMiniDiscriminatedUnion) {
    const [first] = schema.def.options;
    return sampleOf(first as z.ZodMiniType);
  }
  if (schema instanceof z.ZodMiniArray) {
    if (schema.safeParse([]).success) return [];
    return [sampleOf(schema.def.element as z.ZodMiniType)];
  }
  if (schema instanceof z.ZodMiniEnum) return schema.options[0];
  if (schema instanceof z.ZodMiniLiteral) return schema.def.values[0];
  return leaf(schema, [...TEXTS, ...NUMBERS, true]);
}
