/** Running sums of what a sale adds: money that is unsent, money that is at risk. sync.ts takes it away again. */
import { decodedAs } from './decoded.ts';
import type { View } from './view.ts';

export const talliesView: View = {
  kinds: ['sale'],
  apply: (store, { entry }) => {
    const { amount } = decodedAs(store, entry, 'sale');
    store.tallies.add('unsent', amount);
    store.tallies.add('exposure', amount);
  },
};
