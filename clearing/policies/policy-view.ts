/** A policy as JSON and back. What comes in passes the same rules as what a terminal reads (readPolicy). */
import type { PolicyView } from '../../shared/contract/clearing/trust.ts';
import { isCurrencyCode } from '../../shared/iso-4217.ts';
import { parseMinor } from '../../shared/money.ts';
import { decodeCbor, encodeCbor } from '../../shared/protocol/cbor.ts';
import { Malformed } from '../../shared/protocol/malformed.ts';
import { type MinorBounds, type Policy, policyValue, readPolicy } from '../../shared/protocol/policy.ts';
import { reading } from '../../shared/protocol/shape.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { type Result, refused } from '../../shared/result.ts';

const boundsView = ({ lower, upper }: MinorBounds) => ({ lower: `${lower}`, upper: `${upper}` });

export function policyView(policy: Policy): PolicyView {
  return {
    clockToleranceS: policy.clockToleranceS,
    quickTtlMaxS: policy.quickTtlMaxS,
    invoiceTtlS: policy.invoiceTtlS,
    trustAge: policy.trustAge.map((step) => ({ ...step })),
    actions: policy.actions,
    currencies: policy.currencies.map((limits) => ({
      currency: limits.currency,
      quickPayment: boundsView(limits.quickPayment),
      boundPayment: boundsView(limits.boundPayment),
      purseDayAmount: boundsView(limits.purseDayAmount),
      purseDayCount: limits.purseDayCount,
      exposureAmount: boundsView(limits.exposureAmount),
      exposureCount: limits.exposureCount,
      refundPayment: boundsView(limits.refundPayment),
      refundDayAmount: boundsView(limits.refundDayAmount),
      randomSelection: {
        ...limits.randomSelection,
        thresholdMinor: `${limits.randomSelection.thresholdMinor}`,
      },
    })),
  };
}

function minorOf(text: string): bigint {
  const minor = parseMinor(text);
  if (minor === undefined) throw new Malformed('amount');
  return minor;
}

const boundsOf = ({ lower, upper }: { lower: string; upper: string }): MinorBounds => ({
  lower: minorOf(lower),
  upper: minorOf(upper),
});

/** @returns the policy as CBOR, when a terminal would take it */
export function policyBytes(view: PolicyView): Result<Uint8Array, Refusal<'bad-request'>> {
  const bytes = reading(() => {
    const currencies = view.currencies.map((limits) => {
      const { currency } = limits;
      if (!isCurrencyCode(currency)) throw new Malformed('currency');
      return {
        currency,
        quickPayment: boundsOf(limits.quickPayment),
        boundPayment: boundsOf(limits.boundPayment),
        purseDayAmount: boundsOf(limits.purseDayAmount),
        purseDayCount: limits.purseDayCount,
        exposureAmount: boundsOf(limits.exposureAmount),
        exposureCount: limits.exposureCount,
        refundPayment: boundsOf(limits.refundPayment),
        refundDayAmount: boundsOf(limits.refundDayAmount),
        randomSelection: {
          ...limits.randomSelection,
          thresholdMinor: minorOf(limits.randomSelection.thresholdMinor),
        },
      };
    });
    const encoded = encodeCbor(policyValue({ ...view, currencies }));
    readPolicy(decodeCbor(encoded));
    return encoded;
  });
  return bytes.ok ? bytes : refused({ code: 'bad-request', detail: { field: 'body/policy' } });
}
