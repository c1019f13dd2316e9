/** Staff of merchants and of the institution, and their sessions. Holds hashes and digests, never what they are of. */
import { sql } from 'kysely';
import type { StaffRole } from '../../shared/contract/clearing/staff.ts';
import type { Database, Tx } from './database.ts';

export interface StaffRow {
  readonly staffId: Uint8Array;
  /** Null: of the institution. */
  readonly merchantId: Uint8Array | null;
  readonly userName: string;
  readonly role: StaffRole;
  readonly createdAtMs: number;
}

const COLUMNS = [
  'staff.staff_id',
  'staff.merchant_id',
  'staff.user_name',
  'staff.role',
  'staff.created_at_ms',
] as const;

function staffRow(row: {
  staff_id: Uint8Array;
  merchant_id: Uint8Array | null;
  user_name: string;
  role: StaffRole;
  created_at_ms: bigint;
}): StaffRow {
  return {
    staffId: row.staff_id,
    merchantId: row.merchant_id,
    userName: row.user_name,
    role: row.role,
    createdAtMs: Number(row.created_at_ms),
  };
}

/** False when the user name is taken. */
export async function insertStaff(
  db: Database,
  staff: StaffRow & { passwordHash: string },
): Promise<boolean> {
  const result = await db
    .insertInto('staff')
    .values({
      staff_id: staff.staffId,
      merchant_id: staff.merchantId,
      user_name: staff.userName,
      password_hash: staff.passwordHash,
      role: staff.role,
      created_at_ms: BigInt(staff.createdAtMs),
      removed_at_ms: null,
    })
    .onConflict((conflict) => conflict.column('user_name').doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** Those who have not left. */
export async function findStaffByName(
  db: Database,
  userName: string,
): Promise<{ readonly staff: StaffRow; readonly passwordHash: string } | undefined> {
  const row = await db
    .selectFrom('staff')
    .select([...COLUMNS, 'password_hash'])
    .where('user_name', '=', userName)
    .where('removed_at_ms', 'is', null)
    .executeTakeFirst();
  return row === undefined ? undefined : { staff: staffRow(row), passwordHash: row.password_hash };
}

/** Of a merchant, or of the institution (null), who have not left, by name. */
export async function listStaff(db: Database, merchantId: Uint8Array | null): Promise<readonly StaffRow[]> {
  const rows = await db
    .selectFrom('staff')
    .select(COLUMNS)
    .where('merchant_id', 'is not distinct from', merchantId)
    .where('removed_at_ms', 'is', null)
    .orderBy('user_name')
    .execute();
  return rows.map(staffRow);
}

/**
 * Ends their work here and their sessions.
 *
 * @param kept the role of which one must stay
 */
export async function removeStaff(
  tx: Tx,
  merchantId: Uint8Array | null,
  staffId: Uint8Array,
  kept: StaffRole,
  nowMs: number,
): Promise<'removed' | 'absent' | 'last'> {
  // all of them, in one order: two who remove each other at once wait for each other here
  const rows = await tx
    .selectFrom('staff')
    .select(['staff_id', 'role'])
    .where('merchant_id', 'is not distinct from', merchantId)
    .where('removed_at_ms', 'is', null)
    .orderBy('staff_id')
    .forUpdate()
    .execute();
  const isThem = (row: { staff_id: Uint8Array }) => Buffer.compare(row.staff_id, staffId) === 0;
  const them = rows.find(isThem);
  if (them === undefined) return 'absent';
  if (them.role === kept && !rows.some((row) => row.role === kept && !isThem(row))) return 'last';
  await tx
    .updateTable('staff')
    .set({ removed_at_ms: BigInt(nowMs) })
    .where('staff_id', '=', staffId)
    .execute();
  await deleteStaffSessions(tx, staffId);
  return 'removed';
}

export interface NewStaffSession {
  readonly tokenDigest: Uint8Array;
  readonly staffId: Uint8Array;
  readonly nowMs: number;
  readonly idleEndAtMs: number;
  readonly expiresAtMs: number;
}

/**
 * False when the password is no longer the one that was checked, or they have left: whoever changes a password ends
 * all sessions, also one that is just beginning.
 */
export async function insertStaffSession(
  db: Database,
  session: NewStaffSession,
  passwordHash: string,
): Promise<boolean> {
  await sql`
    DELETE FROM staff_sessions WHERE token_digest IN (
      SELECT token_digest FROM staff_sessions
       WHERE idle_end_at_ms <= ${session.nowMs}::bigint LIMIT 1000 FOR UPDATE SKIP LOCKED)`.execute(db);
  const { numAffectedRows } = await sql`
    INSERT INTO staff_sessions (token_digest, staff_id, created_at_ms, idle_end_at_ms, expires_at_ms)
    SELECT ${session.tokenDigest}, staff_id, ${session.nowMs}::bigint, ${session.idleEndAtMs}::bigint,
           ${session.expiresAtMs}::bigint
      FROM staff
     WHERE staff_id = ${session.staffId} AND password_hash = ${passwordHash} AND removed_at_ms IS NULL
       FOR SHARE`.execute(db);
  return numAffectedRows === 1n;
}

/**
 * Whose session this is, while neither its idle nor its absolute end has come. Use moves the idle end on, written at
 * most once in `stepMs`.
 */
export async function continueStaffSession(
  db: Database,
  tokenDigest: Uint8Array,
  nowMs: number,
  idleMs: number,
  stepMs: number,
): Promise<StaffRow | undefined> {
  const row = await db
    .selectFrom('staff_sessions')
    .innerJoin('staff', 'staff.staff_id', 'staff_sessions.staff_id')
    .select([...COLUMNS, 'idle_end_at_ms', 'expires_at_ms'])
    .where('token_digest', '=', tokenDigest)
    .where('idle_end_at_ms', '>', BigInt(nowMs))
    .where('removed_at_ms', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const idleEnd = Math.min(nowMs + idleMs, Number(row.expires_at_ms));
  if (idleEnd - Number(row.idle_end_at_ms) >= stepMs)
    await db
      .updateTable('staff_sessions')
      .set({ idle_end_at_ms: BigInt(idleEnd) })
      .where('token_digest', '=', tokenDigest)
      .execute();
  return staffRow(row);
}

export async function deleteStaffSession(db: Database, tokenDigest: Uint8Array): Promise<void> {
  await db.deleteFrom('staff_sessions').where('token_digest', '=', tokenDigest).execute();
}

export async function deleteStaffSessions(db: Database | Tx, staffId: Uint8Array): Promise<void> {
  await db.deleteFrom('staff_sessions').where('staff_id', '=', staffId).execute();
}

/** With it every session ends. False when the password is no longer `from`. */
export async function replaceStaffPassword(
  tx: Tx,
  staffId: Uint8Array,
  from: string,
  to: string,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('staff')
    .set({ password_hash: to })
    .where('staff_id', '=', staffId)
    .where('password_hash', '=', from)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) return false;
  await deleteStaffSessions(tx, staffId);
  return true;
}
