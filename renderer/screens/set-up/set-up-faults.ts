/** What is missing or wrong in the form of the first start, before anything is asked. Pure. */

import { parseEnrolmentCode } from '../../../shared/protocol/enrolment-code.ts';
import { MAX_ACTOR_BYTES } from '../../../shared/protocol/journal-entry.ts';

export interface SetUpFields {
  readonly code: string;
  readonly cashierName: string;
  readonly pin: string;
  readonly pinAgain: string;
  readonly passphrase: string;
  readonly passphraseAgain: string;
}

/** Keys of the words under `setUp`. */
export type SetUpFault =
  | 'codeNeeded'
  | 'codeWrong'
  | 'nameNeeded'
  | 'nameLong'
  | 'pinWrong'
  | 'differ'
  | 'passphraseShort';

const SHORTEST_PASSPHRASE = 8;

export function setUpFaults(
  fields: SetUpFields,
  needsPassphrase: boolean,
): Partial<Record<keyof SetUpFields, SetUpFault>> {
  const faults: Partial<Record<keyof SetUpFields, SetUpFault>> = {};
  if (fields.code.trim() === '') faults.code = 'codeNeeded';
  else if (!parseEnrolmentCode(fields.code).ok) faults.code = 'codeWrong';
  const name = fields.cashierName.trim();
  if (name === '') faults.cashierName = 'nameNeeded';
  else if (new TextEncoder().encode(name).length > MAX_ACTOR_BYTES) faults.cashierName = 'nameLong';
  if (!/^[0-9]{4,8}$/.test(fields.pin)) faults.pin = 'pinWrong';
  else if (fields.pin !== fields.pinAgain) faults.pinAgain = 'differ';
  if (needsPassphrase) {
    if ([...fields.passphrase].length < SHORTEST_PASSPHRASE) faults.passphrase = 'passphraseShort';
    else if (fields.passphrase !== fields.passphraseAgain) faults.passphraseAgain = 'differ';
  }
  return faults;
}
