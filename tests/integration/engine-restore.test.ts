/**
 * "Safe keeping", coming back: a backup restored, a disk set back or cloned, with the real clearing house on real
 * PostgreSQL. No payment is lost, none is settled twice, and no terminal stays stuck on a fork.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../electron/engine/engine.ts';
import { nodePorts } from '../../electron/engine/node-ports.ts';
import { restoreBackup } from '../../electron/engine/safe-keeping/restore.ts';
import { issueScriptedPurses, quickCode, type ScriptedPurse } from '../../scripts/world/scripted-purse.ts';
import type { CallParams, CallResult, TerminalCall } from '../../shared/contract/terminal.ts';
import type { Result } from '../../shared/result.ts';
import { MIGRATIONS } from '../support/enrolled-terminal.ts';
import { type RestartableClearing, restartableClearing } from '../support/restartable-clearing.ts';

let clearing: RestartableClearing;
let root: string;
let open: Engine[] = [];
let customers = 0;

const nowS = () => Math.floor(Date.now() / 1000);

/** The one code that this purse shows, however often it is scanned. */
const codes = new Map<ScriptedPurse, string>();
function codeOf(from: ScriptedPurse): string {
  const first = { iatS: nowS(), counter: 1, spentMinor: 0n, previous: new Uint8Array(8) };
  const code = codes.get(from) ?? quickCode(from, first);
  codes.set(from, code);
  return code;
}

/** An engine on a folder, whose line to the clearing house can be cut. */
class Till {
  readonly folder: string;
  engine: Engine | undefined;
  isOnline = true;

  constructor(folder: string) {
    this.folder = folder;
  }

  async start(): Promise<void> {
    const ports = nodePorts(() => undefined);
    const cut = (): Promise<never> => Promise.reject(new Error('the line is cut'));
    this.engine = await Engine.open({
      dataFolder: this.folder,
      migrationsFolder: MIGRATIONS,
      sealing: { kind: 'keychain', key: new Uint8Array(32).fill(7) },
      ports: {
        ...ports,
        // nothing by itself: these tests say when a terminal syncs
        timers: { after: () => () => undefined, jitter: () => 0 },
        network: {
          ...ports.network,
          exchange: (request) => (this.isOnline ? ports.network.exchange(request) : cut()),
          events: () => () => undefined,
        },
      },
      onEvent: () => undefined,
    });
    open.push(this.engine);
  }

  async call<C extends TerminalCall>(name: C, params: CallParams<C>): Promise<CallResult<C>> {
    const result = (await this.engine?.call(name, params)) as Result<CallResult<C>>;
    if (!result.ok) throw new Error(`${name}: ${result.refusal.code}`);
    return result.value;
  }

  async signIn(): Promise<void> {
    const [cashier] = await this.call('people.list', {});
    await this.call('people.signIn', { personId: cashier?.personId ?? '', pin: '2468' });
  }

  async sell(from: ScriptedPurse, minor: string): Promise<string> {
    const scan = codeOf(from);
    const answer = await this.call('payments.accept', { amount: { minor, currency: 'EUR' }, scan });
    return answer.verdict === 'approved' ? 'approved' : answer.refusal.code;
  }

  /** Amounts and states of all payments, in the order of their amounts, after a sync that ended well. */
  async synced(): Promise<string[]> {
    const { lastProblem, unsentPayments } = await this.call('sync.now', {});
    expect([lastProblem, unsentPayments]).toEqual([null, 0]);
    const { rows } = await this.call('payments.list', { before: null, limit: 100 });
    const report = await this.engine?.rebuildViews(false);
    expect(report?.ok && report.value.tables.filter(({ differing }) => differing > 0)).toEqual([]);
    expect(this.engine?.verifyJournal()).toMatchObject({ ok: true, value: { brokenAt: null } });
    return rows
      .map(({ state, amount }) => `${amount.minor} ${state}`)
      .toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1));
  }

  async exposure(): Promise<string | undefined> {
    return (await this.call('state.get', {})).sync.exposure?.sum.minor;
  }

  stop(): void {
    this.engine?.close();
    this.engine = undefined;
  }
}

