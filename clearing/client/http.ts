/**
 * One JSON route of the clearing house, by its name in the contract: what goes out is typed, what comes in is checked.
 * It runs wherever there is a `fetch`: browsers, phones, servers.
 */

import { problem } from '../../shared/contract/clearing/problem.ts';
import {
  type ClearingRoute,
  clearingRoutes,
  type RouteAnswer,
  type RouteBody,
  type RouteParams,
} from '../../shared/contract/clearing.ts';

/** The clearing house said no. `code` is one of shared/refusals.ts; ask again only where that says so. */
export class ClearingRefused extends Error {
  override readonly name = 'ClearingRefused';
  readonly code: string;
  readonly status: number;
  constructor(code: string, status: number) {
    super(code);
    this.code = code;
    this.status = status;
  }
}

export interface ClearingAnswer<R extends ClearingRoute> {
  readonly value: RouteAnswer<R>;
  readonly headers: Headers;
}

/**
 * @param origin such as https://clearing.example
 * @throws ClearingRefused, or what `fetch` throws when there is no network
 */
export async function callRoute<R extends ClearingRoute>(
  origin: string,
  route: R,
  given: {
    readonly body?: RouteBody<R>;
    readonly params?: RouteParams<R>;
    readonly headers?: Readonly<Record<string, string>>;
  },
): Promise<ClearingAnswer<R>> {
  const { method, path, answer } = clearingRoutes[route];
  const params: Readonly<Record<string, string>> = given.params ?? {};
  const filled = path.replace(/:([a-zA-Z]+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const response = await fetch(origin + filled, {
    method,
    credentials: 'include',
    redirect: 'error',
    headers: {
      ...(given.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...given.headers,
    },
    ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
  });
  const body: unknown = await response.json();
  if (!response.ok) {
    const read = problem.safeParse(body);
    throw new ClearingRefused(read.success ? read.data.code : 'unavailable', response.status);
  }
  return { value: answer.parse(body) as RouteAnswer<R>, headers: response.headers };
}
