/**
 * Facts for the decision (protocol §4) in which exactly the checks that are named fail. Amounts, keys and times
 * are fixed; nothing here is signed anew, for the decision looks at no signature.
 */
import type { DecisionFacts } from '../../shared/decision/decide.ts';
import type { MinorBounds, Policy } from '../../shared/protocol/policy.ts';
import type { RefusalCode } from '../../shared/refusals.ts';
import {
  EPOCH_S,
  payWith,
  policyOf,
  presentedOf,
  purseOf,
  quickFields,
  seed,
  trustBundleOf,
} from './protocol-fixture.ts';

export type Mode = 'quick' | 'bound';

/** What the decision can refuse for, in the order of reasons (shared/refusals.ts). */
export const REASONS = [
  'expired',
  'customer-clock-ahead',
  'invoice-unknown',
  'invoice-used',
  'invoice-expired',
  'clock-turned-back',
  'clock-jumped-forward',
  'revoked',
  'already-used',
  'double-spend',
  'currency-mismatch',
  'amount-differs',
  'over-cap',
  'over-allowance',
  'over-count',
  'limit-trust-age',
  'limit-payment',
  'limit-purse-amount',
  'limit-purse-count',
  'limit-exposure-amount',
  'limit-exposure-count',
  'online-required',
] as const satisfies readonly RefusalCode[];
export type Reason = (typeof REASONS)[number];

const QUICK_ONLY: readonly Reason[] = ['expired', 'customer-clock-ahead'];
const BOUND_ONLY: readonly Reason[] = [
  'invoice-unknown',
  'invoice-used',
  'invoice-expired',
  'amount-differs',
];

/** Whether a code of this mode can fail this check. */
export function concerns(reason: Reason, mode: Mode): boolean {
  return !(mode === 'quick' ? BOUND_ONLY : QUICK_ONLY).includes(reason);
}

/** Chance has no reason of its own: it is no row of the table above, but it is one of the checks. */
export type Failable = Reason | 'random-selection';

/** `between`: over the lower bound, not the upper. Only limits know it. */
export type Failing = ReadonlyMap<Failable, 'fail' | 'between'>;

export const NOW_S = EPOCH_S + 3600;
/** By so much a clock has jumped that is not believed. */
const LEAP_S = 5 * 86_400;
const AMOUNT = 1000n;
const trust = trustBundleOf();
const purse = purseOf();
const quick = presentedOf(purse, quickFields({ iatS: NOW_S - 5 })).payment;
const bound = payWith(purse, {
  mode: 'bound',
  counter: 3,
  spentMinor: 500n,
  previous: seed('previous').subarray(0, 8),
  amountMinor: AMOUNT,
  iatS: NOW_S - 5,
  invoiceDigest: seed('invoice').subarray(0, 16),
});

function boundsFor(state: 'fail' | 'between' | undefined, value: bigint): MinorBounds {
  if (state === 'fail') return { lower: 0n, upper: value - 1n };
  return state === 'between' ? { lower: value - 1n, upper: value } : { lower: value, upper: value };
}

function policyFor(failing: Failing, change: Partial<Policy>): Policy {
  const minor = (reason: Reason, value: bigint) => boundsFor(failing.get(reason), value);
  const count = (reason: Reason, value: number) => {
    const { lower, upper } = boundsFor(failing.get(reason), BigInt(value));
    return { lower: Number(lower), upper: Number(upper) };
  };
  return policyOf({
    currencies: [
      {
        currency: 'EUR',
        quickPayment: minor('limit-payment', AMOUNT),
        boundPayment: minor('limit-payment', AMOUNT),
        purseDayAmount: minor('limit-purse-amount', AMOUNT + 200n),
        purseDayCount: count('limit-purse-count', 3),
        exposureAmount: minor('limit-exposure-amount', AMOUNT + 700n),
        exposureCount: count('limit-exposure-count', 8),
        refundPayment: { lower: 0n, upper: 0n },
        refundDayAmount: { lower: 0n, upper: 0n },
        randomSelection: {
          targetPercent: failing.has('random-selection') ? 100 : 0,
          thresholdMinor: AMOUNT,
          maxTargetPercent: failing.has('random-selection') ? 100 : 0,
        },
      },
    ],
    ...change,
  });
}

function paymentFor(mode: Mode, failing: Failing): DecisionFacts['payment'] {
  const counter = failing.has('over-count') ? purse.certificate.paymentCountCap + 1 : 3;
  const spentMinor = failing.has('over-allowance') ? purse.certificate.allowanceMinor : 500n;
  if (mode === 'bound' && bound.mode === 'bound') {
    return {
      ...bound,
      counter,
      spentMinor,
      amountMinor: failing.has('amount-differs') ? AMOUNT - 1n : AMOUNT,
    };
  }
  const iatS = failing.has('expired')
    ? NOW_S - 600
    : failing.has('customer-clock-ahead')
      ? NOW_S + 600
      : NOW_S - 5;
  return { ...quick, counter, spentMinor, iatS };
}

/** `failing` may hold only reasons that the mode can fail for, and at most one of those that exclude each other. */
export function factsOf(
  mode: Mode,
  failing: Failing,
  isReachable: boolean,
  policy: Partial<Policy> = {},
): DecisionFacts {
  const trustAgeS = failing.has('limit-trust-age') ? 40 * 86_400 : 3600;
  return {
    amount: { minor: AMOUNT, currency: 'EUR' },
    certificate: {
      ...purse.certificate,
      currency: failing.has('currency-mismatch') ? 'JPY' : 'EUR',
      perPaymentCapMinor: failing.has('over-cap') ? AMOUNT - 1n : AMOUNT,
    },
    payment: paymentFor(mode, failing),
    clock: {
      effectiveMs: (failing.has('clock-jumped-forward') ? NOW_S + LEAP_S : NOW_S) * 1000,
      certainMs: NOW_S * 1000,
      behindS: failing.has('clock-turned-back') ? 61 : 60,
      aheadS: failing.has('clock-jumped-forward') ? LEAP_S : 0,
    },
    hasEnded: false,
    invoice:
      mode === 'quick' || failing.has('invoice-unknown')
        ? null
        : {
            state: failing.has('invoice-used') ? 'used' : 'open',
            expiresAtS: failing.has('invoice-expired') ? NOW_S : NOW_S + 1,
            amountMinor: AMOUNT,
          },
    isRevoked: failing.has('revoked'),
    seen: failing.has('already-used') ? { atMs: 1, amountMinor: 2n, journalSeq: 3 } : null,
    isDoubleSpend: failing.has('double-spend'),
    purseDay: { amountMinor: 200n, count: 2 },
    exposure: { amountMinor: 700n, count: 7 },
    trust: {
      ...trust,
      policy: policyFor(failing, policy),
      iatS: NOW_S - trustAgeS,
      expS: NOW_S + 86_400,
    },
    isReachable,
    isOnlineRequired: failing.has('online-required'),
    randomUnit: 0,
  };
}

export function failing(...reasons: readonly Reason[]): Failing {
  return new Map(reasons.map((reason) => [reason, 'fail']));
}
