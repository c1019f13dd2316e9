/** A payment code by the ordinary decision: offline, or online where the policy wants that and can have it. */
import { takeCode } from '../take-code.ts';
import type { TenderMethod } from '../tender.ts';

export const offlineCode: TenderMethod = {
  method: 'offline-code',
  /** `input`: the scan. */
  take: (ask) => takeCode(ask, { isOnlineRequired: false }),
};
