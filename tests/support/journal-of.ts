/** What stands in a terminal's journal, read from its file by a connection of the test's own. */
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
  const database = new Database(join(folder, 'terminal.db'), { readonly: true });
  try {
    const rows = database.prepare('SELECT bytes FROM journal ORDER BY position').pluck().all() as Buffer[];
    return rows.map((bytes) => {
      const read = decodeJournalEntry(new Uint8Array(bytes));
      if (!read.ok) throw new Error(read.refusal.code);
      return { ...read.value, decision: decisionOf(read.value) };
    });
  } finally {
    database.close();
  }
}
