/** Who may give a discount or put another price in a line's place: the person, or a colleague who approved it. */
import { may, type Permission, ROLE_RULES, type Role } from '../../../shared/people/roles.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { Leave } from '../../../shared/sale/order.ts';
import type { EngineCore } from '../core.ts';
import type { Person } from '../db/people.ts';
import { takeApproval } from '../people/approvals.ts';

/** Basis points of the largest discount that a role may give. */
export function largestDiscount(role: Role): number {
  return may(role, 'discount') ? ROLE_RULES[role].discountPercent * 100 : 0;
}

/**
 * @param params of the call, with its `approval`
 * @param suffices whether a role may do as much as is asked for
 */
export function leaveFor(
  core: EngineCore,
  person: Person,
  params: unknown,
  permission: Permission,
  suffices: (role: Role) => boolean,
): Result<Leave & { readonly role: Role }> {
  const by = person.personId;
  if (may(person.role, permission) && suffices(person.role)) {
    return ok({ by, approvedBy: null, role: person.role });
  }
  const approver = takeApproval(core, params, permission);
  if (!approver.ok) return approver;
  const { personId, role } = approver.value;
  if (!suffices(role)) return refused({ code: 'approval-needed', detail: { permission } });
  return ok({ by, approvedBy: personId, role });
}
