/**
 * Fills the holes that a registry mirror without the packages of other systems leaves in a lockfile: npm
 * drops what it cannot look up, and `npm ci` then refuses the lockfile on every system. Run it after an
 * install behind such a mirror: `node scripts/setup/complete-lockfile.mjs`; `--check` only reports.
 * It adds optional packages in the exact version that their parent names, and must never change an entry.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

/**
 * @param {Record<string, any>} packages the lockfile's `packages`
 * @returns {Record<string, any>} the entries that are missing, by path
 */
export function missingOptionalPackages(packages) {
  const missing = {};
  for (const [parent, entry] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isResolved(packages, parent, name)) continue;
      missing[`node_modules/${name}`] = {
        version: range.replace(/^[\^~]/, ''),
        ...constraintsOf(name),
        ...(entry.dev ? { dev: true } : {}),
        optional: true,
      };
    }
  }
  return missing;
}

/** Walks up as Node's resolution does. */
function isResolved(packages, parent, name) {
  for (let at = parent; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (packages[at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`]) return true;
    if (at === '') return false;
    if (!at.includes('/node_modules/')) at = '';
  }
}

/** Such packages say in their name what they are for. */
function constraintsOf(name) {
  const words = name.replace('windows', 'win32').split(/[-/]/);
  const system = SYSTEMS.find((word) => words.includes(word));
  const processor =
    PROCESSORS.find((word) => words.includes(word)) ?? (words.includes('armv6') ? 'arm' : undefined);
  if (!system) throw new Error(`${name}: which system is it for? Add it to the lockfile by hand.`);
  const libc = words.includes('musl')
    ? ['musl']
    : words.includes('gnu') && system === 'linux'
      ? ['glibc']
      : undefined;
  return { ...(processor ? { cpu: [processor] } : {}), ...(libc ? { libc } : {}), os: [system] };
}

function main() {
  const file = fileURLToPath(new URL('../../package-lock.json', import.meta.url));
  const lockfile = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingOptionalPackages(lockfile.packages);
  const names = Object.keys(missing);
  if (process.argv.includes('--check')) {
    if (names.length === 0) return;
    process.stderr.write(`package-lock.json lacks ${names.join(', ')}\n`);
    process.stderr.write('Run: node scripts/setup/complete-lockfile.mjs\n');
    process.exitCode = 1;
    return;
  }
  const all = { ...lockfile.packages, ...missing };
  lockfile.packages = Object.fromEntries(
    Object.keys(all)
      .sort((a, b) => a.localeCompare(b, 'en'))
      .map((path) => [path, all[path]]),
  );
  writeFileSync(file, `${JSON.stringify(lockfile, null, 2)}\n`);
  process.stdout.write(`${names.length} entries added.\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
