/**
 * A small shop's day without a window, in one process that talks JSON lines: from opening the drawer to the Z
 * report, and then the whole journal checked and every table made anew from it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { enrolledTerminal, PIN } from '../support/enrolled-terminal.ts';
import { PASSPHRASE, Shell, terminal } from '../support/headless-terminal.ts';
import { journalOf } from '../support/journal-of.ts';
import { codeText, presentedOf, purseOf, quickFields, trustBundleOf } from '../support/protocol-fixture.ts';

const NOOR_PIN = '840271';
const MO_PIN = '615243';

let folder: string;
let nowS: number;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fieldtill-day-'));
  nowS = Math.floor(Date.now() / 1000);
  const issuers = trustBundleOf().issuers.map((issuer) => ({ ...issuer, notAfterS: nowS + 10 * 86_400 }));
  const trust = { iatS: nowS - 60, expS: nowS + 86_400, issuers };
  const till = await enrolledTerminal({ folder, trust, passphrase: PASSPHRASE, nowMs: nowS * 1000 });
  till.engine.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const eur = (minor: string) => ({ minor, currency: 'EUR' });

it('a day from float to Z → every sum as it was sold, the chain whole, every table the same from the journal', async () => {
  const shell = new Shell(['--data', folder], { FIELDTILL_PIN: PIN });
  const approval = null;

  // before opening: people and goods
  const noor = await shell.must('people.add', { name: 'Noor', role: 'cashier', pin: NOOR_PIN, approval });
  const mo = await shell.must('people.add', { name: 'Mo', role: 'manager', pin: MO_PIN, approval });
  await shell.must('catalogue.putTaxRate', { taxRateId: 'full', name: '20 %', basisPoints: 2000, approval });
  for (const [itemId, name, minor] of [
    ['bread', 'Bread', '240'],
    ['milk', 'Milk', '115'],
  ] as const) {
    const item = { itemId, name, categoryId: null, price: eur(minor), taxRateId: 'full' };
    const more = { isTaxIncluded: true, barcodes: [], isFavourite: false };
    await shell.must('catalogue.putItem', { item: { ...item, ...more }, approval });
  }

  // Noor opens with 100.00 and sells for cash
  const asNoor = { by: 'pin', personId: noor.personId, pin: NOOR_PIN } as const;
  const asMo = { by: 'pin', personId: mo.personId, pin: MO_PIN } as const;
  await shell.must('people.switch', { proof: asNoor });
  const { shiftId } = await shell.must('shifts.open', {
    float: { total: eur('10000'), pieces: null },
    approval,
  });
  await shell.must('orders.addItem', { itemId: 'bread', quantity: '2000', price: null });
  // a colleague takes over in the middle: the cart stays, and knows who added what
  await shell.must('people.switch', { proof: asMo });
  const shared = await shell.must('orders.addItem', { itemId: 'milk', quantity: '1000', price: null });
  expect(shared.lines.map(({ addedBy }) => addedBy)).toEqual([noor.personId, mo.personId]);
  await shell.must('people.switch', { proof: asNoor });
  const cash = await shell.must('orders.pay', { method: 'cash', amount: null, input: '1000' });
  expect(cash).toMatchObject({
    verdict: 'closed',
    order: { total: eur('595'), tenders: [{ method: 'cash', change: eur('405') }] },
  });

  // by a customer's code, offline
  await shell.must('orders.addItem', { itemId: 'milk', quantity: '3000', price: null });
  const purse = purseOf({ iatS: nowS - 3600, expS: nowS + 86_400 });
  const scan = codeText(presentedOf(purse, quickFields({ iatS: nowS, ttlS: 60 })));
  const paid = await shell.must('orders.pay', { method: 'offline-code', amount: null, input: scan });
  expect(paid).toMatchObject({ verdict: 'closed', order: { total: eur('345') } });
  const payment = paid.verdict === 'closed' ? paid.payment : null;
  if (payment === null) throw new Error('no payment');

  // one milk was sour: Noor may not give money back, Mo lends leave for it
  const sour = {
    original: { epoch: payment.epoch, journalSeq: payment.journalSeq },
    amount: eur('115'),
    method: 'credit-note',
    reason: 'sour milk',
  } as const;
  expect(await shell.call('refunds.make', { ...sour, approval })).toEqual({
    ok: false,
    refusal: { code: 'approval-needed', detail: { permission: 'refund' } },
  });
  const leave = await shell.must('approvals.give', { permission: 'refund', proof: asMo });
  const refund = await shell.must('refunds.make', { ...sour, approval: leave.approval });
  expect(refund.refund).toMatchObject({ amount: eur('115'), approvedBy: mo.personId, cashier: 'Noor' });

  // an X report in between, then the drawer is counted and the shift closed, though nothing was sent yet
  const x = await shell.must('shifts.xReport', { approval });
  expect(x.takings.map(({ sales }) => sales)).toEqual([{ count: 2, sumMinor: '940' }]);
  const counted = { total: eur('10595'), pieces: null };
  expect(await shell.must('shifts.count', { counted, approval })).toMatchObject({
    dueMinor: '10595',
    differenceMinor: '0',
  });
  const close = { reason: '', confirmUnsent: true, approval, differenceApproval: null };
  expect(
    await shell.call('shifts.close', { ...close, confirmUnsent: false, unsentApproval: null }),
  ).toMatchObject({
    refusal: { code: 'unsent-payments' },
  });
  const leaveUnsent = await shell.must('approvals.give', { permission: 'leave-unsent', proof: asMo });
  const z = await shell.must('shifts.close', { ...close, unsentApproval: leaveUnsent.approval });
  expect(z).toMatchObject({
    number: shiftId,
    closedBy: 'Noor',
    unsentApprovedBy: mo.personId,
    differenceMinor: '0',
    drawer: { floatMinor: '10000', dueMinor: '10595' },
  });
  expect(z.takings).toMatchObject([
    {
      sales: { count: 2, sumMinor: '940' },
      refunds: { count: 1, sumMinor: '115' },
      orders: { count: 2, sumMinor: '940' },
    },
  ]);
  expect(await shell.must('shifts.current', {})).toBeNull();

  expect(await shell.end()).toBe(0);

  expect(await terminal(['verify', '--data', folder])).toMatchObject({ status: 0 });
  const rebuilt = await terminal(['rebuild', '--data', folder]);
  expect(rebuilt.out).toContain('every row is the same');
  expect(rebuilt.status).toBe(0);
  const kinds = new Set(journalOf(folder).map(({ kind }) => kind));
  for (const kind of [
    'shift-opened',
    'shift-closed',
    'order-closed',
    'sale',
    'approval-given',
    'refund',
  ] as const)
    expect(kinds, kind).toContain(kind);
});
