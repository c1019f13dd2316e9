/**
 * Kills a process at each of its writes to a folder, as the kernel sees them, and looks at what is left. A
 * scenario runs in a child under strace, which delivers SIGKILL before the nth write, sync, truncation, renaming
 * or removal; then the folder is opened anew: it opens, its chain is whole, its tables are the journal's, what the
 * child was told as done is there, and the engine takes a sale within five seconds.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Engine } from '../../electron/engine/engine.ts';
import { nodePorts } from '../../electron/engine/node-ports.ts';
import { type CrashScenario, nowEngineOptions, saleCode } from './crash-scenarios/scenario.ts';
import { PIN } from './enrolled-terminal.ts';

const STRACE = '/usr/bin/strace';
const RUNNER = join(import.meta.dirname, 'crash-scenarios/run.ts');
const WRITES = [
  'pwrite64',
  'write',
  'pwritev',
  'fsync',
  'fdatasync',
  'ftruncate',
  'rename',
  'unlink',
] as const;
/** Children that run side by side: the machine that decides has two cores. */
const LANES = 2;
const READY_WITHIN_MS = 5000;

/** Whether strace may trace here: it is there, and the system lets one process look at another. */
export function canTrace(): boolean {
  if (!existsSync(STRACE)) return false;
  return spawnSync(STRACE, ['-qq', '-o', '/dev/null', '-e', 'trace=none', 'true']).status === 0;
}

interface Child {
  readonly told: readonly string[];
  readonly isKilled: boolean;
  readonly trace: string;
}

interface Step {
  readonly syscall: string;
  /** 1…n among the calls of its kind. */
  readonly nth: number;
}

/** What happens to a write: the process is killed before it, or the system says that it failed. */
export type Fault = 'SIGKILL' | 'EIO' | 'ENOSPC';

function runChild(
  name: string,
  folder: string,
  paths: readonly string[],
  step?: Step & { readonly fault: Fault },
): Promise<Child> {
  const trace = `${folder}.trace`;
  const args = ['-f', '-qq', '-o', trace, ...paths.flatMap((path) => ['-P', join(folder, path)])];
  args.push('-e', `trace=${WRITES.join(',')}`);
  if (step !== undefined) {
    const what = step.fault === 'SIGKILL' ? 'signal=SIGKILL' : `error=${step.fault}`;
    args.push('-e', `inject=${step.syscall}:${what}:when=${step.nth}`);
  }
  const child = spawn(STRACE, [...args, process.execPath, RUNNER, name, folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let errors = '';
  child.stdout.on('data', (text: Buffer) => {
    out += text.toString();
  });
  child.stderr.on('data', (text: Buffer) => {
    errors += text.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('close', (code, signal) => {
      const isKilled = signal === 'SIGKILL' || code === 137;
      if (!isKilled && code !== 0) return reject(new Error(`scenario ${name}: ${code} ${errors}`));
      const told = out.split('\n').slice(0, -1);
      return resolve({ told, isKilled, trace: readFileSync(trace, 'utf8') });
    });
  });
}

function stepsOf(trace: string): readonly Step[] {
  const counts = new Map<string, number>();
  return trace.split('\n').flatMap((line): readonly Step[] => {
    const syscall = /^(?:[0-9]+ +)?([a-z0-9_]+)\(/.exec(line)?.[1];
    if (syscall === undefined || !(WRITES as readonly string[]).includes(syscall)) return [];
    const nth = (counts.get(syscall) ?? 0) + 1;
    counts.set(syscall, nth);
    return [{ syscall, nth }];
  });
}

/** At most so many of them, evenly spread; the first and the last are always there. */
function spread<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))] as T);
}

async function checkFolder(scenario: CrashScenario, folder: string, child: Child, at: string): Promise<void> {
  await scenario.recover?.(folder);
  const startMs = performance.now();
  const engine = await Engine.open({ ...nowEngineOptions(folder), ports: nodePorts(() => undefined) });
  try {
    const state = await engine.call('state.get', {});
    expect([at, state.ok && (state.value as { phase: string }).phase]).toEqual([at, 'signed-out']);
    expect([at, engine.verifyJournal()]).toMatchObject([at, { ok: true, value: { brokenAt: null } }]);
    await engine.call('people.signIn', { personId: 'c1', pin: PIN });
    const sale = await engine.call('payments.accept', {
      amount: { minor: '100', currency: 'EUR' },
      scan: saleCode(`after ${at}`),
    });
    expect([at, sale.ok && (sale.value as { verdict: string }).verdict]).toEqual([at, 'approved']);
    expect(performance.now() - startMs).toBeLessThan(READY_WITHIN_MS);
    const rebuilt = await engine.rebuildViews(false);
    const differing = rebuilt.ok
      ? rebuilt.value.tables.filter((table) => table.differing > 0)
      : rebuilt.refusal;
    expect([at, differing]).toEqual([at, []]);
    await scenario.check(engine, child.told);
  } finally {
    engine.close();
  }
}

export interface CrashReport {
  /** Writes of the whole scenario. */
  readonly writes: number;
  /** How many of them a run was killed at. */
  readonly killedAt: number;
}

/**
 * @param most runs at most; more writes than that are sampled evenly
 * @param fault with an error the act goes on with what it is told, and must end by itself
 */
export async function crashAtEachWrite(
  scenario: CrashScenario,
  most: number,
  fault: Fault = 'SIGKILL',
): Promise<CrashReport> {
  const root = mkdtempSync(join(tmpdir(), 'fieldtill-kill-'));
  try {
    const base = join(root, 'base');
    mkdirSync(base);
    await scenario.prepare(base);
    const whole = join(root, 'whole');
    cpSync(base, whole, { recursive: true });
    const paths = ['.', 'terminal.db', 'terminal.db-wal', 'terminal.db-journal', ...(scenario.paths ?? [])];
    const dry = await runChild(scenario.name, whole, paths);
    expect(dry.isKilled).toBe(false);
    expect(dry.told.length).toBeGreaterThan(0);
    await checkFolder(scenario, whole, dry, 'the end');
    const steps = stepsOf(dry.trace);
    expect(steps.length).toBeGreaterThan(0);
    const waiting = [...spread(steps, most).entries()];
    let killedAt = 0;
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [i, step] = next;
        const folder = join(root, `at-${i}`);
        cpSync(base, folder, { recursive: true });
        const child = await runChild(scenario.name, folder, paths, { ...step, fault });
        if (child.isKilled) killedAt++;
        await checkFolder(scenario, folder, child, `${fault} at ${step.syscall} ${step.nth}`);
        rmSync(folder, { recursive: true, force: true });
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return { writes: steps.length, killedAt };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
