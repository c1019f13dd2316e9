/**
 * Sends a terminal's whole journal once more, from the first entry, as a terminal would that never saw the
 * answer. The terminal itself must be closed: one engine owns the journal.
 */
import { join } from 'node:path';
import { epochOf, seqOf } from '../../electron/engine/db/journal.ts';
import { openStore } from '../../electron/engine/db/store.ts';
import { openKeys } from '../../electron/engine/keys.ts';
import { nodePorts } from '../../electron/engine/node-ports.ts';
import { openSession } from '../../electron/engine/session.ts';
import { Transport } from '../../electron/engine/sync/transport.ts';
import { readEnrolment, readTrust } from '../../electron/engine/trust/trust.ts';
import type { Acknowledgement } from '../../shared/protocol/acknowledgement.ts';
import { encodeJournalBatch, MAX_BATCH_ENTRIES } from '../../shared/protocol/journal-batch.ts';
import { journalHash } from '../../shared/protocol/journal-entry.ts';
import { PROJECT } from '../tool.ts';

export async function sendJournalAgain(dataFolder: string, passphrase: string): Promise<Acknowledgement> {
  const opened = await openStore(dataFolder, join(PROJECT, 'migrations'));
  if (!opened.ok) throw new Error(opened.refusal.code);
  const store = opened.value;
  try {
    const keys = await openKeys(store, { kind: 'passphrase' }, passphrase);
    const enrolment = readEnrolment(store);
    if (!keys.ok || enrolment === undefined) throw new Error('the terminal does not open');
    const trust = readTrust(store, enrolment);
    const entries = store.journal.after(-1n, MAX_BATCH_ENTRIES);
    const last = entries.at(-1);
    if (!trust.ok || trust.value === undefined || last === undefined) throw new Error('nothing to send');
    const ports = nodePorts(() => undefined);
    const session = openSession({ store, ports, keys: keys.value, enrolment, trust: trust.value });
    const head = {
      terminalId: enrolment.certificate.terminalId,
      epoch: epochOf(last.position),
      seq: seqOf(last.position),
      headHash: journalHash(last.bytes),
    };
    const bytes = entries.map((entry) => entry.bytes);
    const batch = encodeJournalBatch({ head, entries: bytes }, enrolment.world, keys.value.signer);
    const answer = await new Transport(session).sendJournal(batch);
    if (!answer.ok) throw new Error(answer.refusal.refusal.code);
    return answer.value.ack;
  } finally {
    store.close();
  }
}
