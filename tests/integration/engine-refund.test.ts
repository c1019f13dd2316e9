/** 6. After the sale: refunds, voids and copies at a till without a network, on a real database file. */

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallParams } from '../../shared/contract/terminal.ts';
import type { Permission, Role } from '../../shared/people/roles.ts';
import { verifySign1 } from '../../shared/protocol/cose.ts';
import { decodePictureText, isShort } from '../../shared/protocol/picture.ts';
import { aadOf } from '../../shared/protocol/world.ts';
import { enrolledTerminal, type TestTerminal } from '../support/enrolled-terminal.ts';
import { must, sellerAt } from '../support/orders.ts';
import {
  backEnd,
  codeText,
  policyOf,
  presentedOf,
  purseOf,
  quickFields,
  trustBundleOf,
  WORLD,
} from '../support/protocol-fixture.ts';

let till: TestTerminal;
beforeEach(async () => {
  till = await enrolledTerminal();
});
afterEach(() => till.close());

type Place = CallParams<'payments.receipt'>;
const eur = (minor: number) => ({ minor: String(minor), currency: 'EUR' });

/** Takes a payment by a fresh code. */
async function sell(minor: number, counter = 1, name = 'purse', of = till): Promise<Place> {
  const iatS = Math.floor(of.clock.nowMs / 1000);
  const purse = purseOf({ name });
  const code = presentedOf(
    purse,
    quickFields({
      counter,
      capMinor: 9000n,
      iatS,
      previous: new Uint8Array(8).fill(counter - 1),
      nonce: new Uint8Array(8).fill(counter),
    }),
  );
  const answer = await of.call('payments.accept', { amount: eur(minor), scan: codeText(code) });
  if (!answer.ok || answer.value.verdict !== 'approved') throw new Error(JSON.stringify(answer));
  return { epoch: answer.value.payment.epoch, journalSeq: answer.value.payment.journalSeq };
}

const REASON = { reason: 'Broken cup', approval: null };

function refund(original: Place, minor: number, change: Partial<CallParams<'refunds.make'>> = {}) {
  return till.call('refunds.make', {
    original,
    amount: eur(minor),
    method: 'credit-note',
    ...REASON,
    ...change,
  });
}

const codeOf = (result: { ok: boolean; refusal?: { code: string } }): string =>
  result.ok ? 'ok' : (result.refusal?.code ?? '');

async function rowOf(place: Place) {
  const list = await till.call('payments.list', { before: null, limit: 50 });
  if (!list.ok) throw new Error(list.refusal.code);
  return list.value.rows.find(({ journalSeq }) => journalSeq === place.journalSeq);
}

