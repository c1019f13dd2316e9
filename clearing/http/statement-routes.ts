/** What terminals ask about their settlement: statements and proofs. CBOR out, every request signed. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { CBOR_TYPE } from '../../shared/contract/clearing.ts';
import type { House } from '../house.ts';
import { statementProof, terminalStatements } from '../settlement/statements.ts';
import { RefusedRequest, sendProblem } from './problem.ts';
import type { TerminalDoor } from './terminal-signature.ts';

/** A proof reads all outcomes of its statement. */
const REQUESTS_PER_MINUTE = 600;

const described = (operationId: string, summary: string, description: string) => ({
  exposeHeadRoute: false,
  config: { rateLimit: { max: REQUESTS_PER_MINUTE, timeWindow: '1 minute', groupId: 'statements' } },
  schema: { operationId, summary, description, tags: ['Terminal'], security: [{ terminal: [] }] },
});

/** These decimal numbers of the query, all of them and nothing else. */
function numbersOf(request: FastifyRequest, names: readonly string[], max: number): readonly number[] {
  const query = request.query as Record<string, unknown>;
  const numbers = names.map((name) => {
    const text = query[name];
    return typeof text === 'string' && /^[0-9]{1,15}$/.test(text) && Number(text) <= max
      ? Number(text)
      : null;
  });
  if (Object.keys(query).length !== names.length || numbers.includes(null))
    throw new RefusedRequest({ code: 'bad-request', detail: { field: 'querystring' } });
  return numbers.map((number) => number ?? 0);
}

export function addStatementRoutes(app: FastifyInstance, house: House, door: TerminalDoor): void {
  app.get(
    clearingStreams.statements.path,
    described(
      'statements',
      'Statements',
      'Signed statements after ?after= (a number), as [number, statement] (CBOR).',
    ),
    async (request, reply) => {
      const terminal = await door.identify(request, null);
      const [after = 0] = numbersOf(request, ['after'], 0x7fff_ffff);
      const bytes = await terminalStatements(house, terminal, after);
      return reply.type(CBOR_TYPE).header('cache-control', 'no-store').send(Buffer.from(bytes));
    },
  );

  app.get(
    clearingStreams.statementProof.path,
    described(
      'statementProof',
      'Statement proof',
      'Shows whether the entry at ?epoch= and ?seq= is in the statement that speaks for it (CBOR).',
    ),
    async (request, reply) => {
      const terminal = await door.identify(request, null);
      const [epoch = 0, seq = 0] = numbersOf(request, ['epoch', 'seq'], Number.MAX_SAFE_INTEGER);
      const proof = await statementProof(house, terminal, epoch, seq);
      if (!proof.ok) return sendProblem(reply, proof.refusal);
      return reply.type(CBOR_TYPE).header('cache-control', 'no-store').send(Buffer.from(proof.value));
    },
  );
}
