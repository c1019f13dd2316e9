/**
 * `ingest`: payments settled a second by the real clearing house, a process of its own, over real HTTP from
 * two terminals, on PostgreSQL with fsync on. Beside it, in the same rounds, what no clearing house could
 * do without: bare verification of the same signatures on all cores, and bare COPY of the same rows. The
 * slower of the two is the base.
 */
import * as crypto from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ensureDatabase, startPostgres } from '../scripts/postgres.ts';
import { freePort, startClearing, UNLIMITED } from '../scripts/world/clearing-process.ts';
import { Operator } from '../scripts/world/operator.ts';
import {
  fundedPurses,
  honestSales,
  PAYMENTS_PER_PURSE,
  type ScriptedSale,
} from '../scripts/world/payment-load.ts';
import type { ScriptedPurse } from '../scripts/world/scripted-purse.ts';
import { enrolScriptedTerminal, type ScriptedTerminal } from '../scripts/world/scripted-terminal.ts';
import { toHex } from '../shared/bytes.ts';
import { sigStructure } from '../shared/protocol/cose.ts';
import { paymentAad } from '../shared/protocol/payment.ts';
import { type Figures, quantile, rounded } from './figures.ts';

const TERMINALS = 2;
const ROUNDS = 7;
const WARM_UP_ROUNDS = 2;
/** Entries of one batch; each terminal sends one in a round. */
const BATCH = 1000;
const AMOUNT_MINOR = 100n;
const GOAL = 0.6;

/** All signatures, over libuv's threads, as many at once as there are cores. */
function verifyAll(sales: readonly ScriptedSale[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = sales.length;
    for (const { payment, purse } of sales) {
      const { sign1 } = payment;
      const aad = paymentAad(purse.world, purse.certificate.digest);
      const message = sigStructure(sign1.protectedHeader, aad, sign1.payload);
      crypto.verify(null, message, keyOf(purse), sign1.signature, (error, genuine) => {
        if (error !== null || !genuine) reject(error ?? new Error('a genuine signature was refused'));
        else if (--left === 0) resolve();
      });
    }
  });
}

const keys = new Map<ScriptedPurse, crypto.KeyObject>();

function keyOf(purse: ScriptedPurse): crypto.KeyObject {
  const known = keys.get(purse);
  if (known !== undefined) return known;
  const x = Buffer.from(purse.signer.publicKey).toString('base64url');
  const key = crypto.createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  keys.set(purse, key);
  return key;
}

/** The rows that a settled payment is: its journal entry, the payment, a transfer, two ledger entries. */
class BareCopy {
  readonly #client: pg.Client;
  readonly #folder: string;

  constructor(client: pg.Client, folder: string) {
    this.#client = client;
    this.#folder = folder;
  }

