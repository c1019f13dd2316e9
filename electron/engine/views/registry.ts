/** Every view, in the order in which they are applied to an entry. */
import { certificatesView } from './certificates.ts';
import { doubleSpendsView } from './double-spends.ts';
import { endedCodesView } from './ended-codes.ts';
import { importsView } from './imports.ts';
import { invoicesView } from './invoices.ts';
import { ordersView } from './orders.ts';
import { paymentTextView } from './payment-text.ts';
import { paymentsView } from './payments.ts';
import { peopleView } from './people.ts';
import { refundsView } from './refunds.ts';
import { shiftsView } from './shifts.ts';
import { shopSettingsView } from './shop-settings.ts';
import { syncView } from './sync.ts';
import { talliesView } from './tallies.ts';
import type { View } from './view.ts';

export const VIEWS: readonly View[] = [
  peopleView,
  shopSettingsView,
  paymentsView,
  talliesView,
  certificatesView,
  invoicesView,
  doubleSpendsView,
  endedCodesView,
  // before syncView, which moves the point up to which acknowledgements were taken in
  refundsView,
  importsView,
  syncView,
  ordersView,
  paymentTextView,
  shiftsView,
];
