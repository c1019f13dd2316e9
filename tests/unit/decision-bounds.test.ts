/** The edges of each check of the decision (protocol §4): exactly at a bound, one before, one after. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECKS, checksUntil, packChecks, unpackChecks } from '../../shared/decision/checks.ts';
import { readClock } from '../../shared/decision/clock.ts';
import { type DecisionFacts, decide } from '../../shared/decision/decide.ts';
import { scaleCount, scaleMinor, trustPercent } from '../../shared/decision/limits.ts';
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { MAX_MINOR } from '../../shared/money.ts';
import { factsOf, failing, type Mode, NOW_S } from '../support/decision-situation.ts';
import { policyOf, trustBundleOf } from '../support/protocol-fixture.ts';

const TRUST = trustBundleOf();
const H = 3600;

/** Nothing fails, with the fixture's own limits in three currencies. */
function generous(mode: Mode, currency: CurrencyCode, minor: bigint): DecisionFacts {
  const facts = factsOf(mode, failing(), false);
  const payment =
    facts.payment.mode === 'quick'
      ? { ...facts.payment, capMinor: MAX_MINOR, spentMinor: 0n }
      : { ...facts.payment, amountMinor: minor, spentMinor: 0n };
  return {
    ...facts,
    amount: { minor, currency },
    payment,
    certificate: { ...facts.certificate, currency, perPaymentCapMinor: MAX_MINOR, allowanceMinor: MAX_MINOR },
    invoice: facts.invoice === null ? null : { ...facts.invoice, amountMinor: minor },
    purseDay: { amountMinor: 0n, count: 0 },
    exposure: { amountMinor: 0n, count: 0 },
    trust: { ...TRUST, iatS: NOW_S, expS: NOW_S + 60 * 24 * H },
  };
}

/** What an amount leads to while the clearing house is reachable, offline, and in the record. */
function outcomes(facts: DecisionFacts, check: (typeof CHECKS)[number]) {
  const online = decide({ ...facts, isReachable: true }).outcome.verdict;
  const offline = decide({ ...facts, isReachable: false });
  return [online, offline.outcome.verdict, offline.checks[check]];
}

const PASS = ['approve', 'approve', 'pass'];
const BETWEEN = ['go-online', 'approve', 'between'];
const ABOVE = ['go-online', 'decline', 'fail'];

