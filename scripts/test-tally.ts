/**
 * Adds up what the test runners report into one tally and one closing line. It must never count a runner
 * that died, or a file that could not be loaded, as nothing.
 */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

export type Failure = { readonly name: string; readonly message: string };
export type Tally = {
  readonly passed: number;
  readonly skipped: number;
  readonly failures: readonly Failure[];
};

export const NOTHING: Tally = { passed: 0, skipped: 0, failures: [] };

export function sum(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((total, tally) => total + tally.passed, 0),
    skipped: tallies.reduce((total, tally) => total + tally.skipped, 0),
    failures: tallies.flatMap((tally) => tally.failures),
  };
}

/** The one line that everybody reads: `N passed, N failed, N skipped`. */
export function closingLine(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failures.length} failed, ${tally.skipped} skipped`;
}

/**
 * @param reportFile what the runner was told to write
 * @param read turns its JSON into a tally
 * @param code the runner's exit status
 */
export function tallyOf(
  runner: string,
  reportFile: string,
  code: number,
  read: (report: unknown) => Tally,
): Tally {
  if (!existsSync(reportFile)) {
    return failed(runner, `ended with ${code} and left no report`);
  }
  const tally = read(JSON.parse(readFileSync(reportFile, 'utf8')));
  return code !== 0 && tally.failures.length === 0
    ? sum([tally, failed(runner, `ended with ${code} although no test failed: see its output`)])
    : tally;
}

export function failed(name: string, message: string): Tally {
  return { ...NOTHING, failures: [{ name, message }] };
}

type VitestReport = {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] | null }[];
  }[];
};

/** @param root files are named from here */
export function readVitestReport(report: unknown, root: string): Tally {
  const files = (report as VitestReport).testResults.map((file): Tally => {
    const tests = file.assertionResults;
    const name = relative(root, file.name);
    const failures = tests
      .filter((test) => test.status === 'failed')
      .map((test) => ({
        name: `${name} > ${test.fullName}`,
        message: (test.failureMessages ?? []).join('\n'),
      }));
    if (file.status === 'failed' && failures.length === 0) {
      failures.push({ name, message: file.message || 'could not be loaded' });
    }
    const passed = tests.filter((test) => test.status === 'passed').length;
    return { passed, skipped: tests.length - passed - failures.filter(isTest(tests)).length, failures };
  });
  return sum(files);
}

/** A file that could not be loaded is a failure but no test. */
function isTest(tests: readonly { fullName: string }[]): (failure: Failure) => boolean {
  return (failure) => tests.some((test) => failure.name.endsWith(test.fullName));
}

type PlaywrightSuite = {
  title: string;
  specs?: {
    title: string;
    file: string;
    tests: { status: string; results: { error?: { message?: string } }[] }[];
  }[];
  suites?: PlaywrightSuite[];
};
type PlaywrightReport = { suites: PlaywrightSuite[]; errors: { message?: string }[] };

export function readPlaywrightReport(report: unknown): Tally {
  const { suites, errors } = report as PlaywrightReport;
  const outside = errors.map((error) => failed('playwright', error.message ?? 'error outside of any test'));
  return sum([...suites.map(tallyOfSuite), ...outside]);
}

function tallyOfSuite(suite: PlaywrightSuite): Tally {
  const own = (suite.specs ?? []).flatMap((spec) =>
    spec.tests.map((test): Tally => {
      if (test.status === 'expected') return { ...NOTHING, passed: 1 };
      if (test.status === 'skipped') return { ...NOTHING, skipped: 1 };
      const message = test.results.map((result) => result.error?.message ?? '').join('\n');
      return failed(`${spec.file} > ${spec.title}`, message.trim() || test.status);
    }),
  );
  return sum([...own, ...(suite.suites ?? []).map(tallyOfSuite)]);
}
