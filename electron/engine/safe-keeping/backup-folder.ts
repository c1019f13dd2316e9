/** The folder of backups: their names, the newest of them, and a file put in place so that it is whole or not there. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';

/** What is kept in each place; older ones are removed when a new one is whole. */
const KEPT = 8;
/** terminal id, epoch, seq of its last entry, time in milliseconds since 1970. */
const NAME = /^fieldtill-[0-9a-f]{16}-([0-9]+)-([0-9]+)-([0-9]{13})\.db$/;

export interface BackupFile {
  readonly name: string;
  readonly atMs: number;
  readonly sizeBytes: number;
}

export function backupFolder(dataFolder: string): string {
  return join(dataFolder, 'backups');
}

export function backupName(terminalId: string, epoch: number, seq: number, atMs: number): string {
  return `fieldtill-${terminalId}-${epoch}-${seq}-${String(Math.max(0, atMs)).padStart(13, '0')}.db`;
}

/** Newest first. */
function backupsIn(folder: string): readonly BackupFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name): readonly BackupFile[] => {
      const read = NAME.exec(name);
      return read === null
        ? []
        : [{ name, atMs: Number(read[3]), sizeBytes: statSync(join(folder, name)).size }];
    })
    .sort((a, b) => b.atMs - a.atMs || (a.name < b.name ? 1 : -1));
}

export function listBackups(dataFolder: string): BackupFile[] {
  return [...backupsIn(backupFolder(dataFolder))];
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A finished file under its name: synced, renamed, the renaming synced. */
export function putInPlace(partial: string, folder: string, name: string): void {
  sync(partial);
  renameSync(partial, join(folder, name));
  if (process.platform !== 'win32') sync(folder); // Windows has no such sync and no need of it
}

export function removeOld(folder: string): void {
  for (const { name } of backupsIn(folder).slice(KEPT)) rmSync(join(folder, name), { force: true });
}