describe('§4 limits: approve up to the lower bound, online up to the upper, decline above', () => {
  const units = [
    ['JPY', 150n, 0],
    ['EUR', 100n, 2],
    ['KWD', 1000n, 3],
  ] as const;

  it.each(units)(
    '%s: a quick payment of the lower bound, the upper bound, and one minor unit more',
    (currency, unit) => {
      const at = (minor: bigint) => outcomes(generous('quick', currency, minor), 'limit-payment');
      expect(at(50n * unit - 1n)).toEqual(PASS);
      expect(at(50n * unit)).toEqual(PASS);
      expect(at(50n * unit + 1n)).toEqual(BETWEEN);
      expect(at(100n * unit)).toEqual(BETWEEN);
      expect(at(100n * unit + 1n)).toEqual(ABOVE);
    },
  );

  it.each(units)('%s: a bound payment has bounds of its own', (currency, unit) => {
    const at = (minor: bigint) => outcomes(generous('bound', currency, minor), 'limit-payment');
    expect(at(500n * unit)).toEqual(PASS);
    expect(at(500n * unit + 1n)).toEqual(BETWEEN);
    expect(at(1000n * unit)).toEqual(BETWEEN);
    expect(at(1000n * unit + 1n)).toEqual(ABOVE);
  });

  it.each(units)('%s: the day of one purse, this payment included', (currency, unit) => {
    const at = (before: bigint) =>
      outcomes(
        { ...generous('quick', currency, unit), purseDay: { amountMinor: before, count: 0 } },
        'limit-purse-amount',
      );
    expect(at(499n * unit)).toEqual(PASS);
    expect(at(499n * unit + 1n)).toEqual(BETWEEN);
    expect(at(999n * unit)).toEqual(BETWEEN);
    expect(at(999n * unit + 1n)).toEqual(ABOVE);
  });

  it('exposure in amount, this payment included', () => {
    const at = (before: bigint) =>
      outcomes(
        { ...generous('quick', 'EUR', 100n), exposure: { amountMinor: before, count: 0 } },
        'limit-exposure-amount',
      );
    expect([499_900n, 499_901n, 999_900n, 999_901n].map(at)).toEqual([PASS, BETWEEN, BETWEEN, ABOVE]);
  });

  it('counts, this payment included', () => {
    const day = (count: number) =>
      outcomes(
        { ...generous('quick', 'EUR', 1n), purseDay: { amountMinor: 0n, count } },
        'limit-purse-count',
      );
    expect([49, 50, 99, 100].map(day)).toEqual([PASS, BETWEEN, BETWEEN, ABOVE]);
    const exposed = (count: number) =>
      outcomes(
        { ...generous('quick', 'EUR', 1n), exposure: { amountMinor: 0n, count } },
        'limit-exposure-count',
      );
    expect([499, 500, 999, 1000].map(exposed)).toEqual([PASS, BETWEEN, BETWEEN, ABOVE]);
  });

  it('sums beyond 2^53 → compared exactly', () => {
    const facts = { ...generous('quick', 'EUR', 1n), exposure: { amountMinor: 2n ** 70n, count: 0 } };
    expect(outcomes(facts, 'limit-exposure-amount')).toEqual(ABOVE);
  });

  it('a currency that the policy does not name → limit-payment, even where the table approves all', () => {
    const approve = { online: 'approve', offline: 'approve' } as const;
    const policy = policyOf();
    const actions = Object.fromEntries(Object.keys(policy.actions).map((finding) => [finding, approve]));
    const facts = generous('quick', 'CHF', 1n);
    const trust = { ...facts.trust, policy: { ...policy, actions: actions as typeof policy.actions } };
    for (const isReachable of [true, false]) {
      expect(decide({ ...facts, trust, isReachable }).outcome).toEqual({
        verdict: 'decline',
        refusal: { code: 'limit-payment', detail: { limitMinor: '0' } },
      });
    }
  });
});

describe('§4 age of the trust bundle', () => {
  const day = 24;
  const aged = (ageS: number, minor: bigint): DecisionFacts => {
    const facts = generous('quick', 'EUR', minor);
    return { ...facts, trust: { ...TRUST, iatS: NOW_S - ageS, expS: NOW_S + 1 } };
  };

  it('the curve → each step from its hour on', () => {
    const policy = policyOf();
    const percents = [0, 167, 168, 335, 336, 719, 720, 100_000].map((ageH) => trustPercent(policy, ageH));
    expect(percents).toEqual([100, 100, 50, 50, 20, 20, 0, 0]);
    expect(trustPercent(policyOf({ trustAge: [] }), 100_000)).toBe(100);
  });

  it('one second before seven days → whole limits; at seven days → half of them, rounded down', () => {
    expect(outcomes(aged(7 * day * H - 1, 5000n), 'limit-payment')).toEqual(PASS);
    expect(outcomes(aged(7 * day * H, 5000n), 'limit-payment')).toEqual(BETWEEN);
    expect(outcomes(aged(7 * day * H, 2500n), 'limit-payment')).toEqual(PASS);
    expect(scaleMinor({ lower: 99n, upper: 101n }, 50)).toEqual({ lower: 49n, upper: 50n });
    expect(scaleCount({ lower: 99, upper: 101 }, 50)).toEqual({ lower: 49, upper: 50 });
  });

  it('at the last step, and at the end of the bundle → limit-trust-age, not a limit of nothing', () => {
    const old = decide(aged(30 * day * H, 1n)).outcome;
    expect(old).toEqual({ verdict: 'decline', refusal: { code: 'limit-trust-age', detail: { ageH: 720 } } });
    const facts = generous('quick', 'EUR', 1n);
    const ended = { ...facts, trust: { ...facts.trust, expS: NOW_S } };
    expect(decide(ended).outcome).toEqual({
      verdict: 'decline',
      refusal: { code: 'limit-trust-age', detail: { ageH: 0 } },
    });
    expect(decide({ ...ended, trust: { ...ended.trust, expS: NOW_S + 1 } }).outcome.verdict).toBe('approve');
  });

  it('a bundle from the future → age nought', () => {
    expect(decide({ ...aged(-100 * day * H, 1n) }).outcome.verdict).toBe('approve');
  });
});

