import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WalletPayment } from '../../shared/contract/clearing.ts';
import { answerInvoice, checkInvoice } from '../../wallet/core/answer-invoice.ts';
import { choosePurse } from '../../wallet/core/choose-purse.ts';
import { historyOf } from '../../wallet/core/history.ts';
import { beginPresentation } from '../../wallet/core/present.ts';
import { faceOf, inOrderOfUse } from '../../wallet/core/purse-face.ts';
import type { PurseState } from '../../wallet/core/purse-state.ts';
import { readPurse } from '../../wallet/store/read-purse.ts';
import { EPOCH_S } from '../support/protocol-fixture.ts';
import { CHECK, invoiceOf, SHOP, testWallet } from '../support/wallet-ports.ts';

const NOW_S = EPOCH_S + 3600;

function checked(amountMinor = 1250n) {
  const result = checkInvoice(invoiceOf({ amountMinor }), CHECK, NOW_S);
  if (!result.ok) throw new Error(result.refusal.code);
  return result.value;
}

async function usedWallet() {
  const wallet = testWallet();
  await beginPresentation(wallet.ports, wallet.purseId, 2000n);
  await answerInvoice(wallet.ports, wallet.purseId, checked());
  return wallet;
}

describe('a purse in storage', () => {
  it('as it was written → the same', async () => {
    const state = (await usedWallet()).state();
    expect(readPurse(structuredClone(state))).toEqual(structuredClone(state));
  });
  it('any one field lost or changed in its kind → not a purse', async () => {
    const state = (await usedWallet()).state();
    const junk = fc.oneof(
      fc.constant(undefined),
      fc.constant(-1),
      fc.constant(-1n),
      fc.constant(1.5),
      fc.constant('x'),
      fc.constant(new Uint8Array(3)),
      fc.constant({}),
    );
    const fields = Object.keys(state) as (keyof PurseState)[];
    fc.assert(
      fc.property(fc.constantFrom(...fields), junk, (field, value) => {
        // any text is a customer's id to this reader, and any bytes are a certificate
        if (field === 'customerId' && typeof value === 'string') return;
        if (field === 'certificate' && value instanceof Uint8Array) return;
        expect(readPurse({ ...state, [field]: value })).toBeUndefined();
      }),
    );
  });
  it('a payment missing → not a purse: its counter would be used again', async () => {
    const state = (await usedWallet()).state();
    expect(readPurse({ ...state, payments: state.payments.slice(1) })).toBeUndefined();
    expect(readPurse({ ...state, payments: state.payments.toReversed() })).toBeUndefined();
    expect(readPurse({ ...state, payments: state.payments.slice(0, 1), counter: 1 })).toBeDefined();
  });
});

describe('the purse that pays', () => {
  it('none of this currency → currency-mismatch', () => {
    const yen = testWallet({ name: 'yen', currency: 'JPY' }).state();
    expect(choosePurse([yen], checked(), NOW_S)).toMatchObject({ refusal: { code: 'currency-mismatch' } });
    expect(choosePurse([], checked(), NOW_S)).toMatchObject({ refusal: { code: 'currency-mismatch' } });
  });
  it('several able → the one that ends first', () => {
    const late = testWallet({ name: 'late', expS: EPOCH_S + 30 * 86_400 }).state();
    const early = testWallet({ name: 'early', expS: EPOCH_S + 10 * 86_400 }).state();
    expect(choosePurse([late, early], checked(), NOW_S)).toMatchObject({ value: { purseId: early.purseId } });
  });
  it('the one that ends first cannot → the next', () => {
    const late = testWallet({ name: 'late' }).state();
    const poor = testWallet({ name: 'poor', allowanceMinor: 5n, expS: EPOCH_S + 86_400 }).state();
    expect(choosePurse([poor, late], checked(), NOW_S)).toMatchObject({ value: { purseId: late.purseId } });
  });
  it('none able → the reason of the last one', () => {
    const poor = testWallet({ allowanceMinor: 5n }).state();
    expect(choosePurse([poor], checked(), NOW_S)).toMatchObject({ refusal: { code: 'over-allowance' } });
  });
  it('answered before by another purse → that one', async () => {
    const used = await usedWallet();
    const early = testWallet({ name: 'early', expS: EPOCH_S + 86_400 }).state();
    const chosen = choosePurse([early, used.state()], checked(), NOW_S);
    expect(chosen).toMatchObject({ value: { purseId: used.purseId } });
  });
});

describe('the face of a purse', () => {
  it('new → all is left; the code’s limit is the least of cap, rest and policy', () => {
    const face = faceOf(testWallet({ perPaymentCapMinor: 15_000n }).state(), CHECK.trust, NOW_S * 1000);
    expect(face).toMatchObject({ leftMinor: 20_000n, reservedMinor: 0n, heldMinor: 0n, obstacle: null });
    expect(face.quickLimitMinor).toBe(10_000n);
  });
  it('ended, used up, frozen → said so', async () => {
    const wallet = testWallet({ allowanceMinor: 2000n });
    expect(faceOf(wallet.state(), null, (EPOCH_S + 31 * 86_400) * 1000).obstacle).toBe('ended');
    await beginPresentation(wallet.ports, wallet.purseId, 2000n);
    expect(faceOf(wallet.state(), null, NOW_S * 1000).obstacle).toBe('empty');
    expect(faceOf({ ...wallet.state(), stop: 'frozen' }, null, NOW_S * 1000).obstacle).toBe('frozen');
  });
  it('in order of use → able ones first, the earliest end first', () => {
    const faces = ['a', 'b', 'c'].map((name, at) =>
      faceOf(testWallet({ name, expS: EPOCH_S + (10 - at) * 86_400 }).state(), null, NOW_S * 1000),
    );
    const [a, b, c] = faces;
    if (a === undefined || b === undefined || c === undefined) throw new TypeError('three');
    const stopped = { ...c, obstacle: 'frozen' } as const;
    expect(inOrderOfUse([stopped, a, b]).map((face) => face.purse.purseId)).toEqual(
      [b, a, stopped].map((face) => face.purse.purseId),
    );
  });
});

describe('the history', () => {
  it('own payments, the newest first, with what is known of them', async () => {
    const wallet = await usedWallet();
    const entries = historyOf([wallet.state()], [], []);
    expect(
      entries.map(({ counter, state, isMost, merchantName }) => [counter, state, isMost, merchantName]),
    ).toEqual([
      [2, 'reserved', false, 'Corner shop'],
      [1, 'reserved', true, null],
    ]);
    expect(entries[0]?.answerUntilS).toBe(NOW_S + 300);
  });
  it('known to the clearing house and not to this device → shown too, once', async () => {
    const wallet = await usedWallet();
    const payment: WalletPayment = {
      number: 1,
      purseId: 'ab'.repeat(8),
      counter: 1,
      paymentId: 'cd'.repeat(16),
      refundId: null,
      amountMinor: '700',
      currency: 'EUR',
      merchantName: 'Elsewhere',
      state: 'settled',
      reason: null,
      atMs: 0,
    };
    const own = { ...payment, number: 2, purseId: wallet.purseId };
    const entries = historyOf([wallet.state()], [own, payment], []);
    expect(entries).toHaveLength(3);
    expect(entries.at(-1)).toMatchObject({ merchantName: 'Elsewhere', ownPurseId: null, minor: 700n });
    expect(SHOP.certificate.displayName).toBe('Corner shop');
  });
});
