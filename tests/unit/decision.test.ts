/** The terminal's decision (protocol §4): one reason, in the order of reasons; never milder for one more failure. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantViolation } from '../../shared/assert.ts';
import { decide, type Verdict } from '../../shared/decision/decide.ts';
import {
  type OfflineAction,
  type OnlineAction,
  POLICY_FINDINGS,
  type Policy,
} from '../../shared/protocol/policy.ts';
import { precedence, REFUSALS, refusalCodes } from '../../shared/refusals.ts';
import {
  concerns,
  type Failing,
  factsOf,
  failing,
  type Mode,
  REASONS,
  type Reason,
} from '../support/decision-situation.ts';
import { policyOf } from '../support/protocol-fixture.ts';

const MODES: readonly Mode[] = ['quick', 'bound'];
/** Only one of each line can hold at a time. */
const EXCLUSIVE: readonly (readonly Reason[])[] = [
  ['expired', 'customer-clock-ahead'],
  ['invoice-unknown', 'invoice-used', 'invoice-expired'],
];

function reasonOf(outcome: Verdict): string {
  return outcome.verdict === 'decline' ? outcome.refusal.code : outcome.verdict;
}

const SEVERITY = { approve: 0, 'go-online': 1, decline: 2 } as const;

describe('§4 the reason given', () => {
  it('the table of reasons → has a row for every refusal of stages 4 to 10, in the order of shared/refusals.ts', () => {
    const stages = ['freshness', 'clock', 'revocation', 'replay', 'consistency', 'amount', 'limit'];
    expect(REASONS).toEqual(refusalCodes.filter((code) => stages.includes(REFUSALS[code].stage)));
  });

  const rows = MODES.flatMap((mode) =>
    REASONS.filter((reason) => concerns(reason, mode)).map((reason) => ({ mode, reason })),
  );

  it.each(rows)('$mode code that fails this and every later check → $reason', ({ mode, reason }) => {
    const group = EXCLUSIVE.find((reasons) => reasons.includes(reason)) ?? [];
    const later = REASONS.slice(REASONS.indexOf(reason) + 1).filter(
      (other) => concerns(other, mode) && !group.includes(other) && !isExcused(reason, other),
    );
    const { outcome } = decide(factsOf(mode, failing(reason, ...later), false));
    expect(reasonOf(outcome)).toBe(reason);
  });

  /** A terminal whose own clock was turned back does not blame the customer's: see the test of its own. */
  function isExcused(reason: Reason, other: Reason): boolean {
    return reason === 'customer-clock-ahead' && other === 'clock-turned-back';
  }

  it.each(rows)('$mode code that fails only $reason → $reason', ({ mode, reason }) => {
    expect(reasonOf(decide(factsOf(mode, failing(reason), false)).outcome)).toBe(reason);
  });

  it.each(MODES)('%s code that fails nothing → approve, online and offline', (mode) => {
    for (const isReachable of [true, false]) {
      expect(decide(factsOf(mode, failing(), isReachable)).outcome).toEqual({ verdict: 'approve' });
    }
  });

  it('code from the future at a terminal whose clock was turned back → clock-turned-back, whatever the policy', () => {
    const lenient = policyOf().actions;
    const actions = { ...lenient, 'clock-turned-back': { online: 'approve', offline: 'approve' } } as const;
    const facts = factsOf('quick', failing('customer-clock-ahead', 'clock-turned-back'), false, { actions });
    const { outcome, checks } = decide(facts);
    expect(outcome).toEqual({
      verdict: 'decline',
      refusal: { code: 'clock-turned-back', detail: { behindS: 61 } },
    });
    expect(checks).toMatchObject({ freshness: 'fail', clock: 'fail' });
  });
});

/** Limits in all three states; with all five the words would be five times as many. */
const THREE_STATES: readonly Reason[] = ['limit-payment', 'limit-exposure-count'];

/** Every word of failing checks: per reason that the mode knows, pass or fail, and for two limits also between. */
function wordsOf(mode: Mode): { reasons: readonly Reason[]; digits: readonly number[] } {
  const reasons = REASONS.filter(
    (reason) =>
      concerns(reason, mode) &&
      !EXCLUSIVE.some(([first, ...rest]) => reason !== first && rest.includes(reason)),
  );
  return { reasons, digits: reasons.map((reason) => (THREE_STATES.includes(reason) ? 3 : 2)) };
}

