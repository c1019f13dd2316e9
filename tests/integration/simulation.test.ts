/**
 * The simulated world (npm run simulate), short: seeds without a violation, the same trace twice, and a mistake
 * planted on purpose for each invariant that guards money, which the run must find. A test that only ever saw
 * right programs would prove nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlantedBug } from '../simulation/faults.ts';
import { type SimulationReport, simulate } from '../simulation/simulate.ts';
import { freshDatabase } from '../support/postgres.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fieldtill-simulation-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(
  seed: number,
  events: number,
  planted: PlantedBug | null = null,
): Promise<SimulationReport> {
  const database = await freshDatabase();
  try {
    const own = mkdtempSync(join(folder, 'world-'));
    return await simulate({ seed, events, databaseUrl: database.url, folder: own, planted, tell: null });
  } finally {
    await database.drop();
  }
}

describe('an honest world', () => {
  it('the same seed twice → the same trace, nothing violated', async () => {
    const first = await run(1, 250);
    const second = await run(1, 250);
    expect(first.violations).toEqual([]);
    expect(second.traceHash).toBe(first.traceHash);
    expect(second.faults).toEqual(first.faults);
  });

  it.each([2])('seed %i → nothing violated', async (seed) => {
    const report = await run(seed, 400);
    expect(report.violations).toEqual([]);
    expect(report.ok).toBe(true);
  });
});

describe('a world with a planted mistake', () => {
  const MISTAKES: readonly (readonly [PlantedBug, string])[] = [
    ['acknowledged-before-held', 'S7'],
    // what was shown is gone, or another entry has its place: whichever is seen first
    ['terminal-forgets', 'S1|S16'],
    ['wallet-forgets', 'W1|W4'],
    ['shown-twice', 'S13'],
    ['ledger-bent', 'S10'],
  ];
  // such a run ends with the first violation
  it.each(MISTAKES)('%s → %s is violated, with seed and event', async (planted, invariant) => {
    const report = await run(5, 2000, planted);
    expect(report.ok).toBe(false);
    expect(report.violations[0]).toMatch(new RegExp(`^(${invariant}): .*seed 5, event [0-9]+`));
  });

  it('queue-sleeps → L1 is violated when all is calm', async () => {
    const report = await run(1, 200, 'queue-sleeps');
    expect(report.violations[0]).toMatch(/^L1: .*seed 1, event [0-9]+/);
  });
});
