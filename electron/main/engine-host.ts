/**
 * Starts the engine's program in a process of its own: inside Electron's utility process where its Node-API
 * carries the store's native code, else on a Node beside it. Both speak shared/contract/engine-port.ts. The
 * store must never be loaded below Node-API 10: it would crash the process without a word.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { utilityProcess } from 'electron';
import type { ToEngine } from '../../shared/contract/engine-port.ts';

const STORE_NAPI_VERSION = 10;

export type EngineHostKind = 'utility-process' | 'node';

export interface EngineHost {
  readonly pid: number | undefined;
  post(message: ToEngine): void;
  /** Ends it at once; `onExit` follows. */
  kill(): void;
}

export interface EngineHostEvents {
  onMessage(message: unknown): void;
  /** Once, whatever ended it. */
  onExit(reason: string): void;
}

export function suitableHost(napiVersion: string | undefined): EngineHostKind {
  return Number(napiVersion ?? 0) >= STORE_NAPI_VERSION ? 'utility-process' : 'node';
}

export function startUtilityProcess(entry: string, events: EngineHostEvents): EngineHost {
  const child = utilityProcess.fork(entry, [], { serviceName: 'Fieldtill engine', stdio: 'inherit' });
  child.on('message', (message: unknown) => events.onMessage(message));
  child.once('exit', (code) => events.onExit(`code ${code}`));
  return {
    get pid() {
      return child.pid;
    },
    post: (message) => child.postMessage(message),
    kill: () => {
      child.kill();
    },
  };
}

/** @param nodePath a Node of Node-API 10 or newer */
export function startOnNode(entry: string, nodePath: string, events: EngineHostEvents): EngineHost {
  const { ELECTRON_RUN_AS_NODE: _asNode, NODE_OPTIONS: _options, ...env } = process.env;
  const child: ChildProcess = fork(entry, [], {
    execPath: nodePath,
    execArgv: [],
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let hasEnded = false;
  const end = (reason: string) => {
    if (hasEnded) return;
    hasEnded = true;
    events.onExit(reason);
  };
  child.on('message', (message: unknown) => events.onMessage(message));
  child.once('exit', (code, signal) => end(signal === null ? `code ${code}` : `signal ${signal}`));
  // No such program, or a message that found the pipe closed: the exit tells the same, if it comes.
  child.on('error', (error) => {
    if (child.pid === undefined) end(error.message);
  });
  return {
    pid: child.pid,
    post: (message) => {
      if (child.connected) child.send(message);
    },
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}
