/** Shifts at a till, on a real database file (issue point 8). */
import { afterEach, describe, expect, it } from 'vitest';
import { enrolledTerminal, type TestTerminal } from '../support/enrolled-terminal.ts';

const open: TestTerminal[] = [];
async function till(options?: Parameters<typeof enrolledTerminal>[0]): Promise<TestTerminal> {
  const terminal = await enrolledTerminal(options);
  open.push(terminal);
  return terminal;
}
afterEach(() => {
  for (const terminal of open.splice(0)) terminal.close();
});

const eur = (minor: number) => ({ minor: String(minor), currency: 'EUR' });
const cash = (minor: number) => ({ total: eur(minor), pieces: null });

describe('shifts: opening', () => {
  it('a float by amount → the shift is open, with who and how much', async () => {
    const terminal = await till();
    const opened = await terminal.call('shifts.open', { float: cash(10_000), approval: null });
    const shift = { shiftId: 1, openedAtMs: terminal.clock.nowMs, openedBy: 'Cashier 1', float: eur(10_000) };
    expect(opened).toEqual({ ok: true, value: shift });
    expect(await terminal.call('shifts.current', {})).toEqual({ ok: true, value: shift });
  });

  it('a second shift while one is open → shift-open', async () => {
    const terminal = await till();
    await terminal.call('shifts.open', { float: cash(0), approval: null });
    expect(await terminal.call('shifts.open', { float: cash(0), approval: null })).toEqual({
      ok: false,
      refusal: { code: 'shift-open', detail: { atMs: terminal.clock.nowMs } },
    });
  });
});
