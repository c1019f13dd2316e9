/** Credit notes on this device. One is written once; what became of it is the clearing house's word (cleared). */
import type { Refusal } from '../../shared/refusals.ts';
import type { Result } from '../../shared/result.ts';
import { type WalletDatabase, written } from './database.ts';
import type { CreditNote } from './records.ts';

export async function readCreditNotes(db: WalletDatabase, customerId: string): Promise<CreditNote[]> {
  return (await db.getAll('credit-notes')).filter((note) => note.customerId === customerId);
}

/** On disk when it answers; the same note again changes nothing. */
export function keepCreditNote(
  db: WalletDatabase,
  note: CreditNote,
): Promise<Result<null, Refusal<'storage-failed'>>> {
  return written(async () => {
    const tx = db.transaction('credit-notes', 'readwrite', { durability: 'strict' });
    const held = await tx.store.get(note.refundId);
    await Promise.all([held === undefined ? tx.store.put(note, note.refundId) : null, tx.done]);
    return null;
  });
}
