/**
 * `npm run simulate`: terminals, wallets, a clearing house and everything that goes wrong between them, in one
 * process and from one seed. What it finds can be found again by its seed.
 */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_EVENTS, simulate } from '../tests/simulation/simulate.ts';
import { ensureDatabase, startPostgres } from './postgres.ts';

const USAGE = `npm run simulate -- [--seed N] [--events N] [--trace FILE] [--json] [--help]

Real terminals (SQLite files), wallets and a real clearing house (PostgreSQL) in
one process, on a simulated clock and network: people pay and cheat, messages are
lost, doubled, delayed and cut, processes are killed, clocks jump, old copies are
put back. What must always hold is checked as it goes, and all of it at the end.

  --seed N      0 … 4294967295; the same seed and number of events give the same
                trace. Default: 1
  --events N    how many events before calm returns and all queues must empty by
                themselves. Default: ${DEFAULT_EVENTS}; from that number on a run in which
                a kind of fault never came is not ok
  --trace FILE  writes every event, one a line
  --json        print one JSON object as the last line: {ok, seed, events,
                traceHash, eventsPerSecond, faults, violations}

Exit status 0 when nothing was violated, 1 when something was or the world could
not be set up.
`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    events: { type: 'string', default: String(DEFAULT_EVENTS) },
    trace: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});

function wholeNumber(name: string, text: string, from: number, to: number): number {
  const number = /^[0-9]{1,10}$/.test(text) ? Number(text) : -1;
  if (number < from || number > to) {
    process.stderr.write(`--${name} is a whole number from ${from} to ${to}.\n`);
    process.exit(2);
  }
  return number;
}

async function run(seed: number, events: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'fieldtill-simulation-'));
  const trace = values.trace === undefined ? null : createWriteStream(values.trace);
  const postgres = await startPostgres({ dataFolder: join(folder, 'postgres') });
  try {
    const databaseUrl = await ensureDatabase(postgres.url, 'simulation');
    const tell = trace === null ? null : (line: string) => trace.write(`${line}\n`);
    const report = await simulate({ seed, events, databaseUrl, folder, planted: null, tell });
    for (const [kind, count] of Object.entries(report.faults)) console.log(`${kind.padEnd(30)} ${count}`);
    console.log(
      `seed ${seed}, ${events} events, ${report.eventsPerSecond} a second, trace ${report.traceHash}`,
    );
    for (const violation of report.violations) console.log(`violated ${violation}`);
    if (values.json) console.log(JSON.stringify(report));
    return report.ok;
  } finally {
    trace?.end();
    await postgres.destroy();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (values.help) process.stdout.write(USAGE);
else {
  const seed = wholeNumber('seed', values.seed, 0, 0xffff_ffff);
  const events = wholeNumber('events', values.events, 1, 1_000_000);
  process.exitCode = (await run(seed, events)) ? 0 : 1;
}
