/** The keys of the purses on this device, by their public half. A key that is here is never replaced. */
import { toHex } from '../../shared/bytes.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { type Result, refused } from '../../shared/result.ts';
import type { AsyncSigner } from '../core/payment-ports.ts';
import { type KeyRecord, openSigner } from '../keys.ts';
import { type WalletDatabase, written } from './database.ts';
import type { PurseRequest } from './records.ts';

/** The key and the request that names it, durable together, before the request is sent. */
export async function keepKeyAndRequest(
  db: WalletDatabase,
  key: KeyRecord,
  request: PurseRequest,
): Promise<Result<null, Refusal<'storage-failed'>>> {
  return written(async () => {
    const tx = db.transaction(['keys', 'requests'], 'readwrite', { durability: 'strict' });
    await Promise.all([
      tx.objectStore('keys').add(key, toHex(key.publicKey)),
      tx.objectStore('requests').add(request, request.requestId),
      tx.done,
    ]);
    return null;
  });
}

export async function signerOf(
  db: WalletDatabase,
  crypto: Crypto,
  publicKey: Uint8Array,
): Promise<Result<AsyncSigner, Refusal<'storage-damaged'>>> {
  const record = await db.get('keys', toHex(publicKey));
  return record === undefined ? refused({ code: 'storage-damaged' }) : openSigner(crypto, record);
}

export async function purseRequestsOf(db: WalletDatabase, customerId: string): Promise<PurseRequest[]> {
  const all = await db.getAll('requests');
  return all.filter((request) => request.customerId === customerId);
}

/** The clearing house refused it for good. The key stays: no harm, and nothing signed with it is lost. */
export async function dropPurseRequest(
  db: WalletDatabase,
  requestId: string,
): Promise<Result<void, Refusal<'storage-failed'>>> {
  return written(() => db.delete('requests', requestId));
}
