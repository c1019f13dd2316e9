/** What everybody may ask: whom to trust, and what time it is. Both are signed and hold no secret. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fromBase64Url } from '../../shared/bytes.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { CBOR_TYPE, COSE_TYPE } from '../../shared/contract/clearing.ts';
import { signTime, TIME_NONCE_BYTES } from '../../shared/protocol/signed-time.ts';
import { encodeTrustUpdate } from '../../shared/protocol/trust-update.ts';
import type { House } from '../house.ts';
import { RefusedRequest } from './problem.ts';

/** The one parameter that a route takes; undefined when it is not there. */
function parameter(request: FastifyRequest, name: string): string | undefined {
  const { [name]: value, ...others } = request.query as Record<string, unknown>;
  if ((value !== undefined && typeof value !== 'string') || Object.keys(others).length > 0)
    throw new RefusedRequest({ code: 'bad-request', detail: { field: `querystring/${name}` } });
  return value;
}

async function sendUpdate(house: House, from: string, reply: FastifyReply): Promise<FastifyReply> {
  if (!/^[0-9]{1,15}$/.test(from))
    throw new RefusedRequest({ code: 'bad-request', detail: { field: 'querystring/from' } });
  const update = await house.trust.update(Number(from));
  reply.header('cache-control', 'no-cache');
  if (update === null) return reply.code(304).send();
  return reply.type(CBOR_TYPE).send(Buffer.from(encodeTrustUpdate(update)));
}

export function addTrustRoute(app: FastifyInstance, house: House): void {
  app.get(
    clearingStreams.trustBundle.path,
    {
      schema: {
        operationId: 'trustBundle',
        summary: 'Trust bundle',
        description:
          'COSE_Sign1 by the root; ETag is its version, If-None-Match answers 304. With ?from= a version: the deltas from there, or the bundle (CBOR).',
        tags: ['Terminal'],
      },
    },
    async (request, reply) => {
      const from = parameter(request, 'from');
      if (from !== undefined) return sendUpdate(house, from, reply);
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

  app.get(
    clearingStreams.time.path,
    {
      schema: {
        operationId: 'time',
        summary: 'Signed time',
        description: 'COSE_Sign1 by an issuer over ?nonce= (16 bytes, base64url) and the time.',
        tags: ['Terminal'],
      },
    },
    async (request, reply) => {
      const nonce = fromBase64Url(parameter(request, 'nonce') ?? '');
      if (nonce?.length !== TIME_NONCE_BYTES)
        throw new RefusedRequest({ code: 'bad-request', detail: { field: 'querystring/nonce' } });
      const { kid, signer } = await house.trust.issuer();
      const time = signTime({ nonce, serverTimeMs: house.nowMs() }, house.config.world, kid, signer);
      return reply.type(COSE_TYPE).header('cache-control', 'no-store').send(Buffer.from(time));
    },
  );
}
