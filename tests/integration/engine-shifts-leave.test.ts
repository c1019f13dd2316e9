/** Who may do what with a shift, what a blind count hides, and what orders hold back (issue point 8). */
import { afterEach, describe, expect, it } from 'vitest';
import type { CallParams, CallResult, TerminalCall } from '../../shared/contract/terminal.ts';
import type { Permission, Role } from '../../shared/people/roles.ts';
import type { Result } from '../../shared/result.ts';
import { enrolledTerminal, PIN, type TestTerminal } from '../support/enrolled-terminal.ts';
import { journalOf } from '../support/journal-of.ts';
import { codeText, presentedOf, purseOf, quickFields } from '../support/protocol-fixture.ts';

let terminal: TestTerminal;
afterEach(() => terminal.close());

async function must<T>(result: Promise<Result<T>>): Promise<T> {
  const settled = await result;
  if (!settled.ok) throw new Error(JSON.stringify(settled.refusal));
  return settled.value;
}
const call = <C extends TerminalCall>(name: C, params: CallParams<C>): Promise<CallResult<C>> =>
  must(terminal.call(name, params));

const eur = (minor: number) => ({ minor: String(minor), currency: 'EUR' });
const cash = (minor: number) => ({ total: eur(minor), pieces: null });
const CLOSE: CallParams<'shifts.close'> = {
  reason: '',
  confirmUnsent: false,
  approval: null,
  differenceApproval: null,
  unsentApproval: null,
};
const OTHER_PIN = '246802';

/** A terminal at which somebody of this role stands; the administrator is Cashier 1. */
async function tillOf(role: Role, setting?: 'blind-count'): Promise<string> {
  terminal = await enrolledTerminal();
  if (setting !== undefined) await call('settings.change', { name: setting, isOn: true, approval: null });
  const person = await call('people.add', { name: `A ${role}`, role, pin: OTHER_PIN, approval: null });
  await call('people.switch', { proof: { by: 'pin', personId: person.personId, pin: OTHER_PIN } });
  return person.personId;
}

const leaveOf = async (permission: Permission): Promise<string> => {
  const proof = { by: 'pin', personId: 'c1', pin: PIN } as const;
  return (await call('approvals.give', { permission, proof })).approval;
};
const refusal = async (result: Promise<Result<unknown>>): Promise<unknown> => {
  const settled = await result;
  return settled.ok ? 'done' : settled.refusal;
};
const needed = (permission: Permission) => ({ code: 'approval-needed', detail: { permission } });

async function sellByCode(minor: number): Promise<void> {
  const iatS = Math.floor(terminal.clock.nowMs / 1000);
  const scan = codeText(presentedOf(purseOf({ name: `leave ${minor}` }), quickFields({ iatS })));
  expect((await call('payments.accept', { amount: eur(minor), scan })).verdict).toBe('approved');
}

