/**
 * `growth`: what a till that has been at work for years costs, against one of its first day. Two tills side by
 * side on real files, one with a thousand payments and one with a million, take sales in turn, so the machine's
 * moods hit both. Then the old one is opened by a process of its own: how long until its first durable decision,
 * how much memory, how fast its history and its searches.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { encodeDigits } from '../shared/protocol/digits.ts';
import { type EngineProcess, startEngineProcess } from '../tests/support/engine-process.ts';
import { PIN, type TestTerminal } from '../tests/support/enrolled-terminal.ts';
import { fillCatalogue } from '../tests/support/grown-catalogue.ts';
import { growTill, validityAt } from '../tests/support/grown-till.ts';
import { codeBytes, presentedOf, purseOf, quickFields } from '../tests/support/protocol-fixture.ts';
import { type Figures, quantile, rounded } from './figures.ts';

const YOUNG = 1000;
const OLD = 1_000_000;
const WARM_UP = 100;
const MEASURED = 1000;
const ROUNDS_OF_READING = 20;
/** Goals of docs/performance.md. */
const GOAL_RATIO = 1.2;
const GOALS = { openMs: 2000, rssMb: 200, historyMs: 100, searchMs: 100, itemSearchMs: 50 } as const;

/** A code of a purse that no till has met, good at this moment. */
function freshCode(name: string, nowMs: number): string {
  const iatS = Math.floor(nowMs / 1000);
  return encodeDigits(codeBytes(presentedOf(purseOf({ name, ...validityAt(iatS) }), quickFields({ iatS }))));
}

const AMOUNT = { minor: '1250', currency: 'EUR' } as const;

async function acceptMs(till: TestTerminal, scan: string): Promise<number> {
  const begin = performance.now();
  const answer = await till.call('payments.accept', { amount: AMOUNT, scan });
  const ms = performance.now() - begin;
  if (!answer.ok || answer.value.verdict !== 'approved') throw new Error('a genuine code was not approved');
  return ms;
}

async function signedIn(grown: TestTerminal): Promise<TestTerminal> {
  const till = await grown.reopen();
  const answer = await till.call('people.signIn', { personId: 'c1', pin: PIN });
  if (!answer.ok) throw new Error(answer.refusal.code);
  return till;
}

/** Sales at both, in turn, each with a purse of its own. */
async function interleaved(young: TestTerminal, old: TestTerminal): Promise<{ young: number; old: number }> {
  const times = { young: [] as number[], old: [] as number[] };
  for (let i = 0; i < WARM_UP + MEASURED; i++) {
    const scan = freshCode(`growth ${i}`, old.clock.nowMs);
    const first = i % 2 === 0; // whoever comes second finds warmer caches
    if (first) times.young.push(await acceptMs(young, scan));
    times.old.push(await acceptMs(old, scan));
    if (!first) times.young.push(await acceptMs(young, scan));
  }
  return {
    young: quantile(times.young.slice(WARM_UP), 0.5),
    old: quantile(times.old.slice(WARM_UP), 0.5),
  };
}

/** From the start of the process to a verdict that is on disk. */
async function openMs(
  folder: string,
  nowMs: number,
  name: string,
): Promise<{ ms: number; till: EngineProcess }> {
  const scan = freshCode(name, nowMs);
  const begin = performance.now();
  const till = await startEngineProcess(folder);
  const signed = await till.call('people.signIn', { personId: 'c1', pin: PIN });
  if (!signed.ok) throw new Error(signed.refusal.code);
  const answer = await till.call('payments.accept', { amount: AMOUNT, scan });
  if (!answer.ok) throw new Error(answer.refusal.code);
  return { ms: performance.now() - begin, till };
}

function rssMb(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}

/** The slower quantile of one question, asked again and again. */
async function slowMs(ask: () => Promise<{ ok: boolean }>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < ROUNDS_OF_READING; i++) {
    const begin = performance.now();
    const answer = await ask();
    times.push(performance.now() - begin);
    if (!answer.ok) throw new Error('a question was refused');
  }
  return quantile(times, 0.95);
}

const ITEMS = 100_000;
/** What people look for, from the rarest to what nearly every row has. */
const SEARCHES = [
  { amountMinor: '1250' },
  { text: 'maple street' },
  { text: 'tea 7' },
  { text: 'cashier 2' },
  { state: 'settled' },
  { code: '00ab' },
  { text: 'nothing has this word' },
] as const;
const ANY = {
  amountMinor: null,
  code: null,
  fromMs: null,
  toMs: null,
  text: null,
  state: null,
  after: null,
  limit: 50,
} as const;
const ITEM_SEARCHES = ['tea', 'gr', 'lj', 'عشب', '茶', 'creme 4711', 'item that is not there', '99'] as const;

async function searches(till: EngineProcess): Promise<{ searchMs: number; itemSearchMs: number }> {
  const payments: number[] = [];
  for (const search of SEARCHES)
    payments.push(await slowMs(() => till.call('payments.search', { ...ANY, ...search })));
  const items: number[] = [];
  for (const text of ITEM_SEARCHES)
    items.push(await slowMs(() => till.call('catalogue.search', { text, limit: 50 })));
  return { searchMs: Math.max(...payments), itemSearchMs: Math.max(...items) };
}

const LIST = { before: null, limit: 50 } as const;

async function opened(folder: string, nowMs: number): Promise<Record<string, number>> {
  const clean = await openMs(folder, nowMs, 'opened after a clean end');
  const { till } = clean;
  const historyMs = await slowMs(() => till.call('payments.list', LIST));
  const found = await searches(till);
  const memory = rssMb(till.pid);
  await till.kill();
  const killed = await openMs(folder, nowMs, 'opened after a kill');
  await killed.till.kill();
  return { openMs: clean.ms, openAfterKillMs: killed.ms, historyMs, ...found, rssMb: memory };
}

export async function run(): Promise<Figures> {
  // on the disk that the project is on, not on a memory file system
  const folder = mkdtempSync(join(process.cwd(), '.data-bench-'));
  try {
    const nowMs = Date.now();
    const young = await signedIn(await growTill(join(folder, 'young'), YOUNG, nowMs));
    const old = await signedIn(await growTill(join(folder, 'old'), OLD, nowMs));
    const p50 = await interleaved(young, old);
    const bytesPerPayment = statSync(join(old.folder, 'terminal.db')).size / OLD;
    const importMs = await fillCatalogue(old, ITEMS);
    young.engine.close();
    old.engine.close();
    const figures = await opened(old.folder, Date.now());
    const ratio = p50.old / p50.young;
    return {
      name: 'growth',
      ok: ratio <= GOAL_RATIO && Object.entries(GOALS).every(([name, most]) => (figures[name] ?? 0) <= most),
      ratio: rounded(ratio),
      ...Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, rounded(value, 1)])),
      importMs: Math.round(importMs),
      acceptYoungP50Ms: rounded(p50.young),
      acceptOldP50Ms: rounded(p50.old),
      bytesPerPayment: Math.round(bytesPerPayment),
      payments: OLD,
      items: ITEMS,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
