/** A path of the contract asked by a method that it does not have: 405 with the methods that it has (RFC 9110 §15.5.6). */
import type { FastifyInstance, HTTPMethods } from 'fastify';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { clearingRoutes } from '../../shared/contract/clearing.ts';
import { sendProblem } from './problem.ts';

const METHODS: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export function addMethodAnswers(app: FastifyInstance): void {
  const byPath = new Map<string, Set<string>>();
  for (const { method, path } of [...Object.values(clearingRoutes), ...Object.values(clearingStreams)])
    byPath.set(path, (byPath.get(path) ?? new Set()).add(method));
  for (const [url, allowed] of byPath) {
    app.route({
      method: METHODS.filter((method) => !allowed.has(method)),
      url,
      schema: { hide: true },
      onRequest: async (_request, reply) => {
        reply.header('allow', [...allowed].join(', '));
        return sendProblem(reply, { code: 'not-allowed' }, 405);
      },
      handler: async (_request, reply) => reply,
    });
  }
}
