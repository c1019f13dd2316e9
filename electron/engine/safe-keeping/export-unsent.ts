/**
 * Writes what is unsent to a file that anybody may carry to the clearing house (protocol §6, courier). The file
 * is whole on disk before anybody is told of it; the journal keeps all of it, so it may be carried twice, or in
 * vain.
 */
import { hash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type MoneyWire, money, toWire } from '../../../shared/money.ts';
import { exportedValue } from '../../../shared/protocol/bodies/safe-keeping.ts';
import { encodeCourierFile, sealBatch } from '../../../shared/protocol/courier-file.ts';
import { MAX_BATCH_ENTRIES } from '../../../shared/protocol/journal-batch.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { epochOf, seqOf } from '../db/journal.ts';
import { type OpenRefusal, storageRefusal } from '../db/open.ts';
import { record } from '../record.ts';
import type { Attended } from '../room.ts';
import { batchAfter, hasNews, signedBatch } from '../sync/next-batch.ts';
import { putInPlace } from './backup-folder.ts';

export interface ExportedFile {
  readonly path: string;
  readonly entries: number;
  readonly unsentPayments: number;
  readonly unsentSum: MoneyWire;
}

const EPHEMERAL_BYTES = 32;
/** The file in its place, synced; a disk that fails is a refusal, and then no file of this name is there. */
function writeFile(folder: string, name: string, bytes: Uint8Array): Result<string, OpenRefusal> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const partial = join(folder, `${name}.part`);
    const file = openSync(partial, 'w', 0o600);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    putInPlace(partial, folder, name);
    return ok(join(folder, name));
  } catch (error) {
    const refusal = storageRefusal(error);
    if (refusal === undefined) throw error;
    return refused(refusal);
  }
}

/**
 * @param folder where the file goes: the terminal's own, or a stick that somebody put in
 * @returns `nothing-unsent` where all is acknowledged but our own notes of that
 */
export function exportUnsent(
  { session, person, approver }: Attended,
  folder: string,
): Result<ExportedFile, Refusal<'no-trust-bundle' | 'nothing-unsent' | 'export-failed'> | OpenRefusal> {
  const { store, trust, ports, enrolment } = session;
  if (trust === undefined) return refused({ code: 'no-trust-bundle' });
  const { currency, terminalId } = enrolment.certificate;
  const from = store.settings.integer('acknowledged-position', 0n);
  const batches: Uint8Array[] = [];
  let upTo = from;
  let entries = 0;
  let isNews = false;
  for (
    let batch = batchAfter(store, upTo, MAX_BATCH_ENTRIES);
    batch.length > 0;
    batch = batchAfter(store, upTo, MAX_BATCH_ENTRIES)
  ) {
    const { bytes } = signedBatch(session, batch);
    const { clearingBoxKey } = trust.bundle;
    batches.push(sealBatch(terminalId, bytes, clearingBoxKey, ports.randomBytes(EPHEMERAL_BYTES)));
    entries += batch.length;
    isNews ||= hasNews(store, batch);
    upTo = batch.at(-1)?.position ?? upTo;
  }
  if (!isNews) return refused({ code: 'nothing-unsent' });
  const unsent = store.tallies.read('unsent', currency);
  const bytes = encodeCourierFile(batches);
  const atMs = ports.clock.nowMs();
  const name = `unsent-${terminalId}-${epochOf(upTo)}-${seqOf(upTo)}-${atMs}.fieldtill`;
  const written = writeFile(folder, name, bytes);
  // a stick that is full or gone is no reason to stop the till
  if (!written.ok) return refused({ code: 'export-failed' });
  const body = exportedValue({
    from: { epoch: epochOf(from), seq: seqOf(from) },
    upTo: { epoch: epochOf(upTo), seq: seqOf(upTo) },
    count: unsent.count,
    sumMinor: unsent.sumMinor,
    fileDigest: hash('sha256', bytes, 'buffer'),
    approvedBy: approver?.personId ?? null,
  });
  const noted = store.write(() => record(store, { kind: 'exported', atMs, actor: person.name, body }));
  if (!noted.ok) return noted;
  return ok({
    path: written.value,
    entries,
    unsentPayments: unsent.count,
    unsentSum: toWire(money(unsent.sumMinor, currency)),
  });
}
