import { describe, expect, it } from 'vitest';
import { idBytes } from '../../shared/ids.ts';
import { Malformed } from '../../shared/protocol/malformed.ts';
import { isShort, shortOf } from '../../shared/protocol/picture.ts';
import {
  answerInvoice,
  type CheckedInvoice,
  canPay,
  checkInvoice,
  showAnswerAgain,
} from '../../wallet/core/answer-invoice.ts';
import { leftMinor, withKnownTerminal } from '../../wallet/core/purse-state.ts';
import type { TerminalCheck } from '../../wallet/core/trusted-terminal.ts';
import { EPOCH_S, purseOf, seed, signerOf, terminalOf, trustBundleOf } from '../support/protocol-fixture.ts';
import { CHECK, invoiceOf, openSealedCode, PowerCut, SHOP, testWallet } from '../support/wallet-ports.ts';

const NOW_S = EPOCH_S + 3600;

function checked(picture = invoiceOf()): CheckedInvoice {
  const result = checkInvoice(picture, CHECK, NOW_S);
  if (!result.ok) throw new Error(result.refusal.code);
  return result.value;
}

function refusal(picture = invoiceOf(), check: TerminalCheck = CHECK, nowS = NOW_S): string {
  const result = checkInvoice(picture, check, nowS);
  return result.ok ? 'ok' : result.refusal.code;
}

describe('an invoice', () => {
  it('genuine → the name from the certificate, the amount, the end', () => {
    const { terminal, invoice, expiresAtS } = checked();
    expect([terminal.displayName, invoice.amountMinor, expiresAtS]).toEqual([
      'Corner shop',
      1250n,
      NOW_S + 300,
    ]);
  });
  it('certificate of an unknown issuer → untrusted', () => {
    const trust = trustBundleOf({ issuers: [] });
    expect(refusal(invoiceOf(), { ...CHECK, trust })).toBe('untrusted');
  });
  it('certificate dated outside of the issuer key’s span → untrusted', () => {
    const trust = trustBundleOf();
    const issuers = trust.issuers.map((issuer) => ({ ...issuer, notBeforeS: EPOCH_S + 1 }));
    expect(refusal(invoiceOf(), { ...CHECK, trust: { ...trust, issuers } })).toBe('untrusted');
  });
  it('certificate of the other world → certificate-forged', () => {
    expect(refusal(invoiceOf(), { ...CHECK, world: 'live' })).toBe('certificate-forged');
  });
  it('name changed in the certificate → certificate-forged', () => {
    const { certificate } = terminalOf('terminal', 'Corner shop');
    const other = terminalOf('terminal', 'Another name').certificate;
    const mixed = { ...other, sign1: { ...other.sign1, signature: certificate.sign1.signature } };
    expect(refusal({ ...invoiceOf(), certificate: mixed })).toBe('certificate-forged');
  });
  it('certificate ended → certificate-expired', () => {
    expect(refusal(invoiceOf(), CHECK, EPOCH_S + 365 * 86_400)).toBe('certificate-expired');
  });
  it('terminal revoked → terminal-revoked', () => {
    const trust = trustBundleOf({ revokedTerminals: [SHOP.certificate.terminalId] });
    expect(refusal(invoiceOf(), { ...CHECK, trust })).toBe('terminal-revoked');
  });
  it('signed by another key → forged', () => {
    expect(refusal(invoiceOf({}, SHOP, signerOf('thief')))).toBe('forged');
  });
  it('of another terminal under this certificate → forged', () => {
    const other = terminalOf('other', 'Other');
    expect(refusal({ ...invoiceOf({}, other, SHOP.signer), certificate: SHOP.certificate })).toBe('forged');
  });
  it('at its end → invoice-expired', () => {
    expect(refusal(invoiceOf(), CHECK, NOW_S + 299)).toBe('ok');
    expect(refusal(invoiceOf(), CHECK, NOW_S + 300)).toBe('invoice-expired');
  });
  it('amount 0 → no invoice: its reader refuses it', () =>
    expect(() => invoiceOf({ amountMinor: 0n })).toThrow(Malformed));
  it('certificate as digest → full-code-needed', () => {
    expect(refusal({ ...invoiceOf(), certificate: shortOf(SHOP.certificate) })).toBe('full-code-needed');
  });
});

