/**
 * `npm start`: the whole of Fieldtill on one computer. Database, clearing house, a demo shop and customer,
 * the terminal's window and the wallet's address. What was made stays in .data/ for the next start.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './build.ts';
import { ensureDatabase, startPostgres } from './postgres.ts';
import { electronRuntime } from './setup/electron-runtime.ts';
import { ensureSystemLibraries } from './setup/system-libraries.ts';
import { hasDisplay } from './setup/virtual-display.ts';
import { PROJECT, run } from './tool.ts';
import { freePort, startClearing } from './world/clearing-process.ts';
import { enrolTerminal } from './world/headless-terminal.ts';
import { Operator } from './world/operator.ts';

const USAGE = `npm start -- [--fresh] [--help]

Starts the clearing house on its own PostgreSQL, makes a demo shop, a terminal, a
cashier and a customer with money, opens the terminal's window and prints the
wallet's address. Everything lies in .data/ and is found again at the next start.

  --fresh   forget .data/demo and make shop, terminal and customer anew

Where there is no display, the demo runs instead (npm run demo). Ctrl-C, or
closing the window, ends everything.
`;

/** What the demo is made of; kept so that the next start finds the same shop and the same money. */
interface DemoFacts {
  readonly port: number;
  readonly operatorToken: string;
  readonly passphrase: string;
  readonly userName: string;
  readonly password: string;
  readonly pin: string;
}

const DATA = join(PROJECT, '.data');

const { values } = parseArgs({
  options: { fresh: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});

if (values.help) process.stdout.write(USAGE);
else if (hasDisplay()) await start();
else {
  console.log('There is no display here, so the demo runs instead of the window.');
  const demo = await run([process.execPath, join(PROJECT, 'scripts', 'demo.ts')], { show: true });
  process.exitCode = demo.code;
}

function readFacts(folder: string): DemoFacts | undefined {
  const file = join(folder, 'demo.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DemoFacts) : undefined;
}

/** The folder of the last start; a new one where there is none, or where a start never got to its end. */
function demoFolder(): string {
  const current = join(DATA, 'current-demo');
  const last = existsSync(current) ? join(DATA, readFileSync(current, 'utf8')) : undefined;
  if (values.fresh !== true && last !== undefined && existsSync(join(last, 'demo.json'))) return last;
  const name = `demo-${randomBytes(4).toString('hex')}`;
  mkdirSync(join(DATA, name), { recursive: true });
  writeFileSync(current, name);
  return join(DATA, name);
}

async function makeDemo(folder: string, facts: DemoFacts, origin: string): Promise<void> {
  const operator = new Operator(origin, facts.operatorToken);
  const { userName, password, passphrase, pin } = facts;
  await operator.customerWithMoney({ userName, password, currency: 'EUR', amountMinor: '50000' });
  const code = await operator.enrolmentCode({ displayName: 'Corner shop', currency: 'EUR' });
  const dataFolder = join(folder, 'terminal', 'data');
  await enrolTerminal({ dataFolder, code, passphrase, cashierName: 'Cashier', cashierPin: pin });
  writeFileSync(join(folder, 'demo.json'), JSON.stringify(facts, null, 2), { mode: 0o600 });
}

async function start(): Promise<void> {
  const obstacle = ensureSystemLibraries({ window: true }, console.log);
  if (obstacle !== null) {
    console.log(obstacle);
    process.exitCode = 1;
    return;
  }
  await ensureBuilt(console.log);
  const runtime = await electronRuntime({ say: console.log });
  const folder = demoFolder();
  const known = readFacts(folder);
  const facts: DemoFacts = known ?? {
    port: await freePort(),
    operatorToken: randomBytes(24).toString('base64url'),
    passphrase: randomBytes(12).toString('base64url'),
    userName: 'demo',
    password: `lantern-${randomBytes(6).toString('base64url')}`,
    pin: '2468',
  };
  console.log('Starting the database and the clearing house …');
  const postgres = await startPostgres({ dataFolder: join(DATA, 'postgres') });
  const databaseUrl = await ensureDatabase(postgres.url, folder.split('-').at(-1) ?? 'demo');
  const clearing = await startClearing({
    databaseUrl,
    port: facts.port,
    folder: join(folder, 'clearing'),
    operatorToken: facts.operatorToken,
  });
  try {
    if (known === undefined) await makeDemo(folder, facts, clearing.origin);
    console.log(`
The wallet     ${clearing.origin}/
               user name  ${facts.userName}
               password   ${facts.password}
The terminal   opens now; sign in as Cashier with PIN ${facts.pin}
No camera?     In the wallet "Copy code", in the terminal Ctrl+V.
Works offline  Stop the network, or this clearing house, whenever you like.
`);
    await openWindow(runtime, join(folder, 'terminal'), facts.passphrase);
  } finally {
    await clearing.stop();
    await postgres.stop();
  }
}

/** Until the window is closed or somebody presses Ctrl-C. */
function openWindow(
  runtime: Awaited<ReturnType<typeof electronRuntime>>,
  userDataFolder: string,
  passphrase: string,
): Promise<void> {
  // what Chromium says of its own surroundings is for a file, not for whoever tries Fieldtill
  const log = openSync(join(userDataFolder, 'electron.log'), 'a');
  const child = spawn(runtime.executablePath, [...runtime.appArgs, `--user-data-dir=${userDataFolder}`], {
    stdio: ['ignore', log, log],
    env: { ...process.env, FIELDTILL_NODE: process.execPath, FIELDTILL_PASSPHRASE: passphrase },
  });
  const end = (): void => {
    child.kill('SIGTERM');
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => resolve());
  });
}
