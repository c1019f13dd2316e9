/** Shifts at a till, on a real database file (issue point 8). */
import { afterEach, describe, expect, it } from 'vitest';
import { record } from '../../electron/engine/record.ts';
import { fromHex } from '../../shared/bytes.ts';
import type { CallParams, CallResult } from '../../shared/contract/terminal.ts';
import { importedValue } from '../../shared/protocol/bodies/safe-keeping.ts';
import { decodeJournalEntry } from '../../shared/protocol/journal-entry.ts';
import { isHeadOf, readZHeadText } from '../../shared/protocol/z-head.ts';
import { verifyZReport, type ZReport } from '../../shared/protocol/z-report.ts';
import { firstChainBreak } from '../../shared/shift/z-chain.ts';
import { enrolledTerminal, PIN, type TestTerminal } from '../support/enrolled-terminal.ts';
import { journalOf } from '../support/journal-of.ts';
import { backEnd, codeText, presentedOf, purseOf, quickFields, WORLD } from '../support/protocol-fixture.ts';
import { type CashOrder, inStore, recordCashOrder, recordCashRefund } from '../support/shift-acts.ts';

let terminal: TestTerminal;
afterEach(() => terminal.close());

async function till(options?: Parameters<typeof enrolledTerminal>[0]): Promise<TestTerminal> {
  terminal = await enrolledTerminal(options);
  return terminal;
}

const eur = (minor: number) => ({ minor: String(minor), currency: 'EUR' });
const cash = (minor: number) => ({ total: eur(minor), pieces: null });
const CLOSE: CallParams<'shifts.close'> = {
  reason: '',
  confirmUnsent: false,
  approval: null,
  differenceApproval: null,
  unsentApproval: null,
};

async function must<T>(
  result: Promise<{ ok: true; value: T } | { ok: false; refusal: unknown }>,
): Promise<T> {
  const settled = await result;
  if (!settled.ok) throw new Error(JSON.stringify(settled.refusal));
  return settled.value;
}

const openWith = (minor: number) => terminal.call('shifts.open', { float: cash(minor), approval: null });
const count = (minor: number) =>
  must(terminal.call('shifts.count', { counted: cash(minor), approval: null }));
const close = (change: Partial<CallParams<'shifts.close'>> = {}) =>
  terminal.call('shifts.close', { ...CLOSE, ...change });
const xReport = () => must(terminal.call('shifts.xReport', { approval: null }));
const move = (direction: 'in' | 'out', minor: number, reason = 'bank') =>
  terminal.call('shifts.moveCash', { direction, amount: eur(minor), reason, approval: null });

let purses = 0;
async function sellByCode(minor: number): Promise<void> {
  const iatS = Math.floor(terminal.clock.nowMs / 1000);
  const code = presentedOf(purseOf({ name: `shift ${purses++}` }), quickFields({ iatS }));
  const sold = await must(terminal.call('payments.accept', { amount: eur(minor), scan: codeText(code) }));
  expect(sold.verdict).toBe('approved');
}

/** Orders paid in cash and refunds in cash, as their rooms write them. */
async function write(...acts: readonly ((store: Parameters<Parameters<typeof inStore>[1]>[0]) => void)[]) {
  terminal.engine.close();
  await inStore(terminal.folder, (store) => {
    for (const act of acts) act(store);
  });
  terminal = await terminal.reopen();
  await must(terminal.call('people.signIn', { personId: 'c1', pin: PIN }));
}
const cashOrder =
  (change: Partial<CashOrder> & Pick<CashOrder, 'totalMinor' | 'givenMinor'>) =>
  (store: Parameters<typeof recordCashOrder>[0]) =>
    recordCashOrder(
      store,
      { orderId: (purses++).toString(16).padStart(16, '0'), currency: 'EUR', ...change },
      terminal.clock.nowMs,
      'Cashier 1',
    );

const signedBytes = (report: CallResult<'shifts.zReport'>) => fromHex(report.signed) ?? new Uint8Array();

