/** Body of `approval-given`: which permission was lent for one act, by whom and to whom. */
import { PERMISSIONS, type Permission } from '../../people/roles.ts';
import type { CborValue } from '../cbor.ts';
import { Malformed } from '../malformed.ts';
import { readText, readTuple } from '../shape.ts';
import { readPersonId } from './person.ts';

export interface ApprovalBody {
  readonly permission: Permission;
  /** Person ids. */
  readonly approver: string;
  readonly forPerson: string;
}

export function approvalValue({ permission, approver, forPerson }: ApprovalBody): CborValue {
  return [permission, approver, forPerson];
}

/** @throws Malformed */
export function readApprovalBody(value: CborValue): ApprovalBody {
  const [name, approver, forPerson] = readTuple(value, 3);
  const text = readText(name, 64);
  const permission = PERMISSIONS.find((one) => one === text);
  if (permission === undefined) throw new Malformed('permission');
  return { permission, approver: readPersonId(approver), forPerson: readPersonId(forPerson) };
}
