/** Joins a terminal's data folder to a merchant without a window: the same engine, keys under a passphrase. */
import { join } from 'node:path';
import { Engine } from '../../electron/engine/engine.ts';
import { nodePorts } from '../../electron/engine/node-ports.ts';
import { PROJECT } from '../tool.ts';

export interface TerminalSetUp {
  readonly dataFolder: string;
  readonly code: string;
  readonly passphrase: string;
  readonly cashierName: string;
  readonly cashierPin: string;
}

export async function enrolTerminal(setUp: TerminalSetUp): Promise<void> {
  const { dataFolder, code, passphrase, cashierName, cashierPin } = setUp;
  const engine = await Engine.open({
    dataFolder,
    migrationsFolder: join(PROJECT, 'migrations'),
    sealing: { kind: 'passphrase' },
    ports: nodePorts((line) => process.stderr.write(`${line}\n`)),
    onEvent: () => undefined,
  });
  try {
    const enrolled = await engine.call('enrolment.enrol', { code, passphrase, cashierName, cashierPin });
    if (!enrolled.ok) throw new Error(`The terminal could not be enrolled: ${enrolled.refusal.code}.`);
  } finally {
    engine.close();
  }
}
