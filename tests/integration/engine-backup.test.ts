/** "Safe keeping", backups: made while the till sells, checked before they count, a second copy where one is set. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../electron/engine/db/store.ts';
import { readBackup } from '../../shared/protocol/bodies/safe-keeping.ts';
import { decodeJournalEntry } from '../../shared/protocol/journal-entry.ts';
import { enrolledTerminal, MIGRATIONS, type TestTerminal } from '../support/enrolled-terminal.ts';
import { codeText, presentedOf, purseOf, quickFields } from '../support/protocol-fixture.ts';

let till: TestTerminal;
let elsewhere: string;
beforeEach(async () => {
  till = await enrolledTerminal();
  elsewhere = mkdtempSync(join(tmpdir(), 'fieldtill-second-'));
});
afterEach(() => {
  till.close();
  rmSync(elsewhere, { recursive: true, force: true });
});

let sold = 0;
async function sell(): Promise<boolean> {
  const scan = codeText(presentedOf(purseOf({ name: `backup ${sold++}` }), quickFields()));
  const answer = await till.call('payments.accept', { amount: { minor: '1', currency: 'EUR' }, scan });
  return answer.ok && answer.value.verdict === 'approved';
}

async function make() {
  const made = await till.call('backups.make', { approval: null });
  if (!made.ok) throw new Error(made.refusal.code);
  return made.value;
}

/** Payments in a backup, by opening a copy of it as a terminal would. */
async function paymentsIn(file: string): Promise<number> {
  const database = new Database(file, { readonly: true });
  const count = database.prepare('SELECT count(*) FROM payment').pluck().get();
  expect(database.pragma('quick_check', { simple: true })).toBe('ok');
  database.close();
  return Number(count);
}

describe('9 Safe keeping: backups', () => {
  it('made while sales go on → whole, with every sale up to its end; no sale waits long', async () => {
    for (let i = 0; i < 20; i++) await sell();
    let isMade = false;
    const making = make().finally(() => {
      isMade = true;
    });
    let between = 0;
    let longestMs = 0;
    while (!isMade) {
      const startMs = performance.now();
      expect(await sell()).toBe(true);
      longestMs = Math.max(longestMs, performance.now() - startMs);
      between++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { backup, secondCopy } = await making;
    expect(secondCopy).toBe('none');
    const kept = await paymentsIn(join(till.folder, 'backups', backup.name));
    expect(kept).toBeGreaterThanOrEqual(20);
    expect(kept).toBeLessThanOrEqual(20 + between);
    expect(longestMs).toBeLessThan(200);
    const listed = await till.call('backups.list', {});
    expect(listed.ok && listed.value).toEqual([backup]);
    expect(readdirSync(join(till.folder, 'backups'))).toEqual([backup.name]);
    const state = await till.call('state.get', {});
    expect(state.ok && state.value.backup).toEqual({ lastAtMs: backup.atMs, secondCopy: 'none' });
  });

  it('made → a journal entry says which, how large, up to where and for whom', async () => {
    await sell();
    const { backup } = await make();
    till.engine.close();
    const store = await openStore(till.folder, MIGRATIONS);
    if (!store.ok) throw new Error(store.refusal.code);
    const last = store.value.journal.after(-1n, 100).at(-1);
    store.value.close();
    const entry = decodeJournalEntry(last?.bytes ?? new Uint8Array());
    expect(entry.ok && [entry.value.kind, entry.value.actor]).toEqual(['backup-made', 'Cashier 1']);
    expect(entry.ok && readBackup(entry.value.body)).toMatchObject({
      what: 'made',
      name: backup.name,
      sizeBytes: backup.sizeBytes,
      secondCopy: 'none',
      approvedBy: null,
    });
  });

  it('a second place → a copy there; its disk away → missing, said, and the first copy is whole; back → written', async () => {
    const place = join(elsewhere, 'stick');
    mkdirSync(place);
    expect((await till.call('backups.setSecondCopy', { path: place, approval: null })).ok).toBe(true);
    const first = await make();
    expect([first.secondCopy, readdirSync(place)]).toEqual(['written', [first.backup.name]]);
    rmSync(place, { recursive: true });
    till.clock.nowMs += 1000;
    const second = await make();
    expect(second.secondCopy).toBe('missing');
    expect(existsSync(place)).toBe(false);
    expect(await paymentsIn(join(till.folder, 'backups', second.backup.name))).toBe(0);
    const state = await till.call('state.get', {});
    expect(state.ok && state.value.backup.secondCopy).toBe('missing');
    mkdirSync(place);
    till.clock.nowMs += 1000;
    expect((await make()).secondCopy).toBe('written');
  });

  it('more than are kept → the oldest go', async () => {
    const names: string[] = [];
    for (let i = 0; i < 10; i++) {
      till.clock.nowMs += 1000;
      names.push((await make()).backup.name);
    }
    expect(readdirSync(join(till.folder, 'backups')).toSorted()).toEqual(names.slice(2).toSorted());
  });

  it('no room for it, or no folder to write to → backup-failed; the till sells on', async () => {
    till.clock.freeBytes = 100_000_001;
    till.clock.freeBytes = 1000;
    expect(await till.call('backups.make', { approval: null })).toEqual({
      ok: false,
      refusal: { code: 'backup-failed' },
    });
    till.clock.freeBytes = 10 ** 12;
    rmSync(join(till.folder, 'backups'), { recursive: true, force: true });
    writeFileSync(join(till.folder, 'backups'), 'in the way');
    expect(await till.call('backups.make', { approval: null })).toEqual({
      ok: false,
      refusal: { code: 'backup-failed' },
    });
    expect(await sell()).toBe(true);
  });

  it('a relative place for the second copy → bad-request', async () => {
    expect(await till.call('backups.setSecondCopy', { path: 'stick', approval: null })).toEqual({
      ok: false,
      refusal: { code: 'bad-request', detail: { field: 'path' } },
    });
  });
});
