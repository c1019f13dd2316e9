/**
 * Takes in what somebody carried for a terminal that has no network (protocol §6, courier). Open: the box opens
 * only with the house's key, and the batch's head is the terminal's own signature; who carries it needs no name.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { COSE_TYPE } from '../../shared/contract/clearing.ts';
import { idBytes } from '../../shared/ids.ts';
import { MAX_CARRIED_BYTES, openCarriedBatch, readCarriedBatch } from '../../shared/protocol/courier-file.ts';
import { findTerminal } from '../db/merchants.ts';
import type { House } from '../house.ts';
import { acceptBatch } from '../ingest/accept-batch.ts';
import type { PurseRegister } from '../ingest/purse-register.ts';
import { sendProblem } from './problem.ts';

/** Opening a box of megabytes takes time, and anybody may ask for it. */
const BATCHES_PER_MINUTE = 120;

async function isAllowed(
  guard: (request: FastifyRequest) => Promise<void>,
  request: FastifyRequest,
): Promise<boolean> {
  if (request.headers.authorization === undefined) return false;
  await guard(request);
  return true;
}

export function addCourierRoute(
  app: FastifyInstance,
  house: House,
  register: PurseRegister,
  /** Throws where the request is not the operator's. */
  operator: (request: FastifyRequest) => Promise<void>,
): void {
  app.post(
    clearingStreams.courier.path,
    {
      exposeHeadRoute: false,
      config: { rateLimit: { max: BATCHES_PER_MINUTE, timeWindow: '1 minute', groupId: 'courier' } },
      bodyLimit: MAX_CARRIED_BYTES,
      schema: {
        operationId: 'bringBatch',
        summary: 'Bring batch',
        description:
          'A batch of a terminal that has no network, sealed to the clearing house (CBOR). Answers a signed acknowledgement for that terminal (COSE). Bringing it again is safe and answers the same.',
        tags: ['Terminal'],
      },
    },
    async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : new Uint8Array(0);
      if (request.headers['content-encoding'] !== undefined)
        return sendProblem(reply, { code: 'unsupported' });
      const carried = readCarriedBatch(body);
      if (!carried.ok) return sendProblem(reply, carried.refusal);
      const { boxSecret, boxPublicKey } = house.keys;
      const batch = openCarriedBatch(carried.value, boxSecret, boxPublicKey);
      const terminal = await findTerminal(house.database, idBytes(carried.value.terminalId));
      // sealed for another house, altered, or of nobody we know: the courier learns no more than that
      if (batch === undefined || terminal === undefined) return sendProblem(reply, { code: 'malformed' });
      // what a stolen till goes on selling is for a person to look at, who then brings the file themselves
      if (terminal.isRevoked && !(await isAllowed(operator, request)))
        return sendProblem(reply, { code: 'terminal-revoked' });
      const result = await acceptBatch(house, register, terminal, batch);
      if (!result.ok) return sendProblem(reply, result.refusal);
      return reply.type(COSE_TYPE).header('cache-control', 'no-store').send(Buffer.from(result.value));
    },
  );
}
