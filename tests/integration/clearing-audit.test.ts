/** The auditor: agrees with an honest database, and finds each fault that somebody with the keys to it plants. */
import { spawn } from 'node:child_process';
import * as crypto from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit } from '../../clearing/audit/audit.ts';
import { readIssuers } from '../../clearing/db/trust.ts';
import { toHex } from '../../shared/bytes.ts';
import { issuerKeyIdFrom } from '../../shared/ids.ts';
import { nodeBackEnd } from '../../shared/protocol/ed25519-node.ts';
import { random, startTestClearing, type TestClearing, WORLD } from '../support/clearing.ts';
import { TestCustomer } from '../support/clearing-customer.ts';
import { TestTill } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;
let terminalHex: string;

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
  const customer = await TestCustomer.register(clearing);
  const till = await TestTill.enrol(clearing);
  terminalHex = till.terminalId;
  const purse = await customer.purse(20_000n);
  const operator = true;
  const nowMs = clearing.clock.nowMs;
  await clearing.call('setFees', {
    operator,
    body: { currency: 'EUR', basisPoints: 200, fixedMinor: '5', minimumMinor: '0' },
  });
  await clearing.call('setRate', {
    operator,
    body: { from: 'EUR', to: 'JPY', rate: '162.15', validFromMs: nowMs, validUntilMs: nowMs + 1e9 },
  });
  const settle = async (payoutCurrency: string) => {
    await clearing.call('setSettlementTerms', {
      operator,
      path: `/v1/admin/merchants/${till.merchantId}/settlement-terms`,
      body: {
        cycle: 'manual',
        payoutAccount: 'DE02120300000000202051',
        payoutCurrency,
        reserveBasisPoints: 1000,
        reserveDays: 1,
      },
    });
    const body = {
      cycle: 'manual',
      day: null,
      runId: toHex(random(16)),
      merchantId: till.merchantId,
      isDryRun: false,
    };
    const answer = await clearing.call('runSettlement', { operator, body });
    expect(answer.body.settlements).toHaveLength(1);
  };
  till.sale(purse, purse.quick(1), 1000n);
  till.sale(purse, purse.quick(2), 2000n);
  till.sale(purse, purse.quick(2), 2000n);
  till.refund(purse, purse.quick(1), 1, 400n);
  await till.send();
  await settle('EUR');
  till.sale(purse, purse.quick(3), 700n);
  await till.send(5);
  clearing.clock.nowMs += 2 * 86_400_000;
  await settle('JPY');
});
afterAll(async () => {
  await clearing.stop();
  await database.drop();
});

/** Names of the checks that found something. */
async function found(): Promise<readonly string[]> {
  const issuers = (await readIssuers(clearing.database)).map((row) => ({
    ...row,
    kid: issuerKeyIdFrom(row.kid),
  }));
  const report = await audit(clearing.database, { issuers, world: WORLD, backEnd: nodeBackEnd(crypto) });
  const names = report.checks.filter(({ faults }) => faults.length > 0).map(({ name }) => name);
  expect(report.ok).toBe(names.length === 0);
  return names;
}

const TABLES = [
  'accounts',
  'transfers',
  'entries',
  'outcomes',
  'journal_entries',
  'journal_heads',
  'statements',
  'settlements',
  'exchange_rates',
  'payout_orders',
];

/** Does what no trigger would let anybody do, looks, and takes it back from a copy. */
async function planted(statement: string): Promise<readonly string[]> {
  const run = (text: string) => sql.raw(text).execute(clearing.database);
  await run('CREATE SCHEMA kept');
  for (const table of TABLES) await run(`CREATE TABLE kept.${table} AS TABLE public.${table}`);
  const quiet = (body: string) => run(`BEGIN; SET LOCAL session_replication_role = replica; ${body}; COMMIT`);
  try {
    await quiet(statement);
    return await found();
  } finally {
    const back = TABLES.map(
      (table) =>
        `DELETE FROM public.${table}; INSERT INTO public.${table} OVERRIDING SYSTEM VALUE SELECT * FROM kept.${table}`,
    );
    await quiet(back.join('; '));
    await run('DROP SCHEMA kept CASCADE');
  }
}

