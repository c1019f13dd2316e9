/**
 * The trust bundle as this shop decides by it: the policy that the root signed, made stricter by the shop's own
 * rules. Whoever decides anything takes the policy from here; signatures and versions are the bundle's own.
 */
import { type MerchantRules, strengthen } from '../../../shared/decision/merchant-rules.ts';
import type { TrustBundle } from '../../../shared/protocol/trust-bundle.ts';
import type { Store } from '../db/store.ts';
import type { Trust } from './trust.ts';

interface Joined {
  readonly rules: MerchantRules;
  readonly bundle: TrustBundle;
}

const joined = new WeakMap<TrustBundle, Joined>();

export function shopBundle({ store }: { readonly store: Store }, { bundle }: Trust): TrustBundle {
  const rules = store.merchantPolicy.rules();
  if (rules === undefined) return bundle;
  const known = joined.get(bundle);
  if (known?.rules === rules) return known.bundle;
  const stricter = { ...bundle, policy: strengthen(bundle.policy, rules) };
  joined.set(bundle, { rules, bundle: stricter });
  return stricter;
}
