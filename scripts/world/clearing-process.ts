/** The real clearing house in a process of its own, as an operator runs it: started, asked whether it is ready, stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PROJECT } from '../tool.ts';

export interface ClearingSettings {
  readonly databaseUrl: string;
  readonly port: number;
  /** Holds keys/ and clearing.log. */
  readonly folder: string;
  readonly operatorToken: string;
  /** Further settings (clearing/config.ts): a load lifts the limits that a guesser would meet. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** No limit on requests: for loads and figures from one address. */
export const UNLIMITED = {
  REQUESTS_PER_MINUTE: '1000000',
  GUESSES_PER_MINUTE: '1000000',
  LOG_LEVEL: 'warn',
} as const;

export interface ClearingProcess {
  readonly origin: string;
  /** In order, with SIGTERM; or at once, with SIGKILL. @returns its exit status, null when a signal ended it */
  readonly stop: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<number | null>;
}

const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;

/** A port that nothing listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

export async function startClearing(settings: ClearingSettings): Promise<ClearingProcess> {
  const { databaseUrl, port, folder, operatorToken, environment = {} } = settings;
  mkdirSync(folder, { recursive: true });
  const log = openSync(join(folder, 'clearing.log'), 'a');
  const origin = `http://localhost:${port}`;
  const child: ChildProcess = spawn(process.execPath, [join(PROJECT, 'clearing', 'server.ts')], {
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_ORIGIN: origin,
      KEYS_FOLDER: join(folder, 'keys'),
      OPERATOR_TOKEN: operatorToken,
      WORLD: 'test',
      WALLET_FOLDER: join(PROJECT, 'out', 'wallet'),
      ...environment,
    },
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  await untilReady(origin, exited, join(folder, 'clearing.log'));
  return {
    origin,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return await exited;
    },
  };
}

async function untilReady(origin: string, exited: Promise<number | null>, log: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  let ended = false;
  void exited.then(() => {
    ended = true;
  });
  while (performance.now() < deadline && !ended) {
    const ready = await fetch(`${origin}/health/ready`, { signal: AbortSignal.timeout(2000) }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(`The clearing house did not start; see ${log}.`);
}
