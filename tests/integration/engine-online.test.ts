/**
 * Payments that go online (protocol §4, stage 11): an engine with its real database asks the real clearing house on
 * real PostgreSQL, over real HTTP through a proxy that spoils exchanges.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../electron/engine/engine.ts';
import { nodePorts } from '../../electron/engine/node-ports.ts';
import type { EnginePorts } from '../../electron/engine/ports.ts';
import { issueScriptedPurses, quickCode, type ScriptedPurse } from '../../scripts/world/scripted-purse.ts';
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';
import type { CallParams, CallResult, TerminalCall } from '../../shared/contract/terminal.ts';
import type { Result } from '../../shared/result.ts';
import { startEngineProcess } from '../support/engine-process.ts';
import { MIGRATIONS } from '../support/enrolled-terminal.ts';
import { journalOf } from '../support/journal-of.ts';
import { type LossyProxy, lossyProxy, type Trouble } from '../support/lossy-proxy.ts';
import { seed } from '../support/protocol-fixture.ts';
import { type RestartableClearing, restartableClearing } from '../support/restartable-clearing.ts';

const AUTHORISATIONS = clearingStreams.authorisations.path;
const PIN = '2468';
/** The house's policy: up to 25.00 alone, up to 50.00 rather online. */
const SMALL = '700';
const BETWEEN = '3000';

let clearing: RestartableClearing;
let proxy: LossyProxy;
let folder: string;
let engine: Engine;
let customers = 0;
/** What chance draws: all ones pick nobody. */
let draw = 0xff;

const nowS = () => Math.floor(Date.now() / 1000);

async function callOf<C extends TerminalCall>(
  till: Engine,
  name: C,
  params: CallParams<C>,
): Promise<CallResult<C>> {
  const result = (await till.call(name, params)) as Result<CallResult<C>>;
  if (!result.ok) throw new Error(`${name}: ${result.refusal.code}`);
  return result.value;
}
const call = <C extends TerminalCall>(name: C, params: CallParams<C>) => callOf(engine, name, params);

function open(dataFolder = folder): Promise<Engine> {
  const ports: EnginePorts = nodePorts(() => undefined);
  return Engine.open({
    dataFolder,
    migrationsFolder: MIGRATIONS,
    sealing: { kind: 'keychain', key: seed('keychain') },
    // the only draw of four bytes is that of chance
    ports: {
      ...ports,
      randomBytes: (length) => (length === 4 ? new Uint8Array(4).fill(draw) : ports.randomBytes(length)),
    },
    onEvent: () => undefined,
  });
}

async function signIn(till = engine): Promise<void> {
  const [cashier] = await callOf(till, 'people.list', {});
  await callOf(till, 'people.signIn', { personId: cashier?.personId ?? '', pin: PIN });
}

async function enrol(till: Engine, displayName: string): Promise<void> {
  const code = await clearing.operator.enrolmentCode({ displayName, currency: 'EUR' });
  await callOf(till, 'enrolment.enrol', { code, passphrase: null, cashierName: 'Cashier', cashierPin: PIN });
  await signIn(till);
}

async function online(till = engine): Promise<void> {
  const { reachability } = await callOf(till, 'sync.now', {});
  expect(reachability).toBe('online');
}

async function purse(allowanceMinor = '20000'): Promise<ScriptedPurse> {
  const customer = { userName: `payer${++customers}`, password: 'correct horse battery', currency: 'EUR' };
  await clearing.operator.customerWithMoney({ ...customer, amountMinor: '50000' });
  const [made] = await issueScriptedPurses(clearing.origin, { ...customer, allowanceMinor }, nowS(), 1);
  if (made === undefined) throw new Error('no purse');
  return made;
}

function codeOf(from: ScriptedPurse, counter = 1, spentMinor = 0n): string {
  const previous = new Uint8Array(8).fill(counter - 1);
  return quickCode(from, { iatS: nowS(), counter, spentMinor, previous, capMinor: 5000n });
}

async function accept(scan: string, minor: string, till = engine): Promise<string> {
  const answer = await callOf(till, 'payments.accept', { amount: { minor, currency: 'EUR' }, scan });
  return answer.verdict === 'approved' ? 'approved' : answer.refusal.code;
}

async function timed(act: () => Promise<string>): Promise<{ answer: string; ms: number }> {
  const began = performance.now();
  const answer = await act();
  return { answer, ms: performance.now() - began };
}

/** State and reason of each payment of the till, newest first, after a sync. */
async function ends(): Promise<string[]> {
  await online();
  const { rows } = await call('payments.list', { before: null, limit: 50 });
  return rows.map(({ state, rejectReason }) => (rejectReason === null ? state : `${state} ${rejectReason}`));
}

