/**
 * A clearing house's database as years leave it: so many settled payments with their journal entries, outcomes,
 * transfers and ledger entries, of as many purses, customers and terminals as made them. What a column holds beyond
 * what must differ comes from a real row, so the rows are as wide as real ones. The sums stay right.
 */
import pg from 'pg';

const PAYMENTS_PER_PURSE = 200;
const PURSES_PER_CUSTOMER = 5;
const PAYMENTS_PER_TERMINAL = 10_000;
const AMOUNT_MINOR = 100;
const ALLOWANCE_MINOR = PAYMENTS_PER_PURSE * AMOUNT_MINOR;
const GROWN = ['journal_entries', 'outcomes', 'transfers', 'entries'] as const;

type Overrides = Readonly<Record<string, string>>;

/** `INSERT … SELECT` where each column comes from `overrides`, or from the row `template`. */
async function insertLike(
  client: pg.Client,
  table: string,
  overrides: Overrides,
  from: string,
  template: string,
): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute
      WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    [table],
  );
  const columns = rows.map(({ name }) => name);
  const values = columns.map((name) => overrides[name] ?? `template.${name}`);
  await client.query(
    `INSERT INTO ${table} (${columns.join(', ')}) OVERRIDING SYSTEM VALUE
     SELECT ${values.join(', ')} FROM ${from}, (${template} LIMIT 1) AS template`,
  );
}

