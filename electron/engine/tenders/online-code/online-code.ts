/** A payment code that only the clearing house may say yes to: no stand-in, and refused while it cannot be asked. */
import { takeCode } from '../take-code.ts';
import type { TenderMethod } from '../tender.ts';

export const onlineCode: TenderMethod = {
  method: 'online-code',
  /** `input`: the scan. */
  take: (ask) => takeCode(ask, { isOnlineRequired: true }),
};
