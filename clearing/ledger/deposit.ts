/** Money comes in from the world outside. The operator's transfer id makes it once, however often it is sent. */
import { equalBytes, fromHex } from '../../shared/bytes.ts';
import type { RouteBody } from '../../shared/contract/clearing.ts';
import { parseMinor } from '../../shared/money.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { findCustomerByName } from '../db/customers.ts';
import { brokenConstraint, inTransaction, sqlState } from '../db/database.ts';
import { findTransfer, HOUSE_OWNER, openAccount, postTransfers } from '../db/ledger.ts';
import type { House } from '../house.ts';
import { unitMinorOf } from '../markets.ts';

type DepositRefusal = Refusal<'bad-request' | 'not-found' | 'exists-with-different-content'>;

const KIND = 'deposit';
const UNIQUE_VIOLATION = '23505';

/** Keeps the sum over all customers inside of what a bigint column holds. */
const MAX_DEPOSIT_MINOR = 1_000_000_000_000n;

const badField = (field: string): DepositRefusal => ({ code: 'bad-request', detail: { field } });

export async function deposit(
  house: House,
  body: RouteBody<'deposit'>,
): Promise<Result<Record<string, never>, DepositRefusal>> {
  const amountMinor = parseMinor(body.amountMinor);
  const transferId = fromHex(body.transferId);
  if (amountMinor === undefined || amountMinor <= 0n || amountMinor > MAX_DEPOSIT_MINOR)
    return refused(badField('amountMinor'));
  if (transferId === undefined) return refused(badField('transferId'));
  if (unitMinorOf(body.currency) === undefined) return refused(badField('currency'));

  const attempt = () =>
    inTransaction(house.database, async (tx): Promise<Result<Record<string, never>, DepositRefusal>> => {
      const customer = await findCustomerByName(tx, body.userName);
      if (customer === undefined) return refused({ code: 'not-found' });
      const posted = await findTransfer(tx, transferId);
      if (posted !== undefined) {
        const [from, to] = posted.entries;
        const different = ([field, isSame]: readonly [string, boolean]) => (isSame ? [] : [field]);
        const [field] = (
          [
            ['kind', posted.kind === KIND && from?.accountKind === 'settlement'],
            ['userName', to?.accountKind === 'available' && equalBytes(to.ownerId, customer.customerId)],
            ['currency', to?.currency === body.currency],
            ['amountMinor', to?.amountMinor === amountMinor],
          ] as const
        ).flatMap(different);
        return field === undefined
          ? ok({})
          : refused({ code: 'exists-with-different-content', detail: { field } });
      }
      const available = await openAccount(tx, 'available', customer.customerId, body.currency);
      const settlement = await openAccount(tx, 'settlement', HOUSE_OWNER, body.currency);
      const entries = [
        { accountId: settlement, amountMinor: -amountMinor },
        { accountId: available, amountMinor },
      ];
      const atMs = BigInt(house.nowMs());
      await postTransfers(tx, [{ transferId, kind: KIND, atMs, currency: body.currency, entries }]);
      return ok({});
    });

  try {
    return await attempt();
  } catch (error) {
    if (brokenConstraint(error) === 'accounts_within_range') return refused(badField('amountMinor'));
    // the same transfer was posted between our look and our statement: now it is there to compare
    if (sqlState(error) === UNIQUE_VIOLATION) return await attempt();
    throw error;
  }
}
