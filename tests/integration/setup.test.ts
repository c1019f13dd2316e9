/** The start of every npm script, on a planted project: what runs before any package is there. */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PROJECT, run } from '../../scripts/tool.ts';

const SETUP_FILES = ['with-setup.mjs', 'setup/packages.mjs', 'setup/complete-lockfile.mjs'];
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A project with our set-up scripts and nothing else, in a folder with a blank. */
function plant(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'planted project '));
  folders.push(root);
  for (const file of SETUP_FILES) cpSync(join(PROJECT, 'scripts', file), join(root, 'scripts', file));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** One whose packages are installed: none but Node. */
function plantInstalled(script: string): string {
  const lockfile = JSON.stringify({ packages: {} });
  const root = plant({
    'package.json': '{"type":"module"}',
    'package-lock.json': lockfile,
    'node_modules/.package-lock.json': lockfile,
    'scripts/go.ts': script,
  });
  mkdirSync(join(root, 'node_modules/node/bin'), { recursive: true });
  symlinkSync(process.execPath, join(root, 'node_modules/node/bin/node'));
  return root;
}

const withSetup = (root: string, ...args: string[]) =>
  run([process.execPath, join(root, 'scripts/with-setup.mjs'), 'scripts/go.ts', ...args], { cwd: tmpdir() });

describe('with-setup', () => {
  it('--help with nothing installed → usage, exit 0, nothing installed', async () => {
    const root = plant({ 'scripts/go.ts': 'const USAGE = `npm run go\n\nGoes.\n`;\n', 'package.json': '{}' });
    expect(await withSetup(root, '--json', '--help')).toMatchObject({
      code: 0,
      output: 'npm run go\n\nGoes.\n',
    });
    expect(existsSync(join(root, 'node_modules'))).toBe(false);
  });

  it('every npm script → answers --help before anything is installed', () => {
    const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const command of Object.values(scripts)) {
      const [, , file] = command.split(' ');
      if (!file || !existsSync(join(PROJECT, file))) continue;
      expect(readFileSync(join(PROJECT, file), 'utf8'), file).toMatch(/^(export )?const USAGE = `npm /m);
    }
  });

  it('arguments and exit code → passed on', async () => {
    const root = plantInstalled('console.log(JSON.stringify(process.argv.slice(2))); process.exit(5);');
    expect(await withSetup(root, 'a b', '--x=1')).toMatchObject({ code: 5, output: '["a b","--x=1"]\n' });
  });

  it('SIGTERM → passed on, and its answer comes back', async () => {
    const root = plantInstalled(
      "process.on('SIGTERM', () => process.exit(7)); console.log('up'); setInterval(() => undefined, 1000);",
    );
    const child = spawn(process.execPath, [join(root, 'scripts/with-setup.mjs'), 'scripts/go.ts']);
    child.stdout.once('data', () => child.kill('SIGTERM'));
    expect(await new Promise((settle) => child.on('close', settle))).toBe(7);
  });
});

describe('complete-lockfile', () => {
  const lockfile = {
    lockfileVersion: 3,
    packages: {
      '': { name: 'x' },
      'node_modules/tool': {
        version: '2.0.0',
        dev: true,
        optionalDependencies: {
          'tool-linux-x64-musl': '2.0.0',
          'tool-win32-arm64': '~2.0.0',
          'tool-darwin-x64': '2.0.0',
        },
      },
      'node_modules/tool-darwin-x64': { version: '2.0.0', integrity: 'sha512-kept' },
    },
  };

  it('optional packages that a mirror lacked → reported, then filled, the rest untouched', async () => {
    const root = plant({ 'package-lock.json': JSON.stringify(lockfile) });
    const script = join(root, 'scripts/setup/complete-lockfile.mjs');
    const before = await run([process.execPath, script, '--check']);
    expect(before.code).toBe(1);
    expect(before.output).toContain('lacks node_modules/tool-linux-x64-musl, node_modules/tool-win32-arm64');
    expect(await run([process.execPath, script])).toMatchObject({ code: 0 });
    expect(await run([process.execPath, script, '--check'])).toMatchObject({ code: 0, output: '' });
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    expect(packages).toEqual({
      ...lockfile.packages,
      'node_modules/tool-linux-x64-musl': {
        version: '2.0.0',
        cpu: ['x64'],
        libc: ['musl'],
        os: ['linux'],
        dev: true,
        optional: true,
      },
      'node_modules/tool-win32-arm64': {
        version: '2.0.0',
        cpu: ['arm64'],
        os: ['win32'],
        dev: true,
        optional: true,
      },
    });
  });
});
