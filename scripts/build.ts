/**
 * Builds the terminal (main, preload, engine, window) and the wallet into out/, and only when a source has
 * changed since. `npm start`, `test`, `demo` and `package` share it.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT, run, toolCommand } from './tool.ts';

const OUT = join(PROJECT, 'out');
const STAMP = join(OUT, 'built-from');
const SOURCES = [
  '{shared,ui,electron,renderer,wallet,migrations}/**/*',
  '{electron.vite.config.ts,package.json,package-lock.json,tsconfig.json}',
];

const BUILDS: readonly { name: string; command: [string, ...string[]] }[] = [
  { name: 'terminal', command: toolCommand('electron-vite', 'electron-vite', ['build']) },
  { name: 'wallet', command: toolCommand('vite', 'vite', ['build', '--config', 'wallet/vite.config.ts']) },
];

/**
 * Makes out/ fit the sources.
 *
 * @param say gets one line before a build begins
 * @throws Error with the tool's last lines when a build fails
 */
export async function ensureBuilt(say: (line: string) => void): Promise<void> {
  const stamp = stampOfSources();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return;
  rmSync(STAMP, { force: true });
  say('Building the terminal and the wallet …');
  for (const { name, command } of BUILDS) {
    const { code, output } = await run(command, { env: { ...process.env, NODE_ENV: 'production' } });
    if (code !== 0) {
      const lastLines = output.trim().split('\n').slice(-30).join('\n');
      throw new Error(`The ${name} could not be built:\n${lastLines}`);
    }
  }
  mkdirSync(OUT, { recursive: true });
  writeFileSync(STAMP, stamp);
}

/** Contents, not times: a fresh clone and a switched branch are judged alike. */
function stampOfSources(): string {
  const hash = createHash('sha256');
  for (const entry of globSync(SOURCES, { cwd: PROJECT, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    hash.update(path.slice(PROJECT.length)).update('\0').update(readFileSync(path)).update('\0');
  }
  return `${hash.digest('hex')}\n`;
}
