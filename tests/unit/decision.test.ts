/** The terminal's decision (protocol §4): one reason, in the order of reasons; never milder for one more failure. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantViolation } from '../../shared/assert.ts';
import {
  conclude,
  type DecisionFacts,
  decide,
  type OnlineAnswer,
  type Verdict,
} from '../../shared/decision/decide.ts';
import { isSelected } from '../../shared/decision/limits.ts';
import {
  type OfflineAction,
  type OnlineAction,
  POLICY_FINDINGS,
  type Policy,
} from '../../shared/protocol/policy.ts';
import { precedence, REFUSALS, refusalCodes } from '../../shared/refusals.ts';
import {
  concerns,
  type Failable,
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
  it('the table of reasons → has a row for every refusal of stages 4 to 11, in the order of shared/refusals.ts', () => {
    const stages = ['freshness', 'clock', 'revocation', 'replay', 'consistency', 'amount', 'limit', 'online'];
    const codes = refusalCodes.filter((code) => stages.includes(REFUSALS[code].stage));
    // the clearing house's own no has rows of its own below: no check of the terminal fails for it
    expect(REASONS).toEqual(codes.filter((code) => code !== 'declined-online'));
    expect(precedence('declined-online')).toBeGreaterThan(precedence('limit-exposure-count'));
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

  /** A terminal whose own clock was turned back or has jumped does not blame the customer's: see the test of its own. */
  function isExcused(reason: Reason, other: Reason): boolean {
    return reason === 'customer-clock-ahead' && other.startsWith('clock-');
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

/** A limit in all three states; with all five the words would be many times as many. */
const THREE_STATES: readonly Failable[] = ['limit-payment'];

/** Every word of failing checks: per check that the mode knows, pass or fail, and for one limit also between. */
function wordsOf(mode: Mode): { reasons: readonly Failable[]; digits: readonly number[] } {
  const known = REASONS.filter(
    (reason) =>
      concerns(reason, mode) &&
      !EXCLUSIVE.some(([first, ...rest]) => reason !== first && rest.includes(reason)),
  );
  const reasons: readonly Failable[] = [...known, 'random-selection'];
  return { reasons, digits: reasons.map((reason) => (THREE_STATES.includes(reason) ? 3 : 2)) };
}

function isBetweenable(reason: Failable): boolean {
  return POLICY_FINDINGS.some((finding) => finding === `${reason}:between`);
}

const SITUATIONS = ['online', 'offline', 'online failing'] as const;
type Situation = (typeof SITUATIONS)[number];
const NO_ANSWER: OnlineAnswer = { answer: 'none' };

/** What comes of it; `go-online` only while nothing is known of the answer. */
function verdictIn(situation: Situation, facts: DecisionFacts): Verdict {
  const { outcome } = decide({ ...facts, isReachable: situation !== 'offline' });
  if (situation !== 'online failing' || outcome.verdict !== 'go-online') return outcome;
  return conclude(facts, NO_ANSWER).outcome;
}

describe('§4 monotone: one more failing check never makes the answer milder', () => {
  it.each(MODES)(
    'every combination of failing checks of a %s code, online, offline and online failing',
    (mode) => {
      const { reasons, digits } = wordsOf(mode);
      const total = digits.reduce((product, digit) => product * digit, 1);
      const severities = SITUATIONS.map(() => new Uint8Array(total));
      const [online = new Uint8Array(), offline = new Uint8Array(), standIn = new Uint8Array()] = severities;
      const order = reasons.map((reason) => (reason === 'random-selection' ? 999 : precedence(reason)));
      for (let word = 0; word < total; word++) {
        const failed = new Map<Failable, 'fail' | 'between'>();
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
            if (isFail && reason !== 'random-selection') worst = Math.min(worst, order[i] ?? worst);
          }
          weight *= states;
        }
        const facts = factsOf(mode, failed, false);
        for (const [at, row] of severities.entries()) {
          const situation = SITUATIONS[at] ?? 'offline';
          const outcome = verdictIn(situation, facts);
          const severity = SEVERITY[outcome.verdict];
          row[word] = severity;
          if (below.some((milder) => (row[milder] ?? 0) > severity)) expect.fail(`milder: ${[...failed]}`);
          // with the fixture's table every failure declines offline, for the first reason in the order
          if (situation === 'offline' && worst < Number.POSITIVE_INFINITY) {
            const given = outcome.verdict === 'decline' ? precedence(outcome.refusal.code) : -1;
            if (given !== worst) expect.fail(`${reasonOf(outcome)} for ${[...failed]}`);
          }
        }
        if (online[word] === SEVERITY.decline && offline[word] !== SEVERITY.decline) {
          expect.fail(`declined online, yet not offline: ${[...failed]}`);
        }
        // an answer that fails to come: stand-in is what offline says, where it was asked for at all
        const expected = online[word] === SEVERITY['go-online'] ? offline[word] : online[word];
        if (standIn[word] !== expected) expect.fail(`stand-in differs from offline: ${[...failed]}`);
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
      // nobody is refused by lot
      const chance = table.get('random-selection');
      if (chance !== undefined && chance[1] === 'decline')
        table.set('random-selection', ['go-online', 'approve']);
      return Object.fromEntries(
        [...table].map(([finding, pair]) => [finding, { online: pair?.[0], offline: pair?.[1] }]),
      ) as Policy['actions'];
    });

  it('any table of actions that a policy may hold → still monotone', () => {
    fc.assert(
      fc.property(
        actions,
        fc.constantFrom(...MODES),
        fc.constantFrom(...SITUATIONS),
        fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 8 }),
        fc.nat(),
        (table, mode, situation, picks, one) => {
          const { reasons } = wordsOf(mode);
          const failed = new Map<Failable, 'fail' | 'between'>();
          for (const [pick, between] of picks) {
            const reason = reasons[pick % reasons.length];
            if (reason) failed.set(reason, between && isBetweenable(reason) ? 'between' : 'fail');
          }
          const added = reasons[one % reasons.length];
          if (added === undefined) return;
          const more: Failing = new Map(failed).set(added, 'fail');
          const severity = (which: Failing) =>
            SEVERITY[verdictIn(situation, factsOf(mode, which, false, { actions: table })).verdict];
          expect(severity(more)).toBeGreaterThanOrEqual(severity(failed));
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe('§4 stage 11, online', () => {
  const APPROVED: OnlineAnswer = { answer: 'approved' };
  const DECLINED: OnlineAnswer = { answer: 'declined', reason: 'overspent' };
  const between = (...more: readonly Reason[]): Failing =>
    new Map<Failable, 'fail' | 'between'>([...failing(...more), ['limit-payment', 'between']]);

  it.each(MODES)(
    '%s code between the bounds → asked for; then what the answer says, and who decided',
    (mode) => {
      const facts = factsOf(mode, between(), true);
      expect(decide(facts).outcome).toEqual({ verdict: 'go-online' });
      expect(conclude(facts, APPROVED)).toMatchObject({ outcome: { verdict: 'approve' }, decided: 'online' });
      expect(conclude(facts, DECLINED)).toMatchObject({
        outcome: {
          verdict: 'decline',
          refusal: { code: 'declined-online', detail: { reason: 'overspent' } },
        },
        decided: 'online',
      });
      expect(conclude(facts, NO_ANSWER)).toMatchObject({
        outcome: { verdict: 'approve' },
        decided: 'stand-in',
      });
    },
  );

  it('above the bounds → approved by an answer alone; without one by the offline result, limit-payment', () => {
    const facts = factsOf('quick', failing('limit-payment'), true);
    expect(conclude(facts, APPROVED).outcome.verdict).toBe('approve');
    expect(reasonOf(conclude(facts, NO_ANSWER).outcome)).toBe('limit-payment');
  });

  it('only the clearing house may say yes → asked for, and no stand-in: online-required', () => {
    const facts = factsOf('quick', failing('online-required'), true);
    expect(decide(facts).outcome).toEqual({ verdict: 'go-online' });
    expect(conclude(facts, APPROVED).outcome.verdict).toBe('approve');
    expect(reasonOf(conclude(facts, NO_ANSWER).outcome)).toBe('online-required');
    expect(reasonOf(decide({ ...facts, isReachable: false }).outcome)).toBe('online-required');
  });

  it.each(REASONS.filter((reason) => concerns(reason, 'quick')).slice(0, -1))(
    'approved by the clearing house, and meanwhile %s here → not approved for that',
    (reason) => {
      const facts = factsOf('quick', failing(reason), true);
      const { verdict } = conclude(facts, APPROVED).outcome;
      expect(verdict).toBe(decide(facts).outcome.verdict === 'decline' ? 'decline' : 'approve');
    },
  );

  it('any answer → never milder than the terminal’s own checks with the clearing house in reach', () => {
    const answers = fc.constantFrom<OnlineAnswer>(APPROVED, DECLINED, NO_ANSWER);
    const subset = fc.subarray([...REASONS].filter((reason) => concerns(reason, 'bound')));
    fc.assert(
      fc.property(subset, answers, (reasons, answer) => {
        const facts = factsOf('bound', failing(...reasons), true);
        const { outcome } = decide(facts);
        const concluded = conclude(facts, answer).outcome;
        if (outcome.verdict === 'decline') expect(concluded).toEqual(outcome);
        if (answer.answer === 'declined') expect(concluded.verdict).toBe('decline');
      }),
    );
  });
});

describe('§4 random selection', () => {
  const selection = { targetPercent: 10, thresholdMinor: 1000n, maxTargetPercent: 60 };
  const picks = (amountMinor: bigint, randomUnit: number) =>
    isSelected(selection, amountMinor, 2000n, randomUnit);

  it('below the threshold → the target share; halfway to the bound → halfway to the highest; from it on the highest', () => {
    const shares = [1n, 1000n, 1500n, 1999n, 2000n, 9000n].map(
      (amount) => Array.from({ length: 1000 }, (_, i) => picks(amount, i / 1000)).filter(Boolean).length,
    );
    expect(shares).toEqual([100, 100, 350, 600, 600, 600]);
  });

  it('a share of nought → nobody; of a hundred → everybody', () => {
    const none = { targetPercent: 0, thresholdMinor: 0n, maxTargetPercent: 0 };
    const all = { targetPercent: 100, thresholdMinor: 0n, maxTargetPercent: 100 };
    for (const unit of [0, 0.5, 1 - 2 ** -32]) {
      expect(isSelected(none, 5n, 10n, unit)).toBe(false);
      expect(isSelected(all, 5n, 10n, unit)).toBe(true);
    }
  });

  it('a larger amount, a smaller threshold, a smaller bound → never picked less', () => {
    const minor = fc.bigInt({ min: 1n, max: 10_000n });
    fc.assert(
      fc.property(minor, minor, minor, fc.nat(99), minor, (amount, threshold, lower, unit, less) => {
        const pick = (a: bigint, t: bigint, l: bigint) =>
          Number(isSelected({ ...selection, thresholdMinor: t }, a, l, unit / 100));
        expect(pick(amount + less, threshold, lower)).toBeGreaterThanOrEqual(pick(amount, threshold, lower));
        const smaller = (value: bigint) => (value > less ? value - less : 0n);
        expect(pick(amount, smaller(threshold), lower)).toBeGreaterThanOrEqual(
          pick(amount, threshold, lower),
        );
        expect(pick(amount, threshold, smaller(lower))).toBeGreaterThanOrEqual(
          pick(amount, threshold, lower),
        );
      }),
    );
  });

  it('picked while the clearing house can be asked → go-online; while it cannot → approve, with a note in the record', () => {
    const facts = factsOf('quick', new Map([['random-selection', 'fail']]), true);
    expect(decide(facts).outcome).toEqual({ verdict: 'go-online' });
    const offline = decide({ ...facts, isReachable: false });
    expect(offline.outcome).toEqual({ verdict: 'approve' });
    expect(offline.checks['random-selection']).toBe('between');
  });
});

describe('what no caller may come with', () => {
  it.each([0n, -1n])('an amount of %s → invariant', (minor) => {
    const facts = { ...factsOf('quick', failing(), false), amount: { minor, currency: 'EUR' as const } };
    expect(() => decide(facts)).toThrow(InvariantViolation);
  });
});
