/** Transfers in two phases, on real PostgreSQL: reserved, then posted, voided or given up, once; sums always zero. */
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, inTransaction, openDatabase } from '../../clearing/db/database.ts';
import {
  auditLedger,
  HOUSE_OWNER,
  lockBalance,
  openAccount,
  postTransfers,
} from '../../clearing/db/ledger.ts';
import { migrate } from '../../clearing/db/migrate.ts';
import {
  expirePending,
  type PendingTransfer,
  postPending,
  reserve,
  voidPending,
} from '../../clearing/ledger/pending.ts';
import { random } from '../support/clearing.ts';
import { freshDatabase } from '../support/postgres.ts';

let fresh: Awaited<ReturnType<typeof freshDatabase>>;
/** Two pools: two processes on one database. */
let houses: readonly { readonly database: Database; readonly nowMs: () => number }[];
let accounts: Record<'world' | 'a' | 'b' | 'yen', bigint>;
let nowMs = 1000;

beforeAll(async () => {
  fresh = await freshDatabase();
  await migrate(fresh.url);
  houses = [1, 2].map(() => ({
    database: openDatabase({ url: fresh.url, maxConnections: 4, onIdleError: () => undefined }),
    nowMs: () => nowMs,
  }));
});
afterAll(async () => {
  for (const { database } of houses) await database.destroy();
  await fresh.drop();
});

const house = (process = 0) => {
  const one = houses[process % houses.length];
  if (one === undefined) throw new Error('no house');
  return one;
};

beforeEach(async () => {
  nowMs = 1000;
  await inTransaction(house().database, async (tx) => {
    accounts = {
      world: await openAccount(tx, 'settlement', HOUSE_OWNER, 'EUR'),
      a: await openAccount(tx, 'available', random(8), 'EUR'),
      b: await openAccount(tx, 'available', random(8), 'EUR'),
      yen: await openAccount(tx, 'available', random(8), 'JPY'),
    };
    const entries = [
      { accountId: accounts.world, amountMinor: -1000n },
      { accountId: accounts.a, amountMinor: 1000n },
    ];
    await postTransfers(tx, [{ transferId: random(16), kind: 'test', atMs: 0n, currency: 'EUR', entries }]);
  });
});

const asked = (change: Partial<PendingTransfer> = {}): PendingTransfer => ({
  pendingId: random(16),
  kind: 'test',
  debitAccountId: accounts.a,
  creditAccountId: accounts.b,
  amountMinor: 600n,
  currency: 'EUR',
  expiresAtMs: null,
  ...change,
});

/** What of an account is free, and that the ledger is whole. */
async function free(accountId: bigint): Promise<bigint> {
  expect(await auditLedger(house().database)).toEqual([]);
  return await inTransaction(house().database, (tx) => lockBalance(tx, accountId));
}

const said = (result: { ok: boolean; refusal?: { code: string; detail?: object } }) =>
  result.ok ? 'ok' : `${result.refusal?.code} ${JSON.stringify(result.refusal?.detail ?? {})}`;

async function pending(change: Partial<PendingTransfer> = {}): Promise<Uint8Array> {
  const transfer = asked(change);
  expect(said(await reserve(house(), transfer))).toBe('ok');
  return transfer.pendingId;
}

