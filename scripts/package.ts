/**
 * `npm run package`: packs the built terminal with the Electron at hand into an unpacked program folder.
 * Only the packages that the built program names go in; the clearing house and the tools never do.
 */
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './build.ts';
import { importsOf } from './imports.ts';
import { type ElectronRuntime, electronRuntime } from './setup/electron-runtime.ts';
import { PROJECT, run, toolCommand } from './tool.ts';

const USAGE = `npm run package -- [--json] [--help]

Builds the terminal and packs it, unpacked, into release/ with the Electron
runtime at hand. Installers (AppImage, deb, dmg, nsis) need tools from the
internet: electron-builder makes them on a release machine from release/app.

  --json   print one JSON object as the last line:
           {ok, folder, executable, bytes, electronVersion, isStandIn}
`;

const RELEASE = join(PROJECT, 'release');
const STAGE = join(RELEASE, 'app');
const RUNTIME = join(RELEASE, 'runtime');
const PARTS = ['out/main', 'out/preload', 'out/engine', 'out/renderer', 'migrations'];
/** Sources to compile from and programs for other systems: the prebuilt one is enough. */
const LEFT_OUT = /^better-sqlite3\/(deps|src|binding\.gyp)/;

type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly [key: string]: unknown;
};

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) process.stdout.write(USAGE);
else await main();

async function main(): Promise<void> {
  await ensureBuilt(console.log);
  const runtime = await electronRuntime({ say: console.log });
  if (runtime.isStandIn) {
    console.log(`Packing with the stand-in Electron ${runtime.electronVersion}: to try it out, not to ship.`);
  }
  for (const folder of [STAGE, RUNTIME]) rmSync(folder, { recursive: true, force: true });
  const packages = stageProgram();
  console.log(`Packages that go in: ${packages.join(', ') || 'none'}`);
  stageRuntime(runtime);
  const folder = await pack(runtime);
  rmSync(RUNTIME, { recursive: true, force: true });
  const executable = join(folder, process.platform === 'win32' ? 'Fieldtill.exe' : 'fieldtill');
  const ok = process.platform === 'darwin' || existsSync(executable);
  console.log(`Packed: ${relative(PROJECT, executable)}`);
  if (values.json) {
    const { electronVersion, isStandIn } = runtime;
    const bytes = bytesBelow(folder);
    console.log(JSON.stringify({ ok, folder, executable, bytes, electronVersion, isStandIn }));
  }
  process.exitCode = ok ? 0 : 1;
}

/** Lays out release/app; returns the packages in it. */
function stageProgram(): string[] {
  for (const part of PARTS) {
    const from = join(PROJECT, part);
    if (!existsSync(from)) throw new Error(`${part} is missing after the build.`);
    cpSync(from, join(STAGE, part), { recursive: true });
  }
  const manifest = manifestOf(PROJECT);
  const named = packagesNamedBy(join(STAGE, 'out'));
  for (const [name, folder] of closureOf(named)) {
    cpSync(folder, join(STAGE, 'node_modules', name), {
      recursive: true,
      dereference: true,
      filter: (path) => isWanted(relative(join(PROJECT, 'node_modules'), path)),
    });
  }
  const { name, productName, version, description, license, type, main } = manifest;
  const dependencies = Object.fromEntries(
    named.map((name) => [name, manifestOf(packageFolder(name)).version]),
  );
  const author = 'the Fieldtill authors';
  const staged = { name, productName, version, description, license, author, type, main, dependencies };
  writeFileSync(join(STAGE, 'package.json'), `${JSON.stringify(staged, null, 2)}\n`);
  return readdirSync(join(STAGE, 'node_modules'));
}

function isWanted(path: string): boolean {
  if (LEFT_OUT.test(path)) return false;
  const prebuild = /^better-sqlite3\/prebuilds\/(.+)$/.exec(path)?.[1];
  return prebuild === undefined || prebuild.startsWith(`${process.platform}-${process.arch}.`);
}

/** The packages that the bundles still import, sorted. */
function packagesNamedBy(folder: string): string[] {
  const names = new Set<string>();
  for (const file of globSync('{main,preload,engine}/**/*.{js,cjs,mjs}', { cwd: folder })) {
    const { imports, broken } = importsOf(file, readFileSync(join(folder, file), 'utf8'));
    if (broken !== null) throw new Error(`The built ${file} cannot be read: ${broken}`);
    for (const { specifier } of imports) {
      const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
      const isPackage =
        /^[@a-z]/.test(name) && !specifier.startsWith('node:') && !builtinModules.includes(name);
      if (isPackage && name !== 'electron') names.add(name);
    }
  }
  return [...names].sort();
}

/** Those packages and everything they need, by name, where it lies at the top of node_modules. */
function closureOf(names: readonly string[]): Map<string, string> {
  const closure = new Map<string, string>();
  const visit = (name: string, isOptional: boolean): void => {
    if (closure.has(name)) return;
    const folder = packageFolder(name);
    if (!existsSync(folder)) {
      if (isOptional) return; // for another system
      throw new Error(`${name} is named by the program but not installed.`);
    }
    closure.set(name, folder);
    const { dependencies, optionalDependencies } = manifestOf(folder);
    for (const below of Object.keys(dependencies ?? {})) visitBelow(folder, below, false);
    for (const below of Object.keys(optionalDependencies ?? {})) visitBelow(folder, below, true);
  };
  // One that lies inside its parent comes along with it.
  const visitBelow = (folder: string, name: string, isOptional: boolean): void => {
    if (!existsSync(join(folder, 'node_modules', name))) visit(name, isOptional);
  };
  for (const name of names) visit(name, false);
  return closure;
}

function packageFolder(name: string): string {
  return join(PROJECT, 'node_modules', name);
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The stand-in's own app is a link to this project: it stays behind. */
function stageRuntime(runtime: ElectronRuntime): void {
  mkdirSync(RUNTIME, { recursive: true });
  const app = join(runtime.folder, 'resources', 'app');
  cpSync(runtime.folder, RUNTIME, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => path !== app && !path.endsWith('fieldtill-stamp'),
  });
}

async function pack(runtime: ElectronRuntime): Promise<string> {
  const command = toolCommand('electron-builder', 'electron-builder', [
    '--dir',
    '--config=electron-builder.yml',
    `--config.electronVersion=${runtime.electronVersion}`,
    `--config.electronDist=${RUNTIME}`,
  ]);
  const { code, output } = await run(command, {
    env: { ...process.env, CSC_IDENTITY_AUTO_DISCOVERY: 'false' },
  });
  if (code !== 0)
    throw new Error(
      `electron-builder ended with ${code}:\n${output.trim().split('\n').slice(-20).join('\n')}`,
    );
  const folder = readdirSync(RELEASE).find((name) => /(-unpacked|^mac.*)$/.test(name));
  if (!folder) throw new Error('electron-builder left no program folder in release/.');
  return join(RELEASE, folder);
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, entry) => total + statSync(join(entry.parentPath, entry.name)).size, 0);
}
