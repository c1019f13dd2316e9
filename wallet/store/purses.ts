/**
 * The purses on this device. A change is one transaction with strict durability: read, plan, write; it
 * resolves after the browser says that it is on disk. A record that is not whole is never written over.
 */
import type { PurseId } from '../../shared/ids.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import type { PurseChange, PurseStore, StoreRefusal } from '../core/payment-ports.ts';
import type { PurseState } from '../core/purse-state.ts';
import { type WalletDatabase, written } from './database.ts';
import { readPurse } from './read-purse.ts';

/** Told after each change, so that this wallet's other windows read it too. */
export type PurseChanged = (state: PurseState) => void;

export function openPurseStore(db: WalletDatabase, changed: PurseChanged): PurseStore {
  return {
    change: async <T, R>(purseId: PurseId, plan: (state: PurseState) => Result<PurseChange<T>, R>) => {
      const done = await written(async (): Promise<Result<PurseChange<T>, R | StoreRefusal>> => {
        const tx = db.transaction('purses', 'readwrite', { durability: 'strict' });
        const state = readPurse(await tx.store.get(purseId));
        if (state === undefined) {
          await tx.done;
          return refused({ code: 'not-found' });
        }
        const planned = plan(state);
        const isChanged = planned.ok && planned.value.state !== state;
        // both at once: a refused put rejects the transaction too, and both must be heard
        await Promise.all([isChanged ? tx.store.put(planned.value.state, purseId) : null, tx.done]);
        return planned;
      });
      if (!done.ok) return done;
      if (!done.value.ok) return done.value;
      changed(done.value.value.state);
      return ok(done.value.value.value);
    },
  };
}

/** All purses of the customer on this device, the newest first, and how many records cannot be read. */
export async function readPurses(
  db: WalletDatabase,
  customerId: string,
): Promise<{ purses: readonly PurseState[]; damaged: number }> {
  const values = await db.getAll('purses');
  const states = values.map(readPurse);
  return {
    purses: states.filter((state): state is PurseState => state?.customerId === customerId),
    damaged: states.filter((state) => state === undefined).length,
  };
}

/** A new purse; its request is done with. Never replaces a purse that is there: its counter would go back. */
export async function addPurse(
  db: WalletDatabase,
  state: PurseState,
  requestId: string,
): Promise<Result<null, StoreRefusal>> {
  return written(async () => {
    const tx = db.transaction(['purses', 'requests'], 'readwrite', { durability: 'strict' });
    const purses = tx.objectStore('purses');
    const isThere = (await purses.getKey(state.purseId)) !== undefined;
    await Promise.all([
      isThere ? null : purses.put(state, state.purseId),
      tx.objectStore('requests').delete(requestId),
      tx.done,
    ]);
    return null;
  });
}
