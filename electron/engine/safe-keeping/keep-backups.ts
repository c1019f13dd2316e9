/**
 * Backups while the till runs: hourly when something was written, when a day is closed, and when somebody asks.
 * Each is SQLite's own copy in small steps, read back and checked before it counts; a second copy goes to another
 * path where one is set. It never makes a sale wait for more than one step, and a failure never stops the till.
 */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { copyFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TerminalState } from '../../../shared/contract/terminal.ts';
import { backupValue, SECOND_COPY, type SecondCopy } from '../../../shared/protocol/bodies/safe-keeping.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import { openStore, type Store } from '../db/store.ts';
import { record } from '../record.ts';
import type { Session } from '../session.ts';
import { type BackupFile, backupFolder, backupName, putInPlace, removeOld } from './backup-folder.ts';

const EVERY_MS = 3_600_000;
/** 4 KiB each: about a millisecond a step. */
const PAGES_A_STEP = 250;
/** So many entries cannot all be notes. */
const LOOKED_AT = 20;

export interface MadeBackup {
  readonly backup: BackupFile;
  readonly secondCopy: SecondCopy;
}

interface Folders {
  readonly dataFolder: string;
  readonly migrationsFolder: string;
}

type BackupRefusal = Refusal<'backup-failed' | 'not-enrolled'>;

/** What the state says of backups. */
export function backupState({ settings }: Store): TerminalState['backup'] {
  const atMs = Number(settings.integer('backup-at-ms', 0n));
  const state = settings.text('second-copy-state');
  const secondCopy = SECOND_COPY.find((one) => one === state) ?? 'none';
  return { lastAtMs: atMs === 0 ? null : atMs, secondCopy };
}

/** Lets everything else that waits go first. */
function giveWay(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export class BackupKeeper {
  readonly #session: Session;
  readonly #options: Folders;
  readonly #onChange: () => void;
  #cancel: (() => void) | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(session: Session, options: Folders, onChange: () => void) {
    this.#session = session;
    this.#options = options;
    this.#onChange = onChange;
  }

  start(): void {
    this.#wait(EVERY_MS);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
  }

  /** One as soon as nothing else waits. */
  soon(): void {
    this.#wait(0);
  }

  #wait(delayMs: number): void {
    this.#cancel?.();
    if (this.#isClosed) return;
    this.#cancel = this.#session.ports.timers.after(delayMs, () => {
      void this.#makeIfChanged().finally(() => this.#wait(EVERY_MS));
    });
  }

  async #makeIfChanged(): Promise<void> {
    const { store, ports } = this.#session;
    // notes of backups and of syncing them are no reason for another
    const since = store.journal.after(store.settings.integer('backup-position', -1n), LOOKED_AT);
    if (since.length < LOOKED_AT && since.every((stored) => store.journal.isHouseNote(stored))) return;
    // where nobody says how much room there is, none is taken unasked
    if (ports.disk.freeBytes(this.#options.dataFolder) === undefined) return;
    await this.make('', null);
  }

  /** One after the other, whoever asks. */
  make(actor: string, approvedBy: string | null): Promise<Result<MadeBackup, BackupRefusal>> {
    const made = this.#running.then(() => this.#make(actor, approvedBy));
    this.#running = made;
    return made;
  }

  async #make(actor: string, approvedBy: string | null): Promise<Result<MadeBackup, BackupRefusal>> {
    const { store, ports, enrolment } = this.#session;
    if (this.#isClosed) return refused({ code: 'backup-failed' });
    const folder = backupFolder(this.#options.dataFolder);
    const partial = join(folder, 'partial');
    try {
      this.#makeRoom(folder, partial);
      await store.whole.copyTo(join(partial, 'terminal.db'), PAGES_A_STEP);
      const last = await checkedCopy(partial, this.#options.migrationsFolder);
      if (last === undefined || this.#isClosed) return refused({ code: 'backup-failed' });
      const atMs = ports.clock.nowMs();
      const name = backupName(enrolment.certificate.terminalId, last.epoch, last.seq, atMs);
      putInPlace(join(partial, 'terminal.db'), folder, name);
      removeOld(folder);
      const { size: sizeBytes } = await stat(join(folder, name));
      const secondCopy = await this.#copySecond(folder, name);
      if (this.#isClosed) return refused({ code: 'backup-failed' });
      this.#note({ name, sizeBytes, ...last, secondCopy, approvedBy }, actor, atMs);
      return ok({ backup: { name, atMs, sizeBytes }, secondCopy });
    } catch (error) {
      ports.log(`backup: ${error instanceof Error ? error.message : 'unknown error'}`);
      return refused({ code: 'backup-failed' }); // the till goes on: its own records are where they were
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }

  #makeRoom(folder: string, partial: string): void {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { mode: 0o700 });
    const free = this.#session.ports.disk.freeBytes(folder);
    const needed = statSync(join(this.#options.dataFolder, 'terminal.db')).size * 1.2;
    if (free !== undefined && free < needed) throw new Error('no room for a backup');
  }

  async #copySecond(folder: string, name: string): Promise<SecondCopy> {
    const path = this.#session.store.settings.text('second-copy-path') ?? '';
    if (path === '') return 'none';
    try {
      // a folder that is not there is not made: it may be the mount point of a disk that is away
      if (!statSync(path).isDirectory()) return 'missing';
      const partial = join(path, `${name}.partial`);
      await copyFile(join(folder, name), partial);
      putInPlace(partial, path, name);
      removeOld(path);
      return 'written';
    } catch {
      return 'missing'; // said in the state and in the journal; the first copy is whole
    }
  }

  #note(
    made: Omit<Extract<Parameters<typeof backupValue>[0], { what: 'made' }>, 'what'>,
    actor: string,
    atMs: number,
  ): void {
    const { store } = this.#session;
    const written = store.write(() => {
      const { position } = record(store, {
        kind: 'backup-made',
        atMs,
        actor,
        body: backupValue({ what: 'made', ...made }),
      });
      store.settings.setInteger('backup-at-ms', BigInt(atMs));
      store.settings.setInteger('backup-position', position);
      store.settings.setText('second-copy-state', made.secondCopy);
    });
    if (!written.ok) throw new Error(written.refusal.code);
    this.#onChange();
  }
}

/**
 * Opens a copy as the terminal would, checks every page and the whole chain, and makes one file of it.
 *
 * @returns its last entry, or undefined when it is not whole
 */
export async function checkedCopy(
  folder: string,
  migrationsFolder: string,
): Promise<{ epoch: number; seq: number } | undefined> {
  const opened = await openStore(folder, migrationsFolder);
  if (!opened.ok) return undefined;
  const store = opened.value;
  try {
    if ((await store.whole.firstDamagedTable(giveWay)) !== undefined) return undefined;
    if ((await store.journal.firstBreakGivingWay(giveWay)) !== undefined) return undefined;
    const { epoch, seq } = store.journal.tip;
    store.whole.makeSingleFile();
    return { epoch, seq };
  } finally {
    store.close();
  }
}
