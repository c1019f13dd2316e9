/** Orders (issue point 5, sales): building, changing, parking and giving up, by role and over a crash, on a real file. */
import { afterEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../electron/engine/db/store.ts';
import type { Role } from '../../shared/people/roles.ts';
import { readOrderClosed, readOrderDiscarded, readOrderParked } from '../../shared/protocol/bodies/order.ts';
import { decodePictureText } from '../../shared/protocol/picture.ts';
import { MAX_LINES, MAX_PARKED } from '../../shared/sale/order.ts';
import { enrolledTerminal, MIGRATIONS, PIN, type TestTerminal } from '../support/enrolled-terminal.ts';
import { entriesOf, must, PIECE, refusal, type Seller, sellerAt } from '../support/orders.ts';

/** The pin of everybody whom a test adds. */
const PIN_2 = '840271';
const TEA_BARCODE = '4006381333931';

let terminal: TestTerminal | undefined;
afterEach(() => {
  terminal?.close();
  terminal = undefined;
});

async function started(): Promise<{ till: TestTerminal; seller: Seller }> {
  const till = await enrolledTerminal();
  terminal = till;
  const seller = sellerAt(till);
  await seller.openShift();
  return { till, seller };
}

/** What the till keeps, changed behind its back while it is closed. */
async function withStore(till: TestTerminal, change: (store: Store) => void): Promise<TestTerminal> {
  till.engine.close();
  const store = await openStore(till.folder, MIGRATIONS);
  if (!store.ok) throw new Error(store.refusal.code);
  const written = store.value.write(() => change(store.value));
  store.value.close();
  if (!written.ok) throw new Error(written.refusal.code);
  terminal = await till.reopen();
  await must(terminal, 'people.signIn', { personId: 'c1', pin: PIN });
  return terminal;
}

/** Tea with 7 % in its price, a chair with 19 % on top, and cheese by the kilogram. */
async function stocked() {
  const { till, seller } = await started();
  const rate = (taxRateId: string, basisPoints: number) =>
    must(till, 'catalogue.putTaxRate', { taxRateId, name: taxRateId, basisPoints, approval: null });
  await rate('reduced', 700);
  await rate('standard', 1900);
  const item = { categoryId: null, isFavourite: false, isTaxIncluded: true, taxRateId: 'reduced' };
  const items = [
    { ...item, itemId: 'tea', name: 'Tea', price: seller.money(214), barcodes: [TEA_BARCODE] },
    {
      ...item,
      itemId: 'chair',
      name: 'Chair',
      price: seller.money(10_000),
      barcodes: [],
      taxRateId: 'standard',
    },
    { ...item, itemId: 'cheese', name: 'Cheese', price: seller.money(1990), barcodes: [] },
    { ...item, itemId: 'repair', name: 'Repair', price: null, barcodes: [] },
  ];
  for (const one of items) {
    const isTaxIncluded = one.itemId !== 'chair';
    await must(till, 'catalogue.putItem', { item: { ...one, isTaxIncluded }, approval: null });
  }
  const add = (itemId: string, quantity = PIECE) =>
    must(till, 'orders.addItem', { itemId, quantity, price: null });
  return { till, seller, add };
}

async function join(till: TestTerminal, name: string, role: Role): Promise<string> {
  return (await must(till, 'people.add', { name, role, pin: PIN_2, approval: null })).personId;
}

const proofOf = (personId: string) =>
  ({ by: 'pin', personId, pin: personId === 'c1' ? PIN : PIN_2 }) as const;

async function come(till: TestTerminal, personId: string): Promise<void> {
  await must(till, 'people.switch', { proof: proofOf(personId) });
}

const percent = (basisPoints: number) => ({ kind: 'percent', basisPoints }) as const;
const line = (lineId: number) => ({ lineId, quantity: null, price: null, note: null });

describe('5 sales: the cart', () => {
  it('items with tax in and on top, weighed and keyed → every sum to the unit, the rates apart', async () => {
    const { seller, add } = await stocked();
    await add('tea', '3000');
    await add('chair');
    await add('cheese', '1250');
    const order = await seller.add(500, 'Parking');
    expect(order.lines.map(({ name, amount }) => [name, amount.minor])).toEqual([
      ['Tea', '642'],
      ['Chair', '10000'],
      ['Cheese', '2488'],
      ['Parking', '500'],
    ]);
    expect(
      order.taxes.map(({ tax, net, taxAmount }) => [tax.basisPoints, net.minor, taxAmount.minor]),
    ).toEqual([
      [0, '500', '0'],
      [700, '2925', '205'],
      [1900, '10000', '1900'],
    ]);
    expect(order.total).toEqual(seller.money(642 + 11_900 + 2488 + 500));
  });

  it('the same item again → one line with two; with a note of its own → two lines', async () => {
    const { till, add } = await stocked();
    await add('tea');
    expect((await add('tea')).lines).toMatchObject([{ quantity: '2000' }]);
    await must(till, 'orders.changeLine', { ...line(1), note: 'without sugar' });
    expect((await add('tea')).lines).toMatchObject([{ note: 'without sugar' }, { quantity: '1000' }]);
  });

  it('a barcode → its item; one that nobody knows → item-unknown', async () => {
    const { till } = await stocked();
    const scanned = await must(till, 'orders.scan', { scan: TEA_BARCODE });
    expect(scanned).toMatchObject({ verdict: 'added', order: { lines: [{ itemId: 'tea' }] } });
    expect(await refusal(till, 'orders.scan', { scan: '4006381333948' })).toEqual({ code: 'item-unknown' });
  });

  it('an item without a price → price-needed; with one keyed in → added, and no override', async () => {
    const { till, seller } = await stocked();
    const repair = { itemId: 'repair', quantity: PIECE, price: null };
    expect(await refusal(till, 'orders.addItem', repair)).toEqual({ code: 'price-needed' });
    const order = await must(till, 'orders.addItem', { ...repair, price: seller.money(4500) });
    expect(order.lines).toMatchObject([{ price: seller.money(4500), overridden: null }]);
    expect(
      await refusal(till, 'orders.addItem', { itemId: 'tea', quantity: PIECE, price: seller.money(1) }),
    ).toEqual({ code: 'bad-request', detail: { field: 'price' } });
  });

  it('every step → can be taken back, to the empty cart, and then no more', async () => {
    const { till, add } = await stocked();
    await add('tea');
    await add('chair');
    await must(till, 'orders.removeLine', { lineId: 1 });
    expect((await must(till, 'orders.undo', {})).lines).toMatchObject([
      { itemId: 'tea' },
      { itemId: 'chair' },
    ]);
    await must(till, 'orders.undo', {});
    const last = await must(till, 'orders.undo', {});
    expect([last.lines, last.canUndo]).toEqual([[], false]);
    expect(await refusal(till, 'orders.undo', {})).toEqual({ code: 'nothing-to-undo' });
  });

  it('a restart → the cart, its notes, discounts and steps are there', async () => {
    const { till, seller, add } = await stocked();
    await add('chair');
    await must(till, 'orders.note', { note: 'deliver on Friday' });
    const before = await must(till, 'orders.discount', {
      lineId: null,
      discount: { kind: 'amount', amount: seller.money(1000) },
      approval: null,
    });
    const reopened = await till.reopen();
    terminal = reopened;
    await must(reopened, 'people.signIn', { personId: 'c1', pin: PIN });
    expect(await must(reopened, 'orders.current', {})).toEqual(before);
    expect((await must(reopened, 'orders.undo', {})).discount).toBeNull();
  });

  it.each([
    ['no quantity', { quantity: '0' }],
    ['a fraction', { quantity: '1.5' }],
    ['text', { quantity: 'x' }],
    ['more than a million', { quantity: '1000000001' }],
  ])('%s → bad-request, nothing added', async (_name, change) => {
    const { till, seller } = await started();
    const amount = {
      amount: seller.money(100),
      quantity: PIECE,
      name: '',
      taxRateId: '',
      isTaxIncluded: true,
    };
    expect(await refusal(till, 'orders.addAmount', { ...amount, ...change })).toMatchObject({
      code: 'bad-request',
    });
    expect(await must(till, 'orders.current', {})).toBeNull();
  });

  it('amounts that are none, of another currency, or beyond all money → amount-invalid', async () => {
    const { till, seller } = await started();
    const amount = {
      amount: seller.money(100),
      quantity: PIECE,
      name: '',
      taxRateId: '',
      isTaxIncluded: true,
    };
    const bad = [
      { amount: seller.money(0) },
      { amount: seller.money(-5) },
      { amount: { minor: '100', currency: 'USD' } },
      { amount: seller.money(9_007_199_254_740_991n), quantity: '2000' },
    ];
    for (const change of bad) {
      expect(await refusal(till, 'orders.addAmount', { ...amount, ...change })).toEqual({
        code: 'amount-invalid',
      });
    }
    const rate = { ...amount, taxRateId: 'nobody' };
    expect(await refusal(till, 'orders.addAmount', rate)).toEqual({
      code: 'bad-request',
      detail: { field: 'taxRateId' },
    });
    expect(await must(till, 'orders.current', {})).toBeNull();
  });

  it('one line more than an order holds → order-full', async () => {
    const { till: before, seller } = await started();
    const { orderId } = await seller.add(1);
    const till = await withStore(before, (store) => {
      const order = store.openOrders.byId(orderId);
      const [line] = order?.lines ?? [];
      if (order === undefined || line === undefined) throw new Error('no order');
      const lines = Array.from({ length: MAX_LINES }, (_, i) => ({ ...line, lineId: i + 1 }));
      store.openOrders.keep({ ...order, lines, nextLineId: MAX_LINES + 1 }, true, 0);
    });
    expect((await must(till, 'orders.current', {}))?.total).toEqual(seller.money(MAX_LINES));
    const amount = { amount: seller.money(7), quantity: PIECE, name: '', taxRateId: '', isTaxIncluded: true };
    expect(await refusal(till, 'orders.addAmount', amount)).toEqual({ code: 'order-full' });
  });
});

describe('5 sales: discounts and prices by role', () => {
  it('a cashier up to 5 % → given; above → approval-needed; with a manager’s leave → given, with both names', async () => {
    const { till, seller, add } = await stocked();
    const noor = await join(till, 'Noor', 'cashier');
    const mo = await join(till, 'Mo', 'manager');
    await add('chair');
    await come(till, noor);
    const discount = (basisPoints: number, approval: string | null) =>
      ({ lineId: 1, discount: percent(basisPoints), approval }) as const;
    await must(till, 'orders.discount', discount(500, null));
    expect(await refusal(till, 'orders.discount', discount(501, null))).toEqual({
      code: 'approval-needed',
      detail: { permission: 'discount' },
    });
    const { approval } = await must(till, 'approvals.give', { permission: 'discount', proof: proofOf(mo) });
    const order = await must(till, 'orders.discount', discount(3000, approval));
    expect(order.lines).toMatchObject([
      { discount: { by: noor, approvedBy: mo }, amount: seller.money(7000) },
    ]);
    await must(till, 'orders.pay', { method: 'cash', amount: null, input: '' });
    till.engine.close();
    const closed = (await entriesOf(till.folder)).findLast(({ kind }) => kind === 'order-closed');
    expect(readOrderClosed(closed?.body ?? null).lines[0]?.discount).toMatchObject({
      by: noor,
      approvedBy: mo,
    });
  });

  it('a lead’s leave for more than a lead may → approval-needed', async () => {
    const { till, add } = await stocked();
    const noor = await join(till, 'Noor', 'cashier');
    const lee = await join(till, 'Lee', 'lead');
    await add('chair');
    await come(till, noor);
    const { approval } = await must(till, 'approvals.give', { permission: 'discount', proof: proofOf(lee) });
    const asked = { lineId: null, discount: percent(2001), approval };
    expect(await refusal(till, 'orders.discount', asked)).toMatchObject({ code: 'approval-needed' });
  });

  it('five off a hundred, then all but a little removed → the discount shrinks to what the role may give', async () => {
    const { till, seller } = await started();
    const noor = await join(till, 'Noor', 'cashier');
    await seller.add(9400);
    await seller.add(600);
    await come(till, noor);
    const off = {
      lineId: null,
      discount: { kind: 'amount', amount: seller.money(500) },
      approval: null,
    } as const;
    expect((await must(till, 'orders.discount', off)).total).toEqual(seller.money(9500));
    const left = await must(till, 'orders.removeLine', { lineId: 1 });
    expect([left.discountAmount, left.total]).toEqual([seller.money(30), seller.money(570)]);
  });

  it('more off than it costs → amount-invalid; off nothing → order-empty', async () => {
    const { till, seller } = await started();
    const off = {
      lineId: null,
      discount: { kind: 'amount', amount: seller.money(101) },
      approval: null,
    } as const;
    expect(await refusal(till, 'orders.discount', off)).toEqual({ code: 'order-empty' });
    await seller.add(100);
    expect(await refusal(till, 'orders.discount', off)).toEqual({ code: 'amount-invalid' });
  });

  it('another price by a cashier → approval-needed; by a manager → noted with the list price; back again → no override', async () => {
    const { till, seller, add } = await stocked();
    const noor = await join(till, 'Noor', 'cashier');
    await add('chair');
    const cheap = { lineId: 1, price: seller.money(8000), approval: null };
    await come(till, noor);
    expect(await refusal(till, 'orders.overridePrice', cheap)).toEqual({
      code: 'approval-needed',
      detail: { permission: 'override-price' },
    });
    await come(till, 'c1');
    const order = await must(till, 'orders.overridePrice', cheap);
    expect(order.lines).toMatchObject([
      { price: seller.money(8000), overridden: { by: 'c1', listPrice: seller.money(10_000) } },
    ]);
    expect(await refusal(till, 'orders.changeLine', { ...line(1), price: seller.money(1) })).toEqual({
      code: 'bad-request',
      detail: { field: 'price' },
    });
    const back = await must(till, 'orders.overridePrice', { ...cheap, price: seller.money(10_000) });
    expect(back.lines).toMatchObject([{ overridden: null }]);
  });

  it('somebody else comes to the till → the cart stays, each line with who added it', async () => {
    const { till, add } = await stocked();
    const noor = await join(till, 'Noor', 'cashier');
    await add('tea');
    await come(till, noor);
    const order = await add('tea');
    expect(order.lines).toMatchObject([{ addedBy: 'c1' }, { addedBy: noor }]);
  });
});

describe('5 sales: park, recall, discard', () => {
  it('parked under a name, over a restart, recalled → the same order, two entries', async () => {
    const { till, seller } = await started();
    const order = await seller.add(1000);
    await must(till, 'orders.park', { name: 'Table 3' });
    expect(await must(till, 'orders.current', {})).toBeNull();
    const reopened = await till.reopen();
    terminal = reopened;
    await must(reopened, 'people.signIn', { personId: 'c1', pin: PIN });
    await sellerAt(reopened).add(5);
    const { orderId } = order;
    expect(await refusal(reopened, 'orders.recall', { orderId })).toEqual({ code: 'order-in-hand' });
    await must(reopened, 'orders.discard', { orderId: null, reason: 'test' });
    const recalled = await must(reopened, 'orders.recall', { orderId });
    expect(recalled).toMatchObject({ orderId, name: 'Table 3', total: seller.money(1000) });
    expect(await must(reopened, 'orders.parked', {})).toEqual([]);
    reopened.engine.close();
    const parked = (await entriesOf(till.folder)).filter(({ kind }) => kind === 'order-parked');
    expect(parked.map(({ body }) => readOrderParked(body))).toMatchObject([
      { is: 'parked', orderId, name: 'Table 3', lines: 1, totalMinor: 1000n },
      { is: 'recalled', orderId },
    ]);
  });

  it('nothing to park, nothing of that id → order-empty, not-found', async () => {
    const { till } = await started();
    expect(await refusal(till, 'orders.park', { name: '' })).toEqual({ code: 'order-empty' });
    expect(await refusal(till, 'orders.recall', { orderId: '00'.repeat(8) })).toEqual({ code: 'not-found' });
    const discard = { orderId: '00'.repeat(8), reason: '' };
    expect(await refusal(till, 'orders.discard', discard)).toEqual({ code: 'not-found' });
  });

  it('one parked order more than the till keeps → parked-full', async () => {
    const { till: before, seller } = await started();
    const { orderId } = await seller.add(1);
    const till = await withStore(before, (store) => {
      const order = store.openOrders.byId(orderId);
      if (order === undefined) throw new Error('no order');
      for (let i = 0; i < MAX_PARKED; i++) {
        store.openOrders.keep({ ...order, orderId: i.toString(16).padStart(16, '0') }, false, i);
      }
    });
    expect(await must(till, 'orders.parked', {})).toHaveLength(MAX_PARKED);
    expect(await refusal(till, 'orders.park', { name: 'too many' })).toEqual({ code: 'parked-full' });
  });

  it('given up with lines → an entry with every one of them; an empty one leaves none', async () => {
    const { till, seller } = await started();
    await seller.add(700, 'Lamp');
    await must(till, 'orders.discard', { orderId: null, reason: 'customer left' });
    await seller.add(5);
    await must(till, 'orders.undo', {});
    await must(till, 'orders.discard', { orderId: null, reason: '' });
    till.engine.close();
    const entries = await entriesOf(till.folder);
    const discarded = entries.filter(({ kind }) => kind === 'order-discarded');
    expect(discarded.map(({ body }) => readOrderDiscarded(body))).toMatchObject([
      {
        lines: [{ name: 'Lamp', amountMinor: 700n }],
        totalMinor: 700n,
        reason: 'customer left',
        cashBackMinor: 0n,
      },
    ]);
  });
});

describe('5 sales: what was sold', () => {
  it('closed orders → newest first, in pages, each with all of it', async () => {
    const { till, seller } = await started();
    for (const minor of [100, 200, 300]) {
      await seller.add(minor);
      await seller.pay('cash', null, '');
    }
    const first = await must(till, 'orders.closed', { before: null, limit: 2 });
    expect([first.rows.map(({ total }) => total.minor), first.hasMore]).toEqual([['300', '200'], true]);
    const last = first.rows[1];
    if (last === undefined) throw new Error('no rows');
    const before = { epoch: last.epoch, journalSeq: last.journalSeq };
    const rest = await must(till, 'orders.closed', { before, limit: 2 });
    expect([rest.rows.map(({ total }) => total.minor), rest.hasMore]).toEqual([['100'], false]);
    expect(await must(till, 'orders.details', before)).toMatchObject({
      total: seller.money(200),
      lines: [{ lineId: 1 }],
    });
    const none = { ...before, journalSeq: 9999 };
    expect(await refusal(till, 'orders.details', none)).toEqual({ code: 'not-found' });
  });

  it('the receipt → shop, lines, rates, tenders, and a signed receipt for each code', async () => {
    const { till, seller, add } = await stocked();
    await add('tea', '2000');
    await seller.pay('offline-code', 100, seller.code('first'));
    const paid = await seller.pay('offline-code', null, seller.code('second'));
    if (paid.verdict !== 'closed') throw new Error('not closed');
    const { epoch, journalSeq } = paid.order;
    const receipt = await must(till, 'orders.receipt', { epoch, journalSeq });
    expect(receipt).toMatchObject({ shop: 'Corner shop', world: 'test', order: paid.order });
    expect(receipt.payments).toHaveLength(2);
    for (const { digits } of receipt.payments) {
      expect(decodePictureText(digits)).toMatchObject({ ok: true, value: { kind: 'receipt' } });
    }
  });
});
