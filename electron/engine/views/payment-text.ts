/** What a payment by code is found by beside itself: the words of the order that it paid. */
import { readOrderClosed } from '../../../shared/protocol/bodies/order.ts';
import { positionOf } from '../db/journal.ts';
import type { View } from './view.ts';

export const paymentTextView: View = {
  kinds: ['order-closed'],
  apply: (store, { entry }) => {
    const { name, note, lines, tenders } = readOrderClosed(entry.body);
    const sales = tenders.flatMap(({ sale }) => (sale === null ? [] : [positionOf(sale.epoch, sale.seq)]));
    if (sales.length === 0) return;
    const text = [name, note, ...lines.flatMap((line) => [line.name, line.note])].join('\n');
    for (const position of sales) store.paymentSearch.insertText(position, text);
  },
};
