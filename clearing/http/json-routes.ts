/**
 * The JSON routes, derived from shared/contract/clearing.ts: path, guard, checks of what comes in and of
 * what goes out. A handler gets typed input and returns a result; it never touches a schema.
 */
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  HTTPMethods,
  RouteShorthandOptions,
} from 'fastify';
import * as z from 'zod/mini';
import { invariant } from '../../shared/assert.ts';
import {
  type ClearingRoute,
  clearingRoutes,
  problem,
  type RouteAnswer,
  type RouteBody,
  type RouteGuard,
  type RouteParams,
  type RouteQuery,
} from '../../shared/contract/clearing.ts';
import type { Result } from '../../shared/result.ts';
import { PROBLEM_TYPE, sendProblem } from './problem.ts';

export interface JsonCall<R extends ClearingRoute> {
  readonly body: RouteBody<R>;
  readonly params: RouteParams<R>;
  readonly query: RouteQuery<R>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export type JsonHandlers = {
  readonly [R in ClearingRoute]: (call: JsonCall<R>) => Promise<Result<RouteAnswer<R>>>;
};

type Guard = (request: FastifyRequest) => Promise<void>;
/** By name in the contract; a terminal's signature guards no JSON route. */
export type JsonGuards = Readonly<Record<'session' | 'operator' | 'merchant', Guard>>;

/** Nothing in JSON needs more. */
const MAX_JSON_BYTES = 64 * 1024;
const nothing = z.strictObject({});

/** Tries per address and minute where a guess is worth something. */
const GUESSABLE_PER_MINUTE: Partial<Record<ClearingRoute, number>> = {
  registerCustomer: 30,
  signIn: 30,
  enrolTerminal: 30,
};

const TAGS: Readonly<Record<RouteGuard, string>> = {
  open: 'Wallet',
  session: 'Wallet',
  operator: 'Administration',
  merchant: 'Merchant',
  'enrolment-secret': 'Terminal',
  'terminal-signature': 'Terminal',
};

/** "issuePurse" → "Issue purse". */
function titleOf(route: string): string {
  const words = route.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function addJsonRoutes(
  app: FastifyInstance,
  handlers: JsonHandlers,
  guards: JsonGuards,
  guessesPerMinute: number,
): void {
  for (const name of Object.keys(clearingRoutes) as ClearingRoute[]) {
    addRoute(app, name, handlers, guards, guessesPerMinute);
  }
}

function addRoute<R extends ClearingRoute>(
  app: FastifyInstance,
  name: R,
  handlers: JsonHandlers,
  guards: JsonGuards,
  guessesPerMinute: number,
): void {
  const route = clearingRoutes[name];
  const guard =
    route.guard === 'session' || route.guard === 'operator' || route.guard === 'merchant'
      ? guards[route.guard]
      : undefined;
  const options: RouteShorthandOptions = {
    bodyLimit: MAX_JSON_BYTES,
    ...(guard === undefined ? {} : { onRequest: guard }),
    schema: {
      operationId: name,
      summary: titleOf(name),
      tags: [TAGS[route.guard]],
      ...(route.guard === 'session' ? { security: [{ session: [] }] } : {}),
      ...(route.guard === 'operator' ? { security: [{ operator: [] }] } : {}),
      ...(route.guard === 'merchant' ? { security: [{ merchant: [] }] } : {}),
      ...('body' in route ? { body: route.body } : {}),
      params: 'params' in route ? route.params : nothing,
      querystring: 'query' in route ? route.query : nothing,
      response: {
        [route.status]: { description: 'Done', content: { 'application/json': { schema: route.answer } } },
        '4xx': { description: 'Refused', content: { [PROBLEM_TYPE]: { schema: problem } } },
      },
    },
    ...(GUESSABLE_PER_MINUTE[name] === undefined
      ? {}
      : { config: { rateLimit: { max: guessesPerMinute, timeWindow: '1 minute', groupId: name } } }),
  };
  app.route({
    method: route.method as HTTPMethods,
    url: route.path,
    ...options,
    handler: async (request, reply) => {
      const result = await handlers[name]({
        body: request.body as RouteBody<R>,
        params: request.params as RouteParams<R>,
        query: request.query as RouteQuery<R>,
        request,
        reply,
      });
      if (!result.ok) return sendProblem(reply, result.refusal);
      // an empty answer would go out unchecked
      invariant(result.value !== undefined, 'a route that answers nothing');
      return reply.code(route.status).header('cache-control', 'no-store').send(result.value);
    },
  });
}
