/** Who works for a merchant or the institution: let in, listed, let go. One who decides about people always stays. */
import { hash } from '@node-rs/argon2';
import { fromHex, toHex } from '../../shared/bytes.ts';
import type { StaffRole } from '../../shared/contract/clearing/staff.ts';
import type { RouteAnswer } from '../../shared/contract/clearing.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { hashOptions } from '../accounts/password-hash.ts';
import { isPasswordTooWeak, normalisePassword } from '../accounts/password-strength.ts';
import { findMerchant } from '../db/branches.ts';
import { inTransaction } from '../db/database.ts';
import * as db from '../db/staff.ts';
import type { House } from '../house.ts';

/** @param merchantId hexadecimal; null for the institution */
async function employerOf(
  house: House,
  merchantId: string | null,
): Promise<Result<Uint8Array | null, Refusal<'not-found'>>> {
  if (merchantId === null) return ok(null);
  const id = fromHex(merchantId);
  const merchant = id && (await findMerchant(house.database, id));
  return id === undefined || merchant === undefined ? refused({ code: 'not-found' }) : ok(id);
}

export function staffView(staff: db.StaffRow): RouteAnswer<'staffMe'> {
  return {
    staffId: toHex(staff.staffId),
    userName: staff.userName,
    role: staff.role,
    merchantId: staff.merchantId === null ? null : toHex(staff.merchantId),
  };
}

/** @param merchantId hexadecimal; null for the institution */
export async function listStaff(
  house: House,
  merchantId: string | null,
): Promise<Result<RouteAnswer<'merchantStaff'>, Refusal<'not-found'>>> {
  const employer = await employerOf(house, merchantId);
  if (!employer.ok) return employer;
  const rows = await db.listStaff(house.database, employer.value);
  return ok({
    staff: rows.map(({ staffId, userName, role, createdAtMs }) => ({
      staffId: toHex(staffId),
      userName,
      role,
      createdAtMs,
    })),
  });
}

/** @param merchantId hexadecimal; null for the institution */
export async function createStaff(
  house: House,
  merchantId: string | null,
  { userName, password, role }: { userName: string; password: string; role: StaffRole },
): Promise<Result<{ staffId: string }, Refusal<'not-found' | 'password-too-weak' | 'user-name-taken'>>> {
  const employer = await employerOf(house, merchantId);
  if (!employer.ok) return employer;
  if (isPasswordTooWeak(password, userName)) return refused({ code: 'password-too-weak' });
  const passwordHash = await hash(normalisePassword(password), hashOptions(house.config.passwordCost));
  const staffId = house.randomBytes(8);
  const isNew = await db.insertStaff(house.database, {
    staffId,
    merchantId: employer.value,
    userName,
    role,
    passwordHash,
    createdAtMs: house.nowMs(),
  });
  return isNew ? ok({ staffId: toHex(staffId) }) : refused({ code: 'user-name-taken' });
}

/** @param merchantId hexadecimal; null for the institution */
export async function removeStaff(
  house: House,
  merchantId: string | null,
  staffIdHex: string,
): Promise<Result<Record<string, never>, Refusal<'not-found' | 'last-administrator'>>> {
  const employer = merchantId === null ? null : fromHex(merchantId);
  const staffId = fromHex(staffIdHex);
  if (employer === undefined || staffId === undefined) return refused({ code: 'not-found' });
  const kept = employer === null ? 'administrator' : 'owner';
  const done = await inTransaction(house.database, (tx) =>
    db.removeStaff(tx, employer, staffId, kept, house.nowMs()),
  );
  if (done === 'absent') return refused({ code: 'not-found' });
  return done === 'last' ? refused({ code: 'last-administrator' }) : ok({});
}
