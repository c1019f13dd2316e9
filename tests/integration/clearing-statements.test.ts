/** Statements: a terminal is told what it was paid for, and can show that a payment is in it or is not. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../shared/bytes.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { openStatement, openStatementProof } from '../../shared/protocol/statement.ts';
import { random, startTestClearing, type TestClearing, WORLD } from '../support/clearing.ts';
import { TestCustomer, type TestPurse } from '../support/clearing-customer.ts';
import { TestTill } from '../support/clearing-till.ts';
import { freshDatabase } from '../support/postgres.ts';
import { backEnd } from '../support/protocol-fixture.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clearing: TestClearing;
let till: TestTill;
let purse: TestPurse;

beforeAll(async () => {
  database = await freshDatabase();
  clearing = await startTestClearing({ databaseUrl: database.url });
  const customer = await TestCustomer.register(clearing);
  till = await TestTill.enrol(clearing);
  purse = await customer.purse(20_000n);
  await clearing.call('setSettlementTerms', {
    operator: true,
    path: `/v1/admin/merchants/${till.merchantId}/settlement-terms`,
    body: {
      cycle: 'manual',
      payoutAccount: 'DE02120300000000202051',
      payoutCurrency: 'EUR',
      reserveBasisPoints: 0,
      reserveDays: 0,
    },
  });
  // 1 and 3 are settled, 2 is no payment, 4 is refused, 5 says nothing to the house
  till.sale(purse, purse.quick(1), 100n);
  till.write('synced', null);
  till.sale(purse, purse.quick(2), 200n);
  till.sale(purse, purse.quick(2), 300n);
  till.write('synced', null);
  await till.send();
  await settle();
  till.write('synced', null);
  till.sale(purse, purse.quick(3), 400n);
  await till.send(6);
  await settle();
});
afterAll(async () => {
  await clearing.stop();
  await database.drop();
});

async function settle(): Promise<void> {
  const body = {
    cycle: 'manual',
    day: null,
    runId: toHex(random(16)),
    merchantId: till.merchantId,
    isDryRun: false,
  };
  const answer = await clearing.call('runSettlement', { operator: true, body });
  expect(answer.body.settlements).toHaveLength(1);
}

async function ask(
  stream: 'statements' | 'statementProof',
  query: string,
  by = till,
): Promise<{ status: number; bytes: Uint8Array }> {
  const path = clearingStreams[stream].path.replace(':terminalId', till.terminalId);
  const url = new URL(path + query, clearing.origin);
  const answer = await fetch(url, { headers: by.headers('GET', url, null) });
  return { status: answer.status, bytes: await answer.bytes() };
}

async function statements(after: number) {
  const { bytes } = await ask('statements', `?after=${after}`);
  const trust = await clearing.trust();
  return (decodeCbor(bytes) as [number, Uint8Array][]).map(([number, statement]) => {
    const opened = openStatement(statement, trust, WORLD, backEnd);
    if (!opened.ok) throw new Error(opened.refusal.code);
    return { number, ...opened.value };
  });
}

async function shown(seq: number): Promise<unknown> {
  const { status, bytes } = await ask('statementProof', `?epoch=1&seq=${seq}`);
  if (status !== 200) return status;
  const place = { terminalId: till.terminalId, epoch: 1, seq };
  const opened = openStatementProof(bytes, place, await clearing.trust(), WORLD, backEnd);
  if (!opened.ok) return opened.refusal.code;
  const { outcome } = opened.value;
  return outcome === null ? null : [outcome.state, outcome.reason, outcome.amountMinor];
}

describe('6. statements', () => {
  it('two cycles → two statements, each from where the last one ended, with their sums', async () => {
    const all = await statements(0);
    expect(all).toMatchObject([
      { number: 1, epoch: 1, fromSeq: 1, toSeq: 4, leafCount: 3 },
      { number: 2, epoch: 1, fromSeq: 5, toSeq: 7, leafCount: 1 },
    ]);
    expect(all.map(({ totals }) => totals)).toEqual([
      [{ currency: 'EUR', paymentCount: 2, paymentsMinor: 300n, refundCount: 0, refundsMinor: 0n }],
      [{ currency: 'EUR', paymentCount: 1, paymentsMinor: 400n, refundCount: 0, refundsMinor: 0n }],
    ]);
    expect((await statements(1)).map(({ number }) => number)).toEqual([2]);
  });

  it('each entry → shown to be in its statement with its outcome, or not to be in it', async () => {
    const answers = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(shown));
    expect(answers).toEqual([
      ['settled', null, 100n],
      null,
      ['settled', null, 200n],
      ['rejected', 'conflict', 300n],
      null,
      null,
      ['settled', null, 400n],
      404,
    ]);
  });

  it('an outcome changed behind the statement’s back → its proof is worth nothing', async () => {
    await sql`ALTER TABLE outcomes DISABLE TRIGGER USER`.execute(clearing.database);
    await sql`UPDATE outcomes SET amount_minor = 1 WHERE amount_minor = 400`.execute(clearing.database);
    expect(await shown(7)).toBe('malformed');
    await sql`UPDATE outcomes SET amount_minor = 400 WHERE amount_minor = 1`.execute(clearing.database);
    await sql`ALTER TABLE outcomes ENABLE TRIGGER USER`.execute(clearing.database);
    expect(await shown(7)).toEqual(['settled', null, 400n]);
  });

  it('another terminal asks, or with a query that is none → 401, 400', async () => {
    const stranger = await TestTill.enrol(clearing);
    expect((await ask('statements', '?after=0', stranger)).status).toBe(401);
    for (const query of ['', '?after=', '?after=-1', '?after=0&more=1', '?after=99999999999'])
      expect((await ask('statements', query)).status).toBe(400);
    for (const query of ['?epoch=1', '?epoch=1&seq=x', '?epoch=1&seq=1&more=1'])
      expect((await ask('statementProof', query)).status).toBe(400);
  });
});
