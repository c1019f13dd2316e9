/**
 * Looks for the system's own parts that a window, a browser or good pictures need. As root on a Debian it
 * installs what is missing; everywhere else it names the exact line to type. It must never ask, and never
 * install for anybody who is not root.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** One part: the Debian package, and what proves that it is there. */
type Part = {
  readonly package: string;
  readonly command?: readonly string[];
  readonly library?: string;
  readonly file?: string;
};

const WINDOW: readonly Part[] = [
  { package: 'libgtk-3-0', library: 'libgtk-3.so.0' },
  { package: 'libnss3', library: 'libnss3.so' },
  { package: 'libasound2', library: 'libasound.so.2' },
  { package: 'libgbm1', library: 'libgbm.so.1' },
  { package: 'libnotify4', library: 'libnotify.so.4' },
  { package: 'libxss1', library: 'libXss.so.1' },
  { package: 'libatk-bridge2.0-0', library: 'libatk-bridge-2.0.so.0' },
  { package: 'libdrm2', library: 'libdrm.so.2' },
];
const VIRTUAL_DISPLAY: readonly Part[] = [
  { package: 'xvfb', command: ['Xvfb'] },
  { package: 'xauth', command: ['xauth'] },
];
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const BROWSER: readonly Part[] = [{ package: 'chromium', command: BROWSERS }];
const FONTS: readonly Part[] = [
  { package: 'fonts-noto-core', file: '/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf' },
  { package: 'fonts-noto-cjk', file: '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc' },
];

export type SystemNeeds = {
  /** A real Electron window. */
  readonly window?: boolean;
  /** An X server in memory, for a window where there is no display. */
  readonly virtualDisplay?: boolean;
  /** Chromium, for the wallet. */
  readonly browser?: boolean;
  /** Letters of all six languages, for pictures. */
  readonly fonts?: boolean;
};

/**
 * Makes sure that the named parts are there (Linux only: other systems bring theirs).
 *
 * @param say gets one line before an installation begins
 * @returns null when all is there, else one sentence with the exact line to type
 */
export function ensureSystemLibraries(needs: SystemNeeds, say: (line: string) => void): string | null {
  if (process.platform !== 'linux') {
    return needs.browser && !browserPath() ? 'Install Chromium or Google Chrome for the wallet.' : null;
  }
  const parts = [
    ...(needs.window ? WINDOW : []),
    ...(needs.virtualDisplay ? VIRTUAL_DISPLAY : []),
    ...(needs.browser ? BROWSER : []),
    ...(needs.fonts ? FONTS : []),
  ];
  const lacking = missingParts(parts);
  if (lacking.length === 0) return null;
  const aptGet = findCommand(['apt-get']);
  if (!aptGet)
    return `Missing on this system: ${lacking.map(describe).join(', ')}. Install them and start again.`;
  if (process.getuid?.() !== 0) {
    const names = lacking.map((part) => part.package).join(' ');
    return `Missing system parts. Type: sudo apt-get update && sudo apt-get install --no-install-recommends ${names}`;
  }
  say(`Installing system parts (once): ${lacking.map((part) => part.package).join(' ')} …`);
  const failure = installWithApt(aptGet, lacking);
  const still = missingParts(parts);
  if (still.length === 0) return null;
  return `apt-get could not install ${still.map((part) => part.package).join(' ')}: ${failure}`;
}

/** @returns the browser that shows the wallet, or null */
export function browserPath(): string | null {
  const fixed = [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    join(process.env.PROGRAMFILES ?? 'C:\\Program Files', 'Google', 'Chrome', 'Application', 'chrome.exe'),
  ];
  return findCommand(BROWSERS) ?? fixed.find((path) => existsSync(path)) ?? null;
}

function missingParts(parts: readonly Part[]): Part[] {
  const libraries = parts.some((part) => part.library) ? loaderLibraries() : new Set<string>();
  return parts.filter((part) => {
    if (part.command) return !findCommand(part.command);
    if (part.library) return !libraries.has(part.library);
    return part.file ? !existsSync(part.file) : false;
  });
}

/** File names of the libraries that the system's loader knows. */
function loaderLibraries(): Set<string> {
  // Not on an ordinary user's PATH, but readable by everybody.
  const ldconfig = ['/sbin/ldconfig', '/usr/sbin/ldconfig'].find((path) => existsSync(path)) ?? 'ldconfig';
  const listed = spawnSync(ldconfig, ['-p'], { encoding: 'utf8' });
  return new Set((listed.stdout ?? '').split('\n').map((line) => line.trim().split(' ')[0] ?? ''));
}

function findCommand(names: readonly string[]): string | null {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder || '.', process.platform === 'win32' ? `${name}.exe` : name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // not in this folder
      }
    }
  }
  return null;
}

function describe(part: Part): string {
  return part.library ?? part.command?.[0] ?? part.package;
}

function installWithApt(aptGet: string, parts: readonly Part[]): string {
  const run = (args: string[]) =>
    spawnSync(aptGet, args, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
  run(['update', '-qq']);
  // Newer Debians renamed some libraries when time became 64 bits wide.
  const names = parts.map((part) =>
    isKnownToApt(`${part.package}t64`) ? `${part.package}t64` : part.package,
  );
  const waitForLock = ['-o', 'DPkg::Lock::Timeout=120'];
  const done = run(['install', '-y', '-qq', '--no-install-recommends', ...waitForLock, ...names]);
  return done.error?.message ?? done.stderr.trim().split('\n').at(-1) ?? '';
}

function isKnownToApt(name: string): boolean {
  return spawnSync('apt-cache', ['show', '--no-all-versions', name], { stdio: 'ignore' }).status === 0;
}
