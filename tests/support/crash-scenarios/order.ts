/**
 * An order with three tenders: a part in cash, a part by code, the rest by code. Whichever write the plug is pulled
 * at, the order is there with what was said to be paid, open or closed, and never both; no payment stands alone.
 */
import { expect } from 'vitest';
import { Engine } from '../../../electron/engine/engine.ts';
import { PIN } from '../enrolled-terminal.ts';
import { type CrashScenario, must, nowEngineOptions, prepareTerminal, saleCode } from './scenario.ts';

const money = (minor: number) => ({ minor: minor.toString(), currency: 'EUR' });
const CODES = [
  { name: 'order second', minor: 250 },
  { name: 'order third', minor: 450 },
] as const;
const TOTAL = 1000;
const CASH = 300;

export const scenario: CrashScenario = {
  name: 'order',
  prepare: async (folder) => {
    await prepareTerminal(folder);
    const engine = await Engine.open(nowEngineOptions(folder));
    await must(engine, 'people.signIn', { personId: 'c1', pin: PIN });
    await must(engine, 'shifts.open', { float: { total: money(0), pieces: null }, approval: null });
    await must(engine, 'orders.addAmount', {
      amount: money(TOTAL),
      quantity: '1000',
      name: 'Lamp',
      taxRateId: '',
      isTaxIncluded: true,
    });
    engine.close();
  },
  act: async (folder, told) => {
    const engine = await Engine.open(nowEngineOptions(folder));
    await must(engine, 'people.signIn', { personId: 'c1', pin: PIN });
    const cash = await must(engine, 'orders.pay', { method: 'cash', amount: money(CASH), input: '500' });
    told(cash.verdict);
    for (const { name, minor } of CODES) {
      const pay = { method: 'offline-code', amount: money(minor), input: saleCode(name) };
      told((await must(engine, 'orders.pay', pay)).verdict);
    }
    engine.close();
  },
  check: async (engine, told) => {
    const order = await must(engine, 'orders.current', {});
    const { rows: closed } = await must(engine, 'orders.closed', { before: null, limit: 10 });
    const { rows } = await must(engine, 'payments.list', { before: null, limit: 100 });
    const charged = rows.filter(({ amount }) => CODES.some(({ minor }) => amount.minor === `${minor}`));
    // open or closed, never both, never neither
    expect((order === null ? 0 : 1) + closed.length).toBe(1);
    const [whole] = closed;
    const tenders =
      whole === undefined
        ? (order?.tenders ?? [])
        : (await must(engine, 'orders.details', { epoch: whole.epoch, journalSeq: whole.journalSeq }))
            .tenders;
    // a payment is there with the tender that names it, and the other way round
    const named = tenders.flatMap(({ sale }) => (sale === null ? [] : [`${sale.epoch}/${sale.journalSeq}`]));
    expect(named.toSorted()).toEqual(charged.map((row) => `${row.epoch}/${row.journalSeq}`).toSorted());
    // what was shown is there; one step more may be
    expect([told.length, told.length + 1]).toContain(tenders.length);
    expect(whole === undefined).toBe(tenders.length < 3);
    const paid = tenders.reduce((sum, { amount }) => sum + Number(amount.minor), 0);
    if (order !== null) expect(order.due).toEqual(money(TOTAL - paid));
    else expect(paid).toBe(TOTAL);
  },
};
