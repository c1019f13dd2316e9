/**
 * Leave given on the spot: somebody with the permission stands beside the till and lets one act pass. Good
 * for one act, one permission, and a short while; it lives in memory only, so a restart takes it back.
 */
import type { Permission } from '../../../shared/people/roles.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { type Result, refused } from '../../../shared/result.ts';
import type { EngineCore } from '../core.ts';
import type { Person } from '../db/people.ts';

/** The approver of this act, if its parameters name leave that was given; else what is needed. */
export function takeApproval(
  _core: EngineCore,
  _params: unknown,
  permission: Permission,
): Result<Person, Refusal<'approval-needed'>> {
  return refused({ code: 'approval-needed', detail: { permission } });
}
