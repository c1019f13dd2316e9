/**
 * Talks to the clearing house over the routes of the contract: same origin, session cookie, one deadline. An
 * answer that does not fit its schema is no answer (a captive portal says 200 too), and nothing is thrown for
 * what a network can do.
 */

import { customerRoutes } from '../../shared/contract/clearing/customer.ts';
import { problem } from '../../shared/contract/clearing/problem.ts';
import { purseRoutes } from '../../shared/contract/clearing/purses.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import type { ClearingRoute, RouteAnswer, RouteBody } from '../../shared/contract/clearing.ts';
import { refusalFromWire } from '../../shared/contract/refusal-wire.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';

const DEADLINE_MS = 10_000;

/** The customer's routes alone: the whole contract would be most of what a phone loads. */
const walletRoutes = { ...customerRoutes, issuePurse: purseRoutes.issuePurse };

export interface Contact {
  /** Whether the clearing house itself answered, be it with a refusal. */
  readonly isReached: boolean;
  /** Server time less device time, milliseconds, to about a second; null when it did not say. */
  readonly clockOffsetMs: number | null;
}

export interface ClearingClient {
  readonly call: <R extends WalletRoute>(
    route: R,
    request: RouteRequest<R>,
  ) => Promise<Result<RouteAnswer<R>>>;
  /** The bundle's bytes, or null when the version held is the newest. */
  readonly trustBundle: (heldVersion: number | null) => Promise<Result<Uint8Array | null>>;
}

export type WalletRoute = 'registerCustomer' | 'signIn' | 'signOut' | 'me' | 'issuePurse' | 'walletPayments';

export type RouteRequest<R extends ClearingRoute> = (RouteBody<R> extends undefined
  ? unknown
  : { readonly body: RouteBody<R> }) & { readonly query?: Readonly<Record<string, string>> };

const unreachable: Refusal = { code: 'clearing-unreachable' };
const invalid: Refusal = { code: 'clearing-answer-invalid' };

/** @param heard told after each request, whatever it brought */
export function openClearingClient(
  fetch: typeof globalThis.fetch,
  nowMs: () => number,
  heard: (contact: Contact) => void,
): ClearingClient {
  async function send(path: string, init: RequestInit): Promise<Response | null> {
    try {
      const signal = AbortSignal.timeout(DEADLINE_MS);
      return await fetch(path, { credentials: 'same-origin', cache: 'no-store', signal, ...init });
    } catch (error) {
      // TypeError: no network; DOMException: the deadline
      if (error instanceof TypeError || error instanceof DOMException) return null;
      throw error;
    }
  }

  async function body(response: Response): Promise<ArrayBuffer | null> {
    try {
      return await response.arrayBuffer();
    } catch (error) {
      if (error instanceof TypeError || error instanceof DOMException) return null;
      throw error;
    }
  }

  function clockOffset(response: Response): number | null {
    const serverMs = Date.parse(response.headers.get('date') ?? '');
    return Number.isNaN(serverMs) ? null : serverMs - nowMs();
  }

  function fails(refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } {
    heard({ isReached: false, clockOffsetMs: null });
    return refused(refusal);
  }

  /** The refusal in a problem answer; a code of a newer server is "unavailable". */
  function refusalIn(response: Response, json: unknown): Result<never> {
    const parsed = problem.safeParse(json);
    if (!parsed.success) {
      return response.status >= 500 ? refused({ code: 'unavailable' }) : refused(invalid);
    }
    const { code, detail } = parsed.data;
    return refused(refusalFromWire(detail === undefined ? { code } : { code, detail }));
  }

  return {
    async call(route, request) {
      const { method, path, answer, status } = walletRoutes[route];
      const { query, body: sent } = request as { query?: Record<string, string>; body?: unknown };
      const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
      const headers: Record<string, string> = { accept: 'application/json' };
      if (sent !== undefined) headers['content-type'] = 'application/json';
      const response = await send(path + search, {
        method,
        headers,
        ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
      });
      if (response === null) return fails(unreachable);
      const bytes = await body(response);
      if (bytes === null) return fails(unreachable);
      const json = parseJson(new TextDecoder().decode(bytes));
      if (response.status !== status) {
        const refusal = refusalIn(response, json);
        heard({
          isReached: !refusal.ok && refusal.refusal.code !== 'clearing-answer-invalid',
          clockOffsetMs: null,
        });
        return refusal;
      }
      const parsed = answer.safeParse(json);
      if (!parsed.success) return fails(invalid);
      heard({ isReached: true, clockOffsetMs: clockOffset(response) });
      return ok(parsed.data as RouteAnswer<typeof route>);
    },

    async trustBundle(heldVersion) {
      const { method, path } = clearingStreams.trustBundle;
      const headers = heldVersion === null ? {} : { 'if-none-match': `"${heldVersion}"` };
      const response = await send(path, { method, headers });
      if (response === null) return fails(unreachable);
      if (response.status === 304) return ok(null);
      const bytes = await body(response);
      if (bytes === null) return fails(unreachable);
      if (response.status !== 200) return refused({ code: 'unavailable' });
      return ok(new Uint8Array(bytes));
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
