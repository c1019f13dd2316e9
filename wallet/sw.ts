/**
 * The service worker: keeps every file of this version and answers from them, so the wallet starts without a
 * network. It answers for nothing but these files, never for the clearing house, and waits until it is told to
 * replace an older one.
 */
import { cleanupOutdatedCaches, precacheAndRoute } from 'workbox-precaching';
import type { PrecacheEntry } from 'workbox-precaching/_types.d.ts';

interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface WorkerMessage extends WorkerEvent {
  readonly data: unknown;
}
interface NoticeClick extends WorkerEvent {
  readonly notification: Notification;
}
interface WindowClient {
  focus(): Promise<unknown>;
}

/** The part of ServiceWorkerGlobalScope that is used here; the DOM's types do not hold it. */
interface Worker {
  readonly __WB_MANIFEST: PrecacheEntry[];
  readonly clients: {
    claim(): Promise<void>;
    matchAll(options: { type: 'window' }): Promise<readonly WindowClient[]>;
    openWindow(url: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'activate', listener: (event: WorkerEvent) => void): void;
  addEventListener(type: 'message', listener: (event: WorkerMessage) => void): void;
  addEventListener(type: 'notificationclick', listener: (event: NoticeClick) => void): void;
}
declare const self: Worker;

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('message', (event) => {
  if (event.data === 'take-over') event.waitUntil(self.skipWaiting());
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const open = async () => {
    const [window] = await self.clients.matchAll({ type: 'window' });
    return window === undefined ? self.clients.openWindow('/#/history') : window.focus();
  };
  event.waitUntil(open());
});
