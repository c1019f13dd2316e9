/** One row for each sale and each decline: what was charged to whom, or why not. What became of it is sync.ts's. */
import { idBytes } from '../../../shared/ids.ts';
import type { Appended } from '../db/journal.ts';
import type { PaymentRecord } from '../db/payments.ts';
import type { Store } from '../db/store.ts';
import { type DecodedCode, decodedAs } from './decoded.ts';
import type { View } from './view.ts';

export function purseColumns({
  certificate,
  payment,
  paymentId,
}: DecodedCode): NonNullable<PaymentRecord['purse']> {
  return {
    purseId: idBytes(certificate.purseId),
    counter: payment.counter,
    paymentId: idBytes(paymentId),
    spentMinor: payment.spentMinor,
    previous: payment.previous,
  };
}

function recordOf(store: Store, { position, entry }: Appended): PaymentRecord {
  const { atMs, actor: cashier } = entry;
  if (entry.kind === 'sale') {
    const { amount, code } = decodedAs(store, entry, 'sale');
    const { mode } = code.payment;
    const purse = purseColumns(code);
    return { position, atMs, state: 'approved-offline', mode, amount, cashier, purse, refusal: null };
  }
  const { amount, code, refusal } = decodedAs(store, entry, 'decline');
  const mode = code?.payment.mode ?? 'unknown';
  const purse = code === null ? null : purseColumns(code);
  return { position, atMs, state: 'declined', mode, amount, cashier, purse, refusal };
}

export const paymentsView: View = {
  kinds: ['sale', 'decline'],
  apply: (store, appended) => store.payments.insert(recordOf(store, appended)),
};
