/**
 * Signing in and out of those who work for a merchant or the institution, apart from customers: names, cookies and
 * sessions of one are nothing to the other. A session ends by idleness, by age, by signing out anywhere, by a change
 * of password and when they leave.
 */
import { hash } from '@node-rs/argon2';
import { fromBase64Url, toBase64Url, utf8 } from '../../shared/bytes.ts';
import type { RouteBody } from '../../shared/contract/clearing.ts';
import { sha256 } from '../../shared/hash.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { hashOptions, isPassword } from '../accounts/password-hash.ts';
import { isPasswordTooWeak, normalisePassword } from '../accounts/password-strength.ts';
import { BACK_OFF, FORGET_AFTER_MS, TOKEN_BYTES, USER_NAME } from '../accounts/sign-in.ts';
import { inTransaction } from '../db/database.ts';
import { clearFailures, countFailure, readBlock } from '../db/sessions.ts';
import * as db from '../db/staff.ts';
import type { House } from '../house.ts';

/** A working day, and a walk away from the desk. */
export const STAFF_SESSION_LIFE_MS = 12 * 3_600_000;
export const STAFF_SESSION_IDLE_MS = 30 * 60_000;
/** Use is written down at most this often. */
const IDLE_STEP_MS = 60_000;

export interface StaffSignedIn {
  readonly staff: db.StaffRow;
  /** For the cookie; base64url. */
  readonly token: string;
}

type CredentialsRefusal = Refusal<'wrong-credentials' | 'locked-out'>;

/** Customers' names wait for themselves: the same name there is somebody else. */
const nameDigestOf = (userName: string) => sha256(utf8(`staff\u0000${userName}`));

/** Checks a password under the lock-out, which counts in the database for all processes. @returns its hash */
async function checkPassword(
  house: House,
  userName: string,
  password: string,
): Promise<Result<{ staff: db.StaffRow; passwordHash: string }, CredentialsRefusal>> {
  const nowMs = house.nowMs();
  const nameDigest = nameDigestOf(userName);
  const blockedUntilMs = await readBlock(house.database, nameDigest);
  if (blockedUntilMs > nowMs)
    return refused({ code: 'locked-out', detail: { waitS: Math.ceil((blockedUntilMs - nowMs) / 1000) } });
  const known = USER_NAME.test(userName) ? await db.findStaffByName(house.database, userName) : undefined;
  const matches = await isPassword(known?.passwordHash, password, house.config.passwordCost);
  if (known === undefined || !matches) {
    await countFailure(house.database, nameDigest, nowMs, BACK_OFF, FORGET_AFTER_MS);
    return refused({ code: 'wrong-credentials' });
  }
  await clearFailures(house.database, nameDigest);
  return ok(known);
}

/** A new session. @returns undefined when the password is no longer the one that was checked */
export async function openStaffSession(
  house: House,
  staff: db.StaffRow,
  passwordHash: string,
): Promise<StaffSignedIn | undefined> {
  const token = house.randomBytes(TOKEN_BYTES);
  const nowMs = house.nowMs();
  const isOpen = await db.insertStaffSession(
    house.database,
    {
      tokenDigest: sha256(token),
      staffId: staff.staffId,
      nowMs,
      idleEndAtMs: nowMs + STAFF_SESSION_IDLE_MS,
      expiresAtMs: nowMs + STAFF_SESSION_LIFE_MS,
    },
    passwordHash,
  );
  return isOpen ? { staff, token: toBase64Url(token) } : undefined;
}

export async function staffSignIn(
  house: House,
  { userName, password }: RouteBody<'staffSignIn'>,
): Promise<Result<StaffSignedIn, CredentialsRefusal>> {
  const checked = await checkPassword(house, userName, password);
  if (!checked.ok) return checked;
  const session = await openStaffSession(house, checked.value.staff, checked.value.passwordHash);
  return session === undefined ? refused({ code: 'wrong-credentials' }) : ok(session);
}

function digestOf(token: string): Uint8Array | undefined {
  const bytes = fromBase64Url(token);
  return bytes?.length === TOKEN_BYTES ? sha256(bytes) : undefined;
}

/** Who holds this token, while the session lives. */
export async function staffOf(house: House, token: string): Promise<db.StaffRow | undefined> {
  const digest = digestOf(token);
  return (
    digest &&
    (await db.continueStaffSession(
      house.database,
      digest,
      house.nowMs(),
      STAFF_SESSION_IDLE_MS,
      IDLE_STEP_MS,
    ))
  );
}

export async function staffSignOut(house: House, token: string): Promise<void> {
  const digest = digestOf(token);
  if (digest !== undefined) await db.deleteStaffSession(house.database, digest);
}

export async function staffSignOutEverywhere(house: House, staff: db.StaffRow): Promise<void> {
  await db.deleteStaffSessions(house.database, staff.staffId);
}

/** The password they have is asked for again: a screen that was left open must not be enough. */
export async function changeStaffPassword(
  house: House,
  staff: db.StaffRow,
  { password, newPassword }: RouteBody<'changeStaffPassword'>,
): Promise<Result<StaffSignedIn, CredentialsRefusal | Refusal<'password-too-weak'>>> {
  if (isPasswordTooWeak(newPassword, staff.userName)) return refused({ code: 'password-too-weak' });
  const checked = await checkPassword(house, staff.userName, password);
  if (!checked.ok) return checked;
  const passwordHash = await hash(normalisePassword(newPassword), hashOptions(house.config.passwordCost));
  const isChanged = await inTransaction(house.database, (tx) =>
    db.replaceStaffPassword(tx, staff.staffId, checked.value.passwordHash, passwordHash),
  );
  const session = isChanged ? await openStaffSession(house, staff, passwordHash) : undefined;
  return session === undefined ? refused({ code: 'wrong-credentials' }) : ok(session);
}