/** Takes indexes and keys away for a load. @returns makes them again, as they were */
async function withoutIndexes(client: pg.Client): Promise<() => Promise<void>> {
  const tables = GROWN.map((name) => `'${name}'::regclass`).join(', ');
  const keys = await client.query<{ relation: string; name: string; definition: string }>(
    `SELECT conrelid::regclass::text AS relation, conname AS name, pg_get_constraintdef(oid) AS definition
       FROM pg_constraint WHERE conrelid IN (${tables}) AND contype IN ('p', 'u')`,
  );
  for (const { relation, name } of keys.rows)
    await client.query(`ALTER TABLE ${relation} DROP CONSTRAINT ${name}`);
  const indexes = await client.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
       FROM pg_index WHERE indrelid IN (${tables})`,
  );
  for (const { name } of indexes.rows) await client.query(`DROP INDEX ${name}`);
  return async () => {
    for (const { relation, name, definition } of keys.rows)
      await client.query(`ALTER TABLE ${relation} ADD CONSTRAINT ${name} ${definition}`);
    for (const { definition } of indexes.rows) await client.query(definition);
  };
}

/** Everybody whom the payments name: `mass` maps a purse's place to its ids. */
async function addPeople(client: pg.Client, purses: number, terminals: number): Promise<void> {
  const idOf = (kind: string, place: string) => `substring(sha256(('${kind}' || ${place})::bytea) FOR 8)`;
  await client.query(`
    CREATE TEMPORARY TABLE mass AS
    SELECT place, ${idOf('purse', 'place')} AS purse_id, ${idOf('customer', `place / ${PURSES_PER_CUSTOMER}`)} AS customer_id,
           (SELECT max(account_id) FROM accounts) + 1 + place AS account_id
      FROM generate_series(0, ${purses - 1}) place`);
  await client.query('ALTER TABLE mass ADD PRIMARY KEY (place)');
  await insertLike(
    client,
    'customers',
    {
      customer_id: idOf('customer', 'place'),
      user_name: `'mass' || place`,
      last_payment_number: String(PURSES_PER_CUSTOMER * PAYMENTS_PER_PURSE),
    },
    `generate_series(0, ${Math.ceil(purses / PURSES_PER_CUSTOMER) - 1}) place`,
    'SELECT * FROM customers',
  );
  await insertLike(
    client,
    'accounts',
    { account_id: 'mass.account_id', kind: `'purse'`, owner_id: 'purse_id', balance_minor: '0' },
    'mass',
    `SELECT * FROM accounts WHERE kind = 'purse'`,
  );
  await insertLike(
    client,
    'purses',
    {
      purse_id: 'mass.purse_id',
      customer_id: 'mass.customer_id',
      account_id: 'mass.account_id',
      request_id: `substring(sha256(('request' || place)::bytea) FOR 16)`,
      public_key: `sha256(('key' || place)::bytea)`,
      certificate_digest: `sha256(('certificate' || place)::bytea)`,
      status_index: '1000000 + place',
    },
    'mass',
    'SELECT * FROM purses',
  );
  await insertLike(
    client,
    'terminals',
    { terminal_id: idOf('terminal', 'place'), last_outcome_number: String(PAYMENTS_PER_TERMINAL) },
    `generate_series(0, ${terminals - 1}) place`,
    'SELECT * FROM terminals',
  );
  await client.query(
    `CREATE TEMPORARY TABLE mass_terminals AS
     SELECT place, ${idOf('terminal', 'place')} AS terminal_id FROM generate_series(0, ${terminals - 1}) place`,
  );
  await client.query('ALTER TABLE mass_terminals ADD PRIMARY KEY (place)');
  await client.query('ANALYZE mass, mass_terminals');
}

/** The payments, and the transfers that funded their purses. */
async function addPayments(
  client: pg.Client,
  payments: number,
  purses: number,
  terminals: number,
): Promise<void> {
  const base =
    Number((await client.query('SELECT max(transfer_no) AS last FROM transfers')).rows[0].last) + 1;
  const counter = `(n % ${PAYMENTS_PER_PURSE} + 1)`;
  const seq = `(n / ${terminals} + 1)`;
  const terminalOf = `JOIN mass_terminals ON mass_terminals.place = n % ${terminals}`;
  const rows = `generate_series(0, ${payments - 1}) n JOIN mass ON mass.place = n / ${PAYMENTS_PER_PURSE}`;
  await insertLike(
    client,
    'journal_entries',
    {
      terminal_id: 'mass_terminals.terminal_id',
      seq,
      outcome_number: seq,
      entry_hash: 'sha256(int8send(n))',
    },
    `generate_series(0, ${payments - 1}) n ${terminalOf}`,
    `SELECT * FROM journal_entries WHERE outcome_number IS NOT NULL`,
  );
  await insertLike(
    client,
    'outcomes',
    {
      terminal_id: 'mass_terminals.terminal_id',
      number: seq,
      seq,
      purse_id: 'mass.purse_id',
      counter,
      payment_id: 'substring(sha256(int8send(n)) FOR 16)',
      customer_id: 'mass.customer_id',
      customer_number: `mass.place % ${PURSES_PER_CUSTOMER} * ${PAYMENTS_PER_PURSE} + ${counter}`,
    },
    `${rows} ${terminalOf}`,
    `SELECT * FROM outcomes WHERE state = 'settled'`,
  );
  await insertLike(
    client,
    'transfers',
    { transfer_no: `${base} + n`, transfer_id: `mass.purse_id || int8send(${counter})` },
    rows,
    `SELECT * FROM transfers WHERE kind = 'payment'`,
  );
  const last = base + payments;
  await insertLike(
    client,
    'transfers',
    { transfer_no: `${last} + place`, transfer_id: `int8send(place) || purse_id` },
    'mass',
    `SELECT * FROM transfers WHERE kind <> 'payment' AND entry_count = 2`,
  );
  const lines = (first: string, second: string) =>
    `(VALUES (1, ${first}, -1), (2, ${second}, 1)) AS side (line, account_id, sign)`;
  const accountOf = (kind: string) =>
    `(SELECT account_id FROM accounts WHERE kind = '${kind}' AND currency = 'EUR' ORDER BY account_id LIMIT 1)`;
  const entry = (transfer: string, amount: number): Overrides => ({
    transfer_no: transfer,
    line: 'side.line',
    account_id: 'side.account_id',
    amount_minor: `side.sign * ${amount}`,
  });
  const template = `SELECT * FROM entries WHERE currency = 'EUR'`;
  await insertLike(
    client,
    'entries',
    entry(`${base} + n`, AMOUNT_MINOR),
    `${rows} CROSS JOIN LATERAL ${lines('mass.account_id', accountOf('receivable'))}`,
    template,
  );
  await insertLike(
    client,
    'entries',
    entry(`${last} + mass.place`, ALLOWANCE_MINOR),
    `mass CROSS JOIN LATERAL ${lines(accountOf('settlement'), 'mass.account_id')}`,
    template,
  );
  await client.query(`
    UPDATE accounts SET balance_minor = balance_minor + sums.moved
      FROM (SELECT account_id, sum(amount_minor) AS moved FROM entries WHERE transfer_no >= ${base} GROUP BY 1) sums
     WHERE accounts.account_id = sums.account_id`);
  await client.query(`ALTER TABLE transfers ALTER transfer_no RESTART WITH ${last + purses}`);
  await client.query('SELECT setval(pg_get_serial_sequence($1, $2), max(account_id)) FROM accounts', [
    'accounts',
    'account_id',
  ]);
}

/**
 * Adds settled payments to a house's database that holds a few real ones. Triggers are off for this session alone.
 *
 * @param payments how many; a multiple of 10,000
 * @throws Error when the ledger does not sum to zero after it
 */
export async function growLedger(databaseUrl: string, payments: number): Promise<void> {
  const purses = payments / PAYMENTS_PER_PURSE;
  const terminals = payments / PAYMENTS_PER_TERMINAL;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('SET session_replication_role = replica');
    await client.query(`SET maintenance_work_mem = '512MB'`);
    const makeIndexes = await withoutIndexes(client);
    await addPeople(client, purses, terminals);
    await addPayments(client, payments, purses, terminals);
    await makeIndexes();
    await client.query('VACUUM (FREEZE, ANALYZE)');
    await client.query('CHECKPOINT');
    const { rows } = await client.query(
      `SELECT (SELECT sum(amount_minor) FROM entries)::text AS entries, (SELECT sum(balance_minor) FROM accounts)::text AS balances`,
    );
    if (rows[0].entries !== '0' || rows[0].balances !== '0')
      throw new Error('the grown ledger does not sum to zero');
  } finally {
    await client.end();
  }
}

/** Rows of settled payments and what they take on disk with all indexes. */
export async function ledgerSize(databaseUrl: string): Promise<{ payments: number; bytes: number }> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      `SELECT (SELECT count(*) FROM outcomes)::text AS payments,
              (SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest($1::text[]) name)::text AS bytes`,
      [GROWN],
    );
    return { payments: Number(rows[0].payments), bytes: Number(rows[0].bytes) };
  } finally {
    await client.end();
  }
}
