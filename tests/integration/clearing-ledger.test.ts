/** The ledger's rules are the database's: whatever a program tries, sums stay zero and nothing is rewritten. */
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../clearing/db/migrate.ts';
import { freshDatabase } from '../support/postgres.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let client: pg.Client;
let accounts: Record<'a' | 'b' | 'yen' | 'world', string>;

beforeAll(async () => {
  database = await freshDatabase();
  await migrate(database.url);
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

async function account(kind: string, currency: string): Promise<string> {
  const { rows } = await client.query(
    `INSERT INTO accounts (kind, owner_id, currency)
     VALUES ($1, CASE $1 WHEN 'settlement' THEN ''::bytea ELSE substring(gen_random_uuid()::text::bytea, 1, 8) END, $2)
     ON CONFLICT DO NOTHING RETURNING account_id`,
    [kind, currency],
  );
  if (rows[0] !== undefined) return rows[0].account_id;
  const known = await client.query('SELECT account_id FROM accounts WHERE kind = $1 AND currency = $2', [
    kind,
    currency,
  ]);
  return known.rows[0].account_id;
}

beforeEach(async () => {
  accounts = {
    a: await account('available', 'EUR'),
    b: await account('available', 'EUR'),
    yen: await account('available', 'JPY'),
    world: await account('settlement', 'EUR'),
  };
});

type Line = readonly [account: string, amount: bigint | number, currency?: string, line?: number];

/** One statement, as the adapter writes it. @returns the transfer's number */
async function post(lines: readonly Line[], entryCount = lines.length): Promise<string> {
  const values = lines.map(
    ([to, amount, currency = 'EUR', line], i) => `(${line ?? i + 1}, ${to}, ${amount}, '${currency}')`,
  );
  const { rows } = await client.query(
    `WITH t AS (INSERT INTO transfers (transfer_id, kind, at_ms, entry_count)
       VALUES (substring(gen_random_uuid()::text::bytea, 1, 16), 'test', 0, ${entryCount}) RETURNING transfer_no),
     e AS (INSERT INTO entries (transfer_no, line, account_id, amount_minor, currency)
       SELECT t.transfer_no, v.* FROM t, (VALUES ${values.join(',')}) AS v (line, account_id, amount, currency))
     SELECT transfer_no FROM t`,
  );
  return rows[0].transfer_no;
}

async function balance(of: string): Promise<string> {
  const { rows } = await client.query('SELECT balance_minor FROM accounts WHERE account_id = $1', [of]);
  return rows[0].balance_minor;
}

const refusal = async (act: Promise<unknown>): Promise<string> =>
  await act.then(
    () => 'done',
    (error: { code?: string; constraint?: string }) => error.constraint ?? error.code ?? 'unknown',
  );

describe('posting', () => {
  it('a transfer that sums to zero → carried into the balances', async () => {
    const before = await balance(accounts.world);
    await post([
      [accounts.world, -500],
      [accounts.a, 300],
      [accounts.b, 200],
    ]);
    expect(await balance(accounts.a)).toBe('300');
    expect(await balance(accounts.b)).toBe('200');
    expect(BigInt(await balance(accounts.world))).toBe(BigInt(before) - 500n);
  });

  it('a sum that is not zero, in all or per currency → FT003, nothing posted', async () => {
    expect(
      await refusal(
        post([
          [accounts.world, -500],
          [accounts.a, 499],
        ]),
      ),
    ).toBe('FT003');
    expect(
      await refusal(
        post([
          [accounts.world, -500],
          [accounts.yen, 500, 'JPY'],
        ]),
      ),
    ).toBe('FT003');
    expect(await balance(accounts.a)).toBe('0');
  });

  it('an entry in a currency that its account does not have → FT004', async () => {
    expect(
      await refusal(
        post([
          [accounts.world, -500],
          [accounts.yen, 500],
        ]),
      ),
    ).toBe('FT004');
    expect(
      await refusal(
        post([
          [accounts.world, -500],
          ['999999', 500],
        ]),
      ),
    ).toBe('FT004');
  });

  it('one entry, an entry of nothing, fewer or more entries than announced → refused', async () => {
    expect(
      await refusal(
        post([
          [accounts.a, 0],
          [accounts.b, 0],
        ]),
      ),
    ).toBe('entries_amount_minor_check');
    expect(await refusal(post([[accounts.a, 5]]))).toBe('transfers_entry_count_check');
    expect(
      await refusal(
        post(
          [
            [accounts.world, -5],
            [accounts.a, 5],
          ],
          3,
        ),
      ),
    ).toBe('FT002');
    expect(
      await refusal(
        post(
          [
            [accounts.world, -5],
            [accounts.a, 2],
            [accounts.b, 3],
          ],
          2,
        ),
      ),
    ).toBe('FT002');
    expect(
      await refusal(
        post(
          [
            [accounts.world, -5, 'EUR', 1],
            [accounts.a, 5, 'EUR', 3],
          ],
          2,
        ),
      ),
    ).toBe('FT002');
  });

  it('a transfer without entries, entries without a transfer → FT002', async () => {
    expect(
      await refusal(
        client.query(
          `INSERT INTO transfers (transfer_id, kind, at_ms, entry_count) VALUES (decode(repeat('ab', 16), 'hex'), 'test', 0, 2)`,
        ),
      ),
    ).toBe('FT002');
    const stray = `INSERT INTO entries (transfer_no, line, account_id, amount_minor, currency)
      VALUES (999999, 1, ${accounts.world}, -5, 'EUR'), (999999, 2, ${accounts.a}, 5, 'EUR')`;
    expect(await refusal(client.query(stray))).toBe('FT002');
  });

  it('entries that join a posted transfer later → refused, in the same transaction too', async () => {
    const transfer = await post([
      [accounts.world, -5],
      [accounts.a, 5],
    ]);
    const more = (
      from: number,
    ) => `INSERT INTO entries (transfer_no, line, account_id, amount_minor, currency)
      VALUES (${transfer}, ${from}, ${accounts.world}, -5, 'EUR'), (${transfer}, ${from + 1}, ${accounts.b}, 5, 'EUR')`;
    expect(await refusal(client.query(more(3)))).toBe('FT002');
    expect(await refusal(client.query(more(1)))).toBe('entries_pkey');
    expect(await balance(accounts.b)).toBe('0');
  });

  it('below zero anywhere but outside → accounts_never_overdrawn', async () => {
    await post([
      [accounts.world, -5],
      [accounts.a, 5],
    ]);
    expect(
      await refusal(
        post([
          [accounts.a, -6],
          [accounts.b, 6],
        ]),
      ),
    ).toBe('accounts_never_overdrawn');
    expect(await balance(accounts.a)).toBe('5');
  });
});

describe('rewriting', () => {
  it.each([
    'UPDATE entries SET amount_minor = amount_minor + 1',
    'DELETE FROM entries',
    'TRUNCATE entries',
    "UPDATE transfers SET kind = 'other'",
    'DELETE FROM transfers',
    'TRUNCATE transfers',
    'UPDATE accounts SET balance_minor = balance_minor + 1',
    'DELETE FROM accounts',
    'TRUNCATE accounts CASCADE',
    "INSERT INTO accounts (kind, owner_id, currency, balance_minor) VALUES ('fees', '', 'EUR', 5)",
    'DELETE FROM journal_entries',
    "UPDATE outcomes SET state = 'settled'",
    'DELETE FROM trust_bundles',
  ])('%s → FT001', async (statement) => {
    expect(await refusal(client.query(statement))).toBe('FT001');
  });
});
