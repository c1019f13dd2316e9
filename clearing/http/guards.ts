/** Who may call: the customer of a session, the operator, or a merchant's program. A guard runs before the body is looked at. */
import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { utf8 } from '../../shared/bytes.ts';
import { sha256 } from '../../shared/hash.ts';
import { customerOf } from '../accounts/sign-in.ts';
import type { CustomerRow } from '../db/customers.ts';
import { merchantOfKey } from '../enrolment/merchant-keys.ts';
import type { House } from '../house.ts';
import { RefusedRequest } from './problem.ts';
import type { SessionCookie } from './session-cookie.ts';

export interface Session {
  readonly customer: CustomerRow;
  readonly token: string;
}

const sessions = new WeakMap<FastifyRequest, Session>();

/** The session that the guard found. */
export function sessionOf(request: FastifyRequest): Session {
  const session = sessions.get(request);
  if (session === undefined) throw new RefusedRequest({ code: 'not-signed-in' });
  return session;
}

export function sessionGuard(house: House, cookie: SessionCookie) {
  return async (request: FastifyRequest): Promise<void> => {
    const token = cookie.read(request);
    const customer = token === undefined ? undefined : await customerOf(house, token);
    if (token === undefined || customer === undefined) throw new RefusedRequest({ code: 'not-signed-in' });
    sessions.set(request, { customer, token });
  };
}

function bearerOf(request: FastifyRequest): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,512})$/.exec(request.headers.authorization ?? '')?.[1];
}

/** Digests are compared, so neither the token's length nor its beginning can be felt out by time. */
export function operatorGuard(operatorToken: string) {
  const expected = sha256(utf8(operatorToken));
  return async (request: FastifyRequest): Promise<void> => {
    const given = bearerOf(request) ?? '';
    if (!timingSafeEqual(sha256(utf8(given)), expected))
      throw new RefusedRequest({ code: 'not-allowed' }, 401);
  };
}

const merchants = new WeakMap<FastifyRequest, Uint8Array>();

/** The merchant that the guard found, 8 bytes. */
export function merchantOf(request: FastifyRequest): Uint8Array {
  const merchantId = merchants.get(request);
  if (merchantId === undefined) throw new RefusedRequest({ code: 'not-allowed' }, 401);
  return merchantId;
}

export function merchantGuard(house: House) {
  return async (request: FastifyRequest): Promise<void> => {
    const given = bearerOf(request);
    const merchantId = given === undefined ? undefined : await merchantOfKey(house, given);
    if (merchantId === undefined) throw new RefusedRequest({ code: 'not-allowed' }, 401);
    merchants.set(request, merchantId);
  };
}
