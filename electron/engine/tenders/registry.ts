/** The payment methods of this terminal, one line each. */
import { cash } from './cash/cash.ts';
import { offlineCode } from './offline-code/offline-code.ts';
import { onlineCode } from './online-code/online-code.ts';
import type { TenderMethod } from './tender.ts';

export const TENDER_METHODS: readonly TenderMethod[] = [cash, offlineCode, onlineCode];
