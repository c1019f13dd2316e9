/**
 * All that needs a network: the routes, the rounds of news, the desk where purses are made. Loaded after the
 * first page is on the screen, for paying needs none of it.
 */
import { type ClearingClient, openClearingClient } from '../clearing/client.ts';
import { requestPurse } from '../clearing/request-purse.ts';
import { Sync, type SyncParts } from './sync.ts';

export interface Online {
  readonly client: ClearingClient;
  readonly sync: Sync;
  readonly requestPurse: typeof requestPurse;
}

export function openOnline(parts: Omit<SyncParts, 'client'>): Online {
  const client = openClearingClient(globalThis.fetch.bind(globalThis), parts.device.nowMs, (contact) =>
    sync.heard(contact),
  );
  const sync = new Sync({ ...parts, client });
  return { client, sync, requestPurse };
}
