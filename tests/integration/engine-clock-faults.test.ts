/** What a terminal does while its machine's clock is wrong (docs/clock.md), on real files; and how it is mended. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../electron/engine/db/store.ts';
import { readClockFault } from '../../shared/protocol/bodies/clock-fault.ts';
import { decodeJournalEntry } from '../../shared/protocol/journal-entry.ts';
import { pictureText } from '../../shared/protocol/picture.ts';
import { startTestClearing, type TestClearing } from '../support/clearing.ts';
import { TestCustomer } from '../support/clearing-customer.ts';
import { enrolledTerminal, MIGRATIONS, PIN, type TestTerminal } from '../support/enrolled-terminal.ts';
import { freshDatabase } from '../support/postgres.ts';
import { codeText, EPOCH_S, presentedOf, purseOf, quickFields, seed } from '../support/protocol-fixture.ts';
import { SyncedTerminal } from '../support/synced-terminal.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const YEARS_MS = 10 * 365 * DAY_MS;

describe('2 Clock: offline', () => {
  let till: TestTerminal;
  let trueMs: number;
  let payments: number;

  beforeEach(async () => {
    till = await enrolledTerminal();
    trueMs = till.clock.nowMs;
    payments = 0;
  });
  afterEach(() => till.close());

  /** A customer whose phone has the right time pays. */
  async function pay(purse = purseOf(), atMs = trueMs): Promise<string> {
    payments += 1;
    const iatS = Math.floor(atMs / 1000);
    return await scan(codeText(presentedOf(purse, freshFields(iatS))));
  }

  const freshFields = (iatS: number) =>
    quickFields({ iatS, counter: payments, previous: seed(`${payments}`).subarray(0, 8) });

  async function scan(text: string): Promise<string> {
    const answer = await till.call('payments.accept', {
      amount: { minor: '100', currency: 'EUR' },
      scan: text,
    });
    if (!answer.ok) return answer.refusal.code;
    return answer.value.verdict === 'approved' ? 'approved' : answer.value.refusal.code;
  }

  async function clockState(): Promise<string> {
    const state = await till.call('state.get', {});
    return state.ok ? (state.value.clock?.state ?? 'none') : state.refusal.code;
  }

  async function restart(): Promise<void> {
    till.clock.monotonicMs = 0;
    till = await till.reopen();
    await till.call('people.signIn', { personId: 'c1', pin: PIN });
  }

  async function faults(): Promise<readonly string[]> {
    till.engine.close();
    const store = await openStore(till.folder, MIGRATIONS);
    if (!store.ok) throw new Error(store.refusal.code);
    const noted = store.value.journal.after(-1n, 1000).flatMap(({ bytes }) => {
      const entry = decodeJournalEntry(bytes);
      if (!entry.ok || entry.value.kind !== 'clock-fault') return [];
      const { phase, fault } = readClockFault(entry.value.body);
      return [`${fault} ${phase}`];
    });
    store.value.close();
    await restart();
    return noted;
  }

  /** Both clocks run. */
  function pass(ms: number): void {
    trueMs += ms;
    till.clock.nowMs += ms;
    till.clock.monotonicMs += ms;
  }

  it('turned back an hour → clock-turned-back; mended → approved; both in the journal', async () => {
    expect(await pay()).toBe('approved');
    till.clock.nowMs -= HOUR_MS;
    expect(await pay()).toBe('clock-turned-back');
    expect(await clockState()).toBe('turned-back');
    till.clock.nowMs += HOUR_MS;
    expect(await pay()).toBe('approved');
    expect(await faults()).toEqual(['turned-back begins', 'turned-back ends']);
  });

  it('ten years ahead → clock-jumped-forward, not expired; back, also after restarts in it → approved: nothing is burnt', async () => {
    expect(await pay()).toBe('approved');
    const purse = purseOf({ name: 'other purse', statusIndex: 8 });
    payments += 1;
    const waiting = codeText(presentedOf(purse, freshFields(Math.floor(trueMs / 1000))));
    till.clock.nowMs += YEARS_MS;
    expect(await scan(waiting)).toBe('clock-jumped-forward');
    expect(await clockState()).toBe('jumped-forward');
    await restart();
    expect(await pay()).toBe('clock-jumped-forward');
    till.clock.nowMs = trueMs;
    expect(await clockState()).toBe('ok');
    expect(await scan(waiting)).toBe('approved');
    await restart();
    expect(await pay()).toBe('approved');
    expect(await faults()).toEqual(['jumped-forward begins', 'jumped-forward ends']);
  });

  it('switched off for three weeks → what the phones of customers show is fresh; three of them, and the clock is believed', async () => {
    expect(await pay()).toBe('approved');
    till.clock.nowMs += 21 * DAY_MS;
    trueMs += 21 * DAY_MS;
    await restart();
    expect(await clockState()).toBe('jumped-forward');
    for (const name of ['one', 'two', 'three'])
      expect(await pay(purseOf({ name, statusIndex: 9, expS: EPOCH_S + 60 * 86_400 }))).toBe('approved');
    expect(await clockState()).toBe('ok');
    await restart();
    expect(await clockState()).toBe('ok');
    till.clock.nowMs -= HOUR_MS;
    expect(await clockState()).toBe('turned-back');
  });

  it('1970 after a flat battery → clock-turned-back; nobody can vouch for it', async () => {
    expect(await pay()).toBe('approved');
    till.clock.nowMs = 5000;
    await restart();
    expect(await pay()).toBe('clock-turned-back');
    const confirmed = await till.call('clock.confirm', { approval: null });
    expect(confirmed).toMatchObject({ ok: false, refusal: { code: 'clock-turned-back' } });
    expect(await clockState()).toBe('turned-back');
  });

  it('stuck, while the machine runs → the time runs on: old codes end, fresh ones are approved, and it is told', async () => {
    expect(await pay()).toBe('approved');
    payments += 1;
    const old = codeText(presentedOf(purseOf(), freshFields(Math.floor(trueMs / 1000))));
    trueMs += 10 * MINUTE_MS;
    till.clock.monotonicMs += 10 * MINUTE_MS;
    expect(await scan(old)).toBe('expired');
    expect(await pay()).toBe('approved');
    expect(await clockState()).toBe('stuck');
    const rows = await till.call('payments.list', { before: null, limit: 1 });
    expect(rows.ok && rows.value.rows[0]?.atMs).toBe(trueMs);
    expect(await faults()).toContain('stuck begins');
  });

  it('ahead by a day, mended, vouched for by the manager → approved; what had ended stays ended', async () => {
    payments += 1;
    const old = codeText(presentedOf(purseOf(), freshFields(Math.floor(trueMs / 1000))));
    pass(3 * MINUTE_MS);
    till.clock.nowMs += DAY_MS;
    expect(await scan(old)).toBe('expired');
    till.clock.nowMs -= DAY_MS + 3 * MINUTE_MS;
    expect(await pay()).toBe('clock-turned-back');
    const confirmed = await till.call('clock.confirm', { approval: null });
    expect(confirmed).toEqual({ ok: true, value: {} });
    trueMs = till.clock.nowMs;
    expect(await pay()).toBe('approved');
    expect(await scan(old)).toBe('expired');
    expect(await faults()).toContain('turned-back confirmed');
  });

  it('ahead by ten years and vouched for → believed: then the right time is late, until it is vouched for', async () => {
    expect(await pay()).toBe('approved');
    till.clock.nowMs += YEARS_MS;
    expect(await till.call('clock.confirm', { approval: null })).toEqual({ ok: true, value: {} });
    expect(await clockState()).toBe('ok');
    till.clock.nowMs = trueMs;
    expect(await clockState()).toBe('turned-back');
    expect(await till.call('clock.confirm', { approval: null })).toEqual({ ok: true, value: {} });
    expect(await pay()).toBe('approved');
  });

  it('by somebody who may not, without leave → approval-needed, nothing changes', async () => {
    const added = await till.call('people.list', {});
    expect(added.ok).toBe(true);
    till.clock.nowMs -= HOUR_MS;
    await till.call('people.signOut', { confirmUnsent: true });
    expect(await till.call('clock.confirm', { approval: null })).toMatchObject({
      ok: false,
      refusal: { code: 'not-signed-in' },
    });
  });

  it.each(['Europe/Berlin', 'America/New_York'])(
    'through both changes of the hour in %s → approved',
    async (zone) => {
      const before = process.env.TZ;
      process.env.TZ = zone;
      try {
        // 2026-03-08 and 2026-03-29 are 66 and 87 days after the bundle; what counts is that nothing jumps
        const offsets = new Set<number>();
        for (let hour = 0; hour < 90 * 24; hour += 12) {
          pass(12 * HOUR_MS);
          offsets.add(new Date(till.clock.nowMs).getTimezoneOffset());
          expect(await clockState()).toBe('ok');
        }
        expect(offsets.size).toBe(2);
      } finally {
        if (before === undefined) delete process.env.TZ;
        else process.env.TZ = before;
      }
    },
  );
});