async function purse(): Promise<ScriptedPurse> {
  const customer = { userName: `back${++customers}`, password: 'correct horse battery', currency: 'EUR' };
  await clearing.operator.customerWithMoney({ ...customer, amountMinor: '50000' });
  const allowance = { ...customer, allowanceMinor: '10000' };
  const [made] = await issueScriptedPurses(clearing.origin, allowance, nowS(), 1);
  if (made === undefined) throw new Error('no purse');
  return made;
}

async function merchantHas(name: string): Promise<string | undefined> {
  const { accounts, sums } = await clearing.operator.ledger();
  expect(sums.every(({ sumMinor }) => sumMinor === '0')).toBe(true);
  return accounts.find(({ kind, ownerName }) => kind === 'receivable' && ownerName === name)?.balanceMinor;
}

let name: string;
let till: Till;

beforeAll(async () => {
  clearing = await restartableClearing();
});
afterAll(() => clearing.destroy());
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'fieldtill-back-'));
  name = root.slice(-12);
  till = new Till(join(root, 'till'));
  await till.start();
  const code = await clearing.operator.enrolmentCode({ displayName: name, currency: 'EUR' });
  await till.call('enrolment.enrol', { code, passphrase: null, cashierName: 'Cashier', cashierPin: '2468' });
  await till.signIn();
});
afterEach(() => {
  for (const engine of open) engine.close();
  open = [];
  rmSync(root, { recursive: true, force: true });
});

/** A copy of the disk while nothing runs on it. */
function imaged(into: string): Till {
  till.stop();
  cpSync(till.folder, join(root, into), { recursive: true });
  return new Till(join(root, into));
}

describe('9 Safe keeping: a backup restored', () => {
  it('after more was sold and sent → a new epoch, what was sent since is learnt and not taken again, sums are right', async () => {
    const [before, since, unsent] = [await purse(), await purse(), await purse()];
    expect(await till.sell(before, '100')).toBe('approved');
    await till.synced();
    await till.call('backups.make', { approval: null });
    expect(await till.sell(since, '200')).toBe('approved');
    expect(await till.synced()).toEqual(['100 settled', '200 settled']);
    till.stop();
    const [backup = ''] = readdirSync(join(till.folder, 'backups'));
    const file = join(till.folder, 'backups', backup);
    const restored = await restoreBackup(file, till.folder, MIGRATIONS, Date.now());
    expect(restored).toMatchObject({ ok: true, value: { epoch: 2 } });
    expect(restored.ok && readdirSync(restored.value.setAside ?? '')).toEqual(['terminal.db']);
    await till.start();
    await till.signIn();
    expect(await till.sell(before, '100')).toBe('already-used');
    till.isOnline = false;
    expect(await till.sell(unsent, '400')).toBe('approved');
    till.isOnline = true;
    expect(await till.synced()).toEqual(['100 declined', '100 settled', '200 settled', '400 settled']);
    expect(await till.sell(since, '200')).toBe('already-used');
    expect([await merchantHas(name), await till.exposure()]).toEqual(['700', '0']);
  });

  it('into an empty folder, offline → sells at once, settled later', async () => {
    const [before, later] = [await purse(), await purse()];
    await till.sell(before, '100');
    await till.call('backups.make', { approval: null });
    till.stop();
    const [backup = ''] = readdirSync(join(till.folder, 'backups'));
    const other = new Till(join(root, 'new machine'));
    const file = join(till.folder, 'backups', backup);
    expect(await restoreBackup(file, other.folder, MIGRATIONS, Date.now())).toEqual({
      ok: true,
      value: { epoch: 2, setAside: null },
    });
    other.isOnline = false;
    await other.start();
    await other.signIn();
    expect(await other.sell(later, '50')).toBe('approved');
    other.isOnline = true;
    expect(await other.synced()).toEqual(['50 settled', '100 settled']);
    expect(await merchantHas(name)).toBe('150');
  });

  it('what is no backup, or not whole → refused, and what is there stays', async () => {
    till.stop();
    const missing = await restoreBackup(join(root, 'none'), till.folder, MIGRATIONS, Date.now());
    expect(missing).toEqual({ ok: false, refusal: { code: 'not-found' } });
    const notOne = join(import.meta.dirname, 'engine-restore.test.ts');
    const refused = await restoreBackup(notOne, till.folder, MIGRATIONS, Date.now());
    expect(refused).toEqual({ ok: false, refusal: { code: 'storage-damaged' } });
    await till.start();
    expect((await till.call('state.get', {})).phase).toBe('signed-out');
  });

  it('while an engine is at work in the folder → storage-in-use', async () => {
    await till.call('backups.make', { approval: null });
    const [backup = ''] = readdirSync(join(till.folder, 'backups'));
    const file = join(till.folder, 'backups', backup);
    expect(await restoreBackup(file, till.folder, MIGRATIONS, Date.now())).toEqual({
      ok: false,
      refusal: { code: 'storage-in-use' },
    });
  });
});

