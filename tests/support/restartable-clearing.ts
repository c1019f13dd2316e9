/** The real clearing house in this process, on a fresh real database, listening on a free port. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../clearing/config.ts';
import { type RunningClearing, startClearing } from '../../clearing/start.ts';
import { freePort } from '../../scripts/world/clearing-process.ts';
import { Operator } from '../../scripts/world/operator.ts';
import { freshDatabase } from './postgres.ts';

export interface RestartableClearing {
  readonly origin: string;
  readonly databaseUrl: string;
  readonly operator: Operator;
  readonly stop: () => Promise<void>;
  /** The same house again, on the same port, database and keys. */
  readonly start: () => Promise<void>;
  /** Stops it and drops its database. */
  readonly destroy: () => Promise<void>;
}

export async function restartableClearing(publicOrigin?: string): Promise<RestartableClearing> {
  const database = await freshDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'fieldtill-clearing-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const operatorToken = randomBytes(24).toString('hex');
  const settings = readSettings({
    DATABASE_URL: database.url,
    PORT: String(port),
    PUBLIC_ORIGIN: publicOrigin ?? origin,
    KEYS_FOLDER: join(folder, 'keys'),
    OPERATOR_TOKEN: operatorToken,
    WORLD: 'test',
    LOG_LEVEL: 'silent',
    REQUESTS_PER_MINUTE: '100000',
    GUESSES_PER_MINUTE: '100000',
  });
  let running: RunningClearing | undefined = await startClearing(settings);
  const stop = async (): Promise<void> => {
    await running?.stop();
    running = undefined;
  };
  return {
    origin,
    databaseUrl: database.url,
    operator: new Operator(origin, operatorToken),
    stop,
    start: async () => {
      running ??= await startClearing(settings);
    },
    destroy: async () => {
      await stop();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