describe('2 Clock: with a clearing house', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let clearing: TestClearing;
  let till: SyncedTerminal;

  beforeAll(async () => {
    database = await freshDatabase();
    clearing = await startTestClearing({ databaseUrl: database.url });
  });
  afterAll(async () => {
    await clearing.stop();
    await database.drop();
  });
  beforeEach(async () => {
    till = await SyncedTerminal.enrol(clearing);
    await till.sync();
  });
  afterEach(() => till.close());

  async function freshCode(counter = 1): Promise<string> {
    const purse = await (await TestCustomer.register(clearing)).purse();
    return pictureText({ kind: 'presented', certificate: purse.certificate, payment: purse.quick(counter) });
  }

  const clockOf = async () => (await till.state()).clock;

  it.each([
    ['an hour ahead', HOUR_MS],
    ['an hour behind', -HOUR_MS],
    ['ten years ahead', YEARS_MS],
    ['in 1970', Number.NEGATIVE_INFINITY],
  ])(
    '%s after a restart → syncs, is told by how much, pays and settles by the right time',
    async (_, offMs) => {
      const rightMs = till.clock.nowMs;
      till.clock.nowMs = Math.max(5000, rightMs + offMs);
      await till.restart();
      expect(await till.sync()).toBe('online');
      expect(await clockOf()).toEqual({
        state: 'off-from-server',
        differenceS: Math.round((till.clock.nowMs - rightMs) / 1000),
        nowMs: rightMs,
      });
      expect(await till.accept(await freshCode())).toBe('approved');
      expect(await till.sync()).toBe('online');
      const rows = await till.call('payments.list', { before: null, limit: 1 });
      expect(rows.ok && rows.value.rows[0]).toMatchObject({ state: 'settled', atMs: rightMs });
      till.clock.nowMs = rightMs;
      expect((await clockOf())?.state).toBe('ok');
      expect(await till.accept(await freshCode())).toBe('approved');
    },
  );

  it('six minutes off while it runs, unseen → clock-off-from-server at most once, then the time is asked for and it syncs', async () => {
    till.clock.nowMs += 6 * MINUTE_MS;
    expect(await till.accept(await freshCode())).toBe('expired');
    const first = await till.sync();
    expect(['clock-off-from-server', 'online']).toContain(first);
    expect(await till.sync()).toBe('online');
    expect((await clockOf())?.state).toBe('off-from-server');
    expect(await till.accept(await freshCode())).toBe('approved');
  });

  it('an old signed time again, or nobody’s → not believed: the till stops at clearing-answer-invalid', async () => {
    const kept = await fetch(`${clearing.origin}/v1/time?nonce=AAAAAAAAAAAAAAAAAAAAAA`);
    const body = await kept.bytes();
    till.clock.nowMs -= HOUR_MS;
    till.liar = (request) =>
      request.url.includes('/v1/time?')
        ? Promise.resolve({ status: 200, header: () => null, body })
        : undefined;
    await till.restart();
    expect(await till.sync()).toBe('clearing-answer-invalid');
    expect((await clockOf())?.state).toBe('turned-back');
    till.liar = () => undefined;
    expect(await till.sync()).toBe('online');
  });

  it('a signed time stands above everybody → clock.confirm is refused while the clock is off from it', async () => {
    till.clock.nowMs += 2 * HOUR_MS;
    await till.restart();
    await till.sync();
    expect(await till.call('clock.confirm', { approval: null })).toMatchObject({
      ok: false,
      refusal: { code: 'clock-off-from-server', detail: { differenceS: 7200 } },
    });
  });
});
