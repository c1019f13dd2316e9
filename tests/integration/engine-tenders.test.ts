/** Paying an order (issue point 5, sales): cash, codes, several of them, their rounding and change, on a real file. */
import { afterEach, describe, expect, it } from 'vitest';
import { EngineCore } from '../../electron/engine/core.ts';
import { openStore } from '../../electron/engine/db/store.ts';
import { openKeys } from '../../electron/engine/keys.ts';
import { nodePorts } from '../../electron/engine/node-ports.ts';
import { orderCalls } from '../../electron/engine/orders/calls.ts';
import { TENDER_METHODS } from '../../electron/engine/tenders/registry.ts';
import { exactAmount, type TenderMethod } from '../../electron/engine/tenders/tender.ts';
import type { PayAnswer } from '../../shared/contract/terminal.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { readOrderClosed } from '../../shared/protocol/bodies/order.ts';
import { readSale } from '../../shared/protocol/journal-bodies.ts';
import { ok } from '../../shared/result.ts';
import { canTrace, crashAtEachWrite } from '../support/crash-at-each-write.ts';
import { scenario as splitOrder } from '../support/crash-scenarios/order.ts';
import { enrolledTerminal, MIGRATIONS, SEALING, type TestTerminal } from '../support/enrolled-terminal.ts';
import { entriesOf, must, refusal, type Seller, sellerAt } from '../support/orders.ts';
import { policyOf } from '../support/protocol-fixture.ts';

let terminal: TestTerminal | undefined;
afterEach(() => {
  terminal?.close();
  terminal = undefined;
});

/** A policy that knows the currency: limits as the fixture's euro, in its own minor units. */
function policyFor(currency: CurrencyCode) {
  const { currencies } = policyOf();
  const known = currencies.find((limits) => limits.currency === currency);
  const [euro] = currencies;
  return known !== undefined || euro === undefined
    ? policyOf()
    : policyOf({ currencies: [...currencies, { ...euro, currency }] });
}

async function started(currency: CurrencyCode = 'EUR'): Promise<{ till: TestTerminal; seller: Seller }> {
  const till = await enrolledTerminal({ currency, trust: { policy: policyFor(currency) } });
  terminal = till;
  const seller = sellerAt(till, currency);
  await seller.openShift();
  return { till, seller };
}

function closed(answer: PayAnswer) {
  if (answer.verdict !== 'closed') throw new Error(`not closed: ${JSON.stringify(answer)}`);
  return answer.order;
}

describe('5 sales: cash', () => {
  it('enough → closed, with change, and the order is off the desk', async () => {
    const { till, seller } = await started();
    await seller.add(1250);
    const order = closed(await seller.pay('cash', null, '2000'));
    expect(order.tenders).toMatchObject([
      { method: 'cash', amount: seller.money(1250), given: seller.money(2000), change: seller.money(750) },
    ]);
    expect(order.shiftId).toBe(1);
    expect(await must(till, 'orders.current', {})).toBeNull();
  });

  it('too little → cash-short with what is due, nothing written', async () => {
    const { till, seller } = await started();
    await seller.add(1250);
    const pay = { method: 'cash', amount: null, input: '1249' };
    expect(await refusal(till, 'orders.pay', pay)).toEqual({
      code: 'cash-short',
      detail: { amountMinor: '1250' },
    });
    expect((await must(till, 'orders.current', {}))?.tenders).toEqual([]);
    expect((await must(till, 'orders.closed', { before: null, limit: 5 })).rows).toEqual([]);
  });

  it('no shift open → shift-needed', async () => {
    terminal = await enrolledTerminal();
    await sellerAt(terminal).add(100);
    const pay = { method: 'cash', amount: null, input: '' };
    expect(await refusal(terminal, 'orders.pay', pay)).toEqual({ code: 'shift-needed' });
  });

  it.each(['-5', '1e3', '5.0', ' 5', 'all'])('handed over as %j → bad-request', async (input) => {
    const { till, seller } = await started();
    await seller.add(100);
    const pay = { method: 'cash', amount: null, input };
    expect(await refusal(till, 'orders.pay', pay)).toEqual({
      code: 'bad-request',
      detail: { field: 'input' },
    });
  });

  it.each([
    ['CHF', 1337, 1335, -2],
    ['CHF', 1338, 1340, 2],
    ['JPY', 1337, 1337, 0],
    ['KWD', 1337, 1337, 0],
    ['EUR', 1337, 1337, 0],
    ['SEK', 1350, 1400, 50],
  ] as const)('%s %d to pay → %d in cash', async (currency, due, cash, rounding) => {
    const { till, seller } = await started(currency);
    expect((await seller.add(due)).dueInCash).toEqual(seller.money(cash));
    const order = closed(await seller.pay('cash', null, ''));
    expect(order.total).toEqual(seller.money(due));
    expect(order.tenders).toMatchObject([{ amount: seller.money(cash), rounding: seller.money(rounding) }]);
    expect((await must(till, 'orders.closed', { before: null, limit: 1 })).rows).toHaveLength(1);
  });

  it('euro where the shop rounds → to five cents', async () => {
    const { till, seller } = await started();
    await must(till, 'settings.change', { name: 'round-euro-cash', isOn: true, approval: null });
    await seller.add(1002);
    expect(closed(await seller.pay('cash', null, '')).tenders).toMatchObject([
      { amount: seller.money(1000) },
    ]);
  });

  it('a part, or cash, that coins cannot make → cash-not-payable', async () => {
    const { till, seller } = await started('CHF');
    await seller.add(1337);
    const step = { code: 'cash-not-payable', detail: { amountMinor: '5' } };
    const part = { method: 'cash', amount: seller.money(1003), input: '' };
    expect(await refusal(till, 'orders.pay', part)).toEqual(step);
    expect(await refusal(till, 'orders.pay', { ...part, amount: null, input: '1999' })).toEqual(step);
  });
});

