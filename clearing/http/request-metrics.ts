/** Counts each answer by the path as it was declared, never as it was asked: a path may hold an id. */
import type { FastifyInstance } from 'fastify';
import type { ClearingMetrics } from '../metrics/clearing-metrics.ts';

/** Call it before routes are added. */
export function addRequestMetrics(app: FastifyInstance, metrics: ClearingMetrics): void {
  app.addHook('onRoute', ({ url }) => metrics.knowRoute(url));
  app.addHook('onResponse', async (request, reply) => {
    const isStream = String(reply.raw.getHeader('content-type') ?? '').startsWith('text/event-stream');
    metrics.answered({
      route: request.routeOptions.url ?? '',
      method: request.method,
      status: reply.statusCode,
      seconds: isStream ? null : reply.elapsedTime / 1000,
    });
  });
  metrics.registry.gauges('fieldtill_event_streams', 'Event streams that are open.', 'listener', () => {
    const owners = [...app.eventStreams];
    const open = (kind: string) =>
      owners.reduce((sum, [owner, streams]) => sum + (owner.startsWith(kind) ? streams.size : 0), 0);
    return { wallet: open('customer '), terminal: open('terminal ') };
  });
}
