/** Runs the command-line tools that npm installed, with this Node and without a shell, on every system. */
import { type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const PROJECT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * @param packageName as in package.json
 * @param binary its command, when it is not called like the package
 * @returns the command line that runs it
 */
export function toolCommand(
  packageName: string,
  binary: string,
  args: readonly string[],
): [string, ...string[]] {
  const manifestFile = manifestOf(packageName);
  const { bin } = JSON.parse(readFileSync(manifestFile, 'utf8')) as { bin: string | Record<string, string> };
  const path = typeof bin === 'string' ? bin : bin[binary];
  if (!path) throw new Error(`${packageName} has no command ${binary}.`);
  return [process.execPath, join(dirname(manifestFile), path), ...args];
}

export type Outcome = { readonly code: number; readonly output: string; readonly ms: number };

/**
 * Runs a command to its end.
 *
 * @param options.show whether its output goes to the screen as it comes; else it is returned
 * @returns its exit status (128 + n when a signal ended it, 127 when it could not start) and output
 */
export function run(
  [command, ...args]: readonly [string, ...string[]],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; show?: boolean; timeoutMs?: number } = {},
): Promise<Outcome> {
  const begun = performance.now();
  const spawnOptions: SpawnOptions = {
    cwd: options.cwd ?? PROJECT,
    env: options.env ?? process.env,
    stdio: options.show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs, killSignal: 'SIGKILL' }),
  };
  return new Promise((settle) => {
    const child = spawn(command, args, spawnOptions);
    let output = '';
    const hear = (text: Buffer) => {
      output += text.toString('utf8');
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    const end = (code: number) => settle({ code, output, ms: Math.round(performance.now() - begun) });
    child.on('error', (error) => {
      output += error.message;
      end(127);
    });
    child.on('close', (code, signal) => {
      if (signal) output += `\nended by ${signal}`;
      end(code ?? 128);
    });
  });
}

/** Some packages hide their package.json from `require`. */
function manifestOf(packageName: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(packageName) ?? [];
  for (const folder of folders) {
    const file = join(folder, packageName, 'package.json');
    try {
      readFileSync(file);
      return file;
    } catch {
      // not in this node_modules
    }
  }
  throw new Error(`${packageName} is not installed: npm ci`);
}
