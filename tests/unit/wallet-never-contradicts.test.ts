/**
 * The rule that everything else rests on: no two payments that an honest wallet ever signed are a proof of
 * double spending, whatever the customer does, wherever the power fails, whatever comes back and when.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { idBytes } from '../../shared/ids.ts';
import { decodeCbor } from '../../shared/protocol/cbor.ts';
import { contradict } from '../../shared/protocol/double-spend.ts';
import { type Payment, readPayment } from '../../shared/protocol/payment.ts';
import { readBytesUpTo, readTuple } from '../../shared/protocol/shape.ts';
import { planReceipt } from '../../wallet/core/accept-receipt.ts';
import { answerInvoice, checkInvoice } from '../../wallet/core/answer-invoice.ts';
import { applyOutcome, lapseOldPayments } from '../../wallet/core/apply-outcome.ts';
import { beginPresentation, endPresentation, renewPresentation } from '../../wallet/core/present.ts';
import { heldMinor, leftMinor, paidMinor, reservedMinor, spentMinor } from '../../wallet/core/purse-state.ts';
import { EPOCH_S } from '../support/protocol-fixture.ts';
import { CHECK, invoiceOf, PowerCut, SHOP, type TestWallet, testWallet } from '../support/wallet-ports.ts';

const ALLOWANCE = 20_000n;

type Step =
  | { readonly do: 'begin'; readonly capMinor: bigint }
  | { readonly do: 'renew' | 'end'; readonly which: number }
  | { readonly do: 'answer'; readonly amountMinor: bigint; readonly invoice: number }
  | { readonly do: 'receipt' | 'settled' | 'rejected'; readonly which: number; readonly percent: bigint }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'lapse' };

const amount = fc.bigInt({ min: 1n, max: 6000n });
const which = fc.nat({ max: 11 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('begin' as const), capMinor: amount }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('renew' as const, 'end' as const), which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      amountMinor: amount,
      invoice: fc.nat({ max: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('receipt' as const, 'settled' as const, 'rejected' as const),
      which,
      percent: fc.bigInt({ min: 0n, max: 100n }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.nat({ max: 100 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'lapse' as const }) },
);
const cut = fc.constantFrom(null, null, null, 'before-commit' as const, 'after-commit' as const);

/** What a Sig_structure signs, read as a payment (its signature has no part in the rules). */
function paymentFrom(signed: Uint8Array): Payment {
  const [, header, , payload] = readTuple(decodeCbor(signed), 4);
  return readPayment([readBytesUpTo(header, 32), new Map(), payload ?? null, new Uint8Array(64)]);
}

function feedback(wallet: TestWallet, step: Extract<Step, { which: number; percent: bigint }>): void {
  const state = wallet.state();
  const record = state.payments[step.which % Math.max(1, state.payments.length)];
  const paymentId = record?.pictureIds.at(-1);
  if (record === undefined || paymentId === undefined) return;
  const charged = record.mode === 'bound' ? record.amountMinor : (record.capMinor * step.percent) / 100n;
  if (step.do === 'receipt') {
    const receipt = {
      paymentId,
      chargedMinor: charged,
      currency: 'EUR',
      iatS: EPOCH_S,
      journalSeq: 1,
      sign1: SHOP.certificate.sign1,
    } as const;
    const planned = planReceipt(state, { receipt, terminal: SHOP.certificate });
    if (planned.ok) wallet.setState(planned.value.state);
    return;
  }
  wallet.setState(
    applyOutcome(state, {
      number: 1,
      purseId: state.purseId,
      counter: record.counter,
      paymentId,
      refundId: null,
      amountMinor: charged.toString(),
      currency: 'EUR',
      merchantName: 'Corner shop',
      state: step.do,
      reason: step.do === 'rejected' ? 'conflict' : null,
      atMs: 0,
    }),
  );
}

async function perform(wallet: TestWallet, step: Step): Promise<void> {
  const purse = { purseId: wallet.purseId };
  const last = wallet.state().payments.filter((record) => record.mode === 'quick');
  switch (step.do) {
    case 'begin':
      await beginPresentation(wallet.ports, wallet.purseId, step.capMinor);
      return;
    case 'renew':
    case 'end': {
      const shown = last[step.which % Math.max(1, last.length)];
      if (shown === undefined) return;
      const presentation = { ...purse, counter: shown.counter };
      if (step.do === 'renew') await renewPresentation(wallet.ports, presentation);
      else await endPresentation(wallet.ports, presentation);
      return;
    }
    case 'answer': {
      const nowS = Math.floor(wallet.clock.nowMs / 1000);
      const nonce = new Uint8Array(8).fill(step.invoice);
      const picture = invoiceOf({ amountMinor: step.amountMinor, nonce, iatS: nowS });
      const checked = checkInvoice(picture, CHECK, nowS);
      if (!checked.ok) throw new Error(checked.refusal.code);
      await answerInvoice(wallet.ports, wallet.purseId, checked.value);
      return;
    }
    case 'receipt':
    case 'settled':
    case 'rejected':
      feedback(wallet, step);
      return;
    case 'wait':
      wallet.clock.nowMs += step.seconds * 1000;
      return;
    case 'lapse':
      wallet.setState(lapseOldPayments(wallet.state(), wallet.clock.nowMs + 40 * 86_400_000));
      return;
  }
}

it('any doings, power cuts, receipts and outcomes → no two signed payments contradict', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(step, cut), { maxLength: 40 }), async (steps) => {
      const wallet = testWallet({ allowanceMinor: ALLOWANCE });
      for (const [doing, power] of steps) {
        wallet.purses.cut = power;
        await perform(wallet, doing).catch((error: unknown) => {
          if (!(error instanceof PowerCut)) throw error;
        });
        wallet.purses.cut = null;
        const state = wallet.state();
        const left = leftMinor(state, ALLOWANCE);
        if (spentMinor(state) <= ALLOWANCE) {
          expect(left + paidMinor(state) + reservedMinor(state) + heldMinor(state)).toBe(ALLOWANCE);
        }
        expect(heldMinor(state)).toBeGreaterThanOrEqual(0n);
        expect(state.payments.map((record) => record.counter)).toEqual(state.payments.map((_, i) => i + 1));
      }
      const payments = wallet.signed.map(paymentFrom);
      for (const a of payments) {
        const most = a.mode === 'quick' ? a.capMinor : a.amountMinor;
        expect(a.spentMinor + most).toBeLessThanOrEqual(ALLOWANCE);
        for (const b of payments) if (contradict(a, b)) throw new Error(`${a.counter} against ${b.counter}`);
      }
      // and each names the first picture of the one before it
      for (const payment of payments) {
        const before = wallet.state().payments[payment.counter - 2]?.pictureIds[0];
        const expected = before === undefined ? new Uint8Array(8) : idBytes(before).subarray(0, 8);
        expect(payment.previous).toEqual(expected);
      }
    }),
    { numRuns: 300 },
  );
});