function verified(report: CallResult<'shifts.zReport'>): ZReport {
  const result = verifyZReport(signedBytes(report), terminal.certificate, WORLD, backEnd);
  if (!result.ok) throw new Error(result.refusal.code);
  return result.value;
}

describe('8 Shifts: opening', () => {
  it('a float by amount → the shift is open, with who and how much', async () => {
    await till();
    const opened = await openWith(10_000);
    const shift = { shiftId: 1, openedAtMs: terminal.clock.nowMs, openedBy: 'Cashier 1', float: eur(10_000) };
    expect(opened).toEqual({ ok: true, value: shift });
    expect(await terminal.call('shifts.current', {})).toEqual({ ok: true, value: shift });
  });

  it('a float by note and coin → its sum; pieces that do not make it, a value twice → amount-invalid', async () => {
    await till();
    const pieces = [
      { valueMinor: '5000', pieces: 1 },
      { valueMinor: '200', pieces: 7 },
    ];
    const open = (total: number, rows = pieces) =>
      terminal.call('shifts.open', { float: { total: eur(total), pieces: rows }, approval: null });
    const invalid = { ok: false, refusal: { code: 'amount-invalid' } };
    expect(await open(6300)).toEqual(invalid);
    expect(await open(6400, [...pieces, { valueMinor: '200', pieces: 0 }])).toEqual(invalid);
    expect((await open(6400)).ok).toBe(true);
  });

  it.each([
    ['below zero', { minor: '-1', currency: 'EUR' }],
    ['of another currency', { minor: '100', currency: 'USD' }],
  ])('a float %s → amount-invalid, and no shift is open', async (_what, total) => {
    await till();
    const opened = await terminal.call('shifts.open', { float: { total, pieces: null }, approval: null });
    expect(opened).toEqual({ ok: false, refusal: { code: 'amount-invalid' } });
    expect(await terminal.call('shifts.current', {})).toEqual({ ok: true, value: null });
  });

  it('a second shift while one is open → shift-open, saying since when', async () => {
    await till();
    await openWith(0);
    const atMs = terminal.clock.nowMs;
    terminal.clock.nowMs += 60_000;
    expect(await openWith(0)).toEqual({ ok: false, refusal: { code: 'shift-open', detail: { atMs } } });
  });

  it('the float of tomorrow → the last closing count, with its notes and coins', async () => {
    await till();
    const suggested = () => must(terminal.call('shifts.suggestFloat', {}));
    expect(await suggested()).toBeNull();
    await openWith(0);
    await move('in', 700);
    const counted = { total: eur(700), pieces: [{ valueMinor: '100', pieces: 7 }] };
    await must(terminal.call('shifts.count', { counted, approval: null }));
    expect(await suggested()).toBeNull();
    await must(close());
    expect(await suggested()).toEqual(counted);
  });
});

