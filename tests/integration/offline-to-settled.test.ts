/**
 * The main job on real parts: an engine with its real database and the real clearing house on real
 * PostgreSQL, over real HTTP through a proxy that spoils exchanges. Sold offline, settled later, once.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../electron/engine/engine.ts';
import { nodePorts } from '../../electron/engine/node-ports.ts';
import { issueScriptedPurses, quickCode, type ScriptedPurse } from '../../scripts/world/scripted-purse.ts';
import type { CallParams, CallResult, TerminalCall } from '../../shared/contract/terminal.ts';
import type { Result } from '../../shared/result.ts';
import { MIGRATIONS } from '../support/enrolled-terminal.ts';
import { type LossyProxy, lossyProxy } from '../support/lossy-proxy.ts';
import { type RestartableClearing, restartableClearing } from '../support/restartable-clearing.ts';

let clearing: RestartableClearing;
let proxy: LossyProxy;
let folder: string;
let engine: Engine;
let customers = 0;

const nowS = () => Math.floor(Date.now() / 1000);

async function call<C extends TerminalCall>(name: C, params: CallParams<C>): Promise<CallResult<C>> {
  const result = (await engine.call(name, params)) as Result<CallResult<C>>;
  if (!result.ok) throw new Error(`${name}: ${result.refusal.code}`);
  return result.value;
}

function open(): Promise<Engine> {
  return Engine.open({
    dataFolder: folder,
    migrationsFolder: MIGRATIONS,
    sealing: { kind: 'keychain', key: new Uint8Array(32).fill(7) },
    ports: nodePorts(() => undefined),
    onEvent: () => undefined,
  });
}

async function signIn(): Promise<void> {
  const [cashier] = await call('people.list', {});
  await call('people.signIn', { personId: cashier?.personId ?? '', pin: '2468' });
}

async function purse(): Promise<ScriptedPurse> {
  const customer = { userName: `customer${++customers}`, password: 'correct horse battery', currency: 'EUR' };
  await clearing.operator.customerWithMoney({ ...customer, amountMinor: '50000' });
  const [made] = await issueScriptedPurses(
    clearing.origin,
    { ...customer, allowanceMinor: '10000' },
    nowS(),
    1,
  );
  if (made === undefined) throw new Error('no purse');
  return made;
}

async function sell(from: ScriptedPurse, minor: string, counter = 1, spentMinor = 0n): Promise<string> {
  const previous = new Uint8Array(8).fill(counter - 1);
  const scan = quickCode(from, { iatS: nowS(), counter, spentMinor, previous });
  const answer = await call('payments.accept', { amount: { minor, currency: 'EUR' }, scan });
  return answer.verdict === 'approved' ? 'approved' : answer.refusal.code;
}

async function states(): Promise<string[]> {
  const { rows } = await call('payments.list', { before: null, limit: 200 });
  return rows.map((row) => row.state);
}

/** State and reason of each payment of a till, after it has synced. */
async function endOf(till: Engine = engine): Promise<string[]> {
  await till.call('sync.now', {});
  const listed = await till.call('payments.list', { before: null, limit: 10 });
  if (!listed.ok) throw new Error(listed.refusal.code);
  const { rows } = listed.value as CallResult<'payments.list'>;
  return rows.map(({ state, rejectReason }) => `${state} ${rejectReason}`);
}

async function receivable(): Promise<string> {
  const { accounts, sums } = await clearing.operator.ledger();
  expect(sums.every(({ sumMinor }) => sumMinor === '0')).toBe(true);
  return (
    accounts.find(({ kind, ownerName }) => kind === 'receivable' && ownerName === folder.slice(-12))
      ?.balanceMinor ?? ''
  );
}