describe('5 sales: codes', () => {
  it('one code for all of it → sale and order are neighbours in the journal and name each other', async () => {
    const { till, seller } = await started();
    await seller.add(1250);
    const answer = await seller.pay('offline-code', null, seller.code('one'));
    expect(answer.payment).toMatchObject({ state: 'approved-offline', amount: seller.money(1250) });
    const order = closed(answer);
    till.engine.close();
    const entries = await entriesOf(till.folder);
    const sale = entries.findLast(({ kind }) => kind === 'sale');
    const whole = entries.findLast(({ kind }) => kind === 'order-closed');
    if (sale === undefined || whole === undefined) throw new Error('no entries');
    expect(whole.seq).toBe(sale.seq + 1);
    const body = readOrderClosed(whole.body);
    expect(body.tenders).toMatchObject([{ sale: { epoch: sale.epoch, seq: sale.seq } }]);
    expect(Buffer.from(readSale(sale.body).orderId ?? []).toString('hex')).toBe(order.orderId);
  });

  it('a code that was charged before → declined with its reason, the order stays as it is', async () => {
    const { till, seller } = await started();
    const scan = seller.code('twice');
    await must(till, 'payments.accept', { amount: seller.money(100), scan });
    await seller.add(700);
    const answer = await seller.pay('offline-code', null, scan);
    expect(answer).toMatchObject({ verdict: 'declined', refusal: { code: 'already-used' } });
    expect((await must(till, 'orders.current', {}))?.due).toEqual(seller.money(700));
  });

  it('more than is due → tender-over-due, no code is looked at', async () => {
    const { till, seller } = await started();
    await seller.add(700);
    const pay = { method: 'offline-code', amount: seller.money(701), input: seller.code('over') };
    expect(await refusal(till, 'orders.pay', pay)).toEqual({
      code: 'tender-over-due',
      detail: { amountMinor: '700' },
    });
    expect((await must(till, 'payments.list', { before: null, limit: 5 })).rows).toEqual([]);
  });

  it('a scan at the till with goods on the desk → pays the rest: one action after the last item', async () => {
    const { till, seller } = await started();
    await seller.add(700);
    const answer = await must(till, 'orders.scan', { scan: seller.code('scanned') });
    expect(answer.verdict).toBe('closed');
  });

  it('a scan with nothing on the desk → order-empty, and a plain payment works as ever', async () => {
    const { till, seller } = await started();
    const scan = seller.code('plain');
    expect(await refusal(till, 'orders.scan', { scan })).toEqual({ code: 'order-empty' });
    const plain = await must(till, 'payments.accept', { amount: seller.money(300), scan });
    expect(plain.verdict).toBe('approved');
    expect((await must(till, 'orders.closed', { before: null, limit: 5 })).rows).toEqual([]);
  });
});

