/**
 * The service worker: the wallet starts without a network from what it stored. A new version waits until no
 * window shows a code, and it never touches the database: keys and counters are not its business.
 */

/** Held, shared, by each window that shows a code. */
const CODE_SHOWN = 'fieldtill-code-shown';

const FIRST_RETRY_MS = 2000;
const LONGEST_RETRY_MS = 5 * 60_000;

export interface Updates {
  /** Whether a new version waits. */
  readonly isReady: () => boolean;
  readonly subscribe: (listener: () => void) => () => void;
  /** Changes to the new version, unless a code is shown somewhere. */
  readonly apply: () => Promise<void>;
}

/** Says that a code is shown here; answers how to take that back. */
export function holdCodeShown(): () => void {
  let release: () => void = () => undefined;
  const isOver = new Promise<void>((resolve) => {
    release = resolve;
  });
  const locks: LockManager | undefined = navigator.locks;
  void locks?.request(CODE_SHOWN, { mode: 'shared' }, () => isOver);
  return () => release();
}

export function registerWorker(isBusy: () => boolean): Updates {
  const listeners = new Set<() => void>();
  let waiting: ServiceWorker | null = null;
  let isApplying = false;
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const updates: Updates = {
    isReady: () => waiting !== null,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    apply: async () => {
      if (waiting === null || isBusy()) return;
      const next = waiting;
      await navigator.locks.request(CODE_SHOWN, { ifAvailable: true }, async (lock) => {
        if (lock === null || isBusy()) return;
        isApplying = true;
        next.postMessage('take-over');
      });
    },
  };
  const workers: ServiceWorkerContainer | undefined = navigator.serviceWorker;
  if (workers === undefined) return updates;
  const hadOne = workers.controller !== null;
  workers.addEventListener('controllerchange', () => {
    // the first worker of all takes over silently; a later one only when it was told to
    if (hadOne && (isApplying || !isBusy())) location.reload();
  });
  let delayMs = FIRST_RETRY_MS;
  const watch = (registration: ServiceWorkerRegistration, installing: ServiceWorker | null) => {
    installing?.addEventListener('statechange', () => {
      waiting = registration.waiting;
      tell();
      // a file could not be had: without another try the wallet would never start without a network
      if (installing.state !== 'redundant' || registration.active !== null) return;
      setTimeout(register, delayMs);
      delayMs = Math.min(delayMs * 2, LONGEST_RETRY_MS);
    });
  };
  const register = () => {
    workers.register('/sw.js', { updateViaCache: 'none' }).then(
      (registration) => {
        waiting = registration.waiting;
        tell();
        watch(registration, registration.installing);
        registration.addEventListener('updatefound', () => watch(registration, registration.installing));
      },
      // no worker in this browser or this window: the wallet works, but starts only with a network
      () => undefined,
    );
  };
  register();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void updates.apply();
  });
  return updates;
}
