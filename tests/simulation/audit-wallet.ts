/**
 * What a wallet must believe at the end, when all news were fetched: of a purse whose book never went back,
 * just what the clearing house decided (W2), and never more paid than was in it (W3).
 */
import { certificateOf, paidMinor, paymentOf } from '../../wallet/core/purse-state.ts';
import type { ClearedPayment } from './audit-clearing.ts';
import type { World } from './world.ts';

export function auditWallets(world: World, payments: readonly ClearedPayment[]): void {
  const settled = new Map(
    payments
      .filter(({ state }) => state !== 'rejected')
      .map((payment) => [`${payment.purseId}/${payment.counter}`, payment]),
  );
  for (const wallet of world.wallets) {
    for (const state of wallet.shelf.all()) {
      const { purseId } = state;
      if (world.book.rolledBack.has(purseId)) continue;
      if (paidMinor(state) > certificateOf(state).allowanceMinor)
        world.violated('W3', `${wallet.name} paid more than purse ${purseId} held`);
      for (const { counter } of state.payments) {
        const outcome = settled.get(`${purseId}/${counter}`);
        const result = paymentOf(state, counter)?.result;
        const believedMinor = result?.kind === 'settled' ? result.amountMinor : null;
        if (outcome !== undefined && outcome.amountMinor !== believedMinor)
          world.violated('W2', `${wallet.name} believes ${result?.kind} of ${counter}, which was settled`);
        if (outcome === undefined && believedMinor !== null)
          world.violated('W2', `${wallet.name} believes ${counter} settled, which was not`);
      }
      if (state.stop === 'rolled-back')
        world.violated('W2', `${wallet.name} takes its own book for an old copy`);
    }
  }
}