describe('pending', () => {
  it('reserved → not free, not moved; a second one has only the rest', async () => {
    await pending();
    expect([await free(accounts.a), await free(accounts.b)]).toEqual([400n, 0n]);
    expect(said(await reserve(house(), asked({ amountMinor: 401n })))).toBe(
      'not-enough-money {"availableMinor":"400"}',
    );
    const entries = [
      { accountId: accounts.a, amountMinor: -401n },
      { accountId: accounts.b, amountMinor: 401n },
    ];
    const spent = inTransaction(house().database, (tx) =>
      postTransfers(tx, [{ transferId: random(16), kind: 'test', atMs: 0n, currency: 'EUR', entries }]),
    );
    await expect(spent).rejects.toMatchObject({ constraint: 'accounts_pending_covered' });
  });

  it('posted whole, posted in part → moved, the rest is free; voided → free', async () => {
    const end = { endId: random(16) };
    expect(said(await postPending(house(), { pendingId: await pending(), ...end }, null))).toBe('ok');
    expect([await free(accounts.a), await free(accounts.b)]).toEqual([400n, 600n]);
    const part = { pendingId: await pending({ amountMinor: 400n }), endId: random(16) };
    expect(said(await postPending(house(), part, 401n))).toBe('over-pending {"pendingMinor":"400"}');
    expect(said(await postPending(house(), part, 150n))).toBe('ok');
    expect([await free(accounts.a), await free(accounts.b)]).toEqual([250n, 750n]);
    const back = { pendingId: await pending({ amountMinor: 250n }), endId: random(16) };
    expect(said(await voidPending(house(), back))).toBe('ok');
    expect([await free(accounts.a), await free(accounts.b)]).toEqual([250n, 750n]);
  });

  it('the same id with the same content → the same for ever, after its end too; with other content → the field', async () => {
    const transfer = asked({ expiresAtMs: 5000 });
    await reserve(house(), transfer);
    const end = { pendingId: transfer.pendingId, endId: random(16) };
    await postPending(house(), end, 500n);
    nowMs = 9000;
    expect(said(await reserve(house(), transfer))).toBe('ok');
    expect(said(await postPending(house(), end, 500n))).toBe('ok');
    expect(await free(accounts.a)).toBe(500n);
    const others: [Partial<PendingTransfer>, string][] = [
      [{ kind: 'other' }, 'kind'],
      [{ debitAccountId: accounts.world }, 'debitAccount'],
      [{ creditAccountId: accounts.world }, 'creditAccount'],
      [{ currency: 'JPY' }, 'currency'],
      [{ amountMinor: 601n }, 'amountMinor'],
      [{ expiresAtMs: 5001 }, 'expiresAtMs'],
    ];
    for (const [change, field] of others)
      expect(said(await reserve(house(), { ...transfer, ...change }))).toBe(
        `exists-with-different-content {"field":"${field}"}`,
      );
    expect(said(await postPending(house(), end, 499n))).toContain('"amountMinor"');
    expect(said(await voidPending(house(), end))).toContain('"how"');
    expect(said(await voidPending(house(), { ...end, endId: random(16) }))).toBe(
      'transfer-ended {"how":"posted"}',
    );
    const taken = { pendingId: await pending({ amountMinor: 1n }), endId: end.endId };
    expect(said(await postPending(house(), taken, null))).toContain('"pendingId"');
    expect(said(await voidPending(house(), { pendingId: random(16), endId: random(16) }))).toBe(
      'not-found {}',
    );
  });

  it('its time over → not posted any more; given up once by two processes at once', async () => {
    const end = { pendingId: await pending({ expiresAtMs: 2000 }), endId: random(16) };
    expect(await expirePending(house())).toBe(0);
    nowMs = 2000;
    expect(said(await postPending(house(), end, null))).toBe('expired {"ageS":0}');
    const counts = await Promise.all([0, 1, 0, 1].map((process) => expirePending(house(process))));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await free(accounts.a)).toBe(1000n);
    expect(said(await voidPending(house(), end))).toBe('transfer-ended {"how":"expired"}');
    expect(said(await reserve(house(), asked({ expiresAtMs: 2000 })))).toBe('expired {"ageS":0}');
  });

  it('posted and voided at once by two processes → one of them', async () => {
    const pendingId = await pending();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        i % 2 === 0
          ? postPending(house(i / 2), { pendingId, endId: random(16) }, null)
          : voidPending(house(i), { pendingId, endId: random(16) }),
      ),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect((await free(accounts.a)) + (await free(accounts.b))).toBe(1000n);
  });

  it('reserved at once by two processes, more than there is → only what there is', async () => {
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, i) => reserve(house(i), asked({ amountMinor: 300n }))),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(3);
    expect(await free(accounts.a)).toBe(100n);
  });

  it('one id asked for at once, all the money there is → one, the same answer for all', async () => {
    const transfer = asked({ amountMinor: 1000n });
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => reserve(house(i), transfer)));
    expect(answers.map(said)).toEqual(answers.map(() => 'ok'));
    expect(await free(accounts.a)).toBe(0n);
  });

  it('other ways around the rules → refused by the database', async () => {
    const { database } = house();
    await expect(reserve(house(), asked({ creditAccountId: accounts.yen }))).rejects.toMatchObject({
      code: 'FT004',
    });
    const pendingId = await pending({ expiresAtMs: 2000 });
    const end = (how: string, amount: number, atMs: number) =>
      sql`INSERT INTO pending_ends (pending_no, end_id, how, amount_minor, at_ms)
        SELECT pending_no, ${random(16)}, ${how}, ${amount}::bigint, ${atMs}::bigint
          FROM pending_transfers WHERE pending_id = ${pendingId}`.execute(database);
    await expect(end('posted', 601, 1500)).rejects.toMatchObject({ code: 'FT007' });
    await expect(end('posted', 600, 2000)).rejects.toMatchObject({ code: 'FT008' });
    await expect(end('expired', 0, 1999)).rejects.toMatchObject({ code: 'FT008' });
    await expect(end('voided', 5, 1500)).rejects.toMatchObject({ code: '23514' });
    for (const statement of [
      'UPDATE pending_transfers SET amount_minor = 1',
      'DELETE FROM pending_transfers',
      'TRUNCATE pending_ends',
      'UPDATE accounts SET pending_out_minor = 0',
    ])
      await expect(sql.raw(statement).execute(database)).rejects.toMatchObject({ code: 'FT001' });
    expect(await free(accounts.a)).toBe(400n);
  });
});

type Step =
  | { readonly do: 'move'; readonly from: number; readonly to: number; readonly amount: number }
  | { readonly do: 'reserve'; readonly from: number; readonly to: number; readonly amount: number }
  | { readonly do: 'post' | 'void'; readonly which: number; readonly amount: number }
  | { readonly do: 'wait' };

