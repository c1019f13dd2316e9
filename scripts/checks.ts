/** The checks that read the source without running it: one list for `npm run check` and `npm test`. */
import { findViolations } from './arrows.ts';
import { PROJECT, run, toolCommand } from './tool.ts';

export type CheckResult = {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  /** What a person needs to mend it; empty when all is well. */
  readonly said: string;
};

type Check = { readonly name: string; readonly find: () => Promise<{ ok: boolean; said: string }> };

const CHECKS: readonly Check[] = [
  { name: 'format', find: tool('@biomejs/biome', 'biome', 'check', '--linter-enabled=false', '.') },
  { name: 'lint', find: tool('@biomejs/biome', 'biome', 'lint', '--error-on-warnings', '.') },
  { name: 'types', find: tool('typescript', 'tsc', '--pretty', 'false') },
  { name: 'arrows', find: arrows },
  { name: 'unused', find: tool('knip', 'knip', '--no-progress') },
  { name: 'lockfile', find: script('scripts/setup/complete-lockfile.mjs', '--check') },
];

/**
 * Runs all checks, two at a time.
 *
 * @param report called once for each, as it ends
 */
export async function runChecks(report: (result: CheckResult) => void): Promise<CheckResult[]> {
  const waiting = [...CHECKS];
  const results: CheckResult[] = [];
  const work = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const begun = performance.now();
      const { ok, said } = await check.find();
      const result = {
        name: check.name,
        ok,
        ms: Math.round(performance.now() - begun),
        said: ok ? '' : said,
      };
      results.push(result);
      report(result);
    }
  };
  await Promise.all([work(), work()]);
  return results;
}

function tool(packageName: string, binary: string, ...args: string[]): Check['find'] {
  return async () => judge(await run(toolCommand(packageName, binary, args), { env: plainEnvironment() }));
}

function script(path: string, ...args: string[]): Check['find'] {
  return async () => judge(await run([process.execPath, path, ...args]));
}

function judge({ code, output }: { code: number; output: string }): { ok: boolean; said: string } {
  return { ok: code === 0, said: output.trim() || `ended with ${code}` };
}

async function arrows(): Promise<{ ok: boolean; said: string }> {
  const lines = findViolations(PROJECT).map(
    ({ from, line, to, rule, why }) => `${from}:${line} may not import ${to} (${rule}: ${why})`,
  );
  return { ok: lines.length === 0, said: lines.join('\n') };
}

/** No colours in what is stored and compared. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
}
