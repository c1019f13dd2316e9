/** Playwright's report, in the shapes that it writes, becomes the right numbers. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { closingLine, NOTHING, readPlaywrightReport, sum, tallyOf } from '../../scripts/test-tally.ts';

const test = (status: string, message?: string) => ({
  status,
  results: [message === undefined ? {} : { error: { message } }],
});

describe('tally', () => {
  it('nested suites → every outcome counted once', () => {
    const report = {
      errors: [],
      suites: [
        {
          title: 'pay.test.ts',
          specs: [{ title: 'code → approved', file: 'pay.test.ts', tests: [test('expected')] }],
          suites: [
            {
              title: 'offline',
              specs: [
                {
                  title: 'old code → expired',
                  file: 'pay.test.ts',
                  tests: [test('unexpected', 'no window')],
                },
                { title: 'camera → read', file: 'pay.test.ts', tests: [test('skipped')] },
                { title: 'sync → settled', file: 'pay.test.ts', tests: [test('flaky', 'late')] },
              ],
            },
          ],
        },
      ],
    };
    const tally = readPlaywrightReport(report);
    expect(closingLine(tally)).toBe('1 passed, 2 failed, 1 skipped');
    expect(tally.failures[0]).toEqual({ name: 'pay.test.ts > old code → expired', message: 'no window' });
  });

  it('error outside of any test → failed', () => {
    const tally = readPlaywrightReport({ suites: [], errors: [{ message: 'No tests found' }] });
    expect(closingLine(tally)).toBe('0 passed, 1 failed, 0 skipped');
  });

  it('no report, or a bad exit without a failure → failed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tally-'));
    const file = join(folder, 'report.json');
    const read = () => ({ ...NOTHING, passed: 3 });
    expect(closingLine(tallyOf('runner', file, 0, read))).toBe('0 passed, 1 failed, 0 skipped');
    writeFileSync(file, '{}');
    expect(closingLine(tallyOf('runner', file, 0, read))).toBe('3 passed, 0 failed, 0 skipped');
    expect(closingLine(tallyOf('runner', file, 1, read))).toBe('3 passed, 1 failed, 0 skipped');
    rmSync(folder, { recursive: true });
  });

  it('several runners → summed', () => {
    const failure = { name: 'a', message: 'b' };
    const total = sum([
      { passed: 2, skipped: 1, failures: [] },
      { passed: 3, skipped: 0, failures: [failure] },
    ]);
    expect(closingLine(total)).toBe('5 passed, 1 failed, 1 skipped');
  });
});
