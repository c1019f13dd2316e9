/**
 * Installs the packages of the lockfile when they are missing or others. Plain Node 20 with no packages,
 * because it runs before there are any. Must never touch an installation that fits.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} project folder of package.json
 * @returns {string | null} one sentence that says what stands in the way, or null when all is there
 */
export function ensurePackages(project) {
  if (arePackagesInstalled(project)) return null;
  process.stderr.write('Installing packages (once, a minute or two) …\n');
  // Development packages too, whatever NODE_ENV says: the tools that build the program are among them.
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const cli = process.env.npm_execpath;
  const viaCli = cli?.endsWith('.js') && existsSync(cli);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const done = spawnSync(viaCli ? process.execPath : npm, viaCli ? [cli, ...args] : args, {
    cwd: project,
    shell: !viaCli && process.platform === 'win32',
    // What npm says is for people; standard output belongs to the script.
    stdio: ['ignore', 2, 2],
  });
  if (done.error) return `npm could not be started (${done.error.message}): install Node.js with npm.`;
  if (done.status !== 0)
    return 'npm could not install the packages: see above; is a package registry in reach?';
  return null;
}

/** Whether every package that the lockfile wants on every system lies there in just its version. */
export function arePackagesInstalled(project) {
  const installedFile = join(project, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = packagesOf(join(project, 'package-lock.json'));
  const installed = packagesOf(installedFile);
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const there = installed[path];
    // Packages for other systems are optional, and not there.
    if (!there) return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return there.version === entry.version && there.integrity === entry.integrity;
  });
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch (error) {
    throw new Error(`${file} cannot be read: ${error.message}`);
  }
}

/**
 * The Node that the project is written for, brought by npm.
 *
 * @returns {string | null} its path, or null when it is not there
 */
export function projectNode(project) {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(project, 'node_modules', 'node', 'bin', name);
  return existsSync(path) ? path : null;
}
