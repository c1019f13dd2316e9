/** A merchant as its staff look at it: itself, branches, terminals and their payments. Every row by its merchant. */
import { sql } from 'kysely';
import type { OutcomeState, RejectReason } from '../../shared/protocol/acknowledgement.ts';
import type { Database } from './database.ts';

export interface MerchantProfileRow {
  readonly displayName: string;
  readonly currency: string;
  readonly createdAtMs: number;
  readonly receivableMinor: bigint;
}

export async function findMerchant(
  db: Database,
  merchantId: Uint8Array,
): Promise<MerchantProfileRow | undefined> {
  const row = await db
    .selectFrom('merchants')
    .innerJoin('accounts', 'accounts.account_id', 'merchants.account_id')
    .select(['display_name', 'merchants.currency', 'created_at_ms', 'balance_minor'])
    .where('merchant_id', '=', merchantId)
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : {
        displayName: row.display_name,
        currency: row.currency,
        createdAtMs: Number(row.created_at_ms),
        receivableMinor: row.balance_minor,
      };
}

export interface BranchRow {
  readonly branchId: Uint8Array;
  readonly displayName: string;
  readonly isDefault: boolean;
  readonly createdAtMs: number;
}

/** The default one first, then by name. */
export async function listBranches(db: Database, merchantId: Uint8Array): Promise<readonly BranchRow[]> {
  const rows = await db
    .selectFrom('branches')
    .select(['branch_id', 'display_name', 'is_default', 'created_at_ms'])
    .where('merchant_id', '=', merchantId)
    .orderBy('is_default', 'desc')
    .orderBy('display_name')
    .execute();
  return rows.map((row) => ({
    branchId: row.branch_id,
    displayName: row.display_name,
    isDefault: row.is_default,
    createdAtMs: Number(row.created_at_ms),
  }));
}

/** 'absent' when there is no such merchant, 'taken' when it has a branch of that name. */
export async function insertBranch(
  db: Database,
  merchantId: Uint8Array,
  branch: Omit<BranchRow, 'isDefault'>,
): Promise<'made' | 'absent' | 'taken'> {
  const { numAffectedRows } = await sql`
    INSERT INTO branches (branch_id, merchant_id, display_name, is_default, created_at_ms)
    SELECT ${branch.branchId}, merchant_id, ${branch.displayName}, false, ${branch.createdAtMs}::bigint
      FROM merchants WHERE merchant_id = ${merchantId}
    ON CONFLICT (merchant_id, display_name) DO NOTHING`.execute(db);
  if (numAffectedRows === 1n) return 'made';
  return (await findMerchant(db, merchantId)) === undefined ? 'absent' : 'taken';
}

export interface MerchantTerminalRow {
  readonly terminalId: Uint8Array;
  readonly branchId: Uint8Array;
  readonly enrolledAtMs: number;
  readonly expiresAtS: number;
  readonly isRevoked: boolean;
  readonly lastContactAtMs: number | null;
  readonly lastOutcomeNumber: bigint;
}

/** By branch, the oldest first. */
export async function listTerminals(
  db: Database,
  merchantId: Uint8Array,
): Promise<readonly MerchantTerminalRow[]> {
  const rows = await db
    .selectFrom('terminals')
    .select([
      'terminal_id',
      'branch_id',
      'created_at_ms',
      'expires_at_s',
      'revoked_at_ms',
      'last_contact_at_ms',
      'last_outcome_number',
    ])
    .where('merchant_id', '=', merchantId)
    .orderBy('branch_id')
    .orderBy('created_at_ms')
    .orderBy('terminal_id')
    .execute();
  return rows.map((row) => ({
    terminalId: row.terminal_id,
    branchId: row.branch_id,
    enrolledAtMs: Number(row.created_at_ms),
    expiresAtS: Number(row.expires_at_s),
    isRevoked: row.revoked_at_ms !== null,
    lastContactAtMs: row.last_contact_at_ms === null ? null : Number(row.last_contact_at_ms),
    lastOutcomeNumber: row.last_outcome_number,
  }));
}

export interface TerminalPaymentRow {
  readonly number: bigint;
  readonly paymentId: Uint8Array | null;
  readonly refundId: Uint8Array | null;
  readonly amountMinor: bigint | null;
  readonly currency: string | null;
  readonly state: OutcomeState;
  readonly reason: RejectReason | null;
  readonly soldAtMs: number | null;
  readonly decidedAtMs: number;
}

/** The newest first, below that number; undefined when this merchant has no such terminal. */
export async function readTerminalPayments(
  db: Database,
  merchantId: Uint8Array,
  terminalId: Uint8Array,
  before: bigint,
  limit: number,
): Promise<readonly TerminalPaymentRow[] | undefined> {
  const owned = await db
    .selectFrom('terminals')
    .select('terminal_id')
    .where('terminal_id', '=', terminalId)
    .where('merchant_id', '=', merchantId)
    .executeTakeFirst();
  if (owned === undefined) return undefined;
  const rows = await db
    .selectFrom('outcomes')
    .select([
      'number',
      'payment_id',
      'refund_id',
      'amount_minor',
      'currency',
      'state',
      'reason',
      'sold_at_ms',
      'decided_at_ms',
    ])
    .where('terminal_id', '=', terminalId)
    .where('number', '<', before)
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    number: row.number,
    paymentId: row.payment_id,
    refundId: row.refund_id,
    amountMinor: row.amount_minor,
    currency: row.currency,
    state: row.state,
    reason: row.reason,
    soldAtMs: row.sold_at_ms === null ? null : Number(row.sold_at_ms),
    decidedAtMs: Number(row.decided_at_ms),
  }));
}
