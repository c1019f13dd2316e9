import { describe, expect, it } from 'vitest';
import type { WalletPayment } from '../../shared/contract/clearing.ts';
import type { PaymentId } from '../../shared/ids.ts';
import { sign1Value } from '../../shared/protocol/cose.ts';
import { decodePictureBytes, encodePicture, type ReceiptPicture } from '../../shared/protocol/picture.ts';
import { readReceipt, signReceipt } from '../../shared/protocol/receipt.ts';
import { checkReceipt, planReceipt } from '../../wallet/core/accept-receipt.ts';
import { answerInvoice, checkInvoice } from '../../wallet/core/answer-invoice.ts';
import {
  applyOutcome,
  applyStanding,
  lapseOldPayments,
  SETTLEMENT_WINDOW_MS,
} from '../../wallet/core/apply-outcome.ts';
import { beginPresentation, endPresentation, renewPresentation } from '../../wallet/core/present.ts';
import { paidMinor, reservedMinor, spentMinor } from '../../wallet/core/purse-state.ts';
import { EPOCH_S, signerOf, terminalOf, WORLD } from '../support/protocol-fixture.ts';
import { CHECK, invoiceOf, paymentIn, SHOP, type TestWallet, testWallet } from '../support/wallet-ports.ts';

async function quick(wallet: TestWallet, capMinor = 5000n) {
  const presentation = await beginPresentation(wallet.ports, wallet.purseId, capMinor);
  if (!presentation.ok) throw new Error(presentation.refusal.code);
  return presentation.value;
}

function receiptOf(
  paymentId: PaymentId,
  chargedMinor: bigint,
  shop = SHOP,
  signer = shop.signer,
): ReceiptPicture {
  const fields = { paymentId, chargedMinor, currency: 'EUR', iatS: EPOCH_S + 3610, journalSeq: 5 } as const;
  const receipt = readReceipt(sign1Value(signReceipt(fields, WORLD, signer)));
  return { kind: 'receipt', certificate: shop.certificate, receipt };
}

function accept(wallet: TestWallet, picture: ReceiptPicture): string {
  const bytes = decodePictureBytes(encodePicture(picture));
  if (!bytes.ok || bytes.value.kind !== 'receipt') throw new TypeError('not a receipt');
  const checked = checkReceipt(bytes.value, CHECK);
  if (!checked.ok) return checked.refusal.code;
  const planned = planReceipt(wallet.state(), checked.value);
  if (!planned.ok) return planned.refusal.code;
  wallet.setState(planned.value.state);
  return 'accepted';
}

function outcome(wallet: TestWallet, paymentId: string, change: Partial<WalletPayment> = {}): WalletPayment {
  return {
    number: 1,
    purseId: wallet.purseId,
    counter: 1,
    paymentId,
    refundId: null,
    amountMinor: '1200',
    currency: 'EUR',
    merchantName: 'Corner shop',
    state: 'settled',
    reason: null,
    atMs: (EPOCH_S + 4000) * 1000,
    ...change,
  };
}

function apply(wallet: TestWallet, ...outcomes: WalletPayment[]): void {
  for (const each of outcomes) wallet.setState(applyOutcome(wallet.state(), each));
}

describe('a receipt', () => {
  it('of a quick payment → the amount charged in place of the cap, and the shop is known', async () => {
    const wallet = testWallet();
    const { paymentId } = await quick(wallet);
    expect(accept(wallet, receiptOf(paymentId, 1200n))).toBe('accepted');
    expect([spentMinor(wallet.state()), reservedMinor(wallet.state())]).toEqual([1200n, 0n]);
    expect(wallet.state().presenting).toBeNull();
    expect(wallet.state().knownTerminals).toEqual([SHOP.certificate.terminalId]);
    expect(paymentIn((await quick(wallet)).code.full).spentMinor).toBe(1200n);
  });
  it('of a later picture of the presentation → accepted', async () => {
    const wallet = testWallet();
    const first = await quick(wallet);
    wallet.clock.nowMs += 20_000;
    const second = await renewPresentation(wallet.ports, first);
    if (!second.ok) throw new Error(second.refusal.code);
    expect(accept(wallet, receiptOf(second.value.paymentId, 700n))).toBe('accepted');
  });
  it('above the cap → amount-differs', async () => {
    const wallet = testWallet();
    const { paymentId } = await quick(wallet);
    expect(accept(wallet, receiptOf(paymentId, 5001n))).toBe('amount-differs');
  });
  it('of another wallet’s payment → not-found', async () => {
    const wallet = testWallet();
    await quick(wallet);
    expect(accept(wallet, receiptOf('00'.repeat(16) as PaymentId, 1n))).toBe('not-found');
  });
  it('signed by another key → forged', async () => {
    const wallet = testWallet();
    const { paymentId } = await quick(wallet);
    expect(accept(wallet, receiptOf(paymentId, 1n, SHOP, signerOf('thief')))).toBe('forged');
  });
  it('of a bound payment by another terminal → amount-differs', async () => {
    const wallet = testWallet();
    const checked = checkInvoice(invoiceOf(), CHECK, EPOCH_S + 3600);
    if (!checked.ok) throw new Error(checked.refusal.code);
    const answer = await answerInvoice(wallet.ports, wallet.purseId, checked.value);
    if (!answer.ok) throw new Error(answer.refusal.code);
    const [id] = answer.value.record.pictureIds;
    if (id === undefined) throw new TypeError('no id');
    expect(accept(wallet, receiptOf(id, 1250n, terminalOf('other', 'Other')))).toBe('amount-differs');
    expect(accept(wallet, receiptOf(id, 1250n))).toBe('accepted');
  });
  it('after a later payment had counted the cap → spent stays where that payment put it', async () => {
    const wallet = testWallet();
    const first = await quick(wallet);
    await quick(wallet, 100n);
    accept(wallet, receiptOf(first.paymentId, 1200n));
    expect(paymentIn((await quick(wallet, 100n)).code.full).spentMinor).toBe(5000n);
  });
});

