/**
 * Any run of acts at a till: what a shift says is what an independent reading of the journal adds up to;
 * consecutive Z reports make the grand totals; every payment stands in exactly one of them (issue point 8).
 */
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import type { CallParams, CallResult, TerminalCall } from '../../shared/contract/terminal.ts';
import { readOrderClosed } from '../../shared/protocol/bodies/order.ts';
import { readRefundBody } from '../../shared/protocol/bodies/refund.ts';
import { readCashMoved, readShiftOpened } from '../../shared/protocol/bodies/shift.ts';
import { readSale } from '../../shared/protocol/journal-bodies.ts';
import type { JournalEntry } from '../../shared/protocol/journal-entry.ts';
import { readZReport, type ZReport } from '../../shared/protocol/z-report.ts';
import { salesOf, sumOf, type Takings } from '../../shared/shift/takings.ts';
import { firstChainBreak } from '../../shared/shift/z-chain.ts';
import { enrolledTerminal, type TestTerminal } from '../support/enrolled-terminal.ts';
import { journalOf } from '../support/journal-of.ts';
import { codeText, presentedOf, purseOf, quickFields, trustBundleOf } from '../support/protocol-fixture.ts';

const CURRENCIES = ['EUR', 'JPY', 'KWD'] as const;
type Currency = (typeof CURRENCIES)[number];

const amount = fc.integer({ min: 1, max: 4000 });
const act = fc.oneof(
  { weight: 3, arbitrary: fc.record({ what: fc.constant('open' as const), amount }) },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('close' as const), amount: fc.integer({ min: -9, max: 9 }) }),
  },
  { weight: 3, arbitrary: fc.record({ what: fc.constantFrom('in' as const, 'out' as const), amount }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('drawer' as const), amount }) },
  { weight: 5, arbitrary: fc.record({ what: fc.constant('cash' as const), amount, over: fc.nat(3000) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('code' as const, 'split' as const), amount }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('refund' as const), amount }) },
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

const terminals: TestTerminal[] = [];
afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.close();
});

class Till {
  readonly terminal: TestTerminal;
  readonly currency: Currency;
  #purses = 0;

  constructor(terminal: TestTerminal, currency: Currency) {
    this.terminal = terminal;
    this.currency = currency;
  }

  /** What the till refuses is no act; undefined then. */
  async call<C extends TerminalCall>(name: C, params: CallParams<C>): Promise<CallResult<C> | undefined> {
    const result = await this.terminal.call(name, params);
    if (!result.ok && result.refusal.code === 'engine-stopped') throw new Error(`${name} stopped the engine`);
    return result.ok ? result.value : undefined;
  }

  money(minor: number) {
    return { minor: String(minor), currency: this.currency };
  }

  code(): string {
    const purse = purseOf({ name: `sums ${this.#purses++}`, currency: this.currency });
    const iatS = Math.floor(this.terminal.clock.nowMs / 1000);
    return codeText(presentedOf(purse, quickFields({ iatS })));
  }

  async add(minor: number): Promise<void> {
    await this.call('orders.addAmount', {
      amount: this.money(minor),
      quantity: '1000',
      name: 'Bread',
      taxRateId: '',
      isTaxIncluded: true,
    });
  }

  async close(miscount: number): Promise<void> {
    const due = (await this.call('shifts.xReport', { approval: null }))?.drawer?.dueMinor;
    if (due === undefined) return;
    const total = this.money(Math.max(0, Number(due) + miscount));
    await this.call('shifts.count', { counted: { total, pieces: null }, approval: null });
    await this.call('shifts.close', {
      reason: 'any',
      confirmUnsent: true,
      approval: null,
      differenceApproval: null,
      unsentApproval: null,
    });
  }

  /** Of the newest order, in cash. */
  async refund(minor: number): Promise<void> {
    const newest = (await this.call('orders.closed', { before: null, limit: 1 }))?.rows[0];
    if (newest === undefined) return;
    const { epoch, journalSeq } = newest;
    const of = { original: { epoch, journalSeq }, amount: this.money(minor), reason: 'any', approval: null };
    await this.call('refunds.make', { ...of, method: 'cash' });
  }