/** How each sale and decline was decided, from the journal itself. */
const decided = () =>
  journalOf(folder).flatMap(({ decision }) =>
    decision === null ? [] : [`${decision.decided}${decision.authorisation === null ? '' : ' signed'}`],
  );

const asked = () => proxy.reached(AUTHORISATIONS);
const troubles = (...list: readonly Trouble[]) => proxy.plan(AUTHORISATIONS, list);

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
const QUEUE_PATHS = ['/journal', '/outcomes', '/trust-bundle'];

beforeEach(async () => {
  draw = 0xff;
  troubles();
  for (const ending of QUEUE_PATHS) proxy.plan(ending, []);
  folder = mkdtempSync(join(tmpdir(), 'fieldtill-'));
  engine = await open();
  await enrol(engine, folder.slice(-12));
  await online();
});
afterEach(() => {
  engine.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('1 Decisions: online', () => {
  it('up to the lower bound → approved without asking', async () => {
    const before = asked();
    expect(await accept(codeOf(await purse()), SMALL)).toBe('approved');
    expect(asked()).toBe(before);
    expect(decided()).toEqual(['offline']);
  });

  it('between the bounds → asked, approved with the signed answer in the journal, settled once', async () => {
    const before = asked();
    expect(await accept(codeOf(await purse()), BETWEEN)).toBe('approved');
    expect(asked()).toBe(before + 1);
    expect(decided()).toEqual(['online signed']);
    expect(await ends()).toEqual(['settled']);
  });

  it('a small payment that chance picks → asked', async () => {
    draw = 0;
    const before = asked();
    expect(await accept(codeOf(await purse()), SMALL)).toBe('approved');
    expect(asked()).toBe(before + 1);
  });

  it('charged elsewhere already → declined-online with the reason conflict, and the purse may pay on', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'fieldtill-'));
    const other = await open(elsewhere);
    await enrol(other, elsewhere.slice(-12));
    const payer = await purse();
    const code = codeOf(payer);
    expect(await accept(code, SMALL, other)).toBe('approved');
    await online(other);
    const answer = await call('payments.accept', { amount: { minor: BETWEEN, currency: 'EUR' }, scan: code });
    expect(answer).toMatchObject({
      verdict: 'declined',
      refusal: { code: 'declined-online', detail: { reason: 'conflict' } },
    });
    expect(decided()).toEqual(['online signed']);
    expect(await accept(codeOf(payer, 2, 700n), BETWEEN)).toBe('approved');
    other.close();
    rmSync(elsewhere, { recursive: true, force: true });
  });
});

describe('1 Decisions: online failing, stand-in', () => {
  it.each<[string, Trouble]>([
    ['the request is lost', { kind: 'drop-request' }],
    ['the answer is lost after it took effect', { kind: 'drop-answer' }],
    ['a captive portal answers', { kind: 'portal' }],
    ['half an answer comes', { kind: 'half-answer' }],
    ['the server is overloaded', { kind: 'status', status: 503, retryAfterS: 1 }],
  ])('%s → approved by the offline result, settled once', async (_what, trouble) => {
    troubles(trouble);
    expect(await accept(codeOf(await purse()), BETWEEN)).toBe('approved');
    expect(decided()).toEqual(['stand-in']);
    expect(await ends()).toEqual(['settled']);
  });

  it('no answer at all → 1.5 seconds once; the next sale waits for nothing', async () => {
    // the whole line is dead, the queue's too
    const silent: Trouble = { kind: 'late-answer', afterMs: null };
    troubles(silent, silent);
    for (const ending of QUEUE_PATHS) proxy.plan(ending, [silent, silent]);
    const [first, second] = [await purse(), await purse()];
    const one = await timed(() => accept(codeOf(first), BETWEEN));
    expect(one).toMatchObject({ answer: 'approved' });
    expect(one.ms).toBeGreaterThan(1400);
    expect(one.ms).toBeLessThan(3500);
    const before = asked();
    const two = await timed(() => accept(codeOf(second), BETWEEN));
    expect(two).toMatchObject({ answer: 'approved' });
    expect(two.ms).toBeLessThan(1000);
    expect(asked()).toBe(before);
    expect(decided()).toEqual(['stand-in', 'offline']);
  });

  it('the answer comes late → it changes nothing: one approval, settled once', async () => {
    troubles({ kind: 'late-answer', afterMs: 1900 });
    expect(await accept(codeOf(await purse()), BETWEEN)).toBe('approved');
    expect(decided()).toEqual(['stand-in']);
    expect(await ends()).toEqual(['settled']);
  });
});

