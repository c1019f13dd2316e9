/**
 * Puts a backup in the place of the terminal's database. What was there is set aside whole, never removed; the
 * backup is checked before anything is touched, and opens a new epoch, so that whatever this terminal wrote after it
 * cannot be written over. Until the last step, one renaming, the old database is in place.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { epochOpenedValue } from '../../../shared/protocol/bodies/safe-keeping.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { positionOf } from '../db/journal.ts';
import { type OpenRefusal, storageRefusal } from '../db/open.ts';
import { openStore } from '../db/store.ts';
import { record } from '../record.ts';
import { checkedCopy } from './keep-backups.ts';

const DATABASE = 'terminal.db';
const LOG = 'terminal.db-wal';

export interface Restored {
  readonly epoch: number;
  /** Where the database that was there is now; null when there was none. */
  readonly setAside: string | null;
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The backup's journal goes on in an epoch of its own; the first sync asks what came after it. */
async function openEpoch(
  folder: string,
  migrationsFolder: string,
  atMs: number,
): Promise<Result<number, OpenRefusal>> {
  const opened = await openStore(folder, migrationsFolder);
  if (!opened.ok) return opened;
  const store = opened.value;
  const written = store.write(() => {
    const { epoch, seq } = store.journal.tip;
    const from = positionOf(epoch, seq);
    store.journal.openEpoch(epoch + 1, seq === 0 ? 0n : from);
    const body = epochOpenedValue({ reason: 'restored', fromEpoch: epoch, fromSeq: seq });
    record(store, { kind: 'epoch-opened', atMs, actor: '', body });
    store.settings.setInteger('learn-from', from);
    store.settings.setBytes('learn-hash', new Uint8Array());
    store.settings.setInteger('backup-position', -1n);
    return epoch + 1;
  });
  store.whole.makeSingleFile();
  store.close();
  return written;
}

/**
 * The old database with its log, by second names: nothing is copied, nothing is in two states.
 *
 * @returns the folder they are in; null when there is no database
 */
async function setAside(
  dataFolder: string,
  migrationsFolder: string,
  atMs: number,
): Promise<Result<string | null, OpenRefusal>> {
  const database = join(dataFolder, DATABASE);
  if (!existsSync(database)) return ok(null);
  // opening takes its log in, and shows that no engine is at work on it; a damaged one is set aside as it is
  const opened = await openStore(dataFolder, migrationsFolder);
  if (opened.ok) opened.value.close();
  else if (opened.refusal.code !== 'storage-damaged') return opened;
  const aside = join(dataFolder, `set-aside-${atMs}`);
  mkdirSync(aside, { mode: 0o700 });
  linkSync(database, join(aside, DATABASE));
  if (existsSync(join(dataFolder, LOG))) {
    linkSync(join(dataFolder, LOG), join(aside, LOG));
    rmSync(join(dataFolder, LOG)); // it belongs to the old file, and would be taken for the new one's
  }
  sync(aside);
  return ok(aside);
}

/** @param file a backup, as backups.make writes it @param atMs now */
export async function restoreBackup(
  file: string,
  dataFolder: string,
  migrationsFolder: string,
  atMs: number,
): Promise<Result<Restored, OpenRefusal | Refusal<'not-found'>>> {
  if (!existsSync(file)) return refused({ code: 'not-found' });
  const partial = join(dataFolder, 'restore');
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { mode: 0o700 });
    copyFileSync(file, join(partial, DATABASE));
    if ((await checkedCopy(partial, migrationsFolder)) === undefined)
      return refused({ code: 'storage-damaged' });
    const epoch = await openEpoch(partial, migrationsFolder, atMs);
    if (!epoch.ok) return epoch;
    sync(join(partial, DATABASE));
    const aside = await setAside(dataFolder, migrationsFolder, atMs);
    if (!aside.ok) return aside;
    renameSync(join(partial, DATABASE), join(dataFolder, DATABASE));
    if (process.platform !== 'win32') sync(dataFolder);
    return ok({ epoch: epoch.value, setAside: aside.value });
  } catch (error) {
    const refusal = storageRefusal(error);
    if (refusal === undefined) throw error;
    return refused(refusal);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
