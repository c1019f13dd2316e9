/**
 * A receipt (picture kind 3): the terminal signed what it charged, so what was reserved above that is free
 * again. Only for a payment of this wallet, never for more than it allowed, and never against an outcome.
 */
import { verifySign1 } from '../../shared/protocol/cose.ts';
import { isShort, type ReceiptPicture } from '../../shared/protocol/picture.ts';
import type { Receipt } from '../../shared/protocol/receipt.ts';
import type { TerminalCertificate } from '../../shared/protocol/terminal-certificate.ts';
import { aadOf } from '../../shared/protocol/world.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import type { PurseChange } from './payment-ports.ts';
import {
  certificateOf,
  type PaymentRecord,
  type PurseState,
  withKnownTerminal,
  withPayment,
} from './purse-state.ts';
import { checkTerminal, type TerminalCheck, type TerminalRefusal } from './trusted-terminal.ts';

export interface CheckedReceipt {
  readonly receipt: Receipt;
  readonly terminal: TerminalCertificate;
}

export type ReceiptRefusal = TerminalRefusal | Refusal<'full-code-needed' | 'forged'>;

export function checkReceipt(
  picture: ReceiptPicture,
  check: TerminalCheck,
): Result<CheckedReceipt, ReceiptRefusal> {
  const { certificate, receipt } = picture;
  if (isShort(certificate)) return refused({ code: 'full-code-needed' });
  const known = checkTerminal(certificate, check, receipt.iatS);
  if (!known.ok) return known;
  const aad = aadOf(check.world, 'receipt');
  if (!verifySign1(check.backEnd, certificate.publicKey, receipt.sign1, aad))
    return refused({ code: 'forged' });
  return ok({ receipt, terminal: certificate });
}

/** The state with the receipt's amount in place of what was reserved; `not-found`: not a payment of this purse. */
export function planReceipt(
  state: PurseState,
  checked: CheckedReceipt,
): Result<PurseChange<PaymentRecord>, Refusal<'not-found' | 'amount-differs' | 'currency-mismatch'>> {
  const { receipt, terminal } = checked;
  const record = state.payments.find((payment) => payment.pictureIds.includes(receipt.paymentId));
  if (record === undefined) return refused({ code: 'not-found' });
  const { currency } = certificateOf(state);
  if (receipt.currency !== currency) {
    return refused({ code: 'currency-mismatch', detail: { purseCurrency: currency } });
  }
  const fits =
    record.mode === 'quick'
      ? receipt.chargedMinor <= record.capMinor
      : receipt.chargedMinor === record.amountMinor && terminal.terminalId === record.terminalId;
  if (!fits) {
    const signed = record.mode === 'quick' ? record.capMinor : record.amountMinor;
    return refused({ code: 'amount-differs', detail: { signedMinor: signed.toString() } });
  }
  const withShop = withKnownTerminal(state, terminal.terminalId);
  if (record.result.kind !== 'unknown' && record.result.kind !== 'lapsed') {
    return ok({ state: withShop, value: record });
  }
  const paid: PaymentRecord = {
    ...record,
    result: {
      kind: 'receipt',
      chargedMinor: receipt.chargedMinor,
      merchantName: terminal.displayName,
      atMs: receipt.iatS * 1000,
    },
  };
  const ended = withShop.presenting === record.counter ? { ...withShop, presenting: null } : withShop;
  return ok({ state: withPayment(ended, paid), value: paid });
}