describe('8 Shifts: the drawer', () => {
  it('float + cash − change − refunds in cash + in − out → what should lie in it', async () => {
    await till();
    await openWith(10_000);
    await move('in', 5000);
    await move('out', 2000);
    await write(
      cashOrder({ totalMinor: 1190n, givenMinor: 2000n }),
      cashOrder({ totalMinor: 500n, givenMinor: 500n }),
      (store) =>
        recordCashRefund(
          store,
          { currency: 'EUR', amountMinor: 300n, original: { epoch: 1, seq: store.journal.tip.seq } },
          terminal.clock.nowMs,
          'Cashier 1',
        ),
    );
    await sellByCode(250);
    const { drawer } = await xReport();
    expect(drawer).toEqual({
      floatMinor: '10000',
      given: { count: 2, sumMinor: '2500' },
      change: { count: 1, sumMinor: '810' },
      refunds: { count: 1, sumMinor: '300' },
      paidIn: { count: 1, sumMinor: '5000' },
      paidOut: { count: 1, sumMinor: '2000' },
      dueMinor: String(10_000 + 2500 - 810 - 300 + 5000 - 2000),
    });
  });

  it('cash moved, the drawer opened without a sale → on the report with who and why', async () => {
    await till();
    await openWith(0);
    await move('out', 100, 'milk');
    await must(terminal.call('shifts.openDrawer', { reason: 'a coin stuck', approval: null }));
    const { acts, drawerOpenings } = await xReport();
    expect(acts.map(({ what, amount, reason, actor }) => [what, amount.minor, reason, actor])).toEqual([
      ['out', '100', 'milk', 'Cashier 1'],
      ['drawer', '0', 'a coin stuck', 'Cashier 1'],
    ]);
    expect(drawerOpenings).toBe(1);
  });

  it('cash moved while no shift is open → shift-needed; the drawer opened → noted all the same', async () => {
    await till();
    expect(await move('in', 100)).toEqual({ ok: false, refusal: { code: 'shift-needed' } });
    expect((await terminal.call('shifts.openDrawer', { reason: 'look', approval: null })).ok).toBe(true);
    await openWith(0);
    const { acts, drawerOpenings } = await xReport();
    expect(acts.map(({ what }) => what)).toEqual(['drawer']);
    expect(drawerOpenings).toBe(0);
  });

  it.each([
    ['nothing', { minor: '0', currency: 'EUR' }, 'amount-invalid'],
    ['less than nothing', { minor: '-5', currency: 'EUR' }, 'amount-invalid'],
    ['another currency', { minor: '5', currency: 'USD' }, 'amount-invalid'],
    ['no number', { minor: '5.0', currency: 'EUR' }, 'bad-request'],
  ])('%s moved → %s', async (_what, amount, code) => {
    await till();
    await openWith(0);
    const moved = await terminal.call('shifts.moveCash', {
      direction: 'in',
      amount,
      reason: 'x',
      approval: null,
    });
    expect(!moved.ok && moved.refusal.code).toBe(code);
    expect((await xReport()).acts).toEqual([]);
  });

  it('cash moved without a reason → bad-request', async () => {
    await till();
    await openWith(0);
    expect((await move('in', 100, '')).ok).toBe(false);
  });
});