describe('1 Decisions: a tender that only the clearing house may allow', () => {
  async function payOnline(scan: string): Promise<string> {
    const answer = await call('orders.pay', { method: 'online-code', amount: null, input: scan });
    return answer.verdict === 'declined' ? answer.refusal.code : answer.verdict;
  }

  async function order(): Promise<void> {
    const amount = { minor: SMALL, currency: 'EUR' };
    const what = { amount, quantity: '1000', name: 'Tea', taxRateId: '', isTaxIncluded: true };
    await call('orders.addAmount', what);
  }

  it('a small amount in reach → asked all the same; the sale names its order and settles', async () => {
    await order();
    const before = asked();
    expect(await payOnline(codeOf(await purse()))).toBe('closed');
    expect(asked()).toBe(before + 1);
    expect(decided()).toEqual(['online signed']);
    expect(await ends()).toEqual(['settled']);
  });

  it('no answer, and then out of reach → online-required both times, the order waits', async () => {
    troubles({ kind: 'drop-answer' });
    for (const ending of QUEUE_PATHS)
      proxy.plan(ending, [{ kind: 'drop-request' }, { kind: 'drop-request' }]);
    await order();
    const code = codeOf(await purse());
    expect(await payOnline(code)).toBe('online-required');
    const before = asked();
    expect(await payOnline(code)).toBe('online-required');
    expect(asked()).toBe(before);
    for (const ending of QUEUE_PATHS) proxy.plan(ending, []);
    await online();
    expect(await payOnline(code)).toBe('closed');
    expect(await ends()).toEqual(['settled', 'declined', 'declined']);
  });
});

describe('1 Decisions: while one waits', () => {
  it('the same code again within 50 ms → one approval, one already-used', async () => {
    troubles({ kind: 'late-answer', afterMs: 300 });
    const code = codeOf(await purse());
    const before = asked();
    const answers = await Promise.all([accept(code, BETWEEN), accept(code, BETWEEN), accept(code, SMALL)]);
    expect(answers).toEqual(['approved', 'already-used', 'already-used']);
    expect(asked()).toBe(before + 1);
    expect(await ends()).toEqual(['declined', 'declined', 'settled']);
  });

  it('other customers → served meanwhile, in whatever order answers come', async () => {
    troubles({ kind: 'late-answer', afterMs: 500 });
    const slow = accept(codeOf(await purse()), BETWEEN);
    const quick = await timed(async () => accept(codeOf(await purse()), SMALL));
    expect(quick.answer).toBe('approved');
    expect(await slow).toBe('approved');
    expect(await ends()).toEqual(['settled', 'settled']);
  });

  it('the engine is closed meanwhile → engine-stopped, nothing written; the customer pays after it opens', async () => {
    troubles({ kind: 'late-answer', afterMs: 300 });
    const code = codeOf(await purse());
    const waiting = engine.call('payments.accept', {
      amount: { minor: BETWEEN, currency: 'EUR' },
      scan: code,
    });
    engine.close();
    expect(await waiting).toMatchObject({ ok: false, refusal: { code: 'engine-stopped' } });
    engine = await open();
    await signIn();
    await online();
    expect(await accept(code, BETWEEN)).toBe('approved');
    expect(await ends()).toEqual(['settled']);
  });

  it('killed between authorisation and journal entry → nothing was approved, the customer pays again, once', async () => {
    engine.close();
    const dying = await startEngineProcess(folder);
    const people = await dying.call('people.list', {});
    const personId = people.ok ? (people.value[0]?.personId ?? '') : '';
    expect((await dying.call('people.signIn', { personId, pin: PIN })).ok).toBe(true);
    expect(await dying.call('sync.now', {})).toMatchObject({ value: { reachability: 'online' } });
    troubles({ kind: 'late-answer', afterMs: null });
    const code = codeOf(await purse());
    const before = asked();
    void dying.call('payments.accept', { amount: { minor: BETWEEN, currency: 'EUR' }, scan: code });
    while (asked() === before) await new Promise((resolve) => setTimeout(resolve, 10));
    await dying.kill();

    engine = await open();
    await signIn();
    expect((await call('payments.list', { before: null, limit: 5 })).rows).toEqual([]);
    expect(engine.verifyJournal()).toMatchObject({ ok: true, value: { brokenAt: null } });
    await online();
    expect(await accept(code, BETWEEN)).toBe('approved');
    expect(decided()).toEqual(['online signed']);
    expect(await ends()).toEqual(['settled']);
  });
});