describe('5 sales: codes that only the clearing house may approve', () => {
  it('no network → declined as online-required, nothing taken; the same code offline → closed', async () => {
    const { seller } = await started();
    await seller.add(700);
    const scan = seller.code('online');
    const online = await seller.pay('online-code', null, scan);
    expect(online).toMatchObject({
      verdict: 'declined',
      refusal: { code: 'online-required' },
      order: { due: seller.money(700) },
    });
    closed(await seller.pay('offline-code', null, scan));
  });
});

describe('5 sales: several tenders', () => {
  it('code, code, cash → each on disk at once, the last rounds, gives change and closes', async () => {
    const { till, seller } = await started('CHF');
    await seller.add(10_000);
    await seller.add(37);
    const first = await seller.pay('offline-code', 4000, seller.code('a'));
    expect(first).toMatchObject({ verdict: 'taken', order: { due: seller.money(6037) } });
    const reopened = await till.reopen();
    terminal = reopened;
    await must(reopened, 'people.signIn', { personId: 'c1', pin: '135790' });
    const again = sellerAt(reopened, 'CHF');
    expect((await must(reopened, 'orders.current', {}))?.due).toEqual(seller.money(6037));
    await again.pay('offline-code', 2000, seller.code('b'));
    const order = closed(await again.pay('cash', null, '5000'));
    expect(order.tenders).toMatchObject([
      { method: 'offline-code', amount: seller.money(4000) },
      { method: 'offline-code', amount: seller.money(2000) },
      {
        method: 'cash',
        amount: seller.money(4035),
        rounding: seller.money(-2),
        given: seller.money(5000),
        change: seller.money(965),
      },
    ]);
  });

  it.each([
    // a part by code, the rest in cash; amounts in minor units of 0, 3, 2 and 2 digits
    ['JPY', 1999, 1000, 999, 0],
    ['KWD', 12_345, 5000, 7345, 0],
    ['EUR', 1999, 1000, 999, 0],
    ['CHF', 1999, 1000, 1000, 1],
  ] as const)(
    '%s %d: %d by code, the rest in cash → %d, rounded by %d',
    async (currency, total, code, cash, by) => {
      const { seller } = await started(currency);
      await seller.add(total);
      await seller.pay('offline-code', code, seller.code(`part in ${currency}`));
      const order = closed(await seller.pay('cash', null, ''));
      expect(order.tenders).toMatchObject([
        { amount: seller.money(code), rounding: seller.money(0) },
        { amount: seller.money(cash), rounding: seller.money(by) },
      ]);
    },
  );

  it('cash first, a code for the rest → nothing is rounded', async () => {
    const { seller } = await started('CHF');
    await seller.add(1337);
    await seller.pay('cash', 500, '1000');
    const order = closed(await seller.pay('offline-code', null, seller.code('rest')));
    expect(order.tenders).toMatchObject([
      { amount: seller.money(500), change: seller.money(500), rounding: seller.money(0) },
      { amount: seller.money(837) },
    ]);
  });

  it('a part paid → lines stay as they are (order-part-paid), a second order waits for its turn', async () => {
    const { till, seller } = await started();
    const { lines } = await seller.add(1000);
    await seller.pay('cash', 400, '');
    const lineId = lines[0]?.lineId ?? 0;
    expect(await refusal(till, 'orders.removeLine', { lineId })).toEqual({ code: 'order-part-paid' });
    expect(await refusal(till, 'orders.undo', {})).toEqual({ code: 'order-part-paid' });
    await must(till, 'orders.park', { name: 'Table 3' });
    expect(await must(till, 'orders.parked', {})).toMatchObject([
      { name: 'Table 3', total: seller.money(1000), due: seller.money(600) },
    ]);
  });

  it('given up with a code taken → order-holds-payments; with cash only → the cash goes back', async () => {
    const { till, seller } = await started();
    await seller.add(1000);
    await seller.pay('cash', 400, '');
    await seller.pay('offline-code', 100, seller.code('held'));
    const discard = { orderId: null, reason: '' };
    expect(await refusal(till, 'orders.discard', discard)).toEqual({
      code: 'order-holds-payments',
      detail: { amountMinor: '100' },
    });
    await seller.pay('cash', null, '');
    await seller.add(1000);
    await seller.pay('cash', 400, '500');
    expect(await must(till, 'orders.discard', discard)).toEqual({ cashBack: seller.money(400) });
  });

  it('a part by code, refunded while the order is open → owed again, and the order may be given up', async () => {
    const { till, seller } = await started();
    await seller.add(1000);
    const part = await seller.pay('offline-code', 400, seller.code('given back'));
    if (part.payment === null) throw new Error('no payment');
    const { epoch, journalSeq } = part.payment;
    const refund = {
      original: { epoch, journalSeq },
      method: 'credit-note',
      reason: 'Left',
      approval: null,
    } as const;
    await must(till, 'refunds.make', { ...refund, amount: seller.money(100) });
    expect(await must(till, 'orders.current', {})).toMatchObject({
      due: seller.money(700),
      tenders: [{ amount: seller.money(300) }],
    });
    const discard = { orderId: null, reason: '' };
    expect(await refusal(till, 'orders.discard', discard)).toMatchObject({ detail: { amountMinor: '300' } });
    await must(till, 'refunds.make', { ...refund, amount: seller.money(300) });
    expect((await must(till, 'orders.current', {}))?.due).toEqual(seller.money(1000));
    expect(await must(till, 'orders.discard', discard)).toEqual({ cashBack: seller.money(0) });
  });

  it('an order that costs nothing → is closed without a tender', async () => {
    const { till, seller } = await started();
    await seller.add(1000);
    await must(till, 'orders.discount', {
      lineId: null,
      discount: { kind: 'percent', basisPoints: 10_000 },
      approval: null,
    });
    expect(closed(await seller.pay('cash', null, '')).tenders).toEqual([]);
  });

  it('a way to pay that is not there → tender-unknown', async () => {
    const { till, seller } = await started();
    await seller.add(1000);
    const pay = { method: 'shells', amount: null, input: '' };
    expect(await refusal(till, 'orders.pay', pay)).toEqual({ code: 'tender-unknown' });
  });
});

