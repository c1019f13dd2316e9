/** `npm test`: sets up what is missing, then checks, builds and runs every test there is. */
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { ensureBuilt } from './build.ts';
import { runChecks } from './checks.ts';
import { electronRuntime } from './setup/electron-runtime.ts';
import { ensureSystemLibraries } from './setup/system-libraries.ts';
import { hasDisplay, openVirtualDisplay } from './setup/virtual-display.ts';
import {
  closingLine,
  failed,
  NOTHING,
  readPlaywrightReport,
  readVitestReport,
  sum,
  type Tally,
  tallyOf,
} from './test-tally.ts';
import { PROJECT, run, toolCommand } from './tool.ts';

const USAGE = `npm test -- [--only STAGE]… [--help]

Sets up what is missing and runs everything: checks (format, lint, types, import
arrows, unused code, lockfile), the build, unit tests, vectors, integration on
real SQLite and PostgreSQL, and end to end in real Electron and Chromium (on a
display in memory where there is none).

  --only STAGE   checks, build, vitest or e2e; may be given several times
  --root FOLDER  takes vitest's and Playwright's tests from another folder

The last line is "N passed, N failed, N skipped" over all of it; a check counts
as one. Ends with 0 when nothing failed, else with 1.
`;

const STAGES = ['checks', 'build', 'vitest', 'e2e'] as const;
type Stage = (typeof STAGES)[number];
const VITEST_TIMEOUT_MS = 15 * 60_000;
const E2E_TIMEOUT_MS = 15 * 60_000;
const MESSAGE_LINES = 12;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    root: { type: 'string', default: PROJECT },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help) {
  process.stdout.write(USAGE);
} else {
  const unknown = values.only?.find((stage) => !STAGES.includes(stage as Stage));
  if (unknown) {
    console.error(`There is no stage ${unknown}: ${STAGES.join(', ')}.`);
    process.exitCode = 1;
  } else {
    await main(
      STAGES.filter((stage) => values.only?.includes(stage) ?? true),
      resolve(values.root),
    );
  }
}

async function main(stages: readonly Stage[], root: string): Promise<void> {
  const reports = join(root, 'test-results');
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const tallies: Tally[] = [];
  for (const stage of stages) {
    const begun = performance.now();
    console.log(`\n== ${stage}`);
    const tally = await runStage(stage, root, reports).catch((error: unknown) =>
      failed(stage, error instanceof Error ? error.message : String(error)),
    );
    tallies.push(tally);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    console.log(`== ${stage}: ${closingLine(tally)}, in ${seconds} s`);
  }
  const total = sum(tallies);
  for (const { name, message } of total.failures) {
    const lines = stripVTControlCharacters(message).split('\n').slice(0, MESSAGE_LINES);
    console.log(`\nFAILED ${name}\n${lines.map((line) => `  ${line}`).join('\n')}`);
  }
  console.log(`\n${closingLine(total)}`);
  process.exitCode = total.failures.length === 0 ? 0 : 1;
}

function runStage(stage: Stage, root: string, reports: string): Promise<Tally> {
  switch (stage) {
    case 'checks':
      return checks();
    case 'build':
      return ensureBuilt(console.log).then(() => ({ ...NOTHING, passed: 1 }));
    case 'vitest':
      return vitest(root, join(reports, 'vitest.json'));
    case 'e2e':
      return endToEnd(root, join(reports, 'playwright.json'));
  }
}

async function checks(): Promise<Tally> {
  const results = await runChecks(({ name, ok, ms, said }) => {
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${(ms / 1000).toFixed(1)} s`);
    if (!ok) console.log(said.replace(/^/gm, '       '));
  });
  return sum(
    results.map(({ name, ok, said }) => (ok ? { ...NOTHING, passed: 1 } : failed(`check: ${name}`, said))),
  );
}

async function vitest(root: string, reportFile: string): Promise<Tally> {
  const command = toolCommand('vitest', 'vitest', [
    'run',
    `--root=${root}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportFile}`,
  ]);
  const env = screenEnvironment();
  const { code } = await run(command, { cwd: root, env, show: true, timeoutMs: VITEST_TIMEOUT_MS });
  return tallyOf('vitest', reportFile, code, (report) => readVitestReport(report, root));
}

async function endToEnd(root: string, reportFile: string): Promise<Tally> {
  const needs = { window: true, virtualDisplay: !hasDisplay(), browser: true, fonts: true };
  const lacking = ensureSystemLibraries(needs, console.log);
  if (lacking) return failed('e2e', lacking);
  const runtime = await electronRuntime({ say: console.log });
  console.log(`Electron ${runtime.electronVersion}${runtime.isStandIn ? ' (stand-in)' : ''}`);
  const screen = hasDisplay() ? null : await openVirtualDisplay();
  try {
    const command = toolCommand('@playwright/test', 'playwright', [
      'test',
      `--config=${join(root, 'playwright.config.ts')}`,
      '--reporter=list,json',
    ]);
    const env = {
      ...screenEnvironment(),
      ...(screen ? { DISPLAY: screen.display } : {}),
      PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile,
    };
    const { code } = await run(command, { cwd: root, env, show: true, timeoutMs: E2E_TIMEOUT_MS });
    return tallyOf('playwright', reportFile, code, readPlaywrightReport);
  } finally {
    screen?.close();
  }
}

/** Colours are for a person at a terminal. */
function screenEnvironment(): NodeJS.ProcessEnv {
  return process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
}
