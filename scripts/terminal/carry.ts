/**
 * Brings a file of what a terminal had not sent to the clearing house, from any machine that has a network. Whoever
 * carries it needs no terminal, no name and no key, and can neither read nor change it.
 */
import { readFileSync } from 'node:fs';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { CBOR_TYPE } from '../../shared/contract/clearing.ts';
import { readCourierFile } from '../../shared/protocol/courier-file.ts';
import { done, type Outcome } from './command.ts';

/** Batch after batch, in order; one that was not taken stops, and all may be brought again. */
export async function carry(file: string, origin: string): Promise<Outcome> {
  const read = readCourierFile(readFileSync(file));
  if (!read.ok)
    return { ok: false, sentence: `${file} is no file of a till.`, facts: { refusal: read.refusal } };
  for (const [i, batch] of read.value.entries()) {
    const answer = await fetch(new URL(clearingStreams.courier.path, origin), {
      method: 'POST',
      headers: { 'content-type': CBOR_TYPE },
      body: Uint8Array.from(batch),
    });
    if (answer.status === 200) continue;
    const sentence = `Part ${i + 1} of ${read.value.length} was not taken (${answer.status}). It may be brought again.`;
    return { ok: false, sentence, facts: { brought: i, parts: read.value.length, status: answer.status } };
  }
  const parts = read.value.length;
  return done(`All ${parts} parts are at the clearing house. The till learns so at its next sync.`, {
    parts,
  });
}