describe('5 sales: tips', () => {
  it('10 % on top → on the tender that goes beyond the goods, apart and untaxed', async () => {
    const { till, seller } = await started();
    await seller.add(1000);
    const tipped = await must(till, 'orders.tip', { tip: { kind: 'percent', basisPoints: 1000 } });
    expect(tipped).toMatchObject({
      total: seller.money(1000),
      tipAmount: seller.money(100),
      due: seller.money(1100),
    });
    await seller.pay('offline-code', 600, seller.code('goods'));
    const order = closed(await seller.pay('offline-code', null, seller.code('tip')));
    expect(order.tenders).toMatchObject([
      { tip: seller.money(0) },
      { amount: seller.money(500), tip: seller.money(100) },
    ]);
    expect(order.taxAmount).toEqual(seller.money(0));
  });

  it('between two tenders → may grow, never below what was paid', async () => {
    const { till, seller } = await started();
    await seller.add(1000);
    await must(till, 'orders.tip', { tip: { kind: 'amount', amount: seller.money(200) } });
    await seller.pay('cash', 1100, '');
    expect(await refusal(till, 'orders.tip', { tip: null })).toEqual({ code: 'order-part-paid' });
    const grown = await must(till, 'orders.tip', { tip: { kind: 'amount', amount: seller.money(250) } });
    expect(grown.due).toEqual(seller.money(150));
  });
});

describe.skipIf(!canTrace())('5 sales: killed between tenders', () => {
  it('at any write of three tenders → the order is there with what was paid, open or closed, never both', async () => {
    const { killedAt } = await crashAtEachWrite(splitOrder, 9);
    expect(killedAt).toBeGreaterThanOrEqual(7);
  }, 60_000);
});