describe('the answer to an invoice', () => {
  it('confirmed → a payment over this invoice and amount, that this terminal can open', async () => {
    const wallet = testWallet();
    const answer = await answerInvoice(wallet.ports, wallet.purseId, checked());
    if (!answer.ok) throw new Error(answer.refusal.code);
    const { payment, certificate } = openSealedCode(answer.value.code.full, SHOP.boxSecret);
    expect(payment).toMatchObject({ mode: 'bound', counter: 1, spentMinor: 0n, amountMinor: 1250n });
    expect(payment.mode === 'bound' && payment.invoiceDigest).toEqual(checked().invoice.digest);
    expect(isShort(certificate)).toBe(false);
    expect(() => openSealedCode(answer.value.code.full, seed('another box'))).toThrow();
    expect(leftMinor(wallet.state(), 20_000n)).toBe(18_750n);
    expect(answer.value.isKnownTerminal).toBe(false);
  });
  it('terminal took this purse before → the short code is offered', async () => {
    const wallet = testWallet();
    wallet.setState(withKnownTerminal(wallet.state(), SHOP.certificate.terminalId));
    const answer = await answerInvoice(wallet.ports, wallet.purseId, checked());
    if (!answer.ok) throw new Error(answer.refusal.code);
    expect(answer.value.isKnownTerminal).toBe(true);
    expect(isShort(openSealedCode(answer.value.code.short, SHOP.boxSecret).certificate)).toBe(true);
  });
  it('the same invoice scanned again → the same payment, no second one', async () => {
    const wallet = testWallet();
    const first = await answerInvoice(wallet.ports, wallet.purseId, checked());
    wallet.clock.nowMs += 30_000;
    const again = await answerInvoice(wallet.ports, wallet.purseId, checked());
    const later = await showAnswerAgain(wallet.ports, wallet.purseId, 1);
    if (!first.ok || !again.ok || !later.ok) throw new Error('refused');
    const payments = [first, again, later].map(
      (answer) => openSealedCode(answer.value.code.full, SHOP.boxSecret).payment.sign1,
    );
    expect(payments[1]).toEqual(payments[0]);
    expect(payments[2]).toEqual(payments[0]);
    expect(wallet.state().counter).toBe(1);
  });
  it('shown again after the invoice’s end → invoice-expired', async () => {
    const wallet = testWallet();
    await answerInvoice(wallet.ports, wallet.purseId, checked());
    wallet.clock.nowMs += 300_000;
    const again = await showAnswerAgain(wallet.ports, wallet.purseId, 1);
    expect(again).toMatchObject({ refusal: { code: 'invoice-expired' } });
  });
  it('invoice ended while the customer thought → invoice-expired, nothing signed', async () => {
    const wallet = testWallet();
    const invoice = checked();
    wallet.clock.nowMs += 300_000;
    const answer = await answerInvoice(wallet.ports, wallet.purseId, invoice);
    expect(answer).toMatchObject({ refusal: { code: 'invoice-expired' } });
    expect(wallet.signed).toEqual([]);
  });
  it('purse of another currency → currency-mismatch', async () => {
    const wallet = testWallet({ currency: 'JPY' });
    expect(canPay(wallet.state(), checked(), NOW_S)).toMatchObject({
      refusal: { code: 'currency-mismatch' },
    });
    const answer = await answerInvoice(wallet.ports, wallet.purseId, checked());
    expect(answer).toMatchObject({
      refusal: { code: 'currency-mismatch', detail: { purseCurrency: 'JPY' } },
    });
  });
  it('more than is left → over-allowance with what is left', async () => {
    const wallet = testWallet({ allowanceMinor: 1000n });
    const answer = await answerInvoice(wallet.ports, wallet.purseId, checked());
    expect(answer).toMatchObject({ refusal: { code: 'over-allowance', detail: { leftMinor: '1000' } } });
  });
  it('a quick code was open → it ends, its cap is in spent, previous is its id', async () => {
    const wallet = testWallet();
    const { beginPresentation, renewPresentation } = await import('../../wallet/core/present.ts');
    const quick = await beginPresentation(wallet.ports, wallet.purseId, 3000n);
    if (!quick.ok) throw new Error(quick.refusal.code);
    const answer = await answerInvoice(wallet.ports, wallet.purseId, checked());
    if (!answer.ok) throw new Error(answer.refusal.code);
    const { payment } = openSealedCode(answer.value.code.full, SHOP.boxSecret);
    expect(payment.spentMinor).toBe(3000n);
    expect(payment.previous).toEqual(idBytes(quick.value.paymentId).subarray(0, 8));
    expect(await renewPresentation(wallet.ports, quick.value)).toMatchObject({
      refusal: { code: 'expired' },
    });
  });
  it('power cut after the commit → the same invoice gets the payment on record', async () => {
    const wallet = testWallet();
    wallet.purses.cut = 'after-commit';
    await expect(answerInvoice(wallet.ports, wallet.purseId, checked())).rejects.toThrow(PowerCut);
    expect(wallet.signed).toEqual([]);
    const answer = await answerInvoice(wallet.ports, wallet.purseId, checked());
    if (!answer.ok) throw new Error(answer.refusal.code);
    expect(openSealedCode(answer.value.code.full, SHOP.boxSecret).payment.counter).toBe(1);
    expect(wallet.state().counter).toBe(1);
  });
  it('key missing on the device → storage-damaged', async () => {
    const wallet = testWallet();
    const { certificate } = purseOf({ name: 'another' });
    wallet.setState({ ...wallet.state(), certificate: certificate.bytes });
    const answer = await answerInvoice(wallet.ports, wallet.purseId, checked());
    expect(answer).toMatchObject({ refusal: { code: 'storage-damaged' } });
  });
});