describe('an outcome', () => {
  it('settled → the settled amount counts, no longer the cap', async () => {
    const wallet = testWallet();
    const { paymentId } = await quick(wallet);
    apply(wallet, outcome(wallet, paymentId));
    expect([paidMinor(wallet.state()), reservedMinor(wallet.state())]).toEqual([1200n, 0n]);
    expect(wallet.state().presenting).toBeNull();
  });
  it('rejected, then settled from another terminal → settled; settled, then rejected → settled', async () => {
    const rejected = { state: 'rejected', reason: 'conflict' } as const;
    for (const order of [
      [rejected, {}],
      [{}, rejected],
    ]) {
      const wallet = testWallet();
      const { paymentId } = await quick(wallet);
      apply(wallet, ...order.map((change) => outcome(wallet, paymentId, change)));
      expect(wallet.state().payments[0]?.result.kind).toBe('settled');
    }
  });
  it('rejected → nothing is reserved for it any more', async () => {
    const wallet = testWallet();
    const { paymentId } = await quick(wallet);
    apply(wallet, outcome(wallet, paymentId, { state: 'rejected', reason: 'revoked' }));
    expect(reservedMinor(wallet.state())).toBe(0n);
  });
  it('rejected as rubbish that only names the purse → still reserved', async () => {
    const wallet = testWallet();
    const { paymentId } = await quick(wallet);
    apply(wallet, outcome(wallet, paymentId, { state: 'rejected', reason: 'bad-signature' }));
    expect(reservedMinor(wallet.state())).toBe(5000n);
  });
  it('settled with a counter that this wallet has not reached → rolled back, signs no more', async () => {
    const wallet = testWallet();
    apply(wallet, outcome(wallet, 'ab'.repeat(16), { counter: 9 }));
    expect(wallet.state().stop).toBe('rolled-back');
    expect(await beginPresentation(wallet.ports, wallet.purseId, 1n)).toMatchObject({
      refusal: { code: 'revoked' },
    });
    expect(applyStanding(wallet.state(), 'open').stop).toBe('rolled-back');
  });
  it('rejected with a payment that is not ours → the purse stays open', async () => {
    const wallet = testWallet();
    apply(wallet, outcome(wallet, 'ab'.repeat(16), { state: 'rejected', reason: 'conflict' }));
    expect(wallet.state().stop).toBeNull();
  });
  it('settled bound payment → the terminal is known', async () => {
    const wallet = testWallet();
    const checked = checkInvoice(invoiceOf(), CHECK, EPOCH_S + 3600);
    if (!checked.ok) throw new Error(checked.refusal.code);
    const answer = await answerInvoice(wallet.ports, wallet.purseId, checked.value);
    if (!answer.ok) throw new Error(answer.refusal.code);
    apply(wallet, outcome(wallet, answer.value.record.pictureIds[0] ?? '', { amountMinor: '1250' }));
    expect(wallet.state().knownTerminals).toEqual([SHOP.certificate.terminalId]);
  });
});

describe('the settlement window', () => {
  it('passed without an outcome → lapsed, and freed', async () => {
    const wallet = testWallet();
    const presentation = await quick(wallet);
    await endPresentation(wallet.ports, presentation);
    const end = wallet.clock.nowMs + SETTLEMENT_WINDOW_MS;
    expect(lapseOldPayments(wallet.state(), end)).toBe(wallet.state());
    const lapsed = lapseOldPayments(wallet.state(), end + 1);
    expect(lapsed.payments[0]?.result.kind).toBe('lapsed');
    expect(spentMinor(lapsed)).toBe(0n);
  });
});

describe('the purse’s standing', () => {
  it('frozen, then open → stops, then pays again', () => {
    const state = testWallet().state();
    expect(applyStanding(state, 'frozen').stop).toBe('frozen');
    expect(applyStanding(applyStanding(state, 'frozen'), 'open').stop).toBeNull();
  });
});