  async perform(one: Act): Promise<void> {
    const { what } = one;
    switch (what) {
      case 'open':
        await this.call('shifts.open', {
          float: { total: this.money(one.amount), pieces: null },
          approval: null,
        });
        return;
      case 'close':
        return await this.close(one.amount);
      case 'in':
      case 'out':
        await this.call('shifts.moveCash', {
          direction: what,
          amount: this.money(one.amount),
          reason: 'any',
          approval: null,
        });
        return;
      case 'drawer':
        await this.call('shifts.openDrawer', { reason: 'any', approval: null });
        return;
      case 'cash':
        await this.add(one.amount);
        await this.call('orders.pay', { method: 'cash', amount: null, input: String(one.amount + one.over) });
        await this.call('orders.discard', { orderId: null, reason: 'any' });
        return;
      case 'split':
        await this.add(one.amount + 10);
        await this.call('orders.pay', {
          method: 'offline-code',
          amount: this.money(one.amount),
          input: this.code(),
        });
        await this.call('orders.pay', { method: 'cash', amount: null, input: '' });
        return;
      case 'code':
        await this.call('payments.accept', { amount: this.money(one.amount), scan: this.code() });
        return;
      default:
        return await this.refund(one.amount);
    }
  }
}

/** What one entry puts into the drawer, less what it takes out. */
function cashIn({ kind, body }: JournalEntry): bigint {
  switch (kind) {
    case 'order-closed':
      return readOrderClosed(body)
        .tenders.filter(({ method }) => method === 'cash')
        .reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
    case 'cash-moved': {
      const { direction, amountMinor } = readCashMoved(body);
      return direction === 'in' ? amountMinor : -amountMinor;
    }
    case 'refund':
    case 'payment-voided': {
      const { note, amountMinor } = readRefundBody(body);
      return note === null ? -amountMinor : 0n;
    }
    default:
      return 0n;
  }
}

/** Payments that one entry takes: how many, and how much. */
function taken({ kind, body }: JournalEntry): readonly bigint[] {
  if (kind === 'sale') return [readSale(body).amountMinor];
  if (kind !== 'order-closed') return [];
  return readOrderClosed(body)
    .tenders.filter(({ sale }) => sale === null)
    .map(({ amountMinor }) => amountMinor);
}

interface ShiftInJournal {
  readonly report: ZReport;
  readonly entries: readonly JournalEntry[];
  readonly before: readonly JournalEntry[];
}

/** Entries cut at openings and closings. */
function shiftsOf(entries: readonly JournalEntry[]): readonly ShiftInJournal[] {
  const shifts: ShiftInJournal[] = [];
  let before: JournalEntry[] = [];
  let inside: JournalEntry[] | undefined;
  for (const entry of entries) {
    if (entry.kind === 'shift-opened') inside = [];
    (inside ?? before).push(entry);
    if (entry.kind !== 'shift-closed' || inside === undefined) continue;
    shifts.push({ report: readZReport(entry.body as Uint8Array), entries: inside, before });
    before = [];
    inside = undefined;
  }
  return shifts;
}

const sum = (amounts: readonly bigint[]) => ({
  count: amounts.length,
  sumMinor: amounts.reduce((all, one) => all + one, 0n),
});
const sales = (takings: readonly Takings[]) => sumOf(takings.map(salesOf));

async function expectSums(acts: readonly Act[], currency: Currency): Promise<void> {
  const [eur] = trustBundleOf().policy.currencies;
  if (eur === undefined) throw new Error('no limits');
  const policy = { ...trustBundleOf().policy, currencies: [{ ...eur, currency }] };
  const terminal = await enrolledTerminal({ currency, trust: { policy } });
  terminals.push(terminal);
  const till = new Till(terminal, currency);
  for (const one of acts) await till.perform(one);
  await till.perform({ what: 'open', amount: 100 });
  await till.close(0);
  const rebuilt = await terminal.engine.rebuildViews(false);
  expect(rebuilt.ok && rebuilt.value.tables.filter(({ differing }) => differing > 0)).toEqual([]);
  terminal.engine.close();

  const entries = journalOf(terminal.folder);
  const shifts = shiftsOf(entries);
  for (const { report, entries: inside, before } of shifts) {
    const opening = inside[0];
    if (opening === undefined) throw new Error('a shift without an opening');
    const float = readShiftOpened(opening.body).float.totalMinor;
    expect(report.dueMinor).toBe(inside.map(cashIn).reduce((all, one) => all + one, float));
    expect(sales(report.takings)).toEqual(sum(inside.flatMap(taken)));
    expect(sales(report.outside)).toEqual(sum(before.flatMap(taken)));
    expect(report.journal.seq).toBe((inside.at(-1)?.seq ?? 0) - 1);
  }
  // nothing after the last closing: each payment of the journal stands in exactly one report
  expect(shifts.at(-1)?.report.grandTotals[0]?.sales ?? sum([])).toEqual(sum(entries.flatMap(taken)));
  expect(firstChainBreak(shifts.map(({ report }) => report))).toBeUndefined();
}

it('8 Shifts: any run of acts, in currencies of two, no and three digits → the journal’s own sums', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 10, maxLength: 45 }),
      fc.constantFrom(...CURRENCIES),
      expectSums,
    ),
    { numRuns: 10, endOnFailure: true },
  );
}, 60_000);
