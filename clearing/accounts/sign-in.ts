/**
 * Signing in and out, and who a session is. A session is 32 random bytes that only the browser has; the
 * database has its digest. Failed tries make the name wait, whether or not it exists.
 */
import { fromBase64Url, toBase64Url, utf8 } from '../../shared/bytes.ts';
import type { RouteBody } from '../../shared/contract/clearing.ts';
import { sha256 } from '../../shared/hash.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { type CustomerRow, findCustomerBySession, findPasswordHash } from '../db/customers.ts';
import { clearFailures, countFailure, deleteSession, insertSession, readBlock } from '../db/sessions.ts';
import type { House } from '../house.ts';
import { isPassword } from './password-hash.ts';

export const SESSION_LIFE_S = 30 * 86_400;
export const TOKEN_BYTES = 32;
/** The fifth failure in a row waits 2 s, the next 4 s, … at most 15 minutes; a day of peace forgets them. */
export const BACK_OFF = { freeTries: 5, firstMs: 2000, maxMs: 900_000 };
export const FORGET_AFTER_MS = 86_400_000;

export const USER_NAME = /^[a-z0-9][a-z0-9._-]{2,31}$/;

export interface SignedIn {
  readonly customer: CustomerRow;
  /** For the cookie; base64url. */
  readonly token: string;
}

export async function signIn(
  house: House,
  body: RouteBody<'signIn'>,
): Promise<Result<SignedIn, Refusal<'wrong-credentials' | 'locked-out'>>> {
  const { database, config } = house;
  const nowMs = house.nowMs();
  const nameDigest = sha256(utf8(body.userName));
  const blockedUntilMs = await readBlock(database, nameDigest);
  if (blockedUntilMs > nowMs)
    return refused({ code: 'locked-out', detail: { waitS: Math.ceil((blockedUntilMs - nowMs) / 1000) } });
  const known = USER_NAME.test(body.userName) ? await findPasswordHash(database, body.userName) : undefined;
  const matches = await isPassword(known?.passwordHash, body.password, config.passwordCost);
  if (known === undefined || !matches) {
    await countFailure(database, nameDigest, nowMs, BACK_OFF, FORGET_AFTER_MS);
    return refused({ code: 'wrong-credentials' });
  }
  await clearFailures(database, nameDigest);
  const token = house.randomBytes(TOKEN_BYTES);
  await insertSession(database, {
    tokenDigest: sha256(token),
    customerId: known.customer.customerId,
    nowMs,
    expiresAtMs: nowMs + SESSION_LIFE_S * 1000,
  });
  return ok({ customer: known.customer, token: toBase64Url(token) });
}

function digestOf(token: string): Uint8Array | undefined {
  const bytes = fromBase64Url(token);
  return bytes?.length === TOKEN_BYTES ? sha256(bytes) : undefined;
}

/** The customer who holds this token, while the session lives. */
export async function customerOf(house: House, token: string): Promise<CustomerRow | undefined> {
  const digest = digestOf(token);
  return digest && (await findCustomerBySession(house.database, digest, house.nowMs()));
}

export async function signOut(house: House, token: string): Promise<void> {
  const digest = digestOf(token);
  if (digest !== undefined) await deleteSession(house.database, digest);
}
