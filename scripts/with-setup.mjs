/**
 * Every npm script starts here: `node scripts/with-setup.mjs scripts/NAME.ts …arguments`. Installs what is
 * missing and hands over to the project's own Node. Plain Node 20, no packages, no shell, the same on every
 * system. It must answer `--help` at once, without installing anything.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePackages, projectNode } from './setup/packages.mjs';

const PROJECT = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = 20;
const [script = '', ...args] = process.argv.slice(2);

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/** A script keeps its help in one literal, `const USAGE = …`, so that it can be read without running it. */
function usageOf(path) {
  const literal = /^(?:export )?const USAGE = `([^`]*)`/m.exec(readFileSync(path, 'utf8'));
  return literal ? literal[1].trimEnd() : null;
}

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  fail(`Fieldtill needs Node ${OLDEST_NODE} or newer to start; this is ${process.versions.node}.`);
}

const path = resolve(PROJECT, script);
const beforeDashes = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
if (beforeDashes.includes('--help') || beforeDashes.includes('-h')) {
  const usage = usageOf(path);
  if (usage) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
}

const obstacle = ensurePackages(PROJECT);
if (obstacle) fail(obstacle);
const node = projectNode(PROJECT);
if (!node) {
  fail(
    'The project’s Node is missing although packages are installed: run "npm rebuild node" (it needs install scripts).',
  );
}

const binaries = join(PROJECT, 'node_modules', '.bin');
const child = spawn(node, [path, ...args], {
  stdio: 'inherit',
  // Tools that say "node" in their first line must find the same one.
  env: { ...process.env, PATH: [dirname(node), binaries, process.env.PATH ?? ''].join(delimiter) },
});
child.on('error', (error) => fail(`${node} could not be started: ${error.message}`));

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    // Ctrl-C in a terminal reaches the child by itself; twice would mean "at once".
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on('close', (code, signal) => {
  process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1));
});