const amount = fc.integer({ min: 1, max: 700 });
const place = fc.integer({ min: 0, max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('move' as const, 'reserve' as const), from: place, to: place, amount }),
  fc.record({ do: fc.constantFrom('post' as const, 'void' as const), which: fc.nat(9), amount }),
  fc.constant({ do: 'wait' as const }),
);

describe('any transfers at all', () => {
  it('in any order, by two processes at once → nobody below zero, every sum zero, money neither made nor lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
        const own = await inTransaction(house().database, async (tx) => [
          accounts.world,
          await openAccount(tx, 'available', random(8), 'EUR'),
          await openAccount(tx, 'receivable', random(8), 'EUR'),
          await openAccount(tx, 'purse', random(8), 'EUR'),
        ]);
        const ids = Array.from({ length: 10 }, () => random(16));
        let reserved = 0;
        const run = async (one: Step, i: number): Promise<void> => {
          const by = house(i);
          if (one.do === 'wait') {
            nowMs += 10;
            await expirePending(by);
          } else if ('which' in one) {
            const pendingId = ids[one.which] ?? random(16);
            if (one.do === 'void') await voidPending(by, { pendingId, endId: random(16) });
            else await postPending(by, { pendingId, endId: random(16) }, BigInt(one.amount));
          } else {
            const [from, to] = [own[one.from], own[one.to]];
            if (from === undefined || to === undefined || from === to) return;
            const amountMinor = BigInt(one.amount);
            if (one.do === 'reserve') {
              const pendingId = ids[reserved++ % ids.length] ?? random(16);
              const sides = { debitAccountId: from, creditAccountId: to };
              await reserve(by, asked({ pendingId, ...sides, amountMinor, expiresAtMs: nowMs + 20 }));
              return;
            }
            const entries = [
              { accountId: from, amountMinor: -amountMinor },
              { accountId: to, amountMinor },
            ];
            const transfer = { transferId: random(16), kind: 'test', atMs: 0n, currency: 'EUR', entries };
            const uncovered = (error: { code?: string }) => {
              if (error.code !== '23514') throw error;
            };
            await inTransaction(by.database, (tx) => postTransfers(tx, [transfer])).catch(uncovered);
          }
        };
        for (let i = 0; i < steps.length; i += 4)
          await Promise.all(steps.slice(i, i + 4).map((one, at) => run(one, i + at)));
        expect(await auditLedger(house().database)).toEqual([]);
        const { rows } = await sql<{ low: string; sum: string }>`
          SELECT min(balance_minor - pending_out_minor) FILTER (WHERE kind <> 'settlement')::text AS low,
                 sum(balance_minor) FILTER (WHERE currency = 'EUR')::text AS sum FROM accounts`.execute(
          house().database,
        );
        expect(Number(rows[0]?.low)).toBeGreaterThanOrEqual(0);
        expect(rows[0]?.sum).toBe('0');
      }),
      { numRuns: 25 },
    );
  });

  it('two that lock the same accounts in opposite orders → a ring, which is tried again; both are made', async () => {
    const line = (accountId: bigint, amountMinor: bigint) => ({ accountId, amountMinor });
    const open: (() => void)[] = [];
    const gates = [0, 1].map(() => new Promise<void>((resolve) => open.push(resolve)));
    let tries = 0;
    await Promise.all(
      [0, 1].map((own) =>
        inTransaction(house(own).database, async (tx) => {
          tries++;
          const order = own === 0 ? [accounts.a, accounts.b] : [accounts.b, accounts.a];
          for (const accountId of order) {
            await lockBalance(tx, accountId);
            // both have their first account before either asks for its second
            open[own]?.();
            await gates[1 - own];
          }
          const entries = [line(accounts.a, -10n), line(accounts.b, 10n)];
          await postTransfers(tx, [
            { transferId: random(16), kind: 'test', atMs: 0n, currency: 'EUR', entries },
          ]);
        }),
      ),
    );
    expect(tries).toBe(3);
    expect([await free(accounts.a), await free(accounts.b)]).toEqual([980n, 20n]);
  });

  it('a fault in the rows → the auditor’s query names it', async () => {
    const found = inTransaction(house().database, async (tx) => {
      await sql`ALTER TABLE accounts DISABLE TRIGGER accounts_follow_entries`.execute(tx);
      await sql`UPDATE accounts SET balance_minor = balance_minor + 1 WHERE account_id = ${accounts.a}`.execute(
        tx,
      );
      const { rows } = await sql<{ fault: string; subject: string }>`SELECT * FROM ledger_faults()`.execute(
        tx,
      );
      throw new Error(JSON.stringify(rows.map(({ fault, subject }) => [fault, subject])));
    });
    await expect(found).rejects.toThrow(`[["balance-not-its-entries","${accounts.a}"]]`);
    expect(await auditLedger(house().database)).toEqual([]);
  });
});
