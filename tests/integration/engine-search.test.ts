/** 6. Search: by amount, code, time, text and state, page by page, with no way that walks through all payments. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_LOOKED_AT, type PaymentSearch } from '../../electron/engine/db/payment-search.ts';
import { openStore, type Store } from '../../electron/engine/db/store.ts';
import type { CallParams, PaymentRow } from '../../shared/contract/terminal.ts';
import { enrolledTerminal, MIGRATIONS, PIN, type TestTerminal } from '../support/enrolled-terminal.ts';
import { withManyPayments } from '../support/many-payments.ts';

const COUNT = 20_000;
let till: TestTerminal;

beforeAll(async () => {
  till = await withManyPayments(await enrolledTerminal(), COUNT, PIN);
}, 60_000);
afterAll(() => till.close());

const ANY = { amountMinor: null, code: null, fromMs: null, toMs: null, text: null, state: null } as const;

async function page(search: Partial<CallParams<'payments.search'>>) {
  const found = await till.call('payments.search', { ...ANY, after: null, limit: 50, ...search });
  if (!found.ok) throw new Error(found.refusal.code);
  return found.value;
}

/** All pages, one after the other. */
async function all(search: Partial<CallParams<'payments.search'>>): Promise<readonly PaymentRow[]> {
  const rows: PaymentRow[] = [];
  let after: CallParams<'payments.search'>['after'] = null;
  do {
    const found = await page({ ...search, after, limit: 200 });
    rows.push(...found.rows);
    after = found.next;
  } while (after !== null);
  return rows;
}

const seqs = (rows: readonly PaymentRow[]) => rows.map(({ journalSeq }) => journalSeq);

describe('6. search', () => {
  it('by nothing → the newest first, page after page, each once', async () => {
    const rows = await all({});
    expect(rows).toHaveLength(COUNT);
    expect(seqs(rows)).toEqual(Array.from({ length: COUNT }, (_, i) => 1000 + COUNT - i));
  });

  it('by amount, by state, by both → those and no other', async () => {
    const amount = await all({ amountMinor: '1234' });
    expect(amount.map((row) => row.amount.minor)).toEqual(['1234', '1234', '1234', '1234']);
    const rejected = await all({ state: 'rejected' });
    expect(rejected).toHaveLength(COUNT / 1000);
    expect(seqs(rejected)).toEqual(seqs(rejected).toSorted((a, b) => b - a));
    expect(await all({ state: 'rejected', amountMinor: '1100' })).toHaveLength(4);
    expect(await all({ state: 'declined' })).toEqual([]);
  });

  it('by the beginning of a payment id and by the end of a purse id → both are found', async () => {
    const [row] = (await page({ amountMinor: '1234' })).rows;
    const id = row?.paymentId ?? '';
    for (const length of [7, 8, 31, 32]) {
      expect((await all({ code: id.slice(0, length) })).map(({ paymentId }) => paymentId)).toContain(id);
    }
    expect(await all({ code: id.toUpperCase() })).toHaveLength(1);
    const tails = await all({ code: row?.purseTail ?? '' });
    expect(tails.filter(({ purseTail }) => purseTail === row?.purseTail).length).toBeGreaterThanOrEqual(20);
    expect(await all({ code: 'f'.repeat(32) })).toEqual([]);
  });

  it('by a span of time → from it, not to its end', async () => {
    const fromMs = 1_700_000_000_000 + 5000 * 1000;
    const found = await all({ fromMs, toMs: fromMs + 10_000 });
    expect(seqs(found)).toEqual(Array.from({ length: 10 }, (_, i) => 6009 - i));
    expect(await all({ fromMs, toMs: fromMs + 10_000, state: 'rejected' })).toHaveLength(1);
  });

  it('by the words of the order or the cashier, by their beginnings, in any order and any case → found', async () => {
    const both = await all({ text: 'TABLE cof' });
    expect(both.length).toBeGreaterThan(0);
    expect(both.every(({ journalSeq }) => (journalSeq - 1000) % 4 === 0)).toBe(true);
    const noor = await all({ text: 'noor' });
    expect(new Set(noor.map(({ cashier }) => cashier))).toEqual(new Set(['Noor']));
    expect(noor).toHaveLength(COUNT / 4);
    expect(await all({ text: 'noor', amountMinor: '103' })).toHaveLength(4);
    expect(await all({ text: 'nobody sells this' })).toEqual([]);
    expect(await all({ text: '" OR 1 -- *' })).toEqual([]);
  });

  it('many that nearly match → a page looks at no more than its share and leads on', async () => {
    const found = await page({ text: 'table', amountMinor: null, state: 'rejected', limit: 50 });
    expect(found.next).not.toBeNull();
    const rows = await all({ text: 'table', state: 'rejected' });
    expect(rows).toHaveLength(COUNT / 1000);
    expect(MAX_LOOKED_AT).toBeLessThanOrEqual(2000);
  });

  it('codes that are none, a page too large → bad-request', async () => {
    for (const wrong of [{ code: 'abc' }, { code: 'xyz1' }, { amountMinor: '0' }, { limit: 201 }]) {
      const answer = await till.call('payments.search', { ...ANY, after: null, limit: 50, ...wrong });
      expect(answer).toMatchObject({ ok: false, refusal: { code: 'bad-request' } });
    }
  });
});

describe('6. plans of a search', () => {
  let store: Store;
  beforeAll(async () => {
    till.engine.close();
    const opened = await openStore(till.folder, MIGRATIONS);
    if (!opened.ok) throw new Error(opened.refusal.code);
    store = opened.value;
  });
  afterAll(() => store.close());

  it.each<readonly [string, Partial<PaymentSearch>, string]>([
    ['by nothing', {}, 'payment_by_time'],
    ['by time', { fromMs: 1, toMs: 2 }, 'payment_by_time'],
    ['by amount', { amountMinor: 500n }, 'payment_by_amount'],
    ['by state', { state: 'rejected' }, 'payment_by_state'],
    ['by payment id', { code: 'abcdef' }, 'payment_by_id'],
    ['by purse tail', { code: 'abcd' }, 'payment_by_purse_tail'],
    ['by cashier', { text: 'noor' }, 'payment_by_cashier'],
    ['by words', { text: 'coffee' }, 'payment_text'],
  ])('%s → its index, nothing scanned or sorted', (_name, search, index) => {
    const plan = store.paymentSearch.planOf({ ...ANY, after: null, limit: 50, ...search });
    expect(plan).toContain(index);
    expect(plan).not.toMatch(/SCAN payment(?! USING INDEX payment_by_time|_text)/);
    // a handful of rows of one id may be sorted; what can be many comes in order
    if (search.code === undefined) expect(plan).not.toContain('TEMP B-TREE');
  });
});