describe('§4 clock', () => {
  const clocked = (behindMs: number): DecisionFacts => {
    const facts = generous('quick', 'EUR', 1n);
    return { ...facts, clock: readClock(NOW_S * 1000 - behindMs, NOW_S * 1000) };
  };

  it('below the floor by exactly the tolerance → approve; one millisecond more → clock-turned-back', () => {
    expect(decide(clocked(60_000)).outcome.verdict).toBe('approve');
    expect(decide(clocked(60_001)).outcome).toEqual({
      verdict: 'decline',
      refusal: { code: 'clock-turned-back', detail: { behindS: 61 } },
    });
  });

  it('any clock → what is decided by never stands before the floor, and never goes back', () => {
    const time = fc.integer({ min: -1e15, max: 1e15 });
    fc.assert(
      fc.property(time, time, (wallMs, floorMs) => {
        const { effectiveMs, behindS } = readClock(wallMs, floorMs);
        expect(effectiveMs).toBe(Math.max(wallMs, floorMs));
        expect(behindS > 60).toBe(wallMs < floorMs - 60_000);
      }),
    );
  });
});

describe('§4 freshness', () => {
  const quickAt = (iatS: number, ttlS: number): DecisionFacts => {
    const facts = generous('quick', 'EUR', 1n);
    return { ...facts, payment: { ...facts.payment, iatS, ttlS } as DecisionFacts['payment'] };
  };
  const reasonAt = (facts: DecisionFacts) => {
    const { outcome } = decide(facts);
    return outcome.verdict === 'decline' ? outcome.refusal : outcome.verdict;
  };

  it('age of ttl and tolerance → approve; a second more → expired with its age', () => {
    expect(reasonAt(quickAt(NOW_S - 90, 30))).toBe('approve');
    expect(reasonAt(quickAt(NOW_S - 91, 30))).toEqual({ code: 'expired', detail: { ageS: 91 } });
  });

  it('a ttl longer than the policy allows → the policy holds', () => {
    expect(reasonAt(quickAt(NOW_S - 120, 3600))).toBe('approve');
    expect(reasonAt(quickAt(NOW_S - 121, 3600))).toEqual({ code: 'expired', detail: { ageS: 121 } });
  });

  it('a customer clock ahead by the tolerance → approve; a second more → customer-clock-ahead by how much', () => {
    expect(reasonAt(quickAt(NOW_S + 60, 30))).toBe('approve');
    expect(reasonAt(quickAt(NOW_S + 61, 30))).toEqual({
      code: 'customer-clock-ahead',
      detail: { aheadS: 61 },
    });
  });

  it('a bound payment → its own time is not looked at, the invoice is: expired from its end on', () => {
    const facts = generous('bound', 'EUR', 1n);
    for (const iatS of [0, NOW_S + 1_000_000]) {
      expect(reasonAt({ ...facts, payment: { ...facts.payment, iatS } })).toBe('approve');
    }
    const ending = (expiresAtS: number) =>
      reasonAt({ ...facts, invoice: facts.invoice && { ...facts.invoice, expiresAtS } });
    expect(ending(NOW_S + 1)).toBe('approve');
    expect(ending(NOW_S)).toEqual({ code: 'invoice-expired' });
  });

  it.each(['quick', 'bound'] as const)(
    'a %s payment dated at the end of its purse → customer-clock-ahead, for it would not be settled',
    (mode) => {
      const facts = generous(mode, 'EUR', 1n);
      const ending = (expS: number) =>
        reasonAt({
          ...facts,
          payment: { ...facts.payment, iatS: NOW_S + 30 },
          certificate: { ...facts.certificate, expS },
        });
      expect(ending(NOW_S + 31)).toBe('approve');
      expect(ending(NOW_S + 30)).toEqual({ code: 'customer-clock-ahead', detail: { aheadS: 30 } });
    },
  );

  it('a bound payment without what the terminal holds of the invoice → invoice-unknown', () => {
    expect(reasonAt({ ...generous('bound', 'EUR', 1n), invoice: null })).toEqual({ code: 'invoice-unknown' });
  });
});

