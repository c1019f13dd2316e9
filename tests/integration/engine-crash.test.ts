/** Power and processes fail at any moment: what was shown as approved is there, once; nothing is there by half. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Engine } from '../../electron/engine/engine.ts';
import { nodePorts } from '../../electron/engine/node-ports.ts';
import { startEngineProcess } from '../support/engine-process.ts';
import { enrolledTerminal, MIGRATIONS, PIN, SEALING } from '../support/enrolled-terminal.ts';
import { codeText, presentedOf, purseOf, quickFields, trustBundleOf } from '../support/protocol-fixture.ts';

const ROUNDS = 12;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fieldtill-crash-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The processes of these tests run on the real clock: bundle and codes are of now. */
async function enrolledNow(): Promise<number> {
  const nowS = Math.floor(Date.now() / 1000);
  const trust = {
    iatS: nowS - 60,
    expS: nowS + 86_400,
    issuers: trustBundleOf().issuers.map((issuer) => ({ ...issuer, notAfterS: nowS + 10 * 86_400 })),
  };
  const terminal = await enrolledTerminal({ folder, trust });
  terminal.engine.close();
  return nowS;
}

function codeOf(i: number, nowS: number): string {
  const purse = purseOf({ name: `crash purse ${i}`, iatS: nowS - 3600, expS: nowS + 86_400 });
  return codeText(presentedOf(purse, quickFields({ iatS: nowS, ttlS: 60 })));
}

function wholeChain(engine: Engine): void {
  expect(engine.verifyJournal()).toMatchObject({ ok: true, value: { brokenAt: null } });
}

describe('durable before shown', () => {
  it('killed right after "approved" → the payment is there, once, and its code is already-used', async () => {
    const nowS = await enrolledNow();
    const shown: string[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const engine = await startEngineProcess(folder);
      expect((await engine.call('people.signIn', { personId: 'c1', pin: PIN })).ok).toBe(true);
      const scan = codeOf(i, nowS);
      const answer = await engine.call('payments.accept', {
        amount: { minor: '100', currency: 'EUR' },
        scan,
      });
      await engine.kill();
      expect(answer.ok && answer.value.verdict).toBe('approved');
      shown.push(scan);
    }
    const engine = await startEngineProcess(folder);
    await engine.call('people.signIn', { personId: 'c1', pin: PIN });
    const listed = await engine.call('payments.list', { before: null, limit: 200 });
    expect(listed.ok && listed.value.rows.filter((row) => row.state === 'approved-offline')).toHaveLength(
      ROUNDS,
    );
    for (const scan of shown) {
      const again = await engine.call('payments.accept', { amount: { minor: '100', currency: 'EUR' }, scan });
      expect(again.ok && again.value).toMatchObject({
        verdict: 'declined',
        refusal: { code: 'already-used' },
      });
    }
    await engine.kill();
  });

  it('killed at any moment of a stream of sales → every one shown is there, the chain is whole', async () => {
    const nowS = await enrolledNow();
    let sold = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const engine = await startEngineProcess(folder);
      await engine.call('people.signIn', { personId: 'c1', pin: PIN });
      const shown: string[] = [];
      const dead = { is: false };
      let killed: () => void = () => undefined;
      const gone = new Promise<'gone'>((resolve) => {
        killed = () => resolve('gone');
      });
      const selling = (async () => {
        while (!dead.is) {
          const scan = codeOf(1000 + sold++, nowS);
          const answer = engine.call('payments.accept', { amount: { minor: '100', currency: 'EUR' }, scan });
          const result = await Promise.race([answer, gone]);
          if (result === 'gone') return;
          if (result.ok && result.value.verdict === 'approved')
            shown.push(result.value.payment.paymentId ?? '');
        }
      })();
      // another number of sales each round, then the plug is pulled while the next is being written
      await engine.next((message) => message.type === 'event' && message.event === 'payments.changed');
      for (let i = 0; i < round; i++) {
        await engine.next((message) => message.type === 'event' && message.event === 'payments.changed');
      }
      dead.is = true;
      await engine.kill();
      killed();
      await selling;
      const check = await reopened();
      const listed = await check.call('payments.list', { before: null, limit: 200 });
      const kept = listed.ok ? (listed.value as { rows: { paymentId: string }[] }).rows : [];
      for (const paymentId of shown) {
        expect(kept.filter((row) => row.paymentId === paymentId)).toHaveLength(1);
      }
      wholeChain(check);
      check.close();
    }
  });

  it('a second engine on the same folder → storage-in-use, the first goes on', async () => {
    await enrolledNow();
    const first = await startEngineProcess(folder);
    const second = await startEngineProcess(folder);
    expect(await second.call('payments.list', { before: null, limit: 1 })).toEqual({
      ok: false,
      refusal: { code: 'storage-in-use' },
    });
    expect((await first.call('payments.list', { before: null, limit: 1 })).ok).toBe(true);
    await Promise.all([first.kill(), second.kill()]);
  });

  const hasStrace = existsSync('/usr/bin/strace');
  it.skipIf(!hasStrace)('a sale on a database that was opened anew → one fsync, no fewer', async () => {
    const nowS = await enrolledNow();
    const trace = join(folder, 'trace.txt');
    const engine = await startEngineProcess(folder);
    await engine.call('people.signIn', { personId: 'c1', pin: PIN });
    const sales = 100;
    const counting = countSyncs(engine.pid, trace);
    await counting.attached;
    for (let i = 0; i < sales; i++) {
      const scan = codeOf(5000 + i, nowS);
      await engine.call('payments.accept', { amount: { minor: '100', currency: 'EUR' }, scan });
    }
    const syncs = await counting.stop();
    await engine.kill();
    expect(syncs / sales).toBeGreaterThanOrEqual(1);
    expect(syncs / sales).toBeLessThanOrEqual(1.05);
  });
});

function reopened(): Promise<Engine> {
  return Engine.open({
    dataFolder: folder,
    migrationsFolder: MIGRATIONS,
    sealing: SEALING,
    ports: nodePorts(() => undefined),
    onEvent: () => undefined,
  });
}

/** Counts fsync and fdatasync of a process as the kernel sees them. */
function countSyncs(pid: number, trace: string): { attached: Promise<void>; stop: () => Promise<number> } {
  const args = ['-f', '-e', 'trace=fsync,fdatasync', '-o', trace, '-p', String(pid)];
  const strace = spawn('/usr/bin/strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => strace.once('close', () => resolve()));
  return {
    attached: new Promise((resolve, reject) => {
      strace.stderr.on('data', (text: Buffer) => {
        if (text.toString().includes('attached')) resolve();
      });
      strace.once('close', () => reject(new Error('strace could not attach')));
    }),
    stop: async () => {
      strace.kill('SIGINT');
      await ended;
      return readFileSync(trace, 'utf8').match(/f(data)?sync\(/g)?.length ?? 0;
    },
  };
}
