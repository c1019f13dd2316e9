/** Which page is shown: the part of the address after #, so that "back" works and nothing is asked of a server. */
import { useSyncExternalStore } from 'react';

export const ROUTES = ['pay', 'scan', 'history', 'me', 'purse'] as const;
export type Route = (typeof ROUTES)[number];

function read(): Route {
  const name = location.hash.replace(/^#\/?/, '');
  return ROUTES.find((route) => route === name) ?? 'pay';
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  addEventListener('popstate', listener);
  return () => {
    removeEventListener('hashchange', listener);
    removeEventListener('popstate', listener);
  };
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, read);
}

export function hrefOf(route: Route): string {
  return `#/${route}`;
}

export function goTo(route: Route): void {
  location.hash = `/${route}`;
}
