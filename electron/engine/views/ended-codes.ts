/** What was refused because its time was over stays refused: a clock that is set back wins nothing. */
import { decodedAs } from './decoded.ts';
import type { View } from './view.ts';

export const endedCodesView: View = {
  kinds: ['decline'],
  apply: (store, { entry }) => {
    const { code, refusal } = decodedAs(store, entry, 'decline');
    const isOver = refusal.code === 'expired' || refusal.code === 'invoice-expired';
    if (code !== null && isOver) store.endedCodes.insert(code.paymentId);
  },
};