describe('6. the auditor', () => {
  it('an honest database → everything agrees', async () => {
    expect(await found()).toEqual([]);
  });

  it.each([
    ['a balance', 'UPDATE accounts SET balance_minor = balance_minor + 1 WHERE account_id = 1', ['balances']],
    [
      'a transfer that does not balance',
      'UPDATE entries SET amount_minor = amount_minor + 1 WHERE line = 1 AND transfer_no = 1',
      ['balances'],
    ],
    ['a line that is gone', 'DELETE FROM entries WHERE transfer_no = 1 AND line = 2', ['balances']],
    [
      'an entry of a journal',
      "UPDATE journal_entries SET entry = entry || '\\x00'::bytea WHERE seq = 2",
      ['chains'],
    ],
    [
      'an entry and its hash',
      "UPDATE journal_entries SET entry = entry || '\\x00'::bytea, entry_hash = sha256(entry || '\\x00'::bytea) WHERE seq = 2",
      ['chains'],
    ],
    ['an entry that is gone', 'DELETE FROM journal_entries WHERE seq = 3', ['chains', 'outcomes']],
    ['a head', 'UPDATE journal_heads SET seq = seq - 1', ['chains']],
    [
      'an outcome’s amount',
      'UPDATE outcomes SET amount_minor = amount_minor - 1 WHERE seq = 2',
      ['outcomes', 'statements', 'settlements'],
    ],
    [
      'a payment said to be refused',
      "UPDATE outcomes SET state = 'rejected', reason = 'expired' WHERE seq = 5",
      ['outcomes', 'statements', 'settlements'],
    ],
    [
      'a refused payment said to be settled',
      "UPDATE outcomes SET counter = 9, state = 'settled', reason = NULL WHERE seq = 3",
      ['outcomes', 'statements', 'settlements'],
    ],
    [
      'an outcome that is gone',
      'DELETE FROM outcomes WHERE seq = 4',
      ['outcomes', 'statements', 'settlements'],
    ],
    [
      'a payment’s transfer under another name',
      "UPDATE transfers SET transfer_id = substring(sha256(transfer_id) FROM 1 FOR 16) WHERE kind = 'payment' AND transfer_no = (SELECT min(transfer_no) FROM transfers WHERE kind = 'payment')",
      ['outcomes'],
    ],
    ['a root', 'UPDATE statements SET root = sha256(root) WHERE number = 1', ['statements']],
    [
      'a statement’s bytes',
      'UPDATE statements SET statement = set_byte(statement, octet_length(statement) - 1, get_byte(statement, octet_length(statement) - 1) # 1) WHERE number = 1',
      ['statements'],
    ],
    ['a statement that is gone', 'DELETE FROM statements WHERE number = 1', ['statements', 'settlements']],
    [
      'a payout',
      "UPDATE payout_orders SET amount_minor = amount_minor + 1 WHERE currency = 'JPY'",
      ['settlements'],
    ],
    [
      'a fee',
      'UPDATE settlements SET fees_charged_minor = fees_charged_minor + 1 WHERE number = 2',
      ['settlements'],
    ],
    [
      'an opening',
      'UPDATE settlements SET opening_minor = 1, closing_minor = closing_minor + 1 WHERE number = 2',
      ['settlements'],
    ],
    ['a rate', 'UPDATE exchange_rates SET mantissa = mantissa + 1', ['rates']],
  ] as const)('%s, changed past the triggers → found', async (_name, statement, checks) => {
    expect(await planted(statement)).toEqual(checks);
  });

  it('the command → 0 with an honest database, 1 with a planted fault, 2 without one', async () => {
    const run = async (args: readonly string[]) => {
      const { DATABASE_URL: _, ...env } = process.env;
      const child = spawn(process.execPath, ['scripts/audit.ts', ...args], { env });
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString();
      });
      const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
      return { code, out };
    };
    const honest = await run(['--database', database.url, '--json']);
    expect(honest.code).toBe(0);
    expect(JSON.parse(honest.out)).toMatchObject({ ok: true });
    await sql`ALTER TABLE journal_heads DISABLE TRIGGER USER`.execute(clearing.database);
    await sql`UPDATE journal_heads SET seq = seq + 1`.execute(clearing.database);
    const planted = await run(['--database', database.url]);
    expect(planted.code).toBe(1);
    expect(planted.out).toContain(`terminal ${terminalHex} epoch 1: the head is not its last entry`);
    expect(planted.out).toContain('Something does not agree.');
    await sql`UPDATE journal_heads SET seq = seq - 1`.execute(clearing.database);
    expect((await run([])).code).toBe(2);
  });
});
