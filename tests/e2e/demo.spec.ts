/** The demo is the main job end to end; it must hold on every machine that runs the tests. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { PROJECT, run } from '../../scripts/tool.ts';

test('the demo, from a purse to a settled payment → every step holds', async () => {
  test.setTimeout(300_000);
  const demo = await run([process.execPath, join(PROJECT, 'scripts', 'demo.ts'), '--json']);
  const last = demo.output.trim().split('\n').at(-1) ?? '';
  const told = JSON.parse(last) as { ok: boolean; steps: { name: string; ok: boolean; ms: number }[] };
  expect(told.steps.filter(({ ok }) => !ok)).toEqual([]);
  expect(told.ok).toBe(true);
  expect(told.steps.length).toBeGreaterThanOrEqual(16);
  expect(demo.code).toBe(0);
  expect(existsSync(join(PROJECT, 'demo-out', '06-terminal-approved.png'))).toBe(true);
});
