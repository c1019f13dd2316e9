/** Customers and their accounts of money. Holds password hashes, never passwords. */
import type { Database, Tx } from './database.ts';

export interface CustomerRow {
  readonly customerId: Uint8Array;
  readonly userName: string;
  readonly language: string;
  readonly lastPaymentNumber: bigint;
  /** What they may carry offline (clearing/purses/tiers.ts). */
  readonly tier: number;
}

const COLUMNS = [
  'customers.customer_id',
  'customers.user_name',
  'customers.language',
  'customers.last_payment_number',
  'customers.tier',
] as const;

function customerRow(row: {
  customer_id: Uint8Array;
  user_name: string;
  language: string;
  last_payment_number: bigint;
  tier: number;
}): CustomerRow {
  return {
    customerId: row.customer_id,
    userName: row.user_name,
    language: row.language,
    lastPaymentNumber: row.last_payment_number,
    tier: row.tier,
  };
}

/** False when the user name is taken. */
export async function insertCustomer(
  db: Database,
  customer: {
    readonly customerId: Uint8Array;
    readonly userName: string;
    readonly passwordHash: string;
    readonly language: string;
    readonly nowMs: number;
  },
): Promise<boolean> {
  const result = await db
    .insertInto('customers')
    .values({
      customer_id: customer.customerId,
      user_name: customer.userName,
      password_hash: customer.passwordHash,
      language: customer.language,
      created_at_ms: BigInt(customer.nowMs),
    })
    .onConflict((conflict) => conflict.column('user_name').doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function findPasswordHash(
  db: Database,
  userName: string,
): Promise<{ readonly customer: CustomerRow; readonly passwordHash: string } | undefined> {
  const row = await db
    .selectFrom('customers')
    .select([...COLUMNS, 'password_hash'])
    .where('user_name', '=', userName)
    .executeTakeFirst();
  return row === undefined ? undefined : { customer: customerRow(row), passwordHash: row.password_hash };
}

export async function findCustomerByName(tx: Tx, userName: string): Promise<CustomerRow | undefined> {
  const row = await tx
    .selectFrom('customers')
    .select(COLUMNS)
    .where('user_name', '=', userName)
    .executeTakeFirst();
  return row === undefined ? undefined : customerRow(row);
}

/** The customer of a session that has not ended. */
export async function findCustomerBySession(
  db: Database,
  tokenDigest: Uint8Array,
  nowMs: number,
): Promise<CustomerRow | undefined> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('customers', 'customers.customer_id', 'sessions.customer_id')
    .select(COLUMNS)
    .where('token_digest', '=', tokenDigest)
    .where('expires_at_ms', '>', BigInt(nowMs))
    .executeTakeFirst();
  return row === undefined ? undefined : customerRow(row);
}

/** What a customer has, per currency: at hand, and reserved in purses. */
export async function readHoldings(
  db: Database,
  customerId: Uint8Array,
): Promise<readonly { currency: string; availableMinor: bigint; reservedMinor: bigint }[]> {
  const available = await db
    .selectFrom('accounts')
    .select(['currency', 'balance_minor'])
    .where('kind', '=', 'available')
    .where('owner_id', '=', customerId)
    .execute();
  const purses = await db
    .selectFrom('purses')
    .innerJoin('accounts', 'accounts.account_id', 'purses.account_id')
    .select(['accounts.currency', 'balance_minor'])
    .where('customer_id', '=', customerId)
    .execute();
  const byCurrency = new Map<string, { availableMinor: bigint; reservedMinor: bigint }>();
  for (const { currency, balance_minor } of available) {
    byCurrency.set(currency, { availableMinor: balance_minor, reservedMinor: 0n });
  }
  for (const { currency, balance_minor } of purses) {
    const held = byCurrency.get(currency) ?? { availableMinor: 0n, reservedMinor: 0n };
    byCurrency.set(currency, { ...held, reservedMinor: held.reservedMinor + balance_minor });
  }
  return [...byCurrency].sort().map(([currency, held]) => ({ currency, ...held }));
}

/** False when there is no such customer. */
export async function setTier(db: Database, userName: string, tier: number): Promise<boolean> {
  const result = await db
    .updateTable('customers')
    .set({ tier })
    .where('user_name', '=', userName)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
