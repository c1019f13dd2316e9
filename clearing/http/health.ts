/** Is the process alive; can it serve. Tells nothing else. */
import type { FastifyInstance } from 'fastify';
import { isDatabaseReady } from '../db/readiness.ts';
import type { House } from '../house.ts';
import { sendProblem } from './problem.ts';

export function addHealth(app: FastifyInstance, house: House): void {
  const unlimited = {
    config: { rateLimit: false as const },
    schema: { hide: true },
    logLevel: 'warn' as const,
  };
  app.get('/health/live', unlimited, () => ({ ok: true }));
  // a root at hand is for development and tests; monitoring should say so
  const root = house.keys.rootSigner === null ? 'offline' : 'in-key-folder';
  app.get('/health/ready', unlimited, async (_request, reply) => {
    if (await isDatabaseReady(house.database)) return { ok: true, root };
    return sendProblem(reply, { code: 'unavailable' });
  });
}