describe('8 Shifts: who may', () => {
  it('a cashier → opens, counts and closes; moves no cash and opens no drawer without leave', async () => {
    await tillOf('cashier');
    await call('shifts.open', { float: cash(1000), approval: null });
    const move = (approval: string | null) =>
      terminal.call('shifts.moveCash', { direction: 'out', amount: eur(100), reason: 'milk', approval });
    const drawer = (approval: string | null) =>
      terminal.call('shifts.openDrawer', { reason: 'look', approval });
    expect(await refusal(move(null))).toEqual(needed('move-cash'));
    expect(await refusal(drawer(null))).toEqual(needed('open-drawer'));
    expect(await refusal(move(await leaveOf('move-cash')))).toBe('done');
    expect(await refusal(drawer(await leaveOf('open-drawer')))).toBe('done');
    const { acts } = await call('shifts.xReport', { approval: null });
    expect(acts.map(({ actor, approvedBy }) => [actor, approvedBy])).toEqual([
      ['A cashier', 'c1'],
      ['A cashier', 'c1'],
    ]);
    await call('shifts.count', { counted: cash(900), approval: null });
    expect((await call('shifts.close', CLOSE)).closedBy).toBe('A cashier');
  });

  it('an auditor → sees reports of the past, opens nothing', async () => {
    await tillOf('auditor');
    const open = terminal.call('shifts.open', { float: cash(0), approval: null });
    expect(await refusal(open)).toEqual(needed('run-shift'));
    expect((await call('shifts.list', { before: null, limit: 5, approval: null })).rows).toEqual([]);
  });

  it('nobody signed in → not-signed-in, but what is open is known', async () => {
    await tillOf('cashier');
    await call('shifts.open', { float: cash(0), approval: null });
    await call('people.signOut', { confirmUnsent: true });
    expect(await refusal(terminal.call('shifts.close', CLOSE))).toEqual({ code: 'not-signed-in' });
    expect((await call('shifts.current', {}))?.shiftId).toBe(1);
  });

  it('a difference up to the smallest note → closed with a reason; beyond it → leave of who may move cash', async () => {
    await tillOf('cashier');
    await call('shifts.open', { float: cash(1000), approval: null });
    await call('shifts.count', { counted: cash(1501), approval: null });
    const close = (change: Partial<typeof CLOSE>) => terminal.call('shifts.close', { ...CLOSE, ...change });
    expect(await refusal(close({}))).toEqual({ code: 'reason-needed', detail: { differenceMinor: '501' } });
    expect(await refusal(close({ reason: 'unknown' }))).toEqual(needed('move-cash'));
    const differenceApproval = await leaveOf('move-cash');
    const closed = await must(close({ reason: 'unknown', differenceApproval }));
    expect([closed.differenceMinor, closed.differenceApprovedBy]).toEqual(['501', 'c1']);
    await call('shifts.open', { float: cash(1000), approval: null });
    await call('shifts.count', { counted: cash(500), approval: null });
    const within = await must(close({ reason: 'unknown' }));
    expect([within.differenceMinor, within.differenceApprovedBy]).toEqual(['-500', null]);
  });

  it('payments unsent, confirmed by who may not leave them → leave-unsent, then closed with the approver on it', async () => {
    await tillOf('cashier');
    await call('shifts.open', { float: cash(0), approval: null });
    await sellByCode(300);
    await call('shifts.count', { counted: cash(0), approval: null });
    const close = (change: Partial<typeof CLOSE>) => terminal.call('shifts.close', { ...CLOSE, ...change });
    expect(await refusal(close({ confirmUnsent: true }))).toEqual(needed('leave-unsent'));
    const unsentApproval = await leaveOf('leave-unsent');
    const closed = await must(close({ confirmUnsent: true, unsentApproval }));
    expect([closed.unsentApprovedBy, closed.unsent.count]).toEqual(['c1', 1]);
  });

  it('an auditor with leave for each act → the approver stands in each entry and on the report', async () => {
    await tillOf('auditor');
    await call('shifts.open', { float: cash(5), approval: await leaveOf('run-shift') });
    await call('shifts.count', { counted: cash(5), approval: await leaveOf('run-shift') });
    const closed = await call('shifts.close', { ...CLOSE, approval: await leaveOf('run-shift') });
    expect([closed.closedBy, closed.approvedBy, closed.differenceApprovedBy]).toEqual([
      'A auditor',
      'c1',
      null,
    ]);
    terminal.engine.close();
    const bodies = journalOf(terminal.folder).filter(({ kind }) => /^shift-(opened|counted)$/.test(kind));
    expect(bodies.map(({ body }) => (body as readonly unknown[]).at(-1))).toEqual(['c1', 'c1']);
  });

  it('leave for one permission given for another → approval-needed, and nothing is written', async () => {
    await tillOf('cashier');
    await call('shifts.open', { float: cash(0), approval: null });
    const approval = await leaveOf('open-drawer');
    const moved = terminal.call('shifts.moveCash', {
      direction: 'in',
      amount: eur(1),
      reason: 'x',
      approval,
    });
    expect(await refusal(moved)).toEqual(needed('move-cash'));
    terminal.engine.close();
    expect(journalOf(terminal.folder).some(({ kind }) => kind === 'cash-moved')).toBe(false);
  });
});

