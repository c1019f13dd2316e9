/** What stands in a terminal's journal, read from a copy of its files: an engine lets nobody else at them. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type DecisionRecord, readDecline, readSale } from '../../shared/protocol/journal-bodies.ts';
import { decodeJournalEntry, type JournalEntry } from '../../shared/protocol/journal-entry.ts';

export interface JournalLine extends JournalEntry {
  /** Of sales and declines. */
  readonly decision: DecisionRecord | null;
}

function decisionOf({ kind, body }: JournalEntry): DecisionRecord | null {
  if (kind === 'sale') return readSale(body).decision;
  return kind === 'decline' ? readDecline(body).decision : null;
}

export function journalOf(folder: string): readonly JournalLine[] {
  const copy = mkdtempSync(join(tmpdir(), 'fieldtill-journal-'));
  for (const name of ['terminal.db', 'terminal.db-wal']) {
    if (existsSync(join(folder, name))) cpSync(join(folder, name), join(copy, name));
  }
  const database = new Database(join(copy, 'terminal.db'));
  try {
    const rows = database.prepare('SELECT bytes FROM journal ORDER BY position').pluck().all() as Buffer[];
    return rows.map((bytes) => {
      const read = decodeJournalEntry(new Uint8Array(bytes));
      if (!read.ok) throw new Error(read.refusal.code);
      return { ...read.value, decision: decisionOf(read.value) };
    });
  } finally {
    database.close();
    rmSync(copy, { recursive: true, force: true });
  }
}