function isBetweenable(reason: Reason): boolean {
  return POLICY_FINDINGS.some((finding) => finding === `${reason}:between`);
}

describe('§4 monotone: one more failing check never makes the answer milder', () => {
  it.each(MODES)(
    'every combination of failing checks of a %s code, online and offline',
    (mode) => {
      const { reasons, digits } = wordsOf(mode);
      const total = digits.reduce((product, digit) => product * digit, 1);
      const severities = { true: new Uint8Array(total), false: new Uint8Array(total) };
      const order = reasons.map(precedence);
      for (let word = 0; word < total; word++) {
        const failed = new Map<Reason, 'fail' | 'between'>();
        let rest = word;
        let weight = 1;
        let worst = Number.POSITIVE_INFINITY;
        const below: number[] = [];
        for (const [i, reason] of reasons.entries()) {
          const states = digits[i] ?? 2;
          const state = rest % states;
          rest = (rest - state) / states;
          if (state > 0) {
            below.push(word - weight);
            const isFail = state === states - 1;
            failed.set(reason, isFail ? 'fail' : 'between');
            if (isFail) worst = Math.min(worst, order[i] ?? worst);
          }
          weight *= states;
        }
        for (const isReachable of [true, false] as const) {
          const { outcome } = decide(factsOf(mode, failed, isReachable));
          const row = severities[`${isReachable}`];
          const severity = SEVERITY[outcome.verdict];
          row[word] = severity;
          if (below.some((milder) => (row[milder] ?? 0) > severity)) expect.fail(`milder: ${[...failed]}`);
          // with the fixture's table every failure declines offline, for the first reason in the order
          if (!isReachable && worst < Number.POSITIVE_INFINITY) {
            const given = outcome.verdict === 'decline' ? precedence(outcome.refusal.code) : -1;
            if (given !== worst) expect.fail(`${reasonOf(outcome)} for ${[...failed]}`);
          }
        }
        if (severities.true[word] === SEVERITY.decline && severities.false[word] !== SEVERITY.decline) {
          expect.fail(`declined online, yet not offline: ${[...failed]}`);
        }
      }
    },
    60_000,
  );

  const actions = fc
    .tuple(
      ...POLICY_FINDINGS.map(() =>
        fc.constantFrom<readonly [OnlineAction, OfflineAction]>(
          ['approve', 'approve'],
          ['go-online', 'approve'],
          ['go-online', 'decline'],
          ['decline', 'decline'],
        ),
      ),
    )
    .map((pairs) => {
      const table = new Map(POLICY_FINDINGS.map((finding, i) => [finding, pairs[i]]));
      for (const finding of POLICY_FINDINGS) {
        const between = table.get(finding.replace(':above', ':between') as never);
        const above = table.get(finding);
        // as a policy must be: what is above a limit is not treated more mildly than what is between
        if (
          between &&
          above &&
          SEVERITY[above[0]] + SEVERITY[above[1]] < SEVERITY[between[0]] + SEVERITY[between[1]]
        ) {
          table.set(finding, between);
        }
      }
      return Object.fromEntries(
        [...table].map(([finding, pair]) => [finding, { online: pair?.[0], offline: pair?.[1] }]),
      ) as Policy['actions'];
    });

  it('any table of actions that a policy may hold → still monotone', () => {
    fc.assert(
      fc.property(
        actions,
        fc.constantFrom(...MODES),
        fc.boolean(),
        fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 8 }),
        fc.nat(),
        (table, mode, isReachable, picks, one) => {
          const { reasons } = wordsOf(mode);
          const failed = new Map<Reason, 'fail' | 'between'>();
          for (const [pick, between] of picks) {
            const reason = reasons[pick % reasons.length];
            if (reason) failed.set(reason, between && isBetweenable(reason) ? 'between' : 'fail');
          }
          const added = reasons[one % reasons.length];
          if (added === undefined) return;
          const more: Failing = new Map(failed).set(added, 'fail');
          const severity = (which: Failing) =>
            SEVERITY[decide(factsOf(mode, which, isReachable, { actions: table })).outcome.verdict];
          expect(severity(more)).toBeGreaterThanOrEqual(severity(failed));
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe('what no caller may come with', () => {
  it.each([0n, -1n])('an amount of %s → invariant', (minor) => {
    const facts = { ...factsOf('quick', failing(), false), amount: { minor, currency: 'EUR' as const } };
    expect(() => decide(facts)).toThrow(InvariantViolation);
  });
});
