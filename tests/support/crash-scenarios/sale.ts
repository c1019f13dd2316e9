/** Three sales: whichever write the plug is pulled at, what was shown is there, once. */
import { expect } from 'vitest';
import { Engine } from '../../../electron/engine/engine.ts';
import { PIN } from '../enrolled-terminal.ts';
import { type CrashScenario, must, nowEngineOptions, prepareTerminal, saleCode } from './scenario.ts';

const AMOUNT = { minor: '250', currency: 'EUR' };

export const scenario: CrashScenario = {
  name: 'sale',
  prepare: prepareTerminal,
  act: async (folder, told) => {
    const engine = await Engine.open(nowEngineOptions(folder));
    await must(engine, 'people.signIn', { personId: 'c1', pin: PIN });
    for (const name of ['first', 'second', 'third']) {
      const answer = await must(engine, 'payments.accept', { amount: AMOUNT, scan: saleCode(name) });
      if (answer.verdict === 'approved') told(answer.payment.paymentId ?? '');
    }
    engine.close();
  },
  check: async (engine, told, isKilled) => {
    const { rows } = await must(engine, 'payments.list', { before: null, limit: 100 });
    const ours = rows.filter(({ amount }) => amount.minor === AMOUNT.minor);
    for (const paymentId of told) expect(ours.filter((row) => row.paymentId === paymentId)).toHaveLength(1);
    // one may be on disk that the till did not come to show; no more
    expect(ours.length - told.length).toBeLessThanOrEqual(isKilled ? 1 : 0);
    expect(ours.every(({ state }) => state === 'approved-offline')).toBe(true);
  },
};
