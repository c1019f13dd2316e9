/** The engine in a process of its own, as Electron's main starts it on plain Node: for tests that kill it. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { toHex } from '../../shared/bytes.ts';
import { type FromEngine, fromEngine, type ToEngine } from '../../shared/contract/engine-port.ts';
import type { CallParams, CallResult, TerminalCall } from '../../shared/contract/terminal.ts';
import type { Refusal } from '../../shared/refusals.ts';
import type { Result } from '../../shared/result.ts';
import { MIGRATIONS } from './enrolled-terminal.ts';
import { seed } from './protocol-fixture.ts';

const ENTRY = join(import.meta.dirname, '../../electron/engine/index.ts');

export interface EngineProcess {
  readonly pid: number;
  readonly call: <C extends TerminalCall>(name: C, params: CallParams<C>) => Promise<Result<CallResult<C>>>;
  /** Sends a message and does not wait. */
  readonly post: (message: ToEngine) => void;
  /** The first message that this function wants. */
  readonly next: (wanted: (message: FromEngine) => boolean) => Promise<FromEngine>;
  /** SIGKILL, and waits until it is gone. */
  readonly kill: () => Promise<void>;
}

export async function startEngineProcess(
  dataFolder: string,
  command?: { execPath: string; execArgv: string[] },
): Promise<EngineProcess> {
  const child: ChildProcess = fork(ENTRY, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], ...command });
  const waiting = new Set<{
    wanted: (message: FromEngine) => boolean;
    resolve: (message: FromEngine) => void;
  }>();
  child.on('message', (data) => {
    const message = fromEngine.parse(data);
    for (const waiter of waiting) {
      if (!waiter.wanted(message)) continue;
      waiting.delete(waiter);
      waiter.resolve(message);
    }
  });
  const next = (wanted: (message: FromEngine) => boolean): Promise<FromEngine> =>
    new Promise((resolve) => waiting.add({ wanted, resolve }));
  const post = (message: ToEngine): void => {
    child.send(message);
  };
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let id = 0;

  const ready = next((message) => message.type === 'ready');
  const sealing = { kind: 'keychain', keyHex: toHex(seed('keychain')) } as const;
  post({ type: 'start', dataFolder, migrationsFolder: MIGRATIONS, sealing });
  await ready;

  return {
    pid: child.pid ?? 0,
    post,
    next,
    call: async <C extends TerminalCall>(call: C, params: CallParams<C>) => {
      const mine = ++id;
      const answer = next(
        (message) => (message.type === 'reply' || message.type === 'refusal') && message.id === mine,
      );
      post({ type: 'call', id: mine, call, params });
      const message = await answer;
      return message.type === 'reply'
        ? { ok: true, value: message.value as CallResult<C> }
        : { ok: false, refusal: (message as Extract<FromEngine, { type: 'refusal' }>).refusal as Refusal };
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
