/**
 * The checks of a decision, in the order in which a reason is given (protocol §4), and how each came out.
 * A journal holds the results by position: append only, never reorder.
 */
import { REFUSALS, type RefusalCode } from '../refusals.ts';

export const CHECKS = [
  'decode',
  'certificate',
  'signature',
  'freshness',
  'clock',
  'revocation',
  'replay',
  'consistency',
  'currency',
  'cap',
  'allowance',
  'count',
  'limit-trust-age',
  'limit-payment',
  'limit-purse-amount',
  'limit-purse-count',
  'limit-exposure-amount',
  'limit-exposure-count',
  'random-selection',
] as const;
export type CheckName = (typeof CHECKS)[number];

/** `between`: above the lower bound of a limit, not above the upper. */
export const CHECK_RESULTS = ['not-reached', 'pass', 'between', 'fail'] as const;
export type CheckResult = (typeof CHECK_RESULTS)[number];

/** Checks that are made before the decision has its facts: each stops what comes after it. */
const EARLY: readonly string[] = ['decode', 'certificate', 'signature'] satisfies readonly CheckName[];

/** What a refusal of stages 1 to 3 says of the checks: those before it passed, the rest was not reached. */
export function checksUntil(code: RefusalCode): Partial<Record<CheckName, CheckResult>> {
  const failed = EARLY.indexOf(REFUSALS[code].stage);
  if (failed < 0) return {};
  return Object.fromEntries(
    EARLY.slice(0, failed + 1).map((check, i) => [check, i === failed ? 'fail' : 'pass']),
  );
}

/** The results as a journal keeps them: one byte each, in the order of CHECKS. */
export function packChecks(results: Partial<Record<CheckName, CheckResult>>): Uint8Array {
  return Uint8Array.from(CHECKS, (check) => CHECK_RESULTS.indexOf(results[check] ?? 'not-reached'));
}

export function unpackChecks(packed: Uint8Array): readonly { check: CheckName; result: CheckResult }[] {
  return CHECKS.map((check, i) => ({ check, result: CHECK_RESULTS[packed[i] ?? 0] ?? 'not-reached' }));
}
