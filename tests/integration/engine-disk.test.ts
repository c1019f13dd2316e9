/** "Safe keeping", the disk: full, read-only or nearly full, with real file systems; refused early, nothing half. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../electron/engine/db/store.ts';
import { enrolledTerminal, MIGRATIONS, PIN, type TestTerminal } from '../support/enrolled-terminal.ts';
import { codeText, presentedOf, purseOf, quickFields } from '../support/protocol-fixture.ts';

let root: string;
let mounted: string[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fieldtill-disk-'));
});
afterEach(() => {
  for (const place of mounted.toReversed()) spawnSync('umount', [place]);
  mounted = [];
  rmSync(root, { recursive: true, force: true });
});

function mount(place: string, ...args: string[]): boolean {
  const isMounted = spawnSync('mount', [...args, place]).status === 0;
  if (isMounted) mounted.push(place);
  return isMounted;
}

/** Mounting takes more than most machines let a test do. */
function canMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'fieldtill-mount-'));
  const can = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', place]).status === 0;
  if (can) spawnSync('umount', [place]);
  rmSync(place, { recursive: true });
  return can;
}

let sold = 0;
async function sell(till: TestTerminal): Promise<string> {
  const purse = purseOf({ name: `disk ${sold++}` });
  const scan = codeText(presentedOf(purse, quickFields()));
  const answer = await till.call('payments.accept', { amount: { minor: '100', currency: 'EUR' }, scan });
  if (!answer.ok) return answer.refusal.code;
  return answer.value.verdict === 'approved'
    ? (answer.value.payment.paymentId ?? '')
    : answer.value.refusal.code;
}

describe('9 Safe keeping: room on the disk', () => {
  it.each([
    [500_000_000, 'ok', true],
    [499_999_999, 'low', true],
    [100_000_000, 'low', true],
    [99_999_999, 'almost-full', false],
  ])('%d bytes free → %s', async (freeBytes, level, sells) => {
    const till = await enrolledTerminal();
    till.clock.freeBytes = freeBytes;
    const state = await till.call('state.get', {});
    expect(state.ok && state.value.disk).toEqual({ level, freeMb: Math.floor(freeBytes / 1_000_000) });
    expect((await sell(till)) !== 'disk-almost-full').toBe(sells);
    till.close();
  });

  it('almost full → no new sale and no invoice; what was sold is seen, synced and signed out of', async () => {
    const till = await enrolledTerminal();
    await sell(till);
    till.clock.freeBytes = 1;
    const refused = { ok: false, refusal: { code: 'disk-almost-full' } };
    const amount = { minor: '100', currency: 'EUR' };
    expect(await till.call('payments.accept', { amount, scan: '' })).toEqual(refused);
    expect(await till.call('invoices.issue', { amount, reference: '' })).toEqual(refused);
    expect((await till.call('payments.list', { before: null, limit: 10 })).ok).toBe(true);
    expect((await till.call('sync.now', {})).ok).toBe(true);
    expect((await till.call('people.lock', {})).ok).toBe(true);
    till.close();
  });
});

describe.skipIf(!canMount())('9 Safe keeping: real file systems', () => {
  it('a file system that is full to the brim → storage-failed in the middle of selling; room again → all that was shown is there', async () => {
    const folder = join(root, 'small');
    mkdirSync(folder);
    expect(mount(folder, '-t', 'tmpfs', '-o', 'size=4m', 'none')).toBe(true);
    let till = await enrolledTerminal({ folder });
    const shown = [await sell(till)];
    const filler = join(folder, 'filler');
    for (let bytes = 4_000_000; bytes >= 1000; bytes = Math.floor(bytes / 2)) {
      try {
        writeFileSync(filler, Buffer.alloc(bytes), { flag: 'a' });
      } catch {
        // full: the next, smaller piece may still fit
      }
    }
    let last = await sell(till);
    for (; last.length === 32; last = await sell(till)) shown.push(last);
    expect(last).toBe('storage-failed');
    expect(await sell(till)).toBe('storage-failed');
    till.engine.close();
    rmSync(filler);
    till = await till.reopen();
    await till.call('people.signIn', { personId: 'c1', pin: PIN });
    const listed = await till.call('payments.list', { before: null, limit: 200 });
    expect(listed.ok && listed.value.rows.map(({ paymentId }) => paymentId).toReversed()).toEqual(shown);
    expect(till.engine.verifyJournal()).toMatchObject({ ok: true, value: { brokenAt: null } });
    expect(await sell(till)).toHaveLength(32);
    till.engine.close();
  });

  it('a file system that is full before the start → storage-failed before the first sale', async () => {
    const folder = join(root, 'full');
    mkdirSync(folder);
    expect(mount(folder, '-t', 'tmpfs', '-o', 'size=16k', 'none')).toBe(true);
    const opened = await openStore(folder, MIGRATIONS);
    expect(opened).toEqual({ ok: false, refusal: { code: 'storage-failed' } });
  });

  it('a read-only file system → storage-failed, the file as it was', async () => {
    const folder = join(root, 'read-only');
    mkdirSync(folder);
    const till = await enrolledTerminal({ folder });
    await sell(till);
    till.engine.close();
    const before = readFileSync(join(folder, 'terminal.db'));
    expect(mount(folder, '--bind', folder)).toBe(true);
    expect(mount(folder, '-o', 'remount,ro,bind')).toBe(true);
    const opened = await openStore(folder, MIGRATIONS);
    expect(opened).toEqual({ ok: false, refusal: { code: 'storage-failed' } });
    expect(readFileSync(join(folder, 'terminal.db')).equals(before)).toBe(true);
  });
});
