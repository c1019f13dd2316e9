/**
 * A split order against the real clearing house on real PostgreSQL: one part by a code that only the house may
 * approve, one by a code offline. The house takes the order's entries along and settles both payments.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../electron/engine/engine.ts';
import { nodePorts } from '../../electron/engine/node-ports.ts';
import { issueScriptedPurses, quickCode } from '../../scripts/world/scripted-purse.ts';
import type { CallParams, TerminalCall } from '../../shared/contract/terminal.ts';
import type { Result } from '../../shared/result.ts';
import { MIGRATIONS, PIN, SEALING } from '../support/enrolled-terminal.ts';
import { must, sellerAt } from '../support/orders.ts';
import { type RestartableClearing, restartableClearing } from '../support/restartable-clearing.ts';

let clearing: RestartableClearing;
let folder: string;
let engine: Engine;

beforeAll(async () => {
  clearing = await restartableClearing();
  folder = mkdtempSync(join(tmpdir(), 'fieldtill-order-'));
  engine = await Engine.open({
    dataFolder: folder,
    migrationsFolder: MIGRATIONS,
    sealing: SEALING,
    ports: nodePorts(() => undefined),
    onEvent: () => undefined,
  });
});
afterAll(async () => {
  engine.close();
  rmSync(folder, { recursive: true, force: true });
  await clearing.destroy();
});

const till = {
  call: async <C extends TerminalCall>(name: C, params: CallParams<C>) =>
    (await engine.call(name, params)) as Result<never>,
};

async function codes(count: number): Promise<readonly string[]> {
  const customer = { userName: 'payer', password: 'correct horse battery', currency: 'EUR' };
  await clearing.operator.customerWithMoney({ ...customer, amountMinor: '50000' });
  const iatS = Math.floor(Date.now() / 1000);
  const purses = await issueScriptedPurses(
    clearing.origin,
    { ...customer, allowanceMinor: '10000' },
    iatS,
    count,
  );
  const first = { iatS, counter: 1, spentMinor: 0n, previous: new Uint8Array(8), capMinor: 5000n };
  return purses.map((purse) => quickCode(purse, first));
}

describe('5 sales: an order and the clearing house', () => {
  it('a part online, the rest offline, then a sync → closed here, both settled there', async () => {
    const code = await clearing.operator.enrolmentCode({ displayName: 'Split shop', currency: 'EUR' });
    await must(till, 'enrolment.enrol', { code, passphrase: null, cashierName: 'Desk', cashierPin: PIN });
    const [desk] = await must(till, 'people.list', {});
    await must(till, 'people.signIn', { personId: desk?.personId ?? '', pin: PIN });
    await must(till, 'sync.now', {});
    const seller = sellerAt(till);
    await seller.add(1500, 'Lamp');
    const [online = '', offline = ''] = await codes(2);
    const first = await seller.pay('online-code', 800, online);
    expect(first).toMatchObject({ verdict: 'taken', payment: { amount: seller.money(800) } });
    expect((await seller.pay('offline-code', null, offline)).verdict).toBe('closed');
    await must(till, 'sync.now', {});
    const { rows } = await must(till, 'payments.list', { before: null, limit: 5 });
    expect(rows.map(({ state, amount }) => [state, amount.minor])).toEqual([
      ['settled', '700'],
      ['settled', '800'],
    ]);
    expect((await must(till, 'sync.now', {})).unsentPayments).toBe(0);
  }, 30_000);
});
