/**
 * What becomes of a person at the till, and who may decide it: nobody gives a role above their own, acts on
 * somebody above them or changes their own role, and there is always an administrator. Each change is a journal
 * entry that says who did it and who gave leave.
 */
import { isAtLeast, type Role } from '../../../shared/people/roles.ts';
import { type PersonChange, personValue } from '../../../shared/protocol/bodies/person.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { OpenRefusal } from '../db/open.ts';
import type { PersonRecord } from '../db/people.ts';
import { record } from '../record.ts';
import type { Attended } from '../room.ts';

type ChangeRefusal =
  | Refusal<'not-found' | 'not-allowed' | 'last-administrator' | 'user-name-taken'>
  | OpenRefusal;

/** Whose word counts for this act: the approver's where leave was given, else that of whoever asks. */
export function authorityOf({ person, approver }: Attended): Role {
  return (approver ?? person).role;
}

/** Enters the change, and in the same transaction what it means beside the journal. */
export function enterChange(
  { session, person, approver }: Attended,
  personId: string,
  change: PersonChange,
  beside: () => void = () => undefined,
): Result<Record<string, never>, OpenRefusal> {
  const { store, ports } = session;
  const body = personValue({
    personId,
    change,
    by: person.personId,
    approvedBy: approver?.personId ?? null,
  });
  const written = store.write(() => {
    beside();
    record(store, { kind: 'person-changed', atMs: ports.clock.nowMs(), actor: person.name, body });
  });
  return written.ok ? ok({}) : written;
}

/** A person that whoever asks may act on. */
export function managed(
  by: Attended,
  personId: string,
): Result<PersonRecord, Refusal<'not-found' | 'not-allowed'>> {
  const found = by.session.store.people.recordOf(personId);
  if (found === undefined) return refused({ code: 'not-found' });
  return isAtLeast(authorityOf(by), found.role) ? ok(found) : refused({ code: 'not-allowed' });
}

function isParty({ person, approver }: Attended, personId: string): boolean {
  return person.personId === personId || approver?.personId === personId;
}

function isLastAdministrator({ session }: Attended, { personId, role, isActive }: PersonRecord): boolean {
  if (role !== 'administrator' || !isActive) return false;
  return !session.store.people
    .list()
    .some((one) => one.role === 'administrator' && one.personId !== personId);
}

/** Also of those who are switched off: the journal names people by their names. */
export function isNameTaken({ session }: Attended, name: string, exceptId: string | null): boolean {
  const folded = name.normalize('NFKC').toLowerCase();
  return session.store.people
    .all()
    .some((one) => one.personId !== exceptId && one.name.normalize('NFKC').toLowerCase() === folded);
}

export function rename(
  by: Attended,
  personId: string,
  name: string,
): Result<Record<string, never>, ChangeRefusal> {
  const found = managed(by, personId);
  if (!found.ok) return found;
  if (isNameTaken(by, name, personId)) return refused({ code: 'user-name-taken' });
  return enterChange(by, personId, { change: 'renamed', name });
}

export function changeRole(
  by: Attended,
  personId: string,
  role: Role,
): Result<Record<string, never>, ChangeRefusal> {
  const found = managed(by, personId);
  if (!found.ok) return found;
  if (role !== 'administrator' && isLastAdministrator(by, found.value))
    return refused({ code: 'last-administrator' });
  if (isParty(by, personId) || !isAtLeast(authorityOf(by), role)) return refused({ code: 'not-allowed' });
  if (found.value.role === role) return ok({});
  return enterChange(by, personId, { change: 'role-changed', role });
}

/** From this moment on: neither their PIN nor their badge nor leave that they gave holds any more. */
export function switchOff(by: Attended, personId: string): Result<Record<string, never>, ChangeRefusal> {
  const found = managed(by, personId);
  if (!found.ok) return found;
  if (isLastAdministrator(by, found.value)) return refused({ code: 'last-administrator' });
  if (isParty(by, personId)) return refused({ code: 'not-allowed' });
  if (!found.value.isActive) return ok({});
  return enterChange(by, personId, { change: 'switched-off' });
}

export function switchOn(by: Attended, personId: string): Result<Record<string, never>, ChangeRefusal> {
  const found = managed(by, personId);
  if (!found.ok) return found;
  if (found.value.isActive) return ok({});
  return enterChange(by, personId, { change: 'switched-on' });
}
