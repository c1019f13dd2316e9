/** The terminal's floor of time (protocol §4), on a real database file: no number of tries wears it down. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../electron/engine/db/store.ts';
import { applyAcknowledgement } from '../../electron/engine/sync/apply-acknowledgement.ts';
import { terminalIdFrom } from '../../shared/ids.ts';
import { NO_HASH } from '../../shared/protocol/journal-entry.ts';
import { enrolledTerminal, MIGRATIONS, type TestTerminal } from '../support/enrolled-terminal.ts';
import { codeText, EPOCH_S, presentedOf, purseOf, quickFields, seed } from '../support/protocol-fixture.ts';

const MINUTE_MS = 60_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fieldtill-clock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function tries(till: TestTerminal, scan: string): Promise<string> {
  const answer = await till.call('payments.accept', { amount: { minor: '100', currency: 'EUR' }, scan });
  if (!answer.ok) return answer.refusal.code;
  return answer.value.verdict === 'approved' ? 'approved' : answer.value.refusal.code;
}

describe('an expired code and a clock that is turned back to when it was fresh', () => {
  // found by npm run simulate -- --seed 2 --events 1500
  it('tried again and again, also after a restart → never approved', async () => {
    let till = await enrolledTerminal({ folder });
    const code = codeText(presentedOf(purseOf(), quickFields()));
    till.clock.nowMs += 30 * MINUTE_MS;
    expect(await tries(till, code)).toBe('expired');
    till.clock.nowMs -= 30 * MINUTE_MS;
    for (let i = 0; i < 3; i++) expect(await tries(till, code)).toBe('expired');
    till = await till.reopen();
    const cashiers = await till.call('people.list', {});
    const personId = cashiers.ok ? (cashiers.value[0]?.personId ?? '') : '';
    await till.call('people.signIn', { personId, pin: '135790' });
    expect(await tries(till, code)).toBe('expired');
    const fresh = quickFields({ iatS: EPOCH_S + 3600, counter: 2, previous: seed('p').subarray(0, 8) });
    expect(await tries(till, codeText(presentedOf(purseOf(), fresh)))).toBe('clock-turned-back');
    till.close();
  });
});

describe('the floor of a journal', () => {
  let store: Store;
  beforeEach(async () => {
    const opened = await openStore(folder, MIGRATIONS);
    if (!opened.ok) throw new Error(opened.refusal.code);
    store = opened.value;
  });
  afterEach(() => store.close());

  function enter(atMs: number): void {
    store.write(() => store.journal.append({ kind: 'signed-in', atMs, actor: 'Kim', body: '' }));
  }

  function acknowledged(serverTimeMs: number): void {
    const terminalId = terminalIdFrom(seed('terminal id').subarray(0, 8));
    const ack = { terminalId, epoch: 1, seq: 0, headHash: NO_HASH, outcomes: [], serverTimeMs };
    const applied = applyAcknowledgement(store, ack, new Uint8Array(), serverTimeMs);
    if (!applied.ok) throw new Error(applied.refusal.code);
  }

  async function reopened(): Promise<void> {
    store.close();
    const opened = await openStore(folder, MIGRATIONS);
    if (!opened.ok) throw new Error(opened.refusal.code);
    store = opened.value;
  }

  it('entries of earlier times after one of a later → the later time, before and after a restart', async () => {
    for (const atMs of [1000, 9000, 2000, 3000]) enter(atMs);
    expect(store.journal.floorMs).toBe(9000);
    await reopened();
    expect(store.journal.floorMs).toBe(9000);
    enter(10_000);
    enter(9500);
    await reopened();
    expect(store.journal.floorMs).toBe(10_000);
  });

  it('a clock that was ahead, mended, then a signed server time → the server time', async () => {
    enter(1000);
    enter(3_600_000);
    acknowledged(2000);
    expect(store.journal.floorMs).toBe(2000);
    await reopened();
    expect(store.journal.floorMs).toBe(2000);
    enter(1500);
    expect(store.journal.floorMs).toBe(2000);
    enter(2500);
    await reopened();
    expect(store.journal.floorMs).toBe(2500);
  });

  it('an old acknowledgement again → the floor stays', () => {
    enter(1000);
    acknowledged(5000);
    enter(8000);
    acknowledged(5000);
    acknowledged(4000);
    expect(store.journal.floorMs).toBe(8000);
  });
});
