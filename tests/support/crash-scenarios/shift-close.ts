/**
 * The end of a day: the counted shift is closed and the next one opened. Whichever write the plug is pulled at,
 * the shift is open or closed with its one Z report, and the numbers run on.
 */
import { expect } from 'vitest';
import { Engine } from '../../../electron/engine/engine.ts';
import { PIN } from '../enrolled-terminal.ts';
import { type CrashScenario, must, nowEngineOptions, prepareTerminal, saleCode } from './scenario.ts';

const EUR = (minor: string) => ({ minor, currency: 'EUR' });
const CASH = { total: EUR('5000'), pieces: null };
const CLOSE = {
  reason: '',
  confirmUnsent: true,
  approval: null,
  differenceApproval: null,
  unsentApproval: null,
};

export const scenario: CrashScenario = {
  name: 'shift-close',
  prepare: async (folder) => {
    await prepareTerminal(folder);
    const engine = await Engine.open(nowEngineOptions(folder));
    await must(engine, 'people.signIn', { personId: 'c1', pin: PIN });
    await must(engine, 'shifts.open', { float: CASH, approval: null });
    await must(engine, 'payments.accept', { amount: EUR('250'), scan: saleCode('shift') });
    await must(engine, 'shifts.count', { counted: CASH, approval: null });
    engine.close();
  },
  act: async (folder, told) => {
    const engine = await Engine.open(nowEngineOptions(folder));
    await must(engine, 'people.signIn', { personId: 'c1', pin: PIN });
    const report = await must(engine, 'shifts.close', CLOSE);
    told(`closed ${report.digest}`);
    const next = await must(engine, 'shifts.open', { float: CASH, approval: null });
    told(`opened ${next.shiftId}`);
    engine.close();
  },
  check: async (engine, told) => {
    const { rows } = await must(engine, 'shifts.list', { before: null, limit: 10, approval: null });
    const numbers = rows.map(({ number }) => number).toReversed();
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => i + 1));
    const reports = await Promise.all(
      numbers.map((number) => must(engine, 'shifts.zReport', { number, approval: null })),
    );
    // what was told is there, as it was told
    const digests = told.filter((what) => what.startsWith('closed ')).map((what) => what.slice(7));
    expect(reports.slice(0, digests.length).map(({ digest }) => digest)).toEqual(digests);
    expect(reports.length - digests.length).toBeLessThanOrEqual(1);
    for (const [i, report] of reports.entries()) {
      expect(report.previousDigest).toBe(reports[i - 1]?.digest ?? '0'.repeat(64));
    }
    // open as before, or closed with its one report; and what was told as opened is open
    const open = await must(engine, 'shifts.current', {});
    if (reports.length === 0 || told.includes('opened 2')) expect(open?.shiftId).toBe(reports.length + 1);
    // and the till goes on: the next shift closes with the next number
    if (open === null) await must(engine, 'shifts.open', { float: CASH, approval: null });
    await must(engine, 'shifts.count', { counted: CASH, approval: null });
    const next = await must(engine, 'shifts.close', CLOSE);
    expect(next.number).toBe(reports.length + 1);
    expect(next.previousDigest).toBe(reports.at(-1)?.digest ?? '0'.repeat(64));
  },
};
