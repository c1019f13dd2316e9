/** Purse certificates of purses that were charged here: verified when they were, and short codes name them. */
import { decodedAs } from './decoded.ts';
import type { View } from './view.ts';

export const certificatesView: View = {
  kinds: ['sale'],
  apply: (store, { entry }) => store.certificates.remember(decodedAs(store, entry, 'sale').code.certificate),
};
