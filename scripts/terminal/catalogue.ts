/** Commands about the catalogue: a whole list in from a CSV file, and out to one. */

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { MAX_IMPORT_PIECE_BYTES } from '../../shared/contract/terminal/catalogue.ts';
import { IMPORT_MODES } from '../../shared/protocol/bodies/catalogue.ts';
import { type Command, done, needed, type Options, type Outcome, WrongUse } from './command.ts';
import type { HeadlessTill } from './till.ts';

/** Read in pieces that a call takes; the decoder adds at most the rest of one character. */
const PIECE_BYTES = MAX_IMPORT_PIECE_BYTES / 4;

async function importFile(till: HeadlessTill, file: string, { mode }: Options): Promise<Outcome> {
  const chosen = mode === undefined ? 'merge' : IMPORT_MODES.find((one) => one === mode);
  if (chosen === undefined) throw new WrongUse(`--mode is one of ${IMPORT_MODES.join(', ')}`);
  const { importId } = await till.must('catalogue.startImport', { mode: chosen });
  const stream = createReadStream(file, { encoding: 'utf8', highWaterMark: PIECE_BYTES });
  for await (const text of stream as AsyncIterable<string>)
    await till.must('catalogue.addToImport', { importId, text });
  const summary = await till.must('catalogue.checkImport', { importId });
  if (summary.faults.length > 0) {
    const lines = summary.faults.map(
      ({ line, column, problem }) => `line ${line}${column === null ? '' : `, ${column}`}: ${problem}`,
    );
    return { ok: false, sentence: `${lines.join('\n')}\nNothing was taken in.`, facts: { summary } };
  }
  await till.act('catalogue.finishImport', { importId, approval: null });
  const { added, changed, removed, items } = summary;
  return done(`${items} items: ${added.count} new, ${changed.count} changed, ${removed.count} removed.`, {
    summary,
  });
}

async function exportFile(till: HeadlessTill, file: string): Promise<Outcome> {
  const out = createWriteStream(file, { flags: 'wx' });
  let bytes = 0;
  let after: string | null = null;
  let revision: number | null = null;
  do {
    const page: { text: string; revision: number; next: string | null } = await till.must(
      'catalogue.export',
      {
        delimiter: ',',
        after,
        revision,
      },
    );
    if (!out.write(page.text)) await once(out, 'drain');
    bytes += Buffer.byteLength(page.text);
    ({ revision, next: after } = page);
  } while (after !== null);
  out.end();
  await finished(out);
  return done(`Written to ${file}.`, { file, bytes });
}

export const catalogue: Command = async (till, options, [verb, file]) => {
  const path = needed(file, 'FILE');
  if (verb !== 'import' && verb !== 'export') throw new WrongUse(`catalogue ${verb ?? ''}`);
  await till.signIn();
  return verb === 'import' ? importFile(till, path, options) : exportFile(till, path);
};
