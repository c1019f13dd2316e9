/** The trust bundle, to whoever asks: it is signed and holds no secret. ETag is its version. */
import type { FastifyInstance } from 'fastify';
import { COSE_TYPE, clearingStreams } from '../../shared/contract/clearing.ts';
import type { House } from '../house.ts';

export function addTrustRoute(app: FastifyInstance, house: House): void {
  app.get(
    clearingStreams.trustBundle.path,
    {
      schema: {
        operationId: 'trustBundle',
        summary: 'Trust bundle',
        description: 'COSE_Sign1 by the root; ETag is its version, If-None-Match answers 304.',
        tags: ['Terminal'],
      },
    },
    async (request, reply) => {
      const trust = await house.trust.current();
      const etag = `"${trust.version}"`;
      reply.header('etag', etag).header('cache-control', 'no-cache');
      const known = (request.headers['if-none-match'] ?? '')
        .split(',')
        .map((tag) => tag.trim().replace(/^W\//, ''));
      if (known.includes(etag)) return reply.code(304).send();
      return reply.type(COSE_TYPE).send(Buffer.from(trust.bytes));
    },
  );
}
