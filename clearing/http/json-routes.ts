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
import { problem } from '../../shared/contract/clearing/problem.ts';
import type { StaffNeed } from '../../shared/contract/clearing/staff.ts';
import {
  type ClearingRoute,
  clearingRoutes,
  needOf,
  type RouteAnswer,
  type RouteBody,
  type RouteGuard,
  type RouteParams,
  type RouteQuery,
} from '../../shared/contract/clearing.ts';
import type { Result } from '../../shared/result.ts';
import type { Guard, NeedGuard } from './guards.ts';
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

/** By name in the contract; a terminal's signature guards no JSON route. */
export interface JsonGuards {
  readonly session: Guard;
  readonly staff: NeedGuard;
  readonly operator: NeedGuard;
  readonly merchant: Guard;
  /** Of tries at a route where a guess is worth something. */
  readonly guesses: (route: ClearingRoute) => Guard;
}

/** Nothing in JSON needs more. */
const MAX_JSON_BYTES = 64 * 1024;
const nothing = z.strictObject({});

/** Where a guess is worth something. */
const GUESSABLE: readonly ClearingRoute[] = [
  'registerCustomer',
  'signIn',
  'enrolTerminal',
  'staffSignIn',
  'changeStaffPassword',
];

const TAGS: Readonly<Record<RouteGuard, string>> = {
  open: 'Wallet',
  session: 'Wallet',
  staff: 'Merchant',
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

function guardOf(
  route: { readonly guard: RouteGuard; readonly method: string; readonly needs?: StaffNeed },
  guards: JsonGuards,
): Guard | undefined {
  const { guard } = route;
  if (guard === 'session' || guard === 'merchant') return guards[guard];
  if (guard !== 'staff' && guard !== 'operator') return undefined;
  return (request) => guards[guard](request, needOf(route));
}

function addRoute<R extends ClearingRoute>(
  app: FastifyInstance,
  name: R,
  handlers: JsonHandlers,
  guards: JsonGuards,
  guessesPerMinute: number,
): void {
  const route = clearingRoutes[name];
  const isGuessable = GUESSABLE.includes(name);
  const guard = guardOf(route, guards);
  const guesses = guards.guesses(name);
  const options: RouteShorthandOptions = {
    bodyLimit: MAX_JSON_BYTES,
    ...(guard === undefined ? {} : { onRequest: guard }),
    // after this process's own limit, which asks nothing of the database, and before the body
    ...(isGuessable ? { preParsing: async (request: FastifyRequest) => await guesses(request) } : {}),
    schema: {
      operationId: name,
      summary: titleOf(name),
      tags: [TAGS[route.guard]],
      ...(route.guard === 'session' ? { security: [{ session: [] }] } : {}),
      ...(route.guard === 'staff' || route.guard === 'operator'
        ? { security: [{ staff: [] }, { operator: [] }] }
        : {}),
      ...(route.guard === 'merchant' ? { security: [{ merchant: [] }] } : {}),
      ...('body' in route ? { body: route.body } : {}),
      params: 'params' in route ? route.params : nothing,
      querystring: 'query' in route ? route.query : nothing,
      response: {
        [route.status]: { description: 'Done', content: { 'application/json': { schema: route.answer } } },
        '4xx': { description: 'Refused', content: { [PROBLEM_TYPE]: { schema: problem } } },
      },
    },
    ...(isGuessable
      ? { config: { rateLimit: { max: guessesPerMinute, timeWindow: '1 minute', groupId: name } } }
      : {}),
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
