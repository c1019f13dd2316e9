/**
 * `ingest-growth`: what a payment costs a clearing house that has settled ten million, against one that has settled ten
 * thousand. Two real processes on two databases of one server take the same batches in turn, so the machine's moods
 * hit both. The stored rows are loaded in bulk; what is measured is real HTTP, real signatures, `fsync=on`.
 */
import * as crypto from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDatabase, startPostgres } from '../scripts/postgres.ts';
import {
  type ClearingProcess,
  freePort,
  startClearing,
  UNLIMITED,
} from '../scripts/world/clearing-process.ts';
import { Operator } from '../scripts/world/operator.ts';
import {
  fundedPurses,
  honestSales,
  PAYMENTS_PER_PURSE,
  type ScriptedSale,
} from '../scripts/world/payment-load.ts';
import { enrolScriptedTerminal, type ScriptedTerminal } from '../scripts/world/scripted-terminal.ts';
import { type Figures, quantile, rounded } from './figures.ts';
import { growLedger, ledgerSize } from './grown-ledger.ts';

const YOUNG = 10_000;
const OLD = 10_000_000;
const TERMINALS = 2;
const BATCH = 500;
const WARM_UP_ROUNDS = 3;
const ROUNDS = 15;
const AMOUNT_MINOR = 100n;
const GOAL = 1.3;

/** One clearing house with what is sent to it. */
interface Side {
  readonly databaseUrl: string;
  readonly process: ClearingProcess;
  readonly terminals: readonly ScriptedTerminal[];
  readonly sales: ScriptedSale[];
}

async function sendRound({ terminals, sales }: Side, size: number): Promise<number> {
  const bodies = terminals.map((terminal) => {
    const mine = sales.splice(0, size);
    if (mine.length < size) throw new Error('no payments left');
    return terminal.salesBatch(
      mine.map(({ code }) => ({ code, amountMinor: AMOUNT_MINOR, currency: 'EUR' as const, invoice: null })),
      Date.now(),
    ).body;
  });
  const begin = performance.now();
  await Promise.all(terminals.map((terminal, i) => terminal.send(bodies[i] ?? new Uint8Array(), size)));
  return performance.now() - begin;
}

async function openSide(serverUrl: string, folder: string, name: string, payments: number): Promise<Side> {
  const databaseUrl = await ensureDatabase(serverUrl, name);
  const operatorToken = crypto.randomBytes(24).toString('hex');
  const start = { databaseUrl, folder: join(folder, name), operatorToken, environment: UNLIMITED };
  const process = await startClearing({ ...start, port: await freePort() });
  const operator = new Operator(process.origin, operatorToken);
  const nowS = Math.floor(Date.now() / 1000);
  const needed = BATCH * TERMINALS * (ROUNDS + WARM_UP_ROUNDS) + TERMINALS;
  const count = Math.ceil(needed / PAYMENTS_PER_PURSE);
  const purses = await fundedPurses(operator, process.origin, nowS, AMOUNT_MINOR, count);
  const ofPurses = purses.map((purse) => honestSales(purse, nowS, AMOUNT_MINOR));
  // as a day brings them: the next payment is another purse's
  const sales = (ofPurses[0] ?? []).flatMap((_, i) => ofPurses.flatMap((ofPurse) => ofPurse[i] ?? []));
  const terminals: ScriptedTerminal[] = [];
  for (let i = 0; i < TERMINALS; i++) {
    const code = await operator.enrolmentCode({ displayName: `Shop ${i + 1}`, currency: 'EUR' });
    terminals.push(await enrolScriptedTerminal(code, nowS));
  }
  const side = { databaseUrl, process, terminals, sales };
  // real rows, for the loaded ones to be like
  await sendRound(side, 1);
  await growLedger(databaseUrl, payments);
  return side;
}

async function interleaved(young: Side, old: Side) {
  const times = { young: [] as number[], old: [] as number[], ratios: [] as number[] };
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const isYoungFirst = round % 2 === 0;
    const first = isYoungFirst ? await sendRound(young, BATCH) : 0;
    const oldMs = await sendRound(old, BATCH);
    const youngMs = isYoungFirst ? first : await sendRound(young, BATCH);
    if (round < WARM_UP_ROUNDS) continue;
    times.young.push(youngMs);
    times.old.push(oldMs);
    times.ratios.push(oldMs / youngMs);
  }
  return times;
}

/** @param args.rows payments stored in the grown house, when ten million take too long; a multiple of 10,000 */
export async function run(args: { rows?: string }): Promise<Figures> {
  const rows = Number(args.rows ?? OLD);
  if (!Number.isSafeInteger(rows) || rows < YOUNG || rows % YOUNG !== 0)
    throw new Error('--rows takes a multiple of 10000');
  // on the disk that the project is on, not on a memory file system
  const folder = mkdtempSync(join(process.cwd(), '.data-bench-'));
  const postgres = await startPostgres({ dataFolder: join(folder, 'postgres') });
  const sides: Side[] = [];
  try {
    const begin = performance.now();
    const young = await openSide(postgres.url, folder, 'young', YOUNG);
    sides.push(young);
    const old = await openSide(postgres.url, folder, 'old', rows);
    sides.push(old);
    const loadS = (performance.now() - begin) / 1000;
    const size = await ledgerSize(old.databaseUrl);
    const times = await interleaved(young, old);
    const ratio = quantile(times.ratios, 0.5);
    const perPayment = (samples: readonly number[]) =>
      rounded((quantile(samples, 0.5) / (BATCH * TERMINALS)) * 1000, 1);
    return {
      name: 'ingest-growth',
      ok: ratio <= GOAL && rows === OLD,
      ratio: rounded(ratio),
      youngP50UsPerPayment: perPayment(times.young),
      oldP50UsPerPayment: perPayment(times.old),
      youngRows: YOUNG,
      oldRows: rows,
      bytesPerPayment: Math.round(size.bytes / size.payments),
      rounds: ROUNDS,
      paymentsPerRound: BATCH * TERMINALS,
      loadS: rounded(loadS, 1),
    };
  } finally {
    for (const side of sides) await side.process.stop();
    await postgres.destroy();
    rmSync(folder, { recursive: true, force: true });
  }
}