describe('8 Shifts: the X report', () => {
  it('no shift open → shift-needed', async () => {
    await till();
    expect(await terminal.call('shifts.xReport', { approval: null })).toEqual({
      ok: false,
      refusal: { code: 'shift-needed' },
    });
  });

  it('sales by tender, tax rate and person, discounts, overrides, tips, rounding, declines → each with its sum', async () => {
    await till();
    await openWith(1000);
    await write(
      cashOrder({ totalMinor: 1190n, givenMinor: 1200n, discountMinor: 110n, listPriceMinor: 1500n }),
      cashOrder({
        totalMinor: 1070n,
        givenMinor: 1120n,
        basisPoints: 700,
        tipMinor: 53n,
        roundingMinor: -3n,
      }),
    );
    await sellByCode(250);
    await terminal.call('payments.accept', { amount: eur(99), scan: 'no code' });
    const report = await xReport();
    const [takings] = report.takings;
    expect(takings).toMatchObject({
      currency: 'EUR',
      sales: { count: 3, sumMinor: String(1190 + 1120 + 250) },
      tenders: [
        { key: 'cash', count: 2, sumMinor: '2310' },
        { key: 'offline-code', count: 1, sumMinor: '250' },
      ],
      people: [{ key: 'Cashier 1', count: 3, sumMinor: '2560' }],
      orders: { count: 2, sumMinor: '2260' },
      withoutOrder: { count: 1, sumMinor: '250' },
      discounts: { count: 1, sumMinor: '110' },
      overrides: { count: 1, sumMinor: '200' },
      tips: { count: 1, sumMinor: '53' },
      rounding: { count: 1, sumMinor: '-3' },
      declines: [{ key: 'unreadable', count: 1, sumMinor: '99' }],
      taxes: [
        { taxRateId: 'std', basisPoints: 1900, netMinor: '1000', taxMinor: '190' },
        { taxRateId: 'std', basisPoints: 700, netMinor: '1000', taxMinor: '70' },
      ],
    });
    expect(report.unsent).toEqual({ count: 1, sumMinor: '250' });
    expect(report.fates).toEqual([{ fate: 'approved-offline', currency: 'EUR', count: 1, sumMinor: '250' }]);
  });

  it('a sale brought back from a lost journal → noted apart, no part of the sales nor of the grand total', async () => {
    await till();
    await sellByCode(250);
    await openWith(0);
    const sale = (store: Parameters<typeof recordCashOrder>[0]) => {
      const rows = store.journal.after(-1n, 100);
      const found = rows.find(({ bytes }) => {
        const entry = decodeJournalEntry(bytes);
        return entry.ok && entry.value.kind === 'sale';
      });
      return importedValue({ source: 'held', bytes: found?.bytes ?? new Uint8Array() });
    };
    await write((store) =>
      record(store, { kind: 'payment-imported', atMs: 1, actor: '', body: sale(store) }),
    );
    const { takings, grandTotals } = await xReport();
    expect([takings[0]?.imported, takings[0]?.sales]).toEqual([
      { count: 1, sumMinor: '250' },
      { count: 0, sumMinor: '0' },
    ]);
    expect(grandTotals[0]?.sales).toEqual({ count: 1, sumMinor: '250' });
  });

  it('twice in a row → the same, and no entry of its own', async () => {
    await till();
    await openWith(1000);
    const first = await xReport();
    expect(await xReport()).toEqual(first);
    terminal.engine.close();
    expect(journalOf(terminal.folder).at(-1)?.kind).toBe('shift-opened');
  });

  it('a payment while no shift is open → outside of a shift, with the shift that opens next, and in the grand total', async () => {
    await till();
    await sellByCode(250);
    await openWith(0);
    await sellByCode(100);
    const report = await xReport();
    expect(report.takings.map(({ sales }) => sales.sumMinor)).toEqual(['100']);
    expect(report.outside.map(({ sales }) => sales.sumMinor)).toEqual(['250']);
    expect(report.grandTotals.map(({ sales }) => sales)).toEqual([{ count: 2, sumMinor: '350' }]);
  });
});

