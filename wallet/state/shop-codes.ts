/**
 * What the customer does with a shop's code: an invoice is shown and answered, a receipt or a credit note is
 * noted. Loaded when a
 * code was scanned; the rules are in core/.
 */
import type { PurseId } from '../../shared/ids.ts';
import { tweetnaclBackEnd } from '../../shared/protocol/ed25519.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { type CheckedCreditNote, creditNoteFor } from '../core/accept-credit-note.ts';
import { type CheckedReceipt, planReceipt } from '../core/accept-receipt.ts';
import { answerInvoice, answerTo, type CheckedInvoice, showAnswerAgain } from '../core/answer-invoice.ts';
import { choosePurse } from '../core/choose-purse.ts';
import type { PaymentPorts } from '../core/payment-ports.ts';
import { readScanned } from '../core/read-scanned.ts';
import { keepCreditNote } from '../store/credit-notes.ts';
import type { WalletDatabase } from '../store/database.ts';
import type { CreditNote } from '../store/records.ts';
import type { SnapshotStore } from './snapshot.ts';

/** A refusal, and whether it is the purse that it is about or the shop. */
export interface About {
  readonly refusal: Refusal;
  readonly about: 'purse' | 'shop';
}

export interface ShopCodeParts {
  readonly ports: PaymentPorts;
  readonly snapshot: SnapshotStore;
  readonly db: WalletDatabase;
}

/** A receipt is noted; an invoice waits on the screen; a credit note is kept. */
export type Taken = 'invoice' | 'receipt' | CreditNote;

/** Takes what was scanned, pasted or dropped: a receipt or a credit note is of a payment of ours. */
export async function takeText(parts: ShopCodeParts, text: string): Promise<Result<Taken, About>> {
  const { profile, trust } = parts.snapshot.get();
  const nowS = Math.floor(parts.ports.nowMs() / 1000);
  const check =
    profile === null || trust === null ? null : { trust, world: profile.world, backEnd: tweetnaclBackEnd };
  const scanned = readScanned(text, check, nowS);
  if (!scanned.ok) return refused({ refusal: scanned.refusal, about: 'shop' });
  switch (scanned.value.kind) {
    case 'invoice':
      return takeInvoice(parts, scanned.value.checked, nowS);
    case 'receipt':
      return takeReceipt(parts, scanned.value.checked);
    case 'refund':
      return takeCreditNote(parts, scanned.value.checked);
  }
}

async function takeInvoice(
  parts: ShopCodeParts,
  checked: CheckedInvoice,
  nowS: number,
): Promise<Result<'invoice', About>> {
  const { snapshot } = parts;
  const purse = choosePurse(snapshot.get().purses, checked, nowS);
  if (!purse.ok) return refused({ refusal: purse.refusal, about: 'purse' });
  if (answerTo(purse.value, checked.invoice.digest) !== undefined) {
    const again = await answerChecked(parts, checked, purse.value.purseId);
    return again.ok ? ok('invoice') : again;
  }
  snapshot.set({ overlay: { kind: 'confirm', checked, purse: purse.value } });
  return ok('invoice');
}

async function takeReceipt(
  { ports, snapshot }: ShopCodeParts,
  checked: CheckedReceipt,
): Promise<Result<'receipt', About>> {
  for (const { purseId } of snapshot.get().purses) {
    const noted = await ports.purses.change(purseId, (state) => planReceipt(state, checked));
    if (noted.ok) return ok('receipt');
    if (noted.refusal.code !== 'not-found') return refused({ refusal: noted.refusal, about: 'shop' });
  }
  return refused({ refusal: { code: 'not-found' }, about: 'shop' });
}

async function takeCreditNote(
  { db, snapshot }: ShopCodeParts,
  checked: CheckedCreditNote,
): Promise<Result<CreditNote, About>> {
  const { purses, creditNotes } = snapshot.get();
  const note = creditNoteFor(purses, creditNotes, checked);
  if (!note.ok) return refused({ refusal: note.refusal, about: 'shop' });
  const kept = await keepCreditNote(db, note.value);
  if (!kept.ok) return refused({ refusal: kept.refusal, about: 'purse' });
  const others = snapshot.get().creditNotes.filter(({ refundId }) => refundId !== note.value.refundId);
  snapshot.set({ creditNotes: [...others, note.value] });
  return note;
}

/** The customer confirmed the invoice. */
export async function answerChecked(
  { ports, snapshot }: ShopCodeParts,
  checked: CheckedInvoice,
  purseId: PurseId,
): Promise<Result<null, About>> {
  const answer = await answerInvoice(ports, purseId, checked);
  if (!answer.ok) {
    const about = answer.refusal.code === 'invoice-expired' ? 'shop' : 'purse';
    return refused({ refusal: answer.refusal, about });
  }
  snapshot.set({ overlay: { kind: 'answer', answer: answer.value } });
  return ok(null);
}

/** From the history: the answer to an invoice that still lives. */
export async function answerAgain(
  { ports, snapshot }: ShopCodeParts,
  purseId: PurseId,
  counter: number,
): Promise<Result<null, About>> {
  const answer = await showAnswerAgain(ports, purseId, counter);
  if (!answer.ok) return refused({ refusal: answer.refusal, about: 'shop' });
  snapshot.set({ overlay: { kind: 'answer', answer: answer.value } });
  return ok(null);
}
