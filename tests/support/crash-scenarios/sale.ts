/** Three sales: whichever write the plug is pulled at, what was shown is there, once. */
import { expect } from 'vitest';
import { Engine } from '../../../electron/engine/engine.ts';
import type { AcceptAnswer } from '../../../shared/contract/terminal.ts';
import { PIN } from '../enrolled-terminal.ts';
import { type CrashScenario, must, nowEngineOptions, prepareTerminal, saleCode } from './scenario.ts';

const AMOUNT = { minor: '250', currency: 'EUR' };

export const scenario: CrashScenario = {
  name: 'sale',
  prepare: prepareTerminal,
  act: async (folder, told) => {
    const engine = await Engine.open(nowEngineOptions(folder));
    const signedIn = await engine.call('people.signIn', { personId: 'c1', pin: PIN });
    for (const name of signedIn.ok ? ['first', 'second', 'third'] : []) {
      const answer = await engine.call('payments.accept', { amount: AMOUNT, scan: saleCode(name) });
      if (answer.ok) {
        const { verdict, payment } = answer.value as AcceptAnswer;
        if (verdict === 'approved') told(payment.paymentId ?? '');
        continue;
      }
      // after a failed write nothing is tried again: whatever is asked, the engine has stopped
      const again = await engine.call('payments.accept', { amount: AMOUNT, scan: saleCode(`${name} again`) });
      const codes = [answer, again].map((result) => (result.ok ? 'ok' : result.refusal.code));
      if (codes.some((code) => code !== 'storage-failed')) throw new Error(codes.join());
    }
    engine.close();
  },
  check: async (engine, told) => {
    const { rows } = await must(engine, 'payments.list', { before: null, limit: 100 });
    const ours = rows.filter(({ amount }) => amount.minor === AMOUNT.minor);
    for (const paymentId of told) expect(ours.filter((row) => row.paymentId === paymentId)).toHaveLength(1);
    // one may be on disk that the till did not come to show; no more
    expect(ours.length - told.length).toBeLessThanOrEqual(1);
    expect(ours.every(({ state }) => state === 'approved-offline')).toBe(true);
  },
};