describe('8 Shifts: blind counting', () => {
  it('before the count → a cashier’s X report says nothing by which the drawer could be worked out', async () => {
    await tillOf('cashier', 'blind-count');
    await call('shifts.open', { float: cash(1000), approval: null });
    await sellByCode(300);
    const blind = await call('shifts.xReport', { approval: null });
    expect([blind.isBlind, blind.drawer, blind.acts, blind.grandTotals]).toEqual([true, null, [], []]);
    expect(blind.takings[0]).toMatchObject({
      sales: { count: 0, sumMinor: '0' },
      tenders: [{ key: 'offline-code', count: 1, sumMinor: '300' }],
      taxes: [],
      people: [],
    });
    const counted = await call('shifts.count', { counted: cash(990), approval: null });
    expect(counted.differenceMinor).toBe('-10');
    const seen = await call('shifts.xReport', { approval: null });
    expect([seen.isBlind, seen.drawer?.dueMinor]).toEqual([false, '1000']);
  });

  it('who may move cash → sees it at any time; a shop without the switch → everybody does', async () => {
    await tillOf('lead', 'blind-count');
    await call('shifts.open', { float: cash(1000), approval: null });
    expect((await call('shifts.xReport', { approval: null })).drawer?.dueMinor).toBe('1000');
    terminal.close();
    await tillOf('cashier');
    await call('shifts.open', { float: cash(1000), approval: null });
    expect((await call('shifts.xReport', { approval: null })).drawer?.dueMinor).toBe('1000');
  });
});

describe('8 Shifts: orders', () => {
  const add = (minor: number) =>
    call('orders.addAmount', {
      amount: eur(minor),
      quantity: '1000',
      name: 'Bread',
      taxRateId: '',
      isTaxIncluded: true,
    });
  const pay = (minor: number | null, input: string) =>
    call('orders.pay', { method: 'cash', amount: minor === null ? null : eur(minor), input });

  it('an order paid in cash with change → in the drawer, on the report, in the count’s difference', async () => {
    await tillOf('lead');
    await call('shifts.open', { float: cash(1000), approval: null });
    await add(730);
    await pay(null, '1000');
    const { drawer, takings } = await call('shifts.xReport', { approval: null });
    expect([drawer?.given.sumMinor, drawer?.change.sumMinor, drawer?.dueMinor]).toEqual([
      '1000',
      '270',
      '1730',
    ]);
    expect(takings[0]?.tenders).toEqual([{ key: 'cash', count: 1, sumMinor: '730' }]);
    expect((await call('shifts.count', { counted: cash(1730), approval: null })).differenceMinor).toBe('0');
    expect((await call('shifts.close', CLOSE)).drawer.dueMinor).toBe('1730');
  });

  it('an order half paid in cash, at hand or parked → orders-hold-cash; discarded → closes', async () => {
    await tillOf('lead');
    await call('shifts.open', { float: cash(1000), approval: null });
    await add(730);
    await pay(300, '300');
    await call('shifts.count', { counted: cash(1000), approval: null });
    const held = { code: 'orders-hold-cash', detail: { count: 1, amountMinor: '300' } };
    expect(await refusal(terminal.call('shifts.close', CLOSE))).toEqual(held);
    await call('orders.park', { name: 'Table 4' });
    expect(await refusal(terminal.call('shifts.close', CLOSE))).toEqual(held);
    const [parked] = await call('orders.parked', {});
    await call('orders.discard', { orderId: parked?.orderId ?? null, reason: 'left' });
    expect((await call('shifts.close', CLOSE)).differenceMinor).toBe('0');
  });

  it('an order parked unpaid → carried over, and the report says how many', async () => {
    await tillOf('lead');
    await call('shifts.open', { float: cash(0), approval: null });
    await add(730);
    await call('orders.park', { name: 'Table 4' });
    await call('shifts.count', { counted: cash(0), approval: null });
    expect((await call('shifts.close', CLOSE)).parkedOrders).toBe(1);
    expect(await call('orders.parked', {})).toHaveLength(1);
  });
});
