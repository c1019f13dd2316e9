/**
 * One HTTP request of a webhook. It follows no redirect, waits no longer than its deadline, reads nothing of the
 * answer but its status and Retry-After, and connects to no address that was not checked.
 */
import { lookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { isPublicAddress, literalAddress, mayBeToldAt } from './address.ts';

export type PostAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterS: number | null }
  | { readonly kind: 'failed'; readonly fault: 'timeout' | 'refused-address' | 'no-connection' };

export type Post = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
) => Promise<PostAnswer>;

class RefusedAddress extends Error {
  override readonly name = 'RefusedAddress';
}

const checkedLookup: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, []);
    const [first] = addresses;
    // one private address among public ones is a trick too
    if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
      return done(new RefusedAddress(), []);
    return options.all === true ? done(null, addresses) : done(null, first.address, first.family);
  });
};

function retryAfterOf(value: string | undefined): number | null {
  return value !== undefined && /^[0-9]{1,6}$/.test(value) ? Number(value) : null;
}

/** @param options.timeoutMs for the whole of it: name, connection, answer */
export function postWith(options: { readonly allowsPrivate: boolean; readonly timeoutMs: number }): Post {
  return (text, headers, body) =>
    new Promise((resolve) => {
      const { allowsPrivate, timeoutMs } = options;
      const url = URL.parse(text);
      // it was good when it was named; the setting may have changed since
      if (url === null || !mayBeToldAt(text, allowsPrivate))
        return resolve({ kind: 'failed', fault: 'refused-address' });
      const request = (url.protocol === 'https:' ? https : http).request(url, {
        method: 'POST',
        // a connection kept open would outlive the check of its address
        agent: false,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'Fieldtill-Webhooks/1',
          ...headers,
        },
        signal: AbortSignal.timeout(timeoutMs),
        ...(allowsPrivate || literalAddress(url) !== undefined ? {} : { lookup: checkedLookup }),
      });
      request.on('response', (response) => {
        resolve({
          kind: 'answered',
          status: response.statusCode ?? 0,
          retryAfterS: retryAfterOf(response.headers['retry-after']),
        });
        // whatever it says is not ours to read
        response.destroy();
      });
      request.on('error', (error) => {
        const isLate = error.name === 'AbortError' || error.name === 'TimeoutError';
        const fault =
          error instanceof RefusedAddress ? 'refused-address' : isLate ? 'timeout' : 'no-connection';
        resolve({ kind: 'failed', fault });
      });
      request.end(body);
    });
}
