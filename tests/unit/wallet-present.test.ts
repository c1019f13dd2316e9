import { describe, expect, it } from 'vitest';
import { verifySign1 } from '../../shared/protocol/cose.ts';
import { isSamePresentation, paymentAad, paymentIdOf } from '../../shared/protocol/payment.ts';
import { isShort } from '../../shared/protocol/picture.ts';
import {
  beginPresentation,
  endPresentation,
  MAX_PICTURES,
  type Presentation,
  QUICK_TTL_S,
  renewPresentation,
} from '../../wallet/core/present.ts';
import { certificateOf, leftMinor, reservedMinor } from '../../wallet/core/purse-state.ts';
import { backEnd, EPOCH_S, WORLD } from '../support/protocol-fixture.ts';
import { openCode, PowerCut, paymentIn, type TestWallet, testWallet } from '../support/wallet-ports.ts';

async function begun(wallet: TestWallet, capMinor = 2000n): Promise<Presentation> {
  const presentation = await beginPresentation(wallet.ports, wallet.purseId, capMinor);
  if (!presentation.ok) throw new Error(presentation.refusal.code);
  return presentation.value;
}

async function refusalOf(wallet: TestWallet, capMinor: bigint): Promise<string> {
  const presentation = await beginPresentation(wallet.ports, wallet.purseId, capMinor);
  return presentation.ok ? 'shown' : presentation.refusal.code;
}

describe('a quick code', () => {
  it('first code → counter 1, spent 0, previous zeros, signed under the purse key', async () => {
    const wallet = testWallet();
    const { code, paymentId } = await begun(wallet);
    const { certificate, payment } = openCode(code.full);
    const purse = certificateOf(wallet.state());
    expect(isShort(certificate)).toBe(false);
    expect(payment).toMatchObject({
      mode: 'quick',
      counter: 1,
      spentMinor: 0n,
      capMinor: 2000n,
      ttlS: QUICK_TTL_S,
    });
    expect(payment.previous).toEqual(new Uint8Array(8));
    expect(paymentIdOf(payment.sign1, WORLD, purse.digest)).toBe(paymentId);
    const aad = paymentAad(WORLD, purse.digest);
    expect(verifySign1(backEnd, purse.publicKey, payment.sign1, aad)).toBe(true);
  });

  it('short form → the same payment behind the certificate digest', async () => {
    const { code } = await begun(testWallet());
    const short = openCode(code.short);
    expect(isShort(short.certificate)).toBe(true);
    expect(short.payment.sign1).toEqual(openCode(code.full).payment.sign1);
    expect(code.short.length).toBeLessThan(code.full.length / 2);
  });

  it('renewed → a new iat, else the same presentation; its id is on record before it is shown', async () => {
    const wallet = testWallet();
    const first = await begun(wallet);
    expect(first.renewAtMs).toBe((EPOCH_S + 3600 + 20) * 1000);
    wallet.clock.nowMs = first.renewAtMs;
    const second = await renewPresentation(wallet.ports, first);
    if (!second.ok) throw new Error(second.refusal.code);
    const [a, b] = [paymentIn(first.code.full), paymentIn(second.value.code.full)];
    expect(isSamePresentation(a, b)).toBe(true);
    expect(b.iatS - a.iatS).toBe(20);
    expect(wallet.state().payments[0]?.pictureIds).toEqual([first.paymentId, second.value.paymentId]);
  });

  it('left, then the next code → previous is the id of the first picture, spent has the full cap', async () => {
    const wallet = testWallet();
    const first = await begun(wallet);
    wallet.clock.nowMs += 20_000;
    await renewPresentation(wallet.ports, first);
    await endPresentation(wallet.ports, first);
    const next = paymentIn((await begun(wallet, 500n)).code.full);
    expect(next.counter).toBe(2);
    expect(next.spentMinor).toBe(2000n);
    expect(Buffer.from(next.previous).toString('hex')).toBe(first.paymentId.slice(0, 16));
    expect(reservedMinor(wallet.state())).toBe(2500n);
    expect(leftMinor(wallet.state(), 20_000n)).toBe(17_500n);
  });

  it('renewed after it was left → expired', async () => {
    const wallet = testWallet();
    const first = await begun(wallet);
    await endPresentation(wallet.ports, first);
    expect(await renewPresentation(wallet.ports, first)).toMatchObject({ refusal: { code: 'expired' } });
  });

  it('a code begun in a second window → the first window can renew no more', async () => {
    const wallet = testWallet();
    const first = await begun(wallet);
    await begun(wallet);
    expect(await renewPresentation(wallet.ports, first)).toMatchObject({ refusal: { code: 'expired' } });
  });

  it('never left → ends by itself after its last picture', async () => {
    const wallet = testWallet();
    const first = await begun(wallet);
    let shown = 1;
    for (;;) {
      wallet.clock.nowMs += 20_000;
      const next = await renewPresentation(wallet.ports, first);
      if (!next.ok) break;
      shown += 1;
    }
    expect(shown).toBe(MAX_PICTURES);
  });

  it('two windows at once → two counters', async () => {
    const wallet = testWallet();
    const both = await Promise.all([begun(wallet), begun(wallet)]);
    expect(both.map((presentation) => presentation.counter).sort()).toEqual([1, 2]);
  });

  it('power cut before the commit → nothing signed, the counter is free', async () => {
    const wallet = testWallet();
    wallet.purses.cut = 'before-commit';
    await expect(begun(wallet)).rejects.toThrow(PowerCut);
    expect(wallet.signed).toEqual([]);
    expect(wallet.state().counter).toBe(0);
  });

  it('power cut after the commit → nothing shown, the counter is used and its cap reserved', async () => {
    const wallet = testWallet();
    wallet.purses.cut = 'after-commit';
    await expect(begun(wallet)).rejects.toThrow(PowerCut);
    expect(wallet.signed).toEqual([]);
    const next = paymentIn((await begun(wallet)).code.full);
    expect(next).toMatchObject({ counter: 2, spentMinor: 2000n });
    expect(next.previous).not.toEqual(new Uint8Array(8));
  });
});

describe('a quick code that may not be', () => {
  it('cap 0 → amount-invalid', async () => expect(await refusalOf(testWallet(), 0n)).toBe('amount-invalid'));
  it('above the cap for one payment → over-cap', async () =>
    expect(await refusalOf(testWallet({ perPaymentCapMinor: 1999n }), 2000n)).toBe('over-cap'));
  it('above what is left → over-allowance', async () =>
    expect(await refusalOf(testWallet({ allowanceMinor: 1999n }), 2000n)).toBe('over-allowance'));
  it('purse ended → certificate-expired', async () => {
    const wallet = testWallet();
    wallet.clock.nowMs = (EPOCH_S + 31 * 86_400) * 1000;
    expect(await refusalOf(wallet, 2000n)).toBe('certificate-expired');
  });
  it('clock before the purse → certificate-not-yet-valid', async () => {
    const wallet = testWallet();
    wallet.clock.nowMs = (EPOCH_S - 3600) * 1000;
    expect(await refusalOf(wallet, 2000n)).toBe('certificate-not-yet-valid');
  });
  it('purse frozen → revoked', async () => {
    const wallet = testWallet();
    wallet.setState({ ...wallet.state(), stop: 'frozen' });
    expect(await refusalOf(wallet, 2000n)).toBe('revoked');
  });
  it('all payments of the purse made → over-count', async () => {
    const wallet = testWallet({ allowanceMinor: 1_000_000n });
    for (let made = 0; made < 200; made++) await begun(wallet, 1n);
    expect(await refusalOf(wallet, 1n)).toBe('over-count');
  });
});
