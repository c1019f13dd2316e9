/** Payments and refunds of a customer as one list: those of this device, and what the clearing house knows of others. */
import type { WalletPayment } from '../../shared/contract/clearing.ts';
import type { PurseId } from '../../shared/ids.ts';
import { type CurrencyCode, isCurrencyCode } from '../../shared/iso-4217.ts';
import { parseMinor } from '../../shared/money.ts';
import type { RejectReason } from '../../shared/protocol/acknowledgement.ts';
import type { CreditNote } from '../store/records.ts';
import { certificateOf, type PaymentRecord, type PurseState } from './purse-state.ts';

export type HistoryState = 'reserved' | 'charged' | 'settled' | 'rejected' | 'lapsed' | RefundState;
/** Promised by the shop, come back, refused by the clearing house. */
export type RefundState = 'returning' | 'returned' | 'kept';

export interface HistoryEntry {
  /** Stays the same while the payment's state changes. */
  readonly key: string;
  readonly atMs: number;
  /** null while nobody but the customer knows where the code was shown. */
  readonly merchantName: string | null;
  readonly state: HistoryState;
  readonly minor: bigint;
  /** The amount is the most that it may have cost. */
  readonly isMost: boolean;
  readonly currency: CurrencyCode;
  readonly reason: RejectReason | null;
  readonly reference: string;
  readonly purseId: string;
  readonly counter: number;
  readonly paymentId: string;
  /** Set when an answer may be shown again: the invoice's end, seconds since 1970. */
  readonly answerUntilS: number | null;
  /** Of a purse on this device. */
  readonly ownPurseId: PurseId | null;
}

const STATES = {
  unknown: 'reserved',
  receipt: 'charged',
  settled: 'settled',
  rejected: 'rejected',
  lapsed: 'lapsed',
} as const;

function ownEntry(purse: PurseState, currency: CurrencyCode, record: PaymentRecord): HistoryEntry {
  const { result, counter } = record;
  const cap = record.mode === 'quick' ? record.capMinor : record.amountMinor;
  const known =
    result.kind === 'receipt' ? result.chargedMinor : result.kind === 'settled' ? result.amountMinor : null;
  const named = 'merchantName' in result ? result.merchantName : null;
  return {
    key: `${purse.purseId}-${counter}`,
    atMs: record.beganAtMs,
    merchantName: record.mode === 'bound' ? record.merchantName : named,
    state: STATES[result.kind],
    minor: known ?? cap,
    isMost: known === null && record.mode === 'quick',
    currency,
    reason: result.kind === 'rejected' ? result.reason : null,
    reference: record.mode === 'bound' ? record.reference : '',
    purseId: purse.purseId,
    counter,
    paymentId: record.pictureIds[0] ?? '',
    answerUntilS: record.mode === 'bound' && result.kind === 'unknown' ? record.invoiceExpiresAtS : null,
    ownPurseId: purse.purseId,
  };
}

function foreignEntry(payment: WalletPayment, currency: CurrencyCode): HistoryEntry {
  const { purseId, counter, merchantName, atMs, paymentId, reason } = payment;
  return {
    key: `${purseId}-${counter}-${payment.number}`,
    atMs,
    merchantName,
    state: payment.state === 'rejected' ? 'rejected' : 'settled',
    minor: parseMinor(payment.amountMinor) ?? 0n,
    isMost: false,
    currency,
    reason,
    reference: '',
    purseId,
    counter,
    paymentId,
    answerUntilS: null,
    ownPurseId: null,
  };
}

function promisedEntry(note: CreditNote): HistoryEntry {
  return {
    ...note,
    key: note.refundId,
    state: 'returning',
    minor: note.amountMinor,
    isMost: false,
    reason: null,
    reference: '',
    answerUntilS: null,
    ownPurseId: null,
  };
}

/** The newest first. */
export function historyOf(
  purses: readonly PurseState[],
  cleared: readonly WalletPayment[],
  creditNotes: readonly CreditNote[],
): readonly HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  const own = new Set<string>();
  const told = new Set<string>();
  for (const purse of purses) {
    const { currency } = certificateOf(purse);
    for (const record of purse.payments) {
      own.add(`${purse.purseId}-${record.counter}`);
      entries.push(ownEntry(purse, currency, record));
    }
  }
  for (const payment of cleared) {
    const { currency } = payment;
    const isOwn = own.has(`${payment.purseId}-${payment.counter}`);
    if ((isOwn && !payment.refundId) || !isCurrencyCode(currency)) continue;
    const entry = foreignEntry(payment, currency);
    if (!payment.refundId) entries.push(entry);
    else if (!told.has(payment.refundId)) {
      told.add(payment.refundId);
      const state = payment.state === 'rejected' ? 'kept' : 'returned';
      entries.push({ ...entry, key: payment.refundId, state });
    }
  }
  for (const note of creditNotes) {
    if (!told.has(note.refundId)) entries.push(promisedEntry(note));
  }
  return entries.sort((a, b) => b.atMs - a.atMs || b.counter - a.counter);
}
