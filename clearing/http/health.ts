/** Is the process alive; can it serve. Tells nothing else: why it cannot is in the log. */
import type { FastifyInstance } from 'fastify';
import { readReadiness } from '../db/readiness.ts';
import type { House } from '../house.ts';
import { sendProblem } from './problem.ts';

/**
 * A process whose clock is further from the database's than this would refuse good signatures, take stale ones and
 * sign wrong times: it must not serve. A tenth of the age at which a terminal's request is refused.
 */
const MAX_CLOCK_OFF_MS = 30_000;

async function whyNotReady(house: House): Promise<string | undefined> {
  const ready = await readReadiness(house.database, house.nowMs);
  if (ready === undefined) return 'the database does not answer';
  if (!ready.isWritable) return 'the database takes no writes';
  if (Math.abs(ready.clockOffMs) > MAX_CLOCK_OFF_MS)
    return `the clock is ${Math.round(ready.clockOffMs / 1000)} s off the database's`;
  return undefined;
}

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
    const reason = await whyNotReady(house);
    if (reason === undefined) return { ok: true, root };
    // at the server's own level: the route's keeps the calm answers out
    app.log.warn({ reason }, 'not ready');
    return sendProblem(reply, { code: 'unavailable' });
  });
}
