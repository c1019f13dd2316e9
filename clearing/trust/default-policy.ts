/** The policy that a new house begins with (protocol §4). Later ones are published as versions. */
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import {
  type CurrencyPolicy,
  POLICY_FINDINGS,
  type Policy,
  type PolicyAction,
} from '../../shared/protocol/policy.ts';
import { marketCurrencies, unitMinorOf } from '../markets.ts';

function limitsOf(currency: CurrencyCode): CurrencyPolicy {
  const unit = unitMinorOf(currency) ?? 0n;
  return {
    currency,
    quickPayment: { lower: 25n * unit, upper: 50n * unit },
    boundPayment: { lower: 250n * unit, upper: 500n * unit },
    purseDayAmount: { lower: 200n * unit, upper: 400n * unit },
    purseDayCount: { lower: 20, upper: 50 },
    exposureAmount: { lower: 2000n * unit, upper: 5000n * unit },
    exposureCount: { lower: 200, upper: 500 },
    refundPayment: { lower: 50n * unit, upper: 100n * unit },
    refundDayAmount: { lower: 200n * unit, upper: 400n * unit },
    randomSelection: { targetPercent: 2, thresholdMinor: 10n * unit, maxTargetPercent: 20 },
  };
}

/** Between the bounds: ask if it can be asked, else stand in. Above: ask, else no. */
const BETWEEN: PolicyAction = { online: 'go-online', offline: 'approve' };
const ABOVE: PolicyAction = { online: 'go-online', offline: 'decline' };
const NEVER: PolicyAction = { online: 'decline', offline: 'decline' };

function actionOf(finding: (typeof POLICY_FINDINGS)[number]): PolicyAction {
  if (finding === 'clock-turned-back') return NEVER;
  return finding.endsWith(':above') ? ABOVE : BETWEEN;
}

export function defaultPolicy(): Policy {
  return {
    clockToleranceS: 60,
    quickTtlMaxS: 60,
    invoiceTtlS: 300,
    trustAge: [
      { fromH: 7 * 24, percent: 50 },
      { fromH: 14 * 24, percent: 20 },
      { fromH: 30 * 24, percent: 0 },
    ],
    actions: Object.fromEntries(
      POLICY_FINDINGS.map((finding) => [finding, actionOf(finding)]),
    ) as Policy['actions'],
    currencies: marketCurrencies.map(limitsOf),
  };
}