describe('6. refund', () => {
  it('in two parts → two credit notes that this terminal signed, each of its own entry', async () => {
    const sale = await sell(700);
    const first = await refund(sale, 500);
    const second = await refund(sale, 200);
    if (!first.ok || !second.ok) throw new Error('refused');
    expect(first.value.refund).toMatchObject({
      what: 'refund',
      method: 'credit-note',
      state: 'made',
      amount: eur(500),
      original: sale,
      reason: 'Broken cup',
      cashier: 'Cashier 1',
      approvedBy: null,
    });
    expect(second.value.payment).toMatchObject({
      refunded: eur(700),
      isVoided: false,
      isFromPaper: false,
      state: 'approved-offline',
    });
    const picture = decodePictureText(first.value.digits ?? '');
    if (!picture.ok || picture.value.kind !== 'refund') throw new Error('no credit note');
    const { certificate, refund: note } = picture.value;
    expect(note).toMatchObject({
      paymentId: (await rowOf(sale))?.paymentId,
      amountMinor: 500n,
      currency: 'EUR',
      epoch: first.value.refund.epoch,
      journalSeq: first.value.refund.journalSeq,
    });
    if (isShort(certificate)) throw new Error('a short certificate');
    expect(verifySign1(backEnd, certificate.publicKey, note.sign1, aadOf(WORLD, 'refund'))).toBe(true);
    expect(verifySign1(backEnd, certificate.publicKey, note.sign1, aadOf(WORLD, 'receipt'))).toBe(false);
    const again = await till.call('refunds.note', {
      epoch: first.value.refund.epoch,
      journalSeq: first.value.refund.journalSeq,
    });
    expect(again.ok && again.value.digits).toBe(first.value.digits);
    const list = await till.call('refunds.list', { original: sale });
    expect(list.ok && list.value.map(({ amount }) => amount.minor)).toEqual(['500', '200']);
  });

  it('above what is left, of nothing, negative, of another currency → over-refund, amount-invalid', async () => {
    const sale = await sell(700);
    expect(await refund(sale, 701)).toMatchObject({
      refusal: { code: 'over-refund', detail: { leftMinor: '700' } },
    });
    expect(codeOf(await refund(sale, 0))).toBe('amount-invalid');
    expect(codeOf(await refund(sale, 100, { amount: { minor: '100', currency: 'JPY' } }))).toBe(
      'amount-invalid',
    );
    expect(codeOf(await refund(sale, 700))).toBe('ok');
    expect(await refund(sale, 1)).toMatchObject({
      refusal: { code: 'over-refund', detail: { leftMinor: '0' } },
    });
    expect(till.engine.verifyJournal()).toMatchObject({ ok: true, value: { brokenAt: null } });
  });

  it('of a declined payment, of no payment, without a reason → not-refundable, not-found, bad-request', async () => {
    const iatS = Math.floor(till.clock.nowMs / 1000);
    const code = codeText(presentedOf(purseOf(), quickFields({ capMinor: 100n, iatS })));
    const declined = await till.call('payments.accept', { amount: eur(900), scan: code });
    if (!declined.ok || declined.value.verdict !== 'declined') throw new Error('not declined');
    const { epoch, journalSeq } = declined.value.payment;
    expect(codeOf(await refund({ epoch, journalSeq }, 100))).toBe('not-refundable');
    expect(codeOf(await refund({ epoch: 1, journalSeq: 1 }, 100))).toBe('not-found');
    expect(codeOf(await refund({ epoch: 9, journalSeq: 900 }, 100))).toBe('not-found');
    const sale = await sell(700);
    for (const reason of ['', '  ', 'x'.repeat(121)]) {
      expect(codeOf(await refund(sale, 100, { reason }))).toBe('bad-request');
    }
    expect((await rowOf(sale))?.refunded.minor).toBe('0');
  });

  it('the database itself → never more than was charged, never of a declined one', async () => {
    const sale = await sell(700);
    await refund(sale, 600);
    till.engine.close();
    const file = new Database(join(till.folder, 'terminal.db'));
    const position = BigInt(sale.epoch) * 2n ** 40n + BigInt(sale.journalSeq);
    const add = file.prepare('UPDATE payment SET refunded_minor = refunded_minor + ? WHERE position = ?');
    expect(() => add.run(101, position)).toThrow(/CHECK/);
    expect(() => add.run(-601, position)).toThrow(/CHECK/);
    file.close();
  });

  it('killed after the answer → the refund is there after a restart, with the same note', async () => {
    const sale = await sell(700);
    const made = await refund(sale, 300);
    till = await till.reopen();
    await till.call('people.signIn', { personId: 'c1', pin: '135790' });
    const list = await till.call('refunds.list', { original: sale });
    expect(made.ok && list.ok && list.value).toEqual(made.ok ? [made.value.refund] : []);
    expect(await refund(sale, 401)).toMatchObject({
      refusal: { code: 'over-refund', detail: { leftMinor: '400' } },
    });
  });
});

describe('6. limits of a refund', () => {
  const narrow = () => {
    const policy = policyOf();
    const currencies = policy.currencies.map((limits) => ({
      ...limits,
      refundPayment: { lower: 500n, upper: 1000n },
      refundDayAmount: { lower: 1000n, upper: 1500n },
    }));
    return enrolledTerminal({ trust: trustBundleOf({ policy: { ...policy, currencies } }) });
  };

  it('one above the policy’s → limit-refund; a day’s sum above → limit-refund-day, until a day has passed', async () => {
    till.close();
    till = await narrow();
    const sale = await sell(5000);
    expect(await refund(sale, 1001)).toMatchObject({
      refusal: { code: 'limit-refund', detail: { limitMinor: '1000' } },
    });
    expect(codeOf(await refund(sale, 1000))).toBe('ok');
    expect(await refund(sale, 501)).toMatchObject({
      refusal: { code: 'limit-refund-day', detail: { leftMinor: '500' } },
    });
    expect(codeOf(await refund(sale, 500))).toBe('ok');
    till.clock.nowMs += 86_400_000 + 1;
    expect(codeOf(await refund(sale, 501))).toBe('ok');
  });

  it('trust grown old → the limit shrinks with it', async () => {
    till.close();
    till = await narrow();
    const sale = await sell(5000);
    till.clock.nowMs += 8 * 86_400_000;
    expect(await refund(sale, 501)).toMatchObject({
      refusal: { code: 'limit-refund', detail: { limitMinor: '500' } },
    });
  });
});

