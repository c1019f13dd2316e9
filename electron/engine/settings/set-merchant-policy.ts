/** The shop's rules are replaced. One that asks for less than the clearing house does is refused, and nothing changes. */
import type { MerchantRulesWire } from '../../../shared/contract/terminal/settings.ts';
import { milderRule } from '../../../shared/decision/merchant-rules.ts';
import { settingValue } from '../../../shared/protocol/bodies/setting.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { OpenRefusal } from '../db/open.ts';
import { record } from '../record.ts';
import type { Attended } from '../room.ts';
import { rulesFromWire } from './rules-wire.ts';

export function setMerchantPolicy(
  { session, person, approver }: Attended,
  wire: MerchantRulesWire,
): Result<Record<string, never>, OpenRefusal | Refusal<'no-trust-bundle' | 'rule-milder'>> {
  const { store, ports, trust, enrolment } = session;
  if (trust === undefined) return refused({ code: 'no-trust-bundle' });
  const rules = rulesFromWire(wire, enrolment.certificate.currency);
  const rule = milderRule(trust.bundle.policy, rules);
  if (rule !== null) return refused({ code: 'rule-milder', detail: { rule } });
  const body = settingValue({ name: 'merchant-policy', rules, approvedBy: approver?.personId ?? null });
  const written = store.write(() => {
    record(store, { kind: 'setting-changed', atMs: ports.clock.nowMs(), actor: person.name, body });
  });
  return written.ok ? ok({}) : written;
}
