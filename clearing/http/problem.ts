/** Refusals as HTTP answers: problem+json (RFC 9457) with our code. Never tells an exception's text. */
import type { FastifyReply } from 'fastify';
import type { Problem } from '../../shared/contract/clearing.ts';
import type { Refusal, RefusalCode } from '../../shared/refusals.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** Codes that are not here never answer a request; should one, it is an input that we cannot act on. */
const STATUS: Partial<Record<RefusalCode, number>> = {
  'bad-request': 400,
  malformed: 400,
  unsupported: 415,
  forged: 400,
  expired: 400,
  'bad-request-signature': 401,
  'clock-off-from-server': 401,
  'not-signed-in': 401,
  'wrong-credentials': 401,
  'not-allowed': 403,
  'terminal-revoked': 403,
  'enrolment-refused': 403,
  'not-found': 404,
  'already-enrolled': 409,
  'exists-with-different-content': 409,
  'transfer-ended': 409,
  'user-name-taken': 409,
  'last-administrator': 409,
  'journal-gap': 409,
  'journal-forked': 409,
  'too-large': 413,
  'password-too-weak': 422,
  'purse-limit': 422,
  'not-enough-money': 422,
  'too-many-requests': 429,
  'locked-out': 429,
  unavailable: 503,
};

export function problemOf(refusal: Refusal, status = STATUS[refusal.code] ?? 422): Problem {
  return {
    type: `urn:fieldtill:refusal:${refusal.code}`,
    title: refusal.code.replaceAll('-', ' '),
    status,
    code: refusal.code,
    ...('detail' in refusal ? { detail: { ...refusal.detail } } : {}),
  };
}

/** A hook or plugin says no: the error handler answers with the refusal. */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';
  readonly refusal: Refusal;
  readonly statusCode: number;
  constructor(refusal: Refusal, status?: number) {
    super(refusal.code);
    this.refusal = refusal;
    this.statusCode = status ?? STATUS[refusal.code] ?? 422;
  }
}

export function sendProblem(reply: FastifyReply, refusal: Refusal, status?: number): FastifyReply {
  const problem = problemOf(refusal, status);
  if (refusal.code === 'too-many-requests' || refusal.code === 'locked-out')
    reply.header('retry-after', refusal.detail.waitS);
  // as text: what a route declares for its answers must not stand between a refusal and its client
  return reply
    .code(problem.status)
    .type(PROBLEM_TYPE)
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problem));
}