beforeAll(async () => {
  let target = '';
  proxy = await lossyProxy(() => target);
  clearing = await restartableClearing(proxy.origin);
  target = clearing.origin;
});
afterAll(async () => {
  await proxy.close();
  await clearing.destroy();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fieldtill-'));
  engine = await open();
  const code = await clearing.operator.enrolmentCode({ displayName: folder.slice(-12), currency: 'EUR' });
  await call('enrolment.enrol', { code, passphrase: null, cashierName: 'Cashier', cashierPin: '2468' });
  await signIn();
});
afterEach(async () => {
  // whatever went wrong on the line: the tables are what the journal says
  const rebuilt = await engine.rebuildViews(false);
  expect(rebuilt.ok && rebuilt.value.tables.filter(({ differing }) => differing > 0)).toEqual([]);
  engine.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('sold while the clearing house is away', () => {
  it('→ approved offline; when it is back → settled, the merchant has the money, the ledger sums to zero', async () => {
    const customer = await purse();
    await clearing.stop();
    expect(await sell(customer, '750')).toBe('approved');
    expect((await call('sync.now', {})).reachability).toBe('offline');
    expect(await states()).toEqual(['approved-offline']);
    await clearing.start();
    const sync = await call('sync.now', {});
    expect(sync).toMatchObject({ reachability: 'online', unsentPayments: 0, lastProblem: null });
    expect(await states()).toEqual(['settled']);
    expect(await receivable()).toBe('750');
    expect((await call('state.get', {})).sync.exposure?.sum.minor).toBe('0');
  });

  it('engine restarted before it is back → settled all the same, once', async () => {
    const customer = await purse();
    await clearing.stop();
    expect(await sell(customer, '750')).toBe('approved');
    engine.close();
    engine = await open();
    await clearing.start();
    await call('sync.now', {});
    expect(await states()).toEqual(['settled']);
    expect(await receivable()).toBe('750');
  });
});

describe('an exchange that goes wrong', () => {
  it('the answer is lost after the server committed → sent again, one posting, settled', async () => {
    const customer = await purse();
    proxy.plan('/journal', [{ kind: 'drop-answer' }]);
    expect(await sell(customer, '300')).toBe('approved');
    await call('sync.now', {});
    await call('sync.now', {});
    expect(await states()).toEqual(['settled']);
    expect(await receivable()).toBe('300');
  });

  it.each([
    ['a captive portal answers 200', { kind: 'portal' }],
    ['half of the answer comes', { kind: 'half-answer' }],
    ['500', { kind: 'status', status: 500 }],
    ['503 with Retry-After', { kind: 'status', status: 503, retryAfterS: 1 }],
    ['429 with Retry-After', { kind: 'status', status: 429, retryAfterS: 1 }],
    ['the request is lost', { kind: 'drop-request' }],
  ] as const)('%s → nothing is taken for sent; later settled once', async (_name, trouble) => {
    const customer = await purse();
    proxy.plan('/journal', [trouble, trouble, trouble]);
    expect(await sell(customer, '300')).toBe('approved');
    const spoiled = await call('sync.now', {});
    expect(spoiled.unsentPayments).toBe(1);
    proxy.plan('/journal', []);
    expect((await call('sync.now', {})).unsentPayments).toBe(0);
    expect(await states()).toEqual(['settled']);
    expect(await receivable()).toBe('300');
  });
});

describe('what the clearing house rejects', () => {
  it('one purse, one counter, at two terminals → one settled, one rejected as conflict, ledger whole', async () => {
    const customer = await purse();
    await clearing.stop();
    expect(await sell(customer, '400')).toBe('approved');
    const first = { engine, folder };
    folder = mkdtempSync(join(tmpdir(), 'fieldtill-'));
    await clearing.start();
    engine = await open();
    const code = await clearing.operator.enrolmentCode({ displayName: folder.slice(-12), currency: 'EUR' });
    await call('enrolment.enrol', { code, passphrase: null, cashierName: 'Cashier', cashierPin: '2468' });
    await signIn();
    expect(await sell(customer, '500')).toBe('approved');
    await call('sync.now', {});
    const ends = [...(await endOf()), ...(await endOf(first.engine))];
    // who comes first wins; the first till's queue may have been quicker by itself
    expect(ends.sort()).toEqual(['rejected conflict', 'settled null']);
    first.engine.close();
    rmSync(first.folder, { recursive: true, force: true });
    const { accounts, sums } = await clearing.operator.ledger();
    expect(sums.every(({ sumMinor }) => sumMinor === '0')).toBe(true);
    const shops = [folder, first.folder].map((path) => path.slice(-12));
    const paid = accounts.filter(({ kind, ownerName }) => kind === 'receivable' && shops.includes(ownerName));
    expect(paid.filter(({ balanceMinor }) => balanceMinor !== '0')).toHaveLength(1);
  });
});

describe('6. given back while the clearing house is away', () => {
  async function refundOf(minor: string): Promise<CallResult<'refunds.make'>> {
    const { rows } = await call('payments.list', { before: null, limit: 1 });
    const original = { epoch: rows[0]?.epoch ?? 0, journalSeq: rows[0]?.journalSeq ?? 0 };
    return await call('refunds.make', {
      original,
      amount: { minor, currency: 'EUR' },
      method: 'credit-note',
      reason: 'Broken cup',
      approval: null,
    });
  }
  async function refundStates(of: CallResult<'refunds.make'>): Promise<string[]> {
    const list = await call('refunds.list', { original: of.refund.original });
    return list.map(({ state, rejectReason }) => `${state} ${rejectReason}`);
  }

  it('→ made; when it is back → settled, the customer has it, once, though answers were lost', async () => {
    const customer = await purse();
    await clearing.stop();
    expect(await sell(customer, '750')).toBe('approved');
    const first = await refundOf('250');
    await refundOf('100');
    expect(await refundStates(first)).toEqual(['made null', 'made null']);
    await clearing.start();
    proxy.plan('/journal', [{ kind: 'drop-answer' }, { kind: 'drop-answer' }]);
    for (let round = 0; round < 3; round += 1) await call('sync.now', {});
    expect(await refundStates(first)).toEqual(['settled null', 'settled null']);
    expect(await receivable()).toBe('400');
    expect(await states()).toEqual(['settled']);
  });

  it('of a payment that is then rejected → rejected with it, no money moves, nothing counts as given back', async () => {
    const customer = await purse();
    expect(await sell(customer, '400')).toBe('approved');
    await call('sync.now', {});
    const first = { engine, folder };
    folder = mkdtempSync(join(tmpdir(), 'fieldtill-'));
    engine = await open();
    const code = await clearing.operator.enrolmentCode({ displayName: folder.slice(-12), currency: 'EUR' });
    await call('enrolment.enrol', { code, passphrase: null, cashierName: 'Cashier', cashierPin: '2468' });
    await signIn();
    await clearing.stop();
    expect(await sell(customer, '500')).toBe('approved');
    const back = await refundOf('200');
    await clearing.start();
    await call('sync.now', {});
    expect(await endOf()).toEqual(['rejected conflict']);
    expect(await refundStates(back)).toEqual(['rejected payment-rejected']);
    const { rows } = await call('payments.list', { before: null, limit: 1 });
    expect(rows[0]?.refunded.minor).toBe('0');
    expect(await receivable()).toBe('0');
    first.engine.close();
    rmSync(first.folder, { recursive: true, force: true });
  });
});
