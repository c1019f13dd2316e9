/** The wallet and credit notes: only of its own payments, only by the shop, never more than they were; told once. */
import { describe, expect, it } from 'vitest';
import type { WalletPayment } from '../../shared/contract/clearing.ts';
import { type PaymentId, paymentIdFrom } from '../../shared/ids.ts';
import { sign1Value } from '../../shared/protocol/cose.ts';
import { pictureText, type RefundPicture, shortOf } from '../../shared/protocol/picture.ts';
import { type RefundFields, readRefund, signRefund } from '../../shared/protocol/refund.ts';
import { creditNoteFor } from '../../wallet/core/accept-credit-note.ts';
import { applyOutcome } from '../../wallet/core/apply-outcome.ts';
import { historyOf } from '../../wallet/core/history.ts';
import { beginPresentation, endPresentation } from '../../wallet/core/present.ts';
import { readScanned } from '../../wallet/core/read-scanned.ts';
import { newsOf } from '../../wallet/state/snapshot.ts';
import type { CreditNote } from '../../wallet/store/records.ts';
import { EPOCH_S, signerOf, terminalOf, WORLD } from '../support/protocol-fixture.ts';
import { CHECK, SHOP, type TestWallet, testWallet } from '../support/wallet-ports.ts';

const NOW_S = EPOCH_S + 4000;

/** A wallet that showed one quick code of this cap, and the payment's id. */
async function paid(capMinor = 5000n): Promise<{ wallet: TestWallet; paymentId: PaymentId }> {
  const wallet = testWallet();
  const presentation = await beginPresentation(wallet.ports, wallet.purseId, capMinor);
  if (!presentation.ok) throw new Error(presentation.refusal.code);
  await endPresentation(wallet.ports, presentation.value);
  const paymentId = wallet.state().payments[0]?.pictureIds[0];
  if (paymentId === undefined) throw new Error('no payment');
  return { wallet, paymentId };
}

function noteOf(paymentId: PaymentId, change: Partial<RefundFields> = {}, shop = SHOP, signer = shop.signer) {
  const fields = {
    paymentId,
    amountMinor: 500n,
    currency: 'EUR',
    iatS: NOW_S,
    epoch: 1,
    journalSeq: 9,
  } as const;
  const refund = readRefund(sign1Value(signRefund({ ...fields, ...change }, WORLD, signer)));
  return { kind: 'refund', certificate: shop.certificate, refund } satisfies RefundPicture;
}

/** What becomes of a scanned note: the note that is kept, or the refusal's code. */
function take(
  wallet: TestWallet,
  picture: RefundPicture,
  held: readonly CreditNote[] = [],
): CreditNote | string {
  const scanned = readScanned(pictureText(picture), CHECK, NOW_S);
  if (!scanned.ok) return scanned.refusal.code;
  if (scanned.value.kind !== 'refund') return scanned.value.kind;
  const note = creditNoteFor([wallet.state()], held, scanned.value.checked);
  return note.ok ? note.value : note.refusal.code;
}

function kept(note: CreditNote | string): CreditNote {
  if (typeof note === 'string') throw new Error(note);
  return note;
}

describe('a credit note', () => {
  it('of a payment of ours → kept with the shop’s name; the same again → the same', async () => {
    const { wallet, paymentId } = await paid();
    const note = kept(take(wallet, noteOf(paymentId)));
    expect(note).toMatchObject({
      paymentId,
      counter: 1,
      amountMinor: 500n,
      currency: 'EUR',
      merchantName: 'Corner shop',
    });
    expect(take(wallet, noteOf(paymentId), [note])).toEqual(note);
  });

  it('of nobody’s payment, in another currency → not-found, currency-mismatch', async () => {
    const { wallet, paymentId } = await paid();
    expect(take(wallet, noteOf(paymentIdFrom(new Uint8Array(16))))).toBe('not-found');
    expect(take(wallet, noteOf(paymentId, { currency: 'USD' }))).toBe('currency-mismatch');
  });

  it('for more than the payment can have been, at once or together → amount-differs', async () => {
    const { wallet, paymentId } = await paid(800n);
    expect(take(wallet, noteOf(paymentId, { amountMinor: 801n }))).toBe('amount-differs');
    const first = kept(take(wallet, noteOf(paymentId)));
    expect(take(wallet, noteOf(paymentId, { amountMinor: 301n, journalSeq: 10 }), [first])).toBe(
      'amount-differs',
    );
    kept(take(wallet, noteOf(paymentId, { amountMinor: 300n, journalSeq: 10 }), [first]));
  });

  it('signed by another key, by a stranger’s terminal, with a short certificate → refused', async () => {
    const { wallet, paymentId } = await paid();
    expect(take(wallet, noteOf(paymentId, {}, SHOP, signerOf('stranger')))).toBe('forged');
    const short = { ...noteOf(paymentId), certificate: shortOf(SHOP.certificate) };
    expect(take(wallet, short)).toBe('full-code-needed');
    const other = terminalOf('another terminal');
    expect(take(wallet, noteOf(paymentId, {}, { ...other, certificate: SHOP.certificate }))).toBe('forged');
  });
});

describe('what became of it', () => {
  const outcome = (
    wallet: TestWallet,
    note: CreditNote,
    change: Partial<WalletPayment> = {},
  ): WalletPayment => ({
    number: 2,
    purseId: wallet.purseId,
    counter: 1,
    paymentId: note.paymentId,
    refundId: note.refundId,
    amountMinor: '500',
    currency: 'EUR',
    merchantName: 'Corner shop',
    state: 'settled',
    reason: null,
    atMs: NOW_S * 1000,
    ...change,
  });
  const states = (wallet: TestWallet, cleared: readonly WalletPayment[], notes: readonly CreditNote[]) =>
    historyOf([wallet.state()], cleared, notes)
      .map(({ state, minor }) => `${state} ${minor}`)
      .toSorted();

  it('only the note → on its way; the clearing house’s word → returned, once; refused → kept', async () => {
    const { wallet, paymentId } = await paid();
    const note = kept(take(wallet, noteOf(paymentId)));
    expect(states(wallet, [], [note])).toEqual(['reserved 5000', 'returning 500']);
    const returned = outcome(wallet, note);
    expect(states(wallet, [returned], [note])).toEqual(['reserved 5000', 'returned 500']);
    expect(states(wallet, [returned, returned], [])).toEqual(['reserved 5000', 'returned 500']);
    const refused = outcome(wallet, note, { state: 'rejected', reason: 'not-covered' });
    expect(states(wallet, [refused], [note])).toEqual(['kept 500', 'reserved 5000']);
    expect([newsOf(returned), newsOf(refused)]).toEqual(['returned', 'kept']);
  });

  it('money that comes back → changes nothing that the purse signs, and does not count as its payment', async () => {
    const { wallet, paymentId } = await paid();
    const note = kept(take(wallet, noteOf(paymentId)));
    const before = wallet.state();
    expect(applyOutcome(before, outcome(wallet, note))).toBe(before);
    // nor is an unknown one a sign of an old copy
    expect(applyOutcome(before, outcome(wallet, note, { counter: 99 }))).toBe(before);
  });
});
