/**
 * Which refunds of a batch are settled: pure, over what was read under the locks. A refund gives back part of a
 * payment that this terminal's journal settled, never more than is left of it, and never money that the merchant
 * does not have here.
 */
import type { OutcomeState, RejectReason } from '../../shared/protocol/acknowledgement.ts';
import type { RefundEntry } from './read-entry.ts';

/** What became of the entry that a refund names. */
export interface RefundedPayment {
  readonly state: OutcomeState;
  readonly paymentId: Uint8Array;
  readonly purseId: Uint8Array;
  readonly counter: number;
  readonly customerId: Uint8Array;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** A refund that was read, with what it is a refund of. */
export interface KnownRefund {
  readonly entry: RefundEntry;
  /** By this terminal. */
  readonly isSigned: boolean;
  /** Null when it is not signed, or when the terminal's journal holds no such payment. */
  readonly payment: RefundedPayment | null;
}

export interface RefundOutcome {
  readonly state: OutcomeState;
  readonly reason: RejectReason | null;
  readonly entry: RefundEntry;
  /** Null: then there is nobody to tell. */
  readonly payment: RefundedPayment | null;
}

export interface RefundStandings {
  /** By payment id, hexadecimal: settled refunds before this batch, minor units. */
  readonly refundedMinor: ReadonlyMap<string, bigint>;
  /** What the merchant's account holds with this batch's sales in it. */
  readonly receivableMinor: bigint;
  readonly currency: string;
}

/** One outcome for each refund, in their order. */
export function settleRefunds(
  refunds: readonly KnownRefund[],
  standings: RefundStandings,
): readonly RefundOutcome[] {
  const refunded = new Map(standings.refundedMinor);
  let receivableMinor = standings.receivableMinor;
  return refunds.map(({ entry, isSigned, payment }): RefundOutcome => {
    const { note } = entry;
    const rejected = (reason: RejectReason): RefundOutcome => ({ state: 'rejected', reason, entry, payment });
    if (!isSigned) return rejected('bad-signature');
    if (payment === null) return rejected('unknown-payment');
    // of a guaranteed one the customer paid nothing, so nothing goes back to them
    if (payment.state !== 'settled') return rejected('payment-rejected');
    if (note.currency !== payment.currency || note.currency !== standings.currency) {
      return rejected('currency-mismatch');
    }
    const before = refunded.get(note.paymentId) ?? 0n;
    const isWhole = before === 0n && note.amountMinor === payment.amountMinor;
    if (before + note.amountMinor > payment.amountMinor || (entry.isVoid && !isWhole)) {
      return rejected('over-refunded');
    }
    if (note.amountMinor > receivableMinor) return rejected('not-covered');
    refunded.set(note.paymentId, before + note.amountMinor);
    receivableMinor -= note.amountMinor;
    return { state: 'settled', reason: null, entry, payment };
  });
}