  async prepare(): Promise<void> {
    await this.#client.query(`
      CREATE TABLE bare_entry (terminal text, epoch int, seq bigint, bytes bytea);
      CREATE TABLE bare_payment (purse text, counter int, payment_id bytea, amount bigint, state int, at timestamptz);
      CREATE TABLE bare_posting (transfer bytea, account bigint, amount bigint, currency text);`);
  }

  /** Files for the server to read, written before the clock runs. */
  files(entries: readonly Uint8Array[], sales: readonly ScriptedSale[]): { table: string; file: string }[] {
    const ids = sales.map(() => toHex(crypto.randomBytes(16)));
    const rows = {
      bare_entry: entries.map(
        (bytes, i) => `${sales[i]?.purse.certificate.purseId}\t1\t${i}\t\\\\x${toHex(bytes)}`,
      ),
      bare_payment: sales.map(
        ({ payment, purse }, i) =>
          `${purse.certificate.purseId}\t${payment.counter}\t\\\\x${ids[i]}\t${AMOUNT_MINOR}\t0\tnow`,
      ),
      bare_posting: ids.flatMap((id) => [
        `\\\\x${id}\t1\t-${AMOUNT_MINOR}\tEUR`,
        `\\\\x${id}\t2\t${AMOUNT_MINOR}\tEUR`,
      ]),
    };
    return Object.entries(rows).map(([table, lines]) => {
      const file = join(this.#folder, `${table}-${toHex(crypto.randomBytes(4))}.tsv`);
      writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o644 });
      return { table, file };
    });
  }

  async run(files: readonly { table: string; file: string }[]): Promise<void> {
    await this.#client.query('BEGIN');
    for (const { table, file } of files) await this.#client.query(`COPY ${table} FROM '${file}'`);
    await this.#client.query('COMMIT');
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

async function measure(terminals: readonly ScriptedTerminal[], sales: ScriptedSale[], copy: BareCopy) {
  const nowMs = Date.now();
  const perRound = BATCH * TERMINALS;
  const ingestMs: number[] = [];
  const verifyMs: number[] = [];
  const copyMs: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS + WARM_UP_ROUNDS; round++) {
    const part = sales.slice(round * perRound, (round + 1) * perRound);
    const batches = terminals.map((terminal, i) => {
      const mine = part.slice(i * BATCH, (i + 1) * BATCH);
      return terminal.salesBatch(
        mine.map(({ code }) => ({ code, amountMinor: AMOUNT_MINOR, currency: 'EUR', invoice: null })),
        nowMs,
      );
    });
    const files = copy.files(
      batches.flatMap(({ entries }) => entries),
      part,
    );
    const verify = await timed(() => verifyAll(part));
    const ingest = await timed(() =>
      Promise.all(terminals.map((terminal, i) => terminal.send(batches[i]?.body ?? new Uint8Array(), BATCH))),
    );
    const bare = await timed(() => copy.run(files));
    if (round < WARM_UP_ROUNDS) continue;
    verifyMs.push(verify);
    ingestMs.push(ingest);
    copyMs.push(bare);
    ratios.push(Math.max(verify, bare) / ingest);
  }
  const persecond = (samples: readonly number[]) => Math.round((perRound / quantile(samples, 0.5)) * 1000);
  return {
    ratio: rounded(quantile(ratios, 0.5)),
    paymentsPerSecond: persecond(ingestMs),
    verifyOnlyPerSecond: persecond(verifyMs),
    copyOnlyPerSecond: persecond(copyMs),
    paymentsPerRound: perRound,
    rounds: ROUNDS,
  };
}

export async function run(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'fieldtill-ingest-'));
  chmodSync(folder, 0o755); // the server reads the rows from here
  const postgres = await startPostgres({ dataFolder: join(folder, 'postgres') });
  const operatorToken = crypto.randomBytes(24).toString('hex');
  const databaseUrl = await ensureDatabase(postgres.url, 'ingest');
  const clearing = await startClearing({
    databaseUrl,
    port: await freePort(),
    folder: join(folder, 'clearing'),
    operatorToken,
    environment: UNLIMITED,
  });
  const client = new pg.Client({ connectionString: await ensureDatabase(postgres.url, 'bare') });
  try {
    const operator = new Operator(clearing.origin, operatorToken);
    const nowS = Math.floor(Date.now() / 1000);
    const count = Math.ceil((BATCH * TERMINALS * (ROUNDS + WARM_UP_ROUNDS)) / PAYMENTS_PER_PURSE);
    const purses = await fundedPurses(operator, clearing.origin, nowS, AMOUNT_MINOR, count);
    const sales = purses.flatMap((purse) => honestSales(purse, nowS, AMOUNT_MINOR));
    const terminals: ScriptedTerminal[] = [];
    for (let i = 0; i < TERMINALS; i++) {
      const code = await operator.enrolmentCode({ displayName: `Shop ${i + 1}`, currency: 'EUR' });
      terminals.push(await enrolScriptedTerminal(code, nowS));
    }
    await client.connect();
    const copy = new BareCopy(client, folder);
    await copy.prepare();
    const figures = await measure(terminals, sales, copy);
    const { sums } = await operator.ledger();
    if (sums.some(({ sumMinor }) => sumMinor !== '0')) throw new Error('the ledger does not sum to zero');
    return { name: 'ingest', ok: figures.ratio >= GOAL, ...figures };
  } finally {
    await client.end();
    await clearing.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
