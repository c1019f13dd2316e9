/** What a terminal's journal says, read from its file with nothing of the engine between. The engine must be closed. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { decodeJournalEntry, type JournalEntry } from '../../shared/protocol/journal-entry.ts';

export function journalOf(folder: string): readonly JournalEntry[] {
  const database = new Database(join(folder, 'terminal.db'), { readonly: true });
  try {
    const rows = database.prepare<[], Buffer>('SELECT bytes FROM journal ORDER BY position').pluck().all();
    return rows.map((bytes) => {
      const entry = decodeJournalEntry(new Uint8Array(bytes));
      if (!entry.ok) throw new Error('an entry that does not decode');
      return entry.value;
    });
  } finally {
    database.close();
  }
}
