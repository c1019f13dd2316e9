/**
 * Leave given on the spot: somebody with the permission stands beside the till and lets one act pass. Good
 * for one act, one permission, the one who is signed in, and a short while; it lives in memory only, so a
 * restart takes it back.
 */
import { toHex } from '../../../shared/bytes.ts';
import { may, type Permission } from '../../../shared/people/roles.ts';
import { approvalValue } from '../../../shared/protocol/bodies/approval.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { EngineCore } from '../core.ts';
import type { Person } from '../db/people.ts';
import { record } from '../record.ts';
import type { Attended } from '../room.ts';
import { memoryOf } from './memory.ts';
import { type Proof, prove } from './prove.ts';

export const APPROVAL_MS = 60_000;

export interface GivenApproval {
  readonly approval: string;
  readonly approver: Person;
}

/** The approver proves who they are; a wrong PIN counts among their tries. */
export async function giveApproval(
  core: EngineCore,
  { session, person: forPerson }: Attended,
  permission: Permission,
  proof: Proof,
): Promise<Result<GivenApproval>> {
  const { store, ports } = session;
  let isGiven = false;
  const proven = await prove(core, session, proof, (approver) => {
    // asked for again: whoever it is for may have left while the PIN was looked at
    isGiven = may(approver.role, permission) && core.person?.personId === forPerson.personId;
    if (!isGiven) return;
    const body = approvalValue({
      permission,
      approver: approver.personId,
      forPerson: forPerson.personId,
    });
    record(store, { kind: 'approval-given', atMs: ports.clock.nowMs(), actor: approver.name, body });
  });
  if (!proven.ok) return proven;
  if (!isGiven) return refused({ code: 'not-allowed' });
  const approval = toHex(ports.randomBytes(16));
  memoryOf(core).leaves.set(approval, {
    permission,
    approverId: proven.value.personId,
    forPersonId: forPerson.personId,
    untilMs: ports.clock.monotonicMs() + APPROVAL_MS,
  });
  return ok({ approval, approver: proven.value });
}

/** The leave that an act's parameters name, if they name one. */
function namedApproval(params: unknown): string | null {
  if (typeof params !== 'object' || params === null || !('approval' in params)) return null;
  return typeof params.approval === 'string' ? params.approval : null;
}

/** Whether an act's parameters name leave of this permission, which nobody has taken yet. */
export function namesApproval(core: EngineCore, params: unknown, permission: Permission): boolean {
  const name = namedApproval(params);
  return name !== null && memoryOf(core).leaves.get(name)?.permission === permission;
}

/** The approver of this act, if its parameters name leave that was given; else what is needed. */
export function takeApproval(
  core: EngineCore,
  params: unknown,
  permission: Permission,
): Result<Person, Refusal<'approval-needed'>> {
  const { leaves } = memoryOf(core);
  const name = namedApproval(params);
  const leave = name === null ? undefined : leaves.get(name);
  if (name !== null) leaves.delete(name);
  // whoever gave it may have been switched off or lost the permission since
  const approver = leave === undefined ? undefined : core.session?.store.people.byId(leave.approverId);
  const holds =
    leave !== undefined &&
    approver !== undefined &&
    leave.permission === permission &&
    leave.forPersonId === core.person?.personId &&
    core.options.ports.clock.monotonicMs() < leave.untilMs &&
    may(approver.role, permission);
  return holds ? ok(approver) : refused({ code: 'approval-needed', detail: { permission } });
}

/** Whoever it was given for leaves the till. */
export function forgetApprovals(core: EngineCore): void {
  memoryOf(core).leaves.clear();
}
