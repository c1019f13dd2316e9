/** Invoices of this terminal, from their entries: issued, cancelled, or used by the sale that answered one. */
import { invariant } from '../../../shared/assert.ts';
import type { CborValue } from '../../../shared/protocol/cbor.ts';
import { decodeCbor } from '../../../shared/protocol/cbor.ts';
import { readInvoice } from '../../../shared/protocol/invoice.ts';
import { decodedAs } from './decoded.ts';
import type { View } from './view.ts';

function bytesOf(body: CborValue): Uint8Array {
  invariant(body instanceof Uint8Array, 'an invoice entry without bytes');
  return body;
}

export const invoicesView: View = {
  kinds: ['invoice-issued', 'invoice-cancelled', 'sale'],
  apply: (store, { entry }) => {
    if (entry.kind === 'invoice-issued') {
      store.invoices.insert(readInvoice(decodeCbor(bytesOf(entry.body))));
    } else if (entry.kind === 'invoice-cancelled') {
      store.invoices.close(bytesOf(entry.body), 'cancelled');
    } else {
      const { payment } = decodedAs(store, entry, 'sale').code;
      if (payment.mode === 'bound') store.invoices.close(payment.invoiceDigest, 'used');
    }
  },
};