describe('8 Shifts: closing', () => {
  it('without a count → count-needed', async () => {
    await till();
    await openWith(0);
    expect(await close()).toEqual({ ok: false, refusal: { code: 'count-needed' } });
  });

  it('no shift open → shift-needed', async () => {
    await till();
    expect(await close()).toEqual({ ok: false, refusal: { code: 'shift-needed' } });
    const counted = await terminal.call('shifts.count', { counted: cash(1), approval: null });
    expect(counted).toEqual({ ok: false, refusal: { code: 'shift-needed' } });
  });

  it('counted as it should be → Z 1, signed, chained to nothing, printing the end of the journal', async () => {
    await till();
    await openWith(5000);
    expect(await count(5000)).toEqual({
      counts: 1,
      dueMinor: '5000',
      differenceMinor: '0',
      limitMinor: '500',
    });
    const report = await must(close());
    const z = verified(report);
    expect(z.number).toBe(1);
    expect(report.previousDigest).toBe('0'.repeat(64));
    expect(report.digest).toBe(Buffer.from(z.digest).toString('hex'));
    terminal.engine.close();
    const entries = journalOf(terminal.folder);
    const closing = entries.at(-1);
    expect(closing?.kind).toBe('shift-closed');
    expect(report.journal).toEqual({
      epoch: closing?.epoch,
      seq: (closing?.seq ?? 0) - 1,
      hash: Buffer.from(closing?.previousHash ?? []).toString('hex'),
    });
  });

  it('a difference without a reason → reason-needed with the difference; with one → on the report', async () => {
    await till();
    await openWith(5000);
    expect((await count(4950)).differenceMinor).toBe('-50');
    expect(await close()).toEqual({
      ok: false,
      refusal: { code: 'reason-needed', detail: { differenceMinor: '-50' } },
    });
    const report = await must(close({ reason: 'a coin fell' }));
    expect([report.differenceMinor, report.reason]).toEqual(['-50', 'a coin fell']);
  });

  it('counted again and again → each count is noted, the last one counts', async () => {
    await till();
    await openWith(5000);
    await count(1);
    await count(4999);
    await count(5000);
    const report = await must(close());
    expect([report.counts, report.firstCountMinor, report.differenceMinor]).toEqual([3, '1', '0']);
    terminal.engine.close();
    expect(journalOf(terminal.folder).filter(({ kind }) => kind === 'shift-counted')).toHaveLength(3);
  });

  it('payments unsent → unsent-payments with count and sum; confirmed → closed, and nothing is lost', async () => {
    await till();
    await openWith(0);
    await sellByCode(250);
    await sellByCode(100);
    await count(0);
    expect(await close()).toEqual({
      ok: false,
      refusal: { code: 'unsent-payments', detail: { count: 2, amountMinor: '350' } },
    });
    const report = await must(close({ confirmUnsent: true }));
    expect(report.unsent).toEqual({ count: 2, sumMinor: '350' });
    const state = await must(terminal.call('state.get', {}));
    expect(state.sync.unsentPayments).toBe(2);
  });

  it('a shift in which nothing happened → a Z report all the same', async () => {
    await till();
    await openWith(0);
    await count(0);
    const report = await must(close());
    expect(report.takings.map(({ sales }) => sales)).toEqual([{ count: 0, sumMinor: '0' }]);
    expect(verified(report).grandTotals).toEqual([]);
  });

  it('over midnight, with the clock turned back, in 1970 → closed; order is the journal’s, times are evidence', async () => {
    await till();
    const openedAtMs = terminal.clock.nowMs;
    await openWith(0);
    terminal.clock.nowMs -= 3 * 3_600_000;
    await count(0);
    const early = await must(close());
    expect([early.openedAtMs, early.closedAtMs]).toEqual([openedAtMs, openedAtMs - 3 * 3_600_000]);
    terminal.clock.nowMs = 5000;
    await openWith(0);
    await count(0);
    const late = await must(close());
    expect(late.closedAtMs).toBe(5000);
    expect(firstChainBreak([early, late].map(verified))).toBeUndefined();
  });

  it('the engine is gone while a shift is open → it is still open, with all that happened in it', async () => {
    await till();
    await openWith(500);
    await move('in', 100);
    terminal = await terminal.reopen();
    await must(terminal.call('people.signIn', { personId: 'c1', pin: PIN }));
    expect((await must(terminal.call('shifts.current', {})))?.shiftId).toBe(1);
    expect((await count(600)).differenceMinor).toBe('0');
    expect((await close()).ok).toBe(true);
  });

  it.each([
    ['JPY', 'no digits', '1000'],
    ['KWD', 'three digits', '250'],
  ] as const)(
    '%s, with %s after the point → exact, and its smallest note is the limit',
    async (currency, _digits, limit) => {
      await till({ currency });
      const counted = { total: { minor: '12345', currency }, pieces: null };
      await must(terminal.call('shifts.open', { float: counted, approval: null }));
      const noted = await must(terminal.call('shifts.count', { counted, approval: null }));
      expect(noted).toEqual({ counts: 1, dueMinor: '12345', differenceMinor: '0', limitMinor: limit });
      const report = await must(close());
      expect(report.counted.total).toEqual({ minor: '12345', currency });
      expect(verified(report).currency).toBe(currency);
    },
  );
});

