/** What terminals ask: journal, outcomes, events. CBOR in, COSE out, every request signed (protocol §6). */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { CBOR_TYPE, COSE_TYPE } from '../../shared/contract/clearing.ts';
import { MAX_AUTHORISATION_REQUEST_BYTES } from '../../shared/protocol/authorisation.ts';
import { MAX_PROOF_BYTES } from '../../shared/protocol/double-spend.ts';
import { MAX_BATCH_BYTES } from '../../shared/protocol/journal-batch.ts';
import { authorise } from '../authorisations/authorise.ts';
import type { House } from '../house.ts';
import { acceptBatch } from '../ingest/accept-batch.ts';
import { heldEntriesAfter, outcomesAfter } from '../ingest/acknowledge.ts';
import { PurseRegister } from '../ingest/purse-register.ts';
import type { NewsHub } from '../notify/news-hub.ts';
import { acceptProof } from '../trust/accept-proof.ts';
import { decodeContent } from './content-coding.ts';
import { addCourierRoute } from './courier-route.ts';
import { startEventStream } from './event-stream.ts';
import { RefusedRequest, sendProblem } from './problem.ts';
import { addStatementRoutes } from './statement-routes.ts';
import { TerminalDoor } from './terminal-signature.ts';

/** Many terminals of a shop share an address; each batch is worth up to 2,000 payments. */
const REQUESTS_PER_MINUTE = 6000;

const described = (operationId: string, summary: string, description: string) => ({
  exposeHeadRoute: false,
  config: { rateLimit: { max: REQUESTS_PER_MINUTE, timeWindow: '1 minute', groupId: 'terminals' } },
  schema: { operationId, summary, description, tags: ['Terminal'], security: [{ terminal: [] }] },
});

/** Decimal outcome number of ?after=, 0 when absent. */
function afterOf(request: FastifyRequest): bigint {
  const { after = '0', ...others } = request.query as Record<string, unknown>;
  if (typeof after !== 'string' || !/^[0-9]{1,15}$/.test(after) || Object.keys(others).length > 0)
    throw new RefusedRequest({ code: 'bad-request', detail: { field: 'querystring/after' } });
  return BigInt(after);
}

/** ?epoch= and ?after=, both decimal and both needed. */
function placeOf(request: FastifyRequest): { epoch: number; after: number } {
  const { epoch, after, ...others } = request.query as Record<string, unknown>;
  const isDecimal = (value: unknown): value is string =>
    typeof value === 'string' && /^[0-9]{1,15}$/.test(value);
  if (!isDecimal(epoch) || !isDecimal(after) || Object.keys(others).length > 0 || Number(epoch) > 0xffff_ffff)
    throw new RefusedRequest({ code: 'bad-request', detail: { field: 'querystring' } });
  return { epoch: Number(epoch), after: Number(after) };
}

export function addTerminalRoutes(
  app: FastifyInstance,
  house: House,
  hub: NewsHub,
  operator: (request: FastifyRequest) => Promise<void>,
): void {
  const door = new TerminalDoor(house);
  const register = new PurseRegister(house.database);
  // bytes stay bytes: the digest is over them, and only CBOR is spoken here
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(CBOR_TYPE, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  addCourierRoute(app, house, register, operator);
  addStatementRoutes(app, house, door);

  app.post(
    clearingStreams.journal.path,
    {
      ...described(
        'sendJournal',
        'Send journal',
        'A batch of journal entries under a signed head (CBOR, may be encoded by gzip or zstd). Answers a signed acknowledgement (COSE). Sending again is safe and answers the same.',
      ),
      bodyLimit: MAX_BATCH_BYTES,
    },
    async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : new Uint8Array(0);
      const terminal = await door.identify(request, body);
      const bytes = await decodeContent(body, request.headers['content-encoding']);
      const result = await acceptBatch(house, register, terminal, bytes);
      if (!result.ok) return sendProblem(reply, result.refusal);
      return reply.type(COSE_TYPE).header('cache-control', 'no-store').send(Buffer.from(result.value));
    },
  );

  app.post(
    clearingStreams.authorisations.path,
    {
      ...described(
        'authorise',
        'Authorise',
        'Asks for one payment before it is approved (CBOR). Answers a signed verdict (COSE) and moves no money; asking again answers the same.',
      ),
      bodyLimit: MAX_AUTHORISATION_REQUEST_BYTES,
    },
    async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : new Uint8Array(0);
      const terminal = await door.identify(request, body);
      if (request.headers['content-encoding'] !== undefined)
        throw new RefusedRequest({ code: 'unsupported' });
      const result = await authorise(house, register, terminal, body);
      if (!result.ok) return sendProblem(reply, result.refusal);
      return reply.type(COSE_TYPE).header('cache-control', 'no-store').send(Buffer.from(result.value));
    },
  );

  app.post(
    clearingStreams.proofs.path,
    {
      ...described(
        'bringProof',
        'Bring proof',
        'A proof of double spending (CBOR). Answers a signed word about it (COSE); bringing it again answers the same.',
      ),
      bodyLimit: MAX_PROOF_BYTES,
    },
    async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : new Uint8Array(0);
      const terminal = await door.identify(request, body);
      if (request.headers['content-encoding'] !== undefined)
        throw new RefusedRequest({ code: 'unsupported' });
      const answer = await acceptProof(house, register, terminal, body);
      return reply.type(COSE_TYPE).header('cache-control', 'no-store').send(Buffer.from(answer));
    },
  );

  app.get(
    clearingStreams.heldEntries.path,
    described(
      'heldEntries',
      'Held entries',
      'Journal entries that are held after ?epoch= and ?after= (a seq), for a terminal whose disk lost them, under a signed head (CBOR).',
    ),
    async (request, reply) => {
      const terminal = await door.identify(request, null);
      const { epoch, after } = placeOf(request);
      const held = await heldEntriesAfter(house, terminal, epoch, after);
      return reply.type(CBOR_TYPE).header('cache-control', 'no-store').send(Buffer.from(held));
    },
  );

  app.get(
    clearingStreams.outcomes.path,
    described('outcomes', 'Outcomes', 'Outcomes after ?after=, as a signed acknowledgement (COSE).'),
    async (request, reply) => {
      const terminal = await door.identify(request, null);
      const ack = await outcomesAfter(house, terminal, afterOf(request));
      return reply.type(COSE_TYPE).header('cache-control', 'no-store').send(Buffer.from(ack));
    },
  );

  app.get(
    clearingStreams.terminalEvents.path,
    described('terminalEvents', 'Events', 'Server-sent events named fetch: there is something new.'),
    async (request, reply) => {
      await door.identify(request, null);
      const { terminalId } = request.params as { terminalId: string };
      let isWoken = false;
      startEventStream(app, request, reply, {
        owner: `terminal ${terminalId}`,
        read: () => {
          const events = isWoken ? [{ event: 'fetch', data: '' }] : [];
          isWoken = false;
          return Promise.resolve(events);
        },
        subscribe: (wake) =>
          hub.onTerminal(terminalId, () => {
            isWoken = true;
            wake();
          }),
      });
      return reply;
    },
  );
}
