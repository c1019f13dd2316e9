/** `npm run terminal`: the engine without a window, as scripts use it: commands, statuses, and the shell. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrolledTerminal, PIN } from '../support/enrolled-terminal.ts';
import { PASSPHRASE, Shell, terminal } from '../support/headless-terminal.ts';

const CATALOGUE = `id,name,category,price,currency,tax_rate,tax_included,barcodes,favourite
b1,Bread,Bakery,2.40,EUR,full,yes,4006381333931,no
m1,Milk,,1.15,EUR,full,yes,,yes
`;

let folder: string;
let data: readonly string[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fieldtill-headless-'));
  data = ['--data', folder];
  const till = await enrolledTerminal({ folder, passphrase: PASSPHRASE, nowMs: Date.now() });
  till.engine.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lastLine = (out: string): unknown => JSON.parse(out.trimEnd().split('\n').at(-1) ?? '');

describe('commands', () => {
  it.each([
    [['toString'], 'toString is no command.'],
    [['state', 'now'], 'state takes no now.'],
    [['state', '--bogus'], 'bogus'],
    [['people', 'add', '--person', 'X', '--role', 'king'], '--role is one of'],
    [['refund', '--payment', '1-2', '--amount', '1', '--reason', 'x'], '--payment is not EPOCH/SEQ'],
  ] as const)('%j → status 2, and how it is used', async (args, why) => {
    const { status, out, error } = await terminal([...args, ...data]);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(error).toContain(why);
    expect(error).toContain('npm run terminal -- COMMAND');
  });

  it('people added, and one of them signs in → status 0; a wrong PIN → status 1 and why', async () => {
    const add = ['people', 'add', '--person', 'Noor', '--role', 'cashier', ...data, '--json'];
    expect((await terminal(add, { FIELDTILL_NEW_PIN: '1234' })).status).toBe(1);
    const added = await terminal(add, { FIELDTILL_NEW_PIN: '840271' });
    expect({ status: added.status, last: lastLine(added.out) }).toMatchObject({
      status: 0,
      last: { ok: true, person: { name: 'Noor', role: 'cashier' } },
    });
    const search = ['search', '--name', 'Noor', '--json', ...data];
    expect((await terminal(search, { FIELDTILL_PIN: '840271' })).status).toBe(0);
    const wrong = await terminal(search, { FIELDTILL_PIN: '902716' });
    expect({ status: wrong.status, last: lastLine(wrong.out) }).toEqual({
      status: 1,
      last: { ok: false, refusal: { code: 'wrong-pin', detail: { triesLeft: 4 } } },
    });
  });

  it('an act that needs leave → refused; with an approver → done', async () => {
    const off = ['people', 'unlock', '--person', 'Noor', '--name', 'Noor', ...data];
    const alone = await terminal(off, { FIELDTILL_PIN: '840271' });
    expect(alone).toMatchObject({ status: 1, out: 'Refused: approval-needed\n' });
    const approver = { FIELDTILL_PIN: '840271', FIELDTILL_APPROVER_PIN: PIN };
    expect(await terminal([...off, '--approver', 'Cashier 1'], approver)).toMatchObject({ status: 0 });
  });

  it('call → the value of any call of the contract; an unknown one or no JSON → bad-request', async () => {
    const called = await terminal(['call', 'people.list', '{}', ...data, '--json']);
    expect(lastLine(called.out)).toMatchObject({
      ok: true,
      value: [{ name: 'Cashier 1' }, { name: 'Noor' }],
    });
    for (const args of [['call', 'people.fly'], ['call', 'people.list', '{'], ['call']])
      expect(await terminal([...args, ...data])).toMatchObject({ status: 1, out: 'Refused: bad-request\n' });
  });

  it('a catalogue in from a file and out again → the same items; a bad file → every fault, nothing taken in', async () => {
    const file = join(folder, 'items.csv');
    const out = join(folder, 'out.csv');
    const code = await terminal([
      'call',
      'catalogue.putTaxRate',
      '{"taxRateId":"full","name":"20 %","basisPoints":2000,"approval":null}',
      ...data,
    ]);
    expect(code.status).toBe(0);
    writeFileSync(file, CATALOGUE);
    expect(await terminal(['catalogue', 'import', file, ...data])).toMatchObject({ status: 0 });
    expect(await terminal(['catalogue', 'export', out, ...data])).toMatchObject({ status: 0 });
    expect(readFileSync(out, 'utf8')).toContain('Bread');
    expect((await terminal(['catalogue', 'export', out, ...data])).status).toBe(1);
    writeFileSync(file, CATALOGUE.replace('2.40', 'two'));
    const bad = await terminal(['catalogue', 'import', file, ...data]);
    expect(bad.status).toBe(1);
    expect(bad.out).toContain('line 2');
    expect(bad.out).toContain('Nothing was taken in.');
  });

  it('a shift opened, cash in, counted, closed, and its Z report → status 0 each; a count that differs → reason-needed', async () => {
    const shift = (...args: readonly string[]) => terminal(['shift', ...args, ...data]);
    expect(await shift('open', '--amount', '10000')).toMatchObject({ status: 0, out: 'Shift 1 is open.\n' });
    expect(await shift('in', '--amount', '500', '--reason', 'change')).toMatchObject({ status: 0 });
    expect(await shift('count', '--amount', '10499')).toMatchObject({ status: 0 });
    expect(await shift('close')).toMatchObject({ status: 1, out: 'Refused: reason-needed\n' });
    const closed = await shift('close', '--reason', 'a cent on the floor', '--json');
    expect(lastLine(closed.out)).toMatchObject({ ok: true, report: { number: 1, differenceMinor: '-1' } });
    const again = await shift('z', '--number', '1', '--json');
    expect(lastLine(again.out)).toMatchObject({ ok: true, report: { number: 1 } });
  });

  it('a backup, to a second place as well → status 0, and it is listed', async () => {
    const second = join(folder, 'second');
    mkdirSync(second);
    expect(await terminal(['second-copy', second, ...data])).toMatchObject({ status: 0 });
    const made = await terminal(['backup', ...data, '--json']);
    expect(lastLine(made.out)).toMatchObject({ ok: true, secondCopy: 'written' });
    expect(readdirSync(second)).toHaveLength(1);
    const listed = await terminal(['backups', ...data, '--json']);
    expect(lastLine(listed.out)).toMatchObject({ ok: true, backups: [expect.anything()] });
  });

  it('verify and rebuild → status 0', async () => {
    expect(await terminal(['verify', ...data])).toMatchObject({ status: 0 });
    expect(await terminal(['rebuild', ...data])).toMatchObject({ status: 0 });
  });
});

describe('training', () => {
  it('a practice shop over lines → a sale there, and no trace of it in the shop', async () => {
    const before = (await terminal(['verify', ...data, '--json'])).out;
    const amount = { minor: '500', currency: 'EUR' };
    const code = { call: 'training.code', params: { kind: 'quick', amount, invoiceId: null } };
    const shell = new Shell(data, {}, 'training');
    expect(await shell.next()).toMatchObject({
      ok: true,
      value: { colleague: { name: expect.any(String) } },
    });
    const made = (await shell.line(JSON.stringify(code))) as { value: { digits: string } };
    const sold = await shell.must('payments.accept', { amount, scan: made.value.digits });
    expect(sold.verdict).toBe('approved');
    expect(await shell.must('state.get', {})).toMatchObject({ isTraining: true });
    expect(await shell.end()).toBe(0);
    // signing in is an entry of the shop's own
    const entries = (out: string): unknown => (lastLine(out) as { entries: unknown }).entries;
    const after = (await terminal(['verify', ...data, '--json'])).out;
    expect(entries(after)).toBe(Number(entries(before)) + 1);
  });
});

describe('the shell', () => {
  it('bad lines → a refusal each, and it goes on; ids come back; events only when asked for', async () => {
    const shell = new Shell([...data, '--events']);
    const bad = (field: string) => ({ ok: false, refusal: { code: 'bad-request', detail: { field } } });
    expect(await shell.line('hello')).toEqual(bad('line'));
    expect(await shell.line('[1]')).toEqual(bad('line'));
    expect(await shell.line('{"call":"people.list","parms":{}}')).toEqual(bad('parms'));
    expect(await shell.line('{"call":"people.fly","id":7}')).toEqual({ ...bad('call'), id: 7 });
    expect(await shell.line('{"params":{}}')).toEqual(bad('call'));
    expect(await shell.line('{"call":"state.get","id":"a"}')).toMatchObject({
      ok: true,
      id: 'a',
      value: { phase: 'ready', cashier: { name: 'Cashier 1' } },
    });
    await shell.must('people.lock', {});
    await shell.must('state.get', {});
    expect(await shell.end()).toBe(0);
    expect(shell.events.map(({ event }) => event)).toContain('state.changed');
  });

  it('a wrong PIN at the start → its refusal, status 1', async () => {
    const { status, out } = await terminal(['shell', ...data], { FIELDTILL_PIN: '902716' }, '');
    expect({ status, line: JSON.parse(out) }).toMatchObject({
      status: 1,
      line: { ok: false, refusal: { code: 'wrong-pin' } },
    });
  });

  it('no PIN at the start → nobody signed in; the folder in use → storage-in-use', async () => {
    const shell = new Shell([...data], { FIELDTILL_PIN: undefined });
    expect((await shell.must('state.get', {})).phase).toBe('signed-out');
    expect(await terminal(['payments', ...data])).toMatchObject({
      status: 1,
      out: 'Refused: storage-in-use\n',
    });
    expect(await shell.end()).toBe(0);
  });
});
