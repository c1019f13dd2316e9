/** A view: tables that are made from journal entries of some kinds, and from nothing else. */
import type { JournalKind } from '../../../shared/protocol/journal-entry.ts';
import type { Appended } from '../db/journal.ts';
import type { Store } from '../db/store.ts';

export interface View {
  readonly kinds: readonly JournalKind[];
  /** Writes what follows from this entry. Deterministic: no clock, no chance, no network. */
  readonly apply: (store: Store, appended: Appended) => void;
}
