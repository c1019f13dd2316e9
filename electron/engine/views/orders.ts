/** The view of orders: closed ones with their lines and tenders, and payments by code that were taken for one. */
import { readOrderClosed } from '../../../shared/protocol/bodies/order.ts';
import { readRefundBody } from '../../../shared/protocol/bodies/refund.ts';
import { readSale } from '../../../shared/protocol/journal-bodies.ts';
import { positionOf } from '../db/journal.ts';
import type { View } from './view.ts';

export const ordersView: View = {
  kinds: ['sale', 'order-closed', 'refund', 'payment-voided'],
  apply: ({ orders }, { position, entry }) => {
    switch (entry.kind) {
      case 'sale': {
        const { orderId, amountMinor } = readSale(entry.body);
        if (orderId !== null) orders.insertPayment(position, orderId, amountMinor);
        return;
      }
      case 'order-closed':
        return orders.insert(position, entry.atMs, entry.actor, readOrderClosed(entry.body));
      default: {
        const { original, amountMinor } = readRefundBody(entry.body);
        return orders.refund(positionOf(original.epoch, original.seq), amountMinor);
      }
    }
  },
};
