/**
 * What becomes of everything that goes wrong in a request: a named problem. Bad input is never a 5xx;
 * a 5xx is a bug or a missing database, is logged, and tells the client nothing but that.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Refusal } from '../../shared/refusals.ts';
import { RefusedRequest, sendProblem } from './problem.ts';

/** Faults of the framework that are the client's doing, by their codes. */
const CLIENT_FAULTS: Record<string, { refusal: Refusal; status: number }> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { refusal: { code: 'too-large' }, status: 413 },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { refusal: { code: 'unsupported' }, status: 415 },
  FST_ERR_RATE_LIMIT: { refusal: { code: 'too-many-requests', detail: { waitS: 60 } }, status: 429 },
};

const badRequest = (field: string): Refusal => ({ code: 'bad-request', detail: { field } });

/** Where the first fault lies, such as "body/allowanceMinor"; names only, never a value. */
function faultyField(error: FastifyError): string {
  const part = error.validationContext ?? 'request';
  if (!hasZodFastifySchemaValidationErrors(error)) return part;
  const path = (error.validation[0]?.instancePath ?? '').replace(/[^\w/.-]/g, '').slice(0, 64);
  return path === '' || path === '/' ? part : `${part}${path}`;
}

/** A database that cannot be reached passes; the client may try again. */
function isDatabaseGone(error: FastifyError): boolean {
  return (
    /^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|57P0[123]|53300|08\d{3})$/.test(error.code ?? '') ||
    // the pool's own words; it gives them no code
    /^(timeout exceeded when trying to connect|Connection terminated)/.test(error.message)
  );
}

export function addErrorAnswers(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    if (error instanceof RefusedRequest) return sendProblem(reply, error.refusal, error.statusCode);
    const known = CLIENT_FAULTS[error.code];
    if (known !== undefined) return sendProblem(reply, known.refusal, known.status);
    if (error.validation !== undefined) return sendProblem(reply, badRequest(faultyField(error)));
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500) return sendProblem(reply, badRequest('request'));
    request.log.error({ err: error }, 'request failed');
    if (status === 503 || isDatabaseGone(error)) {
      reply.header('retry-after', 5);
      return sendProblem(reply, { code: 'unavailable' }, 503);
    }
    return sendProblem(reply, { code: 'unavailable' }, 500);
  });
}
