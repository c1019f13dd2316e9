/**
 * Starts and stops a real PostgreSQL 18 (the binaries that npm brought) in a folder of ours, as root or
 * not. It must never lose a committed row (fsync stays on), never listen beyond this computer, and never
 * take a folder away from a living server of somebody else.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type Cluster, initialiseCluster, prepareCluster } from './postgres-cluster.ts';

const KEEPER = fileURLToPath(new URL('postgres-keeper.ts', import.meta.url));
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
/** What a server killed a moment ago leaves behind; both pass by themselves. */
const PASSING_FAULTS = ['pre-existing shared memory block', 'is still in use', 'Address already in use'];

export type RunningPostgres = {
  /** Connection string of the maintenance database `postgres`, with user and password. */
  readonly url: string;
  readonly port: number;
  /** Shuts the server down in order (open connections are cut) and waits until it is gone. */
  stop(): Promise<void>;
  /** Stops it and removes its data, wherever they lie: for tests and demos. */
  destroy(): Promise<void>;
};

/**
 * Starts the server of `dataFolder`, making its cluster at the first call. Calling it again on the same
 * folder later, also after a crash or SIGKILL, finds the same data.
 *
 * @param options.dataFolder any folder; made when missing
 * @param options.port 0 or none: a free one, another at each start
 * @throws Error with one plain sentence when the server cannot run here or another process has the folder
 */
export async function startPostgres(options: {
  readonly dataFolder: string;
  readonly port?: number;
}): Promise<RunningPostgres> {
  const dataFolder = resolve(options.dataFolder);
  mkdirSync(dataFolder, { recursive: true });
  const cluster = prepareCluster(dataFolder);
  await releaseFolder(dataFolder, cluster);
  if (!existsSync(join(cluster.folder, 'PG_VERSION'))) {
    initialiseCluster(cluster, passwordOf(cluster));
  }
  writeFileSync(join(dataFolder, 'owner.pid'), String(process.pid));

  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const port = options.port || (await freePort());
    const started = await launchKeeper(cluster, port, join(dataFolder, 'postgres.log'));
    if (started.ok) {
      const password = encodeURIComponent(passwordOf(cluster));
      return {
        url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
        port,
        stop: () => stopKeeper(started.keeper),
        async destroy() {
          await stopKeeper(started.keeper);
          rmSync(cluster.parent, { recursive: true, force: true });
          rmSync(dataFolder, { recursive: true, force: true });
        },
      };
    }
    const passes = PASSING_FAULTS.some((fault) => started.log.includes(fault));
    const portTaken = started.log.includes('Address already in use') && options.port;
    if (!passes || portTaken || performance.now() > deadline) {
      throw new Error(`PostgreSQL did not start in ${dataFolder}: ${started.log.trim().slice(-600)}`);
    }
    await new Promise((wake) => setTimeout(wake, 200));
  }
}

/**
 * Makes an empty database on the server behind `serverUrl`, if there is none of that name.
 *
 * @returns the connection string of that database
 */
export async function ensureDatabase(serverUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (known.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.href;
}

/** One random password a cluster, kept beside it and readable by the owner only. */
function passwordOf(cluster: Cluster): string {
  const file = join(cluster.parent, 'password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** Ends an orphan of an earlier run, clears a stale pid file, and refuses when a living owner has the folder. */
async function releaseFolder(dataFolder: string, cluster: Cluster): Promise<void> {
  const pidFile = join(cluster.folder, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  if (isServerOf(pid, cluster.folder)) {
    const ownerFile = join(dataFolder, 'owner.pid');
    const owner = existsSync(ownerFile) ? Number.parseInt(readFileSync(ownerFile, 'utf8'), 10) : 0;
    if (owner > 0 && isAlive(owner)) {
      throw new Error(`The database in ${dataFolder} is in use by process ${owner}: end that one first.`);
    }
    process.kill(pid, 'SIGINT');
    const deadline = performance.now() + STOP_TIMEOUT_MS;
    while (isAlive(pid)) {
      if (performance.now() > deadline) throw new Error(`An old PostgreSQL (process ${pid}) does not end.`);
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }
  // The number may belong to somebody else by now, and PostgreSQL would refuse to start because of it.
  rmSync(pidFile, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether `pid` is a living postmaster of just this cluster (a pid file alone proves nothing). */
function isServerOf(pid: number, clusterFolder: string): boolean {
  if (!(pid > 1) || !isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(clusterFolder);
  } catch {
    return false; // ended between the two looks
  }
}

type Started =
  | { readonly ok: true; readonly keeper: ChildProcess }
  | { readonly ok: false; readonly log: string };

/** Runs the server under its keeper, which ends it when this process dies, however it dies. */
function launchKeeper(cluster: Cluster, port: number, logFile: string): Promise<Started> {
  const settings = [
    ['listen_addresses', '127.0.0.1'],
    ['unix_socket_directories', ''],
    ['fsync', 'on'],
    ['synchronous_commit', 'on'],
    ['full_page_writes', 'on'],
    ['timezone', 'UTC'],
    ['log_timezone', 'UTC'],
  ].flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const keeper = fork(KEEPER, [], {
    execArgv: [],
    // A session of its own: Ctrl-C reaches the caller alone, which then stops things in its own order.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  keeper.send({
    command: cluster.binaries.postgres,
    args: ['-D', cluster.folder, '-p', String(port), ...settings],
    account: cluster.account,
    logFile,
  });
  return new Promise((settle) => {
    keeper.on('message', (message: { ready?: boolean; log?: string }) => {
      if (message.ready) {
        keeper.unref();
        keeper.channel?.unref();
        settle({ ok: true, keeper });
      } else {
        settle({ ok: false, log: message.log ?? '' });
      }
    });
    keeper.on('exit', (code) => settle({ ok: false, log: `the keeper ended with ${code}` }));
  });
}

function stopKeeper(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null) return Promise.resolve();
  return new Promise((settle, reject) => {
    const timer = setTimeout(() => reject(new Error('PostgreSQL does not stop.')), STOP_TIMEOUT_MS);
    keeper.ref();
    keeper.on('exit', () => {
      clearTimeout(timer);
      settle();
    });
    if (keeper.connected) keeper.disconnect();
  });
}

function freePort(): Promise<number> {
  return new Promise((settle, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => settle(port));
    });
  });
}
