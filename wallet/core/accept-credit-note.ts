/**
 * A credit note (picture kind 4): the terminal signed that it gives back part or all of a payment. Only for a payment
 * of this wallet, never for more than it can have cost. It is a promise: no purse changes by it, the money comes to
 * the account when the clearing house has taken it in.
 */
import { verifySign1 } from '../../shared/protocol/cose.ts';
import { isShort, type RefundPicture } from '../../shared/protocol/picture.ts';
import { type Refund, refundIdOf } from '../../shared/protocol/refund.ts';
import type { TerminalCertificate } from '../../shared/protocol/terminal-certificate.ts';
import { aadOf } from '../../shared/protocol/world.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import type { CreditNote } from '../store/records.ts';
import { certificateOf, type PaymentRecord, type PurseState } from './purse-state.ts';
import { checkTerminal, type TerminalCheck, type TerminalRefusal } from './trusted-terminal.ts';

export interface CheckedCreditNote {
  readonly refund: Refund;
  readonly refundId: string;
  readonly terminal: TerminalCertificate;
}

export type CreditNoteRefusal = TerminalRefusal | Refusal<'full-code-needed' | 'forged'>;

export function checkCreditNote(
  { certificate, refund }: RefundPicture,
  check: TerminalCheck,
): Result<CheckedCreditNote, CreditNoteRefusal> {
  if (isShort(certificate)) return refused({ code: 'full-code-needed' });
  const known = checkTerminal(certificate, check, refund.iatS);
  if (!known.ok) return known;
  const aad = aadOf(check.world, 'refund');
  if (!verifySign1(check.backEnd, certificate.publicKey, refund.sign1, aad)) {
    return refused({ code: 'forged' });
  }
  return ok({ refund, refundId: refundIdOf(refund.sign1, check.world), terminal: certificate });
}

/** The most that a payment can have cost, by all that the wallet knows; nothing where it was not taken. */
function mostOf(record: PaymentRecord): bigint {
  switch (record.result.kind) {
    case 'receipt':
      return record.result.chargedMinor;
    case 'settled':
      return record.result.amountMinor;
    case 'rejected':
      return 0n;
    case 'unknown':
    case 'lapsed':
      return record.mode === 'quick' ? record.capMinor : record.amountMinor;
  }
}

/**
 * What the wallet keeps of a note.
 *
 * @param held notes that are kept already: together they never promise more than the payment was
 * @returns `not-found`: not a payment of a purse on this device
 */
export function creditNoteFor(
  purses: readonly PurseState[],
  held: readonly CreditNote[],
  { refund, refundId, terminal }: CheckedCreditNote,
): Result<CreditNote, Refusal<'not-found' | 'amount-differs' | 'currency-mismatch'>> {
  for (const purse of purses) {
    const record = purse.payments.find(({ pictureIds }) => pictureIds.includes(refund.paymentId));
    if (record === undefined) continue;
    const { currency } = certificateOf(purse);
    if (refund.currency !== currency) {
      return refused({ code: 'currency-mismatch', detail: { purseCurrency: currency } });
    }
    const before = held
      .filter((note) => note.paymentId === refund.paymentId && note.refundId !== refundId)
      .reduce((sum, note) => sum + note.amountMinor, 0n);
    const most = mostOf(record);
    const isShop = record.mode === 'quick' || record.terminalId === terminal.terminalId;
    if (!isShop || before + refund.amountMinor > most) {
      return refused({ code: 'amount-differs', detail: { signedMinor: most.toString() } });
    }
    return ok({
      refundId,
      customerId: purse.customerId,
      paymentId: refund.paymentId,
      purseId: purse.purseId,
      counter: record.counter,
      amountMinor: refund.amountMinor,
      currency,
      merchantName: terminal.displayName,
      atMs: refund.iatS * 1000,
    });
  }
  return refused({ code: 'not-found' });
}
