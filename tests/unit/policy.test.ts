/** The policy inside the trust bundle (protocol §4): read strictly, for a terminal obeys it alone. */
import { describe, expect, it } from 'vitest';
import type { CborValue } from '../../shared/protocol/cbor.ts';
import { decodeCbor, encodeCbor } from '../../shared/protocol/cbor.ts';
import {
  POLICY_FINDINGS,
  type Policy,
  type PolicyFinding,
  policyValue,
  readPolicy,
} from '../../shared/protocol/policy.ts';
import { reading } from '../../shared/protocol/shape.ts';
import { policyOf } from '../support/protocol-fixture.ts';

const onWire = (policy: Policy): CborValue => decodeCbor(encodeCbor(policyValue(policy)));
const read = (value: CborValue) => reading(() => readPolicy(value));
const MALFORMED = { ok: false, refusal: { code: 'malformed' } };

function withAction(
  finding: PolicyFinding,
  online: 'approve' | 'go-online' | 'decline',
  offline: 'approve' | 'decline',
) {
  const policy = policyOf();
  return policyOf({ actions: { ...policy.actions, [finding]: { online, offline } } });
}

/** The wire form with the item at this path replaced. */
function changed(value: CborValue, path: readonly number[], item: CborValue): CborValue {
  const [at, ...rest] = path;
  if (at === undefined) return item;
  if (!Array.isArray(value)) throw new TypeError('a path through an array');
  return value.map((inner: CborValue, i) => (i === at ? changed(inner, rest, item) : inner));
}

describe('readPolicy', () => {
  it('a policy → itself', () => {
    expect(read(onWire(policyOf()))).toEqual({ ok: true, value: policyOf() });
  });

  it('the same currency twice → malformed: which of the limits would hold?', () => {
    const [first] = policyOf().currencies;
    if (first === undefined) throw new TypeError('a currency');
    expect(
      read(onWire(policyOf({ currencies: [first, { ...first, exposureCount: { lower: 0, upper: 9 } }] }))),
    ).toEqual(MALFORMED);
  });

  it.each(POLICY_FINDINGS.filter((finding) => finding.endsWith(':between')))(
    '%s treated more strictly than what is above → malformed, a larger amount must not fare better',
    (between) => {
      expect(read(onWire(withAction(between, 'decline', 'decline')))).toEqual(MALFORMED);
      const above = between.replace(':between', ':above') as PolicyFinding;
      expect(read(onWire(withAction(above, 'approve', 'decline')))).toEqual(MALFORMED);
      expect(read(onWire(withAction(above, 'go-online', 'approve'))).ok).toBe(true);
    },
  );

  it.each(POLICY_FINDINGS)('%s declined online and approved offline → malformed', (finding) => {
    expect(read(onWire(withAction(finding, 'decline', 'approve')))).toEqual(MALFORMED);
  });

  const limit = [5, 0, 1];
  it.each<readonly [string, readonly number[], CborValue]>([
    ['a lower bound over the upper', limit, [2, 1]],
    ['a negative bound', limit, [-1, 1]],
    ['a bound that is a text', limit, ['1', 2]],
    ['a bound beyond 2^53', limit, [0, 2n ** 53n]],
    ['a count beyond a million', [5, 0, 4], [0, 1_000_001]],
    ['three bounds', limit, [0, 1, 2]],
    ['a currency that is none', [5, 0, 0], 0],
    ['an action that is none', [4, 0, 0], 3],
    ['one action too few', [4], []],
    [
      'trust steps that go back in age',
      [3],
      [
        [5, 50],
        [5, 20],
      ],
    ],
    [
      'trust steps that rise in percent',
      [3],
      [
        [5, 20],
        [6, 50],
      ],
    ],
    ['more than 100 percent', [3], [[5, 101]]],
    ['33 trust steps', [3], Array.from({ length: 33 }, (_, i) => [i, 1])],
    ['a tolerance over a day', [0], 86_401],
    ['a quick ttl over an hour', [1], 3601],
    ['a boolean for a number', [2], true],
    ['a refund of a lower bound over the upper', [5, 0, 7], [2, 1]],
    ['a share of 101 percent', [5, 0, 9], [0, 0, 101]],
    ['a highest share below the target', [5, 0, 9], [20, 0, 10]],
    ['a currency of eight columns', [5, 0], [978, [0, 1], [0, 1], [0, 1], [0, 1], [0, 1], [0, 1], [0, 1]]],
    ['65 currencies', [5], Array.from({ length: 65 }, () => 0)],
  ])('%s → malformed', (_what, path, item) => {
    expect(read(changed(onWire(policyOf()), path, item))).toEqual(MALFORMED);
  });

  it('a policy of the version before → no refunds, nothing by chance', () => {
    const value = onWire(policyOf());
    const [tolerance = 0, quick = 0, invoice = 0, ages = 0, actions, currencies] =
      value as readonly CborValue[];
    const rows = (currencies as readonly (readonly CborValue[])[]).map((row) => row.slice(0, 7));
    const old = [tolerance, quick, invoice, ages, (actions as readonly CborValue[]).slice(0, 12), rows];
    const expected = policyOf();
    expect(read(old)).toEqual({
      ok: true,
      value: {
        ...expected,
        actions: { ...expected.actions, 'random-selection': { online: 'approve', offline: 'approve' } },
        currencies: expected.currencies.map((limits) => ({
          ...limits,
          refundPayment: { lower: 0n, upper: 0n },
          refundDayAmount: { lower: 0n, upper: 0n },
          randomSelection: { targetPercent: 0, thresholdMinor: 0n, maxTargetPercent: 0 },
        })),
      },
    });
  });

  it('a refusal by chance → malformed', () => {
    expect(read(onWire(withAction('random-selection', 'decline', 'decline')))).toEqual(MALFORMED);
    expect(read(onWire(withAction('random-selection', 'go-online', 'decline')))).toEqual(MALFORMED);
    expect(read(onWire(withAction('random-selection', 'approve', 'approve'))).ok).toBe(true);
  });

  it.each([null, 0, 'policy', [], new Map(), [0, 0, 0, [], [], []]])('%o → malformed', (value) => {
    expect(read(value as CborValue)).toEqual(MALFORMED);
  });
});