describe('8 Shifts: Z reports', () => {
  /** Three shifts with sales in and outside of them. */
  async function days(): Promise<readonly CallResult<'shifts.zReport'>[]> {
    const reports: CallResult<'shifts.zReport'>[] = [];
    for (const day of [1, 2, 3]) {
      await openWith(1000);
      await sellByCode(100 * day);
      await count(1000);
      reports.push(await must(close({ confirmUnsent: true })));
      await sellByCode(7);
    }
    return reports;
  }

  it('one after the other → numbered without a gap, each naming the one before, adding up to the grand total', async () => {
    await till();
    const reports = (await days()).map(verified);
    expect(reports.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(firstChainBreak(reports)).toBeUndefined();
    expect(firstChainBreak(reports.slice(1))).toEqual({ number: 2, what: 'number' });
    expect(firstChainBreak(reports.slice(1), reports[0])).toBeUndefined();
    expect(reports.at(-1)?.grandTotals).toEqual([
      { currency: 'EUR', sales: { count: 5, sumMinor: 614n }, refunds: { count: 0, sumMinor: 0n } },
    ]);
  });

  it('listed by number in pages, fetched after a restart → byte for byte what was signed', async () => {
    await till();
    const made = await days();
    terminal = await terminal.reopen();
    await must(terminal.call('people.signIn', { personId: 'c1', pin: PIN }));
    const page = (before: number | null) =>
      must(terminal.call('shifts.list', { before, limit: 2, approval: null }));
    const newest = await page(null);
    expect([newest.rows.map(({ number }) => number), newest.hasMore]).toEqual([[3, 2], true]);
    const oldest = await page(2);
    expect([oldest.rows.map(({ number }) => number), oldest.hasMore]).toEqual([[1], false]);
    for (const report of made) {
      const { number } = report;
      expect(await must(terminal.call('shifts.zReport', { number, approval: null }))).toEqual(report);
    }
    expect(await terminal.call('shifts.zReport', { number: 4, approval: null })).toEqual({
      ok: false,
      refusal: { code: 'not-found' },
    });
  });

  it('printed again → the same report with the copy’s number, and an entry of it', async () => {
    await till();
    const [first] = await days();
    const again = () => must(terminal.call('shifts.reprint', { number: 1, approval: null }));
    expect((await again()).copy).toBe(1);
    const { copy, report } = await again();
    expect([copy, report.signed]).toEqual([2, first?.signed]);
    expect(await terminal.call('shifts.reprint', { number: 9, approval: null })).toEqual({
      ok: false,
      refusal: { code: 'not-found' },
    });
    terminal.engine.close();
    const reprinted = journalOf(terminal.folder).filter(({ kind }) => kind === 'reprinted');
    expect(reprinted).toHaveLength(2);
  });

  it('the paper’s picture → the signed head of this very report', async () => {
    await till();
    const [report, other] = await days();
    if (report === undefined || other === undefined) throw new Error('no report');
    const read = readZHeadText(report.digits, WORLD, backEnd);
    if (!read.ok) throw new Error(read.refusal.code);
    expect(read.value.certificate.terminalId).toBe(terminal.certificate.terminalId);
    expect(isHeadOf(read.value.head, verified(report))).toBe(true);
    expect(isHeadOf(read.value.head, verified(other))).toBe(false);
    // scanned where a payment is expected, it is none
    const scanned = await must(terminal.call('payments.accept', { amount: eur(1), scan: report.digits }));
    expect(scanned.verdict === 'declined' && scanned.refusal.code).toBe('malformed');
  });

  it('rebuilt from the journal → every row of every table the same', async () => {
    await till();
    await days();
    await openWith(0);
    await count(5);
    await move('in', 100);
    await write(cashOrder({ totalMinor: 1190n, givenMinor: 2000n }));
    await must(terminal.call('shifts.reprint', { number: 1, approval: null }));
    const rebuilt = await terminal.engine.rebuildViews(false);
    expect(rebuilt.ok && rebuilt.value.tables.filter(({ differing }) => differing > 0)).toEqual([]);
  });
});
