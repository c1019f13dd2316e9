/**
 * The one way in which an act becomes true: its journal entry, and what follows from it in the views, in the
 * transaction that is open. A view is made from entries alone, never from what an operation happens to know, so
 * `rebuild` makes the same tables from the same journal.
 */
import type { JournalEntry, JournalKind } from '../../shared/protocol/journal-entry.ts';
import type { Appended } from './db/journal.ts';
import type { Store } from './db/store.ts';
import { type Decoded, remember } from './views/decoded.ts';
import { VIEWS } from './views/registry.ts';
import type { View } from './views/view.ts';

export type Act = Pick<JournalEntry, 'kind' | 'atMs' | 'actor' | 'body'>;

const VIEWS_OF = new Map<JournalKind, View[]>();
for (const view of VIEWS) {
  for (const kind of view.kinds) VIEWS_OF.set(kind, [...(VIEWS_OF.get(kind) ?? []), view]);
}

/**
 * Appends the act and applies it to every view of its kind. Needs an open transaction (`Store.write`).
 *
 * @param decoded what the body says, from an operation that has it in hand and whose customer is waiting
 */
export function record(store: Store, act: Act, decoded?: Decoded): Appended {
  const appended = store.journal.append(act);
  if (decoded !== undefined) remember(appended.entry, decoded);
  applyToViews(store, appended);
  return appended;
}

/** What an entry changes in the views; for `record` and for `rebuild`, which has the entry already. */
export function applyToViews(store: Store, appended: Appended): void {
  for (const view of VIEWS_OF.get(appended.entry.kind) ?? []) view.apply(store, appended);
}