describe('9 Safe keeping: a fork', () => {
  it('the disk set back to an older image → finds out at its next sync, opens a new epoch, loses and doubles nothing', async () => {
    const [first, lost, offline] = [await purse(), await purse(), await purse()];
    await till.sell(first, '100');
    await till.synced();
    const old = imaged('image');
    await till.start();
    await till.signIn();
    await till.sell(lost, '200');
    await till.synced();
    till.stop();
    old.isOnline = false;
    await old.start();
    await old.signIn();
    expect(await old.sell(offline, '400')).toBe('approved');
    old.isOnline = true;
    expect(await old.synced()).toEqual(['100 settled', '200 settled', '400 settled']);
    expect([await merchantHas(name), await old.exposure()]).toEqual(['700', '0']);
    expect(await old.sell(lost, '200')).toBe('already-used');
    expect(await old.synced()).toContain('200 declined');
  });

  it('the disk cloned, both machines run on → the second goes on in an epoch of its own; all is settled once', async () => {
    const purses = await Promise.all(Array.from({ length: 6 }, () => purse()));
    const [a, b, c, d, e, f] = purses as [
      ScriptedPurse,
      ScriptedPurse,
      ScriptedPurse,
      ScriptedPurse,
      ScriptedPurse,
      ScriptedPurse,
    ];
    await till.sell(a, '1');
    const clone = imaged('clone');
    await Promise.all([till.start(), clone.start()]);
    await till.signIn();
    await clone.signIn();
    await till.sell(b, '10');
    await clone.sell(c, '100');
    await till.synced();
    await clone.synced();
    await till.sell(d, '200');
    await clone.sell(e, '250');
    await clone.synced();
    await till.synced();
    await till.sell(f, '300');
    expect((await till.synced()).filter((row) => !row.endsWith('settled'))).toEqual([]);
    expect((await clone.synced()).filter((row) => !row.endsWith('settled'))).toEqual([]);
    expect(await merchantHas(name)).toBe('861');
    expect([await till.exposure(), await clone.exposure()]).toEqual(['0', '0']);
  });

  it('cloned, and both took one code offline → settled once, the other rejected as conflict, nobody stuck', async () => {
    const [shared, own] = [await purse(), await purse()];
    await till.synced();
    const clone = imaged('clone');
    till.isOnline = false;
    clone.isOnline = false;
    await Promise.all([till.start(), clone.start()]);
    await till.signIn();
    await clone.signIn();
    await till.sell(shared, '10');
    await clone.sell(shared, '20');
    await clone.sell(own, '30');
    till.isOnline = true;
    clone.isOnline = true;
    expect(await till.synced()).toEqual(['10 settled']);
    expect(await clone.synced()).toEqual(['20 rejected', '30 settled']);
    expect(await merchantHas(name)).toBe('40');
  });
});
