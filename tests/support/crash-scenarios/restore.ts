/** A backup put in place over a newer database: at each write the terminal is either the old one or the restored. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Engine } from '../../../electron/engine/engine.ts';
import { restoreBackup } from '../../../electron/engine/safe-keeping/restore.ts';
import { MIGRATIONS, PIN } from '../enrolled-terminal.ts';
import { type CrashScenario, must, nowEngineOptions, prepareTerminal, saleCode } from './scenario.ts';

const AMOUNT = { minor: '250', currency: 'EUR' };

export const scenario: CrashScenario = {
  name: 'restore',
  paths: ['restore', 'restore/terminal.db', 'restore/terminal.db-wal', 'restore/terminal.db-journal'],
  prepare: async (folder) => {
    await prepareTerminal(folder);
    const engine = await Engine.open(nowEngineOptions(folder));
    await must(engine, 'people.signIn', { personId: 'c1', pin: PIN });
    await must(engine, 'payments.accept', { amount: AMOUNT, scan: saleCode('before') });
    await must(engine, 'backups.make', { approval: null });
    await must(engine, 'payments.accept', { amount: AMOUNT, scan: saleCode('after the backup') });
    engine.close();
  },
  act: async (folder, told) => {
    const [name = ''] = readdirSync(join(folder, 'backups'));
    const restored = await restoreBackup(join(folder, 'backups', name), folder, MIGRATIONS, Date.now());
    if (!restored.ok) throw new Error(restored.refusal.code);
    told(`epoch ${restored.value.epoch}`);
  },
  check: async (engine, told) => {
    const { rows } = await must(engine, 'payments.list', { before: null, limit: 100 });
    const ours = rows.filter(({ amount }) => amount.minor === AMOUNT.minor);
    // the newest row is the check's own sale: it shows in which epoch the journal goes on
    const isRestored = rows[0]?.epoch === 2;
    expect(ours).toHaveLength(isRestored ? 1 : 2);
    if (told.length > 0) expect(isRestored).toBe(true);
  },
};