describe('5 sales: a new way to pay', () => {
  /** As a folder under tenders/ would export it: paper vouchers, each good once and for what is written on it. */
  function vouchers(): TenderMethod {
    const used = new Set<string>();
    return {
      method: 'voucher',
      take: async (ask) => {
        const amount = exactAmount(ask);
        if (!amount.ok) return amount;
        if (used.has(ask.input)) {
          return ok({ verdict: 'declined', payment: null, refusal: { code: 'already-used', detail: NEVER } });
        }
        const amountMinor = amount.value;
        const part = { amountMinor, roundingMinor: 0n, givenMinor: null, sale: null };
        const written = ask.session.store.write(() => ask.keep(part));
        if (!written.ok) return written;
        used.add(ask.input);
        return ok({ verdict: 'taken', payment: null });
      },
    };
  }
  const NEVER = { atMs: 0, amountMinor: '0', journalSeq: 0 };

  /** The room's calls over the terminal's own store, with one method more. */
  async function withMethod(till: TestTerminal, method: TenderMethod) {
    till.engine.close();
    const store = await openStore(till.folder, MIGRATIONS);
    if (!store.ok) throw new Error(store.refusal.code);
    const ports = {
      ...nodePorts(() => undefined),
      clock: { nowMs: () => till.clock.nowMs, monotonicMs: () => 0 },
    };
    const options = { dataFolder: till.folder, migrationsFolder: MIGRATIONS, sealing: SEALING, ports };
    const core = new EngineCore({ ...options, onEvent: () => undefined });
    core.holdStore(store.value);
    const keys = await openKeys(store.value, SEALING, null);
    if (!keys.ok) throw new Error(keys.refusal.code);
    core.begin(keys.value);
    const { session } = core;
    const person = store.value.people.byId('c1');
    if (session === undefined || person === undefined) throw new Error('no session');
    const calls = orderCalls(core, [...TENDER_METHODS, method]);
    return { core, calls, by: { session, person, approver: null } };
  }

  it('a part by it, the rest by code → both in the entry, by their names', async () => {
    const { till, seller } = await started();
    await seller.add(1000);
    const { core, calls, by } = await withMethod(till, vouchers());
    const voucher = { method: 'voucher', amount: seller.money(400), input: 'V-1' };
    expect(await calls['orders.pay'](voucher, by)).toMatchObject({ ok: true, value: { verdict: 'taken' } });
    const again = await calls['orders.pay']({ ...voucher, amount: seller.money(100) }, by);
    expect(again).toMatchObject({
      ok: true,
      value: { verdict: 'declined', refusal: { code: 'already-used' } },
    });
    // what no method can give back holds the order, as a code does
    expect(await calls['orders.discard']({ orderId: null, reason: '' }, by)).toMatchObject({
      ok: false,
      refusal: { code: 'order-holds-payments' },
    });
    const rest = { method: 'offline-code', amount: null, input: seller.code('voucher rest') };
    expect(await calls['orders.pay'](rest, by)).toMatchObject({ ok: true, value: { verdict: 'closed' } });
    core.close();
    const closed = (await entriesOf(till.folder)).findLast(({ kind }) => kind === 'order-closed');
    expect(readOrderClosed(closed?.body ?? null).tenders.map(({ method }) => method)).toEqual([
      'voucher',
      'offline-code',
    ]);
  });

  it('while it waits for its answer → payment-running for all that would change the order', async () => {
    const { till, seller } = await started();
    await seller.add(1000);
    let answer: () => void = () => undefined;
    const slow: TenderMethod = {
      method: 'slow',
      take: async ({ session, keep, restMinor }) => {
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        const part = { amountMinor: restMinor, roundingMinor: 0n, givenMinor: null, sale: null };
        const written = session.store.write(() => keep(part));
        return written.ok ? ok({ verdict: 'taken', payment: null }) : written;
      },
    };
    const { core, calls, by } = await withMethod(till, slow);
    const pay = { method: 'slow', amount: null, input: '' };
    const paying = calls['orders.pay'](pay, by);
    const busy = { ok: false, refusal: { code: 'payment-running' } };
    expect(await calls['orders.pay'](pay, by)).toEqual(busy);
    expect(await calls['orders.removeLine']({ lineId: 1 }, by)).toEqual(busy);
    expect(await calls['orders.undo']({}, by)).toEqual(busy);
    expect(await calls['orders.park']({ name: '' }, by)).toEqual(busy);
    expect(await calls['orders.discard']({ orderId: null, reason: '' }, by)).toEqual(busy);
    expect(await calls['orders.tip']({ tip: null }, by)).toEqual(busy);
    answer();
    expect(await paying).toMatchObject({ ok: true, value: { verdict: 'closed' } });
    core.close();
  });
});
