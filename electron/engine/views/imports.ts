/**
 * Payments that a journal had lost. After a fork the payment is here and only its entry's place is a new one; what
 * the clearing house held and this disk did not is put in as it was, so that it is never charged a second time and
 * the sums are right. A payment of a dead terminal, from its receipt, is this one's to send.
 */
import type { Appended } from '../db/journal.ts';
import type { Store } from '../db/store.ts';
import { type DecodedImport, decodedAs } from './decoded.ts';
import { purseColumns } from './payments.ts';
import type { View } from './view.ts';

function putIn(store: Store, position: bigint, sale: DecodedImport): void {
  const purse = purseColumns(sale.code);
  store.certificates.remember(sale.code.certificate);
  // charged here as well while this disk knew nothing of it: the clearing house says what becomes of that
  if (store.payments.chargedTo(purse.purseId).some(({ counter }) => counter === purse.counter)) return;
  const { atMs, actor: cashier, amount, code } = sale;
  const { mode } = code.payment;
  store.payments.insert({ position, atMs, state: 'sent', mode, amount, cashier, purse, refusal: null });
  store.payments.setPlace(position, sale.position);
  store.tallies.add('exposure', amount);
  if (code.payment.mode === 'bound') store.invoices.close(code.payment.invoiceDigest, 'used');
}

/** Charged by another terminal: from here on this one brings it to the clearing house, and waits for its outcome. */
function putInPaper(store: Store, position: bigint, sale: DecodedImport): void {
  const purse = purseColumns(sale.code);
  store.certificates.remember(sale.code.certificate);
  const before = store.payments.chargedTo(purse.purseId).find(({ counter }) => counter === purse.counter);
  if (before !== undefined) {
    // brought into a new epoch after a fork: the row is here
    const isSame = store.payments.row(before.position).paymentId === sale.code.paymentId;
    if (isSame) store.payments.setPlace(before.position, position);
    return;
  }
  const { atMs, actor: cashier, amount, code } = sale;
  const { mode } = code.payment;
  store.payments.insert({
    position,
    atMs,
    state: 'approved-offline',
    mode,
    amount,
    cashier,
    purse,
    refusal: null,
    isFromPaper: true,
  });
  store.tallies.add('unsent', amount);
  store.tallies.add('exposure', amount);
  // its own, from before a disk was lost
  if (code.payment.mode === 'bound') store.invoices.close(code.payment.invoiceDigest, 'used');
}

export const importsView: View = {
  kinds: ['payment-imported'],
  apply: (store: Store, { position, entry }: Appended) => {
    const sale = decodedAs(store, entry, 'payment-imported');
    if (sale.source === 'held') putIn(store, position, sale);
    else if (sale.source === 'paper') putInPaper(store, position, sale);
    else if (store.payments.find(sale.position) !== undefined)
      store.payments.setPlace(sale.position, position);
  },
};
