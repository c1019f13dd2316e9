/**
 * Body of `person-changed`: what became of a person at a till, who did it and who gave leave. It must never
 * carry anything that proves who somebody is: no PIN, no hash of one, nothing of a badge.
 */
import { unreachable } from '../../assert.ts';
import { ROLES, type Role } from '../../people/roles.ts';
import type { CborValue } from '../cbor.ts';
import { MAX_ACTOR_BYTES } from '../journal-entry.ts';
import { Malformed } from '../malformed.ts';
import { readNullable, readText, readTuple, readUint } from '../shape.ts';

/** For ever: positions are in journals. */
export const PERSON_CHANGES = [
  'added',
  'renamed',
  'role-changed',
  'switched-off',
  'switched-on',
  'pin-set',
  'badge-set',
  'badge-revoked',
  /** Wrong tries forgiven before their wait was over. */
  'unlocked',
] as const;

export type PersonChange =
  | { readonly change: 'added'; readonly name: string; readonly role: Role }
  | { readonly change: 'renamed'; readonly name: string }
  | { readonly change: 'role-changed'; readonly role: Role }
  | { readonly change: Exclude<(typeof PERSON_CHANGES)[number], 'added' | 'renamed' | 'role-changed'> };

export interface PersonBody {
  readonly personId: string;
  readonly change: PersonChange;
  /** Person id of who did it; null for the terminal itself (enrolment, adoption). */
  readonly by: string | null;
  readonly approvedBy: string | null;
}

const MAX_PERSON_ID_BYTES = 32;

export function readPersonId(value: CborValue | undefined): string {
  return readText(value, MAX_PERSON_ID_BYTES);
}

function detailValue(change: PersonChange): CborValue {
  switch (change.change) {
    case 'added':
      return [change.name, ROLES.indexOf(change.role)];
    case 'renamed':
      return change.name;
    case 'role-changed':
      return ROLES.indexOf(change.role);
    case 'switched-off':
    case 'switched-on':
    case 'pin-set':
    case 'badge-set':
    case 'badge-revoked':
    case 'unlocked':
      return null;
    default:
      return unreachable(change);
  }
}

export function personValue({ personId, change, by, approvedBy }: PersonBody): CborValue {
  return [personId, PERSON_CHANGES.indexOf(change.change), detailValue(change), by, approvedBy];
}

function readRole(value: CborValue | undefined): Role {
  const role = ROLES[readUint(value, ROLES.length - 1)];
  if (role === undefined) throw new Malformed('role');
  return role;
}

function readName(value: CborValue | undefined): string {
  return readText(value, MAX_ACTOR_BYTES);
}

function readChange(number: number, detail: CborValue | undefined): PersonChange {
  const change = PERSON_CHANGES[number];
  switch (change) {
    case undefined:
      throw new Malformed('a change of a person');
    case 'added': {
      const [name, role] = readTuple(detail, 2);
      return { change, name: readName(name), role: readRole(role) };
    }
    case 'renamed':
      return { change, name: readName(detail) };
    case 'role-changed':
      return { change, role: readRole(detail) };
    default:
      if (detail !== null) throw new Malformed('no detail');
      return { change };
  }
}

/** @throws Malformed */
export function readPersonBody(value: CborValue): PersonBody {
  const [personId, change, detail, by, approvedBy] = readTuple(value, 5);
  return {
    personId: readPersonId(personId),
    change: readChange(readUint(change, 255), detail),
    by: readNullable(by, readPersonId),
    approvedBy: readNullable(approvedBy, readPersonId),
  };
}
