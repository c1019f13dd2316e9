/**
 * Practising without a window: a whole practice shop in one process, because it ends with the engine. Reads the
 * same lines as the shell and answers the same way, and nothing in it is real.
 */
import type { Readable } from 'node:stream';
import { runShell } from './shell.ts';
import type { HeadlessTill } from './till.ts';

export async function runTraining(
  till: HeadlessTill,
  input: Readable,
  print: (line: Readonly<Record<string, unknown>>) => void,
): Promise<void> {
  print({ ok: true, value: await till.act('training.start', { approval: null }) });
  await runShell(till, input, print);
}
