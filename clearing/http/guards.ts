/**
 * Who may call: the customer of a session, staff as far as their role and merchant go, the operator's token, or a
 * merchant's program. A guard runs before the body is looked at.
 */
import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { toHex, utf8 } from '../../shared/bytes.ts';
import { STAFF_NEEDS, type StaffNeed } from '../../shared/contract/clearing/staff.ts';
import { sha256 } from '../../shared/hash.ts';
import { customerOf } from '../accounts/sign-in.ts';
import type { CustomerRow } from '../db/customers.ts';
import { countGuess } from '../db/guesses.ts';
import type { StaffRow } from '../db/staff.ts';
import { merchantOfKey } from '../enrolment/merchant-keys.ts';
import type { House } from '../house.ts';
import { staffOf } from '../staff/sessions.ts';
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

export type Guard = (request: FastifyRequest) => Promise<void>;
/** A guard of a role's need. */
export type NeedGuard = (request: FastifyRequest, need: StaffNeed) => Promise<void>;

export interface StaffSession {
  readonly staff: StaffRow;
  readonly token: string;
}

const staffSessions = new WeakMap<FastifyRequest, StaffSession>();

/** The staff session that the guard found; the operator's token has none. */
export function staffSessionOf(request: FastifyRequest): StaffSession {
  const session = staffSessions.get(request);
  if (session === undefined) throw new RefusedRequest({ code: 'not-signed-in' });
  return session;
}

async function findStaffSession(
  house: House,
  cookie: SessionCookie,
  request: FastifyRequest,
): Promise<StaffSession | undefined> {
  const token = cookie.read(request);
  const staff = token === undefined ? undefined : await staffOf(house, token);
  if (token === undefined || staff === undefined) return undefined;
  const session = { staff, token };
  staffSessions.set(request, session);
  return session;
}

/** Digests are compared, so neither the token's length nor its beginning can be felt out by time. */
function tokenGuard(operatorToken: string): Guard {
  const expected = sha256(utf8(operatorToken));
  return async (request) => {
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

/**
 * Staff of the institution see every merchant, staff of a merchant their own: another's is not found, as if it did
 * not exist. The operator's token does what an administrator may.
 */
export function staffGuard(house: House, cookie: SessionCookie, operatorToken: string): NeedGuard {
  const token = tokenGuard(operatorToken);
  return async (request, need) => {
    const session = await findStaffSession(house, cookie, request);
    if (session === undefined) {
      if (request.headers.authorization === undefined) throw new RefusedRequest({ code: 'not-signed-in' });
      return await token(request);
    }
    const { merchantId, role } = session.staff;
    const { merchantId: named } = request.params as { merchantId?: string };
    if (merchantId !== null && named !== undefined && named !== toHex(merchantId))
      throw new RefusedRequest({ code: 'not-found' });
    if (!STAFF_NEEDS[role].includes(need)) throw new RefusedRequest({ code: 'not-allowed' });
  };
}

/** The institution's own: its staff, or the operator's token. */
export function operatorGuard(house: House, cookie: SessionCookie, operatorToken: string): NeedGuard {
  const token = tokenGuard(operatorToken);
  return async (request, need) => {
    if (request.headers.authorization !== undefined) return await token(request);
    const session = await findStaffSession(house, cookie, request);
    if (session === undefined) throw new RefusedRequest({ code: 'not-allowed' }, 401);
    const { merchantId, role } = session.staff;
    if (merchantId !== null || !STAFF_NEEDS[role].includes(need))
      throw new RefusedRequest({ code: 'not-allowed' });
  };
}

/**
 * So many tries of an address at one thing a minute, counted in the database: more processes are not more tries.
 *
 * @param what such as the route's name
 */
export function guessGuard(house: House, perMinute: number, what: string): Guard {
  return async (request) => {
    const nowMs = house.nowMs();
    const source = sha256(utf8(`${what}\u0000${request.ip}`));
    if ((await countGuess(house.database, source, nowMs)) > perMinute)
      throw new RefusedRequest({
        code: 'too-many-requests',
        detail: { waitS: 60 - (Math.floor(nowMs / 1000) % 60) },
      });
  };
}