describe('6. void', () => {
  const voided = (original: Place) => till.call('refunds.void', { original, ...REASON });

  it('a payment of today → given back whole, once', async () => {
    const sale = await sell(700);
    const answer = await voided(sale);
    expect(answer).toMatchObject({
      value: {
        refund: { what: 'void', amount: eur(700), state: 'made' },
        payment: { isVoided: true, refunded: eur(700) },
      },
    });
    expect(codeOf(await voided(sale))).toBe('over-refund');
    expect(codeOf(await refund(sale, 1))).toBe('over-refund');
  });

  it('part of it went back before → over-refund; of an earlier day → void-too-late', async () => {
    const sale = await sell(700);
    await refund(sale, 1);
    expect(codeOf(await voided(sale))).toBe('over-refund');
    const other = await sell(700, 2);
    till.clock.nowMs += 86_400_000 + 1;
    expect(codeOf(await voided(other))).toBe('void-too-late');
    expect(codeOf(await refund(other, 700))).toBe('ok');
  });

  it('of the shift before this one → void-too-late', async () => {
    const sale = await sell(700);
    const opened = await till.call('shifts.open', {
      float: { total: eur(1000), pieces: null },
      approval: null,
    });
    expect(codeOf(opened)).toBe('ok');
    expect(codeOf(await voided(sale))).toBe('void-too-late');
    expect(codeOf(await voided(await sell(300, 2)))).toBe('ok');
  });
});

describe('6. who may give back', () => {
  const PIN_2 = '840271';
  const join = async (name: string, role: Role) =>
    (await must(till, 'people.add', { name, role, pin: PIN_2, approval: null })).personId;
  const come = (personId: string) =>
    must(till, 'people.switch', { proof: { by: 'pin', personId, pin: PIN_2 } });
  const leave = async (permission: Permission, personId: string) =>
    (await must(till, 'approvals.give', { permission, proof: { by: 'pin', personId, pin: PIN_2 } })).approval;

  it('a cashier alone → approval-needed; with a lead’s leave → the lead’s limit, and both names in the entry', async () => {
    const sale = await sell(5000);
    const noor = await join('Noor', 'cashier');
    const lee = await join('Lee', 'lead');
    await come(noor);
    expect(codeOf(await refund(sale, 100))).toBe('approval-needed');
    expect(codeOf(await till.call('refunds.void', { original: sale, ...REASON }))).toBe('approval-needed');
    const back = await refund(sale, 100, { approval: await leave('refund', lee) });
    expect(back).toMatchObject({ value: { refund: { cashier: 'Noor', approvedBy: lee } } });
    const used = await leave('refund', lee);
    await refund(sale, 100, { approval: used });
    expect(codeOf(await refund(sale, 100, { approval: used }))).toBe('approval-needed');
    // a quarter of the policy's 100.00
    expect(await refund(sale, 2501, { approval: await leave('refund', lee) })).toMatchObject({
      refusal: { code: 'limit-refund', detail: { limitMinor: '2500' } },
    });
    expect((await rowOf(sale))?.refunded.minor).toBe('200');
  });

  it('a lead above their share → limit-refund; with a manager’s leave → given back', async () => {
    const sale = await sell(5000);
    const lee = await join('Lee', 'lead');
    const mo = await join('Mo', 'manager');
    await come(lee);
    expect(codeOf(await refund(sale, 2501))).toBe('limit-refund');
    const given = await refund(sale, 2501, { approval: await leave('refund', mo) });
    expect(given).toMatchObject({ value: { refund: { cashier: 'Lee', approvedBy: mo } } });
    const voided = await sell(900, 2);
    const approval = await leave('void', mo);
    expect(await till.call('refunds.void', { original: voided, reason: 'Twice', approval })).toMatchObject({
      value: { refund: { what: 'void', approvedBy: mo } },
    });
  });

  it('an auditor → approval-needed; nobody signed in → not-signed-in', async () => {
    const sale = await sell(700);
    await come(await join('Ada', 'auditor'));
    expect(codeOf(await refund(sale, 100))).toBe('approval-needed');
    expect(
      codeOf(await till.call('papers.reprint', { what: 'receipt', original: sale, approval: null })),
    ).toBe('approval-needed');
    till = await till.reopen();
    expect(codeOf(await refund(sale, 100))).toBe('not-signed-in');
  });
});

