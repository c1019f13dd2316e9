/** Outcomes of payments and refunds as rows: what the terminal is answered and the customer's history shows. */
import { idBytes } from '../../shared/ids.ts';
import { refundIdOf } from '../../shared/protocol/refund.ts';
import type { World } from '../../shared/protocol/world.ts';
import type { NewOutcome } from '../db/journal.ts';
import type { SettledOutcome } from './settle.ts';
import type { RefundOutcome } from './settle-refunds.ts';

type UnnumberedOutcome = Omit<NewOutcome, 'number'>;

/** @param numberOf the next place in the customer's history */
export function paymentRow(
  seq: number,
  outcome: SettledOutcome,
  numberOf: (customerId: Uint8Array) => number,
): UnnumberedOutcome {
  const { genuine, state, reason, lossBearer, proof } = outcome;
  if (genuine === null) {
    const nothing = { soldAtMs: null, amountMinor: null, currency: null, payment: null, refundId: null };
    return { seq, state, reason, lossBearer, proof, ...nothing };
  }
  const { purse, sale, paymentId } = genuine;
  const { purseId, customerId } = purse;
  return {
    seq,
    state,
    reason,
    lossBearer,
    proof,
    soldAtMs: sale.soldAtMs,
    amountMinor: sale.amountMinor,
    currency: sale.currency,
    payment: {
      purseId,
      counter: sale.payment.counter,
      paymentId,
      customerId,
      customerNumber: numberOf(customerId),
    },
    refundId: null,
  };
}

/** @param numberOf the next place in the customer's history */
export function refundRow(
  seq: number,
  { state, reason, entry, payment }: RefundOutcome,
  world: World,
  numberOf: (customerId: Uint8Array) => number,
): UnnumberedOutcome {
  const { note, madeAtMs } = entry;
  return {
    seq,
    state,
    reason,
    lossBearer: state === 'rejected' ? 'merchant' : 'nobody',
    proof: null,
    soldAtMs: madeAtMs,
    amountMinor: note.amountMinor,
    currency: note.currency,
    payment:
      payment === null
        ? null
        : {
            purseId: payment.purseId,
            counter: payment.counter,
            paymentId: payment.paymentId,
            customerId: payment.customerId,
            customerNumber: numberOf(payment.customerId),
          },
    refundId: idBytes(refundIdOf(note.sign1, world)),
  };
}