describe('§4 amount', () => {
  const reasonOf = (facts: DecisionFacts) => {
    const { outcome } = decide(facts);
    return outcome.verdict === 'decline' ? outcome.refusal : outcome.verdict;
  };

  it('a quick code → the lower of its own cap and the certificate’s', () => {
    const facts = generous('quick', 'EUR', 1000n);
    const capped = (own: bigint, certified: bigint) =>
      reasonOf({
        ...facts,
        payment: { ...facts.payment, capMinor: own } as DecisionFacts['payment'],
        certificate: { ...facts.certificate, perPaymentCapMinor: certified },
      });
    expect(capped(1000n, 1000n)).toBe('approve');
    expect(capped(999n, 1000n)).toEqual({ code: 'over-cap', detail: { capMinor: '999' } });
    expect(capped(1000n, 998n)).toEqual({ code: 'over-cap', detail: { capMinor: '998' } });
  });

  it('a bound code over the certificate’s cap → over-cap', () => {
    const facts = generous('bound', 'EUR', 1000n);
    const certificate = { ...facts.certificate, perPaymentCapMinor: 999n };
    expect(reasonOf({ ...facts, certificate })).toEqual({ code: 'over-cap', detail: { capMinor: '999' } });
  });

  it('a bound code that signs another amount than is charged → amount-differs', () => {
    const facts = generous('bound', 'EUR', 1000n);
    const payment = { ...facts.payment, amountMinor: 1n } as DecisionFacts['payment'];
    expect(reasonOf({ ...facts, payment })).toEqual({ code: 'amount-differs', detail: { signedMinor: '1' } });
  });

  it('an amount that the code signs and the till keys in, but the invoice did not ask for → amount-differs', () => {
    const facts = generous('bound', 'EUR', 1000n);
    const invoice = facts.invoice && { ...facts.invoice, amountMinor: 100_000n };
    expect(reasonOf({ ...facts, invoice })).toEqual({
      code: 'amount-differs',
      detail: { signedMinor: '100000' },
    });
  });

  it('spent and amount together → up to the allowance, with what is left in the detail', () => {
    const facts = generous('quick', 'EUR', 1000n);
    const spent = (spentMinor: bigint) =>
      reasonOf({
        ...facts,
        payment: { ...facts.payment, spentMinor },
        certificate: { ...facts.certificate, allowanceMinor: 5000n },
      });
    expect(spent(4000n)).toBe('approve');
    expect(spent(4001n)).toEqual({ code: 'over-allowance', detail: { leftMinor: '999' } });
    expect(spent(MAX_MINOR)).toEqual({ code: 'over-allowance', detail: { leftMinor: '0' } });
  });

  it('the last payment that the count allows → approve; the next → over-count', () => {
    const facts = generous('quick', 'EUR', 1n);
    const counted = (counter: number) => reasonOf({ ...facts, payment: { ...facts.payment, counter } });
    expect(counted(200)).toBe('approve');
    expect(counted(201)).toEqual({ code: 'over-count' });
  });
});

describe('the record of checks', () => {
  it('a refusal before the decision → what passed, what failed, and the rest not reached', () => {
    expect(checksUntil('unreadable')).toEqual({ decode: 'fail' });
    expect(checksUntil('full-code-needed')).toEqual({ decode: 'fail' });
    expect(checksUntil('certificate-expired')).toEqual({ decode: 'pass', certificate: 'fail' });
    expect(checksUntil('forged')).toEqual({ decode: 'pass', certificate: 'pass', signature: 'fail' });
    expect(checksUntil('storage-failed')).toEqual({});
  });

  it('packed and unpacked → the same; what was not looked at → not-reached', () => {
    const { checks } = decide(factsOf('quick', failing('revoked', 'limit-payment'), false));
    const unpacked = unpackChecks(packChecks(checks));
    expect(unpacked.map(({ check }) => check)).toEqual([...CHECKS]);
    for (const { check, result } of unpacked) expect(result).toBe(checks[check]);
    expect(unpackChecks(packChecks({})).every(({ result }) => result === 'not-reached')).toBe(true);
    expect(unpackChecks(new Uint8Array([9]))[0]?.result).toBe('not-reached');
  });
});