describe('6. refund in cash', () => {
  it('of an order that was paid in cash → up to its cash, out of the open shift; by note → not-refundable', async () => {
    const seller = sellerAt(till);
    await seller.openShift();
    await seller.add(1000, 'Coffee for two');
    const paid = await seller.pay('cash', 1000, '');
    if (paid.verdict !== 'closed') throw new Error(paid.verdict);
    const order = { epoch: paid.order.epoch, journalSeq: paid.order.journalSeq };
    expect(codeOf(await refund(order, 400))).toBe('not-refundable');
    const back = await refund(order, 400, { method: 'cash' });
    expect(back).toMatchObject({ value: { payment: null, digits: null, refund: { original: order } } });
    expect(await refund(order, 601, { method: 'cash' })).toMatchObject({
      refusal: { code: 'over-refund', detail: { leftMinor: '600' } },
    });
    expect(codeOf(await refund(order, 600, { method: 'cash' }))).toBe('ok');
    const copy = { what: 'order', original: order, approval: null } as const;
    expect(await till.call('papers.reprint', copy)).toMatchObject({ value: { copy: 1 } });
  });

  it('of a payment for an order → found by its words, and given back by a note', async () => {
    const seller = sellerAt(till);
    await seller.openShift();
    await seller.add(1000, 'Crème brûlée');
    await seller.pay('offline-code', null, seller.code('for an order'));
    const any = { amountMinor: null, code: null, fromMs: null, toMs: null, state: null } as const;
    const found = await must(till, 'payments.search', { ...any, text: 'creme', after: null, limit: 10 });
    const [row] = found.rows;
    if (row === undefined) throw new Error('not found');
    expect(row.orderId).not.toBeNull();
    expect(codeOf(await refund({ epoch: row.epoch, journalSeq: row.journalSeq }, 1000))).toBe('ok');
    const rebuilt = await till.engine.rebuildViews(false);
    expect(rebuilt.ok && rebuilt.value.tables.filter(({ differing }) => differing > 0)).toEqual([]);
  });

  it('of a payment by code → needs an open shift; then cash, no note, settled at once', async () => {
    const sale = await sell(700);
    expect(codeOf(await refund(sale, 200, { method: 'cash' }))).toBe('shift-needed');
    await till.call('shifts.open', { float: { total: eur(1000), pieces: null }, approval: null });
    const paid = await refund(sale, 200, { method: 'cash' });
    expect(paid).toMatchObject({
      value: { digits: null, refund: { method: 'cash', state: 'settled', refundId: null } },
    });
    expect(codeOf(await refund(sale, 501))).toBe('over-refund');
    if (!paid.ok) throw new Error('refused');
    const { epoch, journalSeq } = paid.value.refund;
    expect(codeOf(await till.call('refunds.note', { epoch, journalSeq }))).toBe('not-found');
  });
});

describe('6. reprint', () => {
  it('receipt and credit note → copies numbered from 1; what never was → not-found', async () => {
    const sale = await sell(700);
    const back = await refund(sale, 100);
    if (!back.ok) throw new Error('refused');
    const note = { epoch: back.value.refund.epoch, journalSeq: back.value.refund.journalSeq };
    const again = (what: 'receipt' | 'credit-note' | 'order', original: Place) =>
      till.call('papers.reprint', { what, original, approval: null });
    expect(await again('receipt', sale)).toMatchObject({ value: { copy: 1, payment: { amount: eur(700) } } });
    expect(await again('receipt', sale)).toMatchObject({ value: { copy: 2 } });
    expect(await again('credit-note', note)).toMatchObject({ value: { copy: 1, digits: back.value.digits } });
    expect(codeOf(await again('receipt', note))).toBe('not-found');
    expect(codeOf(await again('order', sale))).toBe('not-found');
    till = await till.reopen();
    await till.call('people.signIn', { personId: 'c1', pin: '135790' });
    expect(await again('receipt', sale)).toMatchObject({ value: { copy: 3 } });
  });
});
