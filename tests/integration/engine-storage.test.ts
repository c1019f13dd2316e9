/** Databases that are damaged, foreign, newer or gone read-only: refused before the first sale, never touched. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../electron/engine/db/open.ts';
import { openStore } from '../../electron/engine/db/store.ts';
import { enrolledTerminal, MIGRATIONS } from '../support/enrolled-terminal.ts';
import { codeText, presentedOf, purseOf, quickFields } from '../support/protocol-fixture.ts';

const CORRUPT = join(import.meta.dirname, '../../../shared/material/sqlite-corrupt');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fieldtill-storage-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function soldOnce(): Promise<string> {
  const till = await enrolledTerminal({ folder });
  const scan = codeText(presentedOf(purseOf(), quickFields()));
  await till.call('payments.accept', { amount: { minor: '100', currency: 'EUR' }, scan });
  till.engine.close();
  return join(folder, 'terminal.db');
}

async function openingSays(): Promise<string> {
  const opened = await openStore(folder, MIGRATIONS);
  if (!opened.ok) return opened.refusal.code;
  opened.value.close();
  return 'opened';
}

describe('a database that cannot be trusted', () => {
  it.skipIf(!existsSync(CORRUPT))(
    'each malformed file of the SQLite fuzzing set → refused, not one byte changed',
    async () => {
      const files = readdirSync(CORRUPT).filter((file) => file.endsWith('.db'));
      expect(files.length).toBeGreaterThan(50);
      for (const file of files) {
        const data = join(folder, file);
        mkdirSync(data);
        copyFileSync(join(CORRUPT, file), join(data, 'terminal.db'));
        const before = readFileSync(join(data, 'terminal.db'));
        const opened = await openStore(data, MIGRATIONS);
        expect([file, opened.ok ? 'opened' : opened.refusal.code]).toEqual([file, 'storage-damaged']);
        expect(readFileSync(join(data, 'terminal.db')).equals(before)).toBe(true);
      }
    },
  );

  it('a file that is no database → storage-damaged, kept as it is', async () => {
    writeFileSync(
      join(folder, 'terminal.db'),
      'this is not a database at all, but the cashier’s shopping list',
    );
    expect(await openingSays()).toBe('storage-damaged');
    expect(readFileSync(join(folder, 'terminal.db'), 'utf8')).toContain('shopping list');
  });

  it('written by a newer Fieldtill → storage-newer, kept as it is', async () => {
    const file = await soldOnce();
    const database = new Database(file);
    database.pragma('user_version = 9990');
    database.close();
    const before = readFileSync(file);
    expect(await openingSays()).toBe('storage-newer');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('one byte of a journal entry changed on disk → storage-damaged', async () => {
    const file = await soldOnce();
    const database = new Database(file);
    database.exec('DROP TRIGGER journal_is_never_updated');
    const row = database.prepare('SELECT position, bytes FROM journal ORDER BY position LIMIT 1').get() as {
      position: number;
      bytes: Buffer;
    };
    row.bytes[row.bytes.length - 1] = (row.bytes.at(-1) ?? 0) ^ 1;
    database.prepare('UPDATE journal SET bytes = ? WHERE position = ?').run(row.bytes, row.position);
    database.close();
    expect(await openingSays()).toBe('storage-damaged');
  });

  it('a folder that is a file → storage-failed', async () => {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    expect(await openingSays()).toBe('storage-failed');
  });
});

describe('the journal', () => {
  it('update or delete by any statement → refused by the database itself', async () => {
    const database = new Database(await soldOnce());
    expect(() => database.exec('DELETE FROM journal')).toThrow('append-only');
    expect(() => database.exec("UPDATE journal SET bytes = x'00'")).toThrow('append-only');
    database.close();
  });

  it('every pragma that durability needs → set at each open, also of a database that was there', async () => {
    await soldOnce();
    const opened = await openDatabase(folder, MIGRATIONS);
    if (!opened.ok) throw new Error(opened.refusal.code);
    const pragma = (name: string) => String(opened.value.pragma(name, { simple: true }));
    expect(['synchronous', 'journal_mode', 'foreign_keys', 'locking_mode'].map(pragma)).toEqual([
      '2',
      'wal',
      '1',
      'exclusive',
    ]);
    opened.value.close();
  });
});
