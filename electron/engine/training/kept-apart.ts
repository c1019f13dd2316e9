/**
 * What somebody may do while they practise. All that sells, counts and gives back runs in the practice shop; what
 * changes the real shop, its people, its keys or its line waits until training is over.
 */
import type { TerminalCall } from '../../../shared/contract/terminal.ts';
import type { Refusal } from '../../../shared/refusals.ts';
import { ok, type Result, refused } from '../../../shared/result.ts';
import type { EngineCore } from '../core.ts';
import { stopPractice } from './stop-practice.ts';

/** Rooms whose calls all work in the session that they are given. A new room is not here until somebody looked. */
const PRACTISED = [
  'approvals',
  'invoices',
  'orders',
  'papers',
  'payments',
  'refunds',
  'shifts',
  'state',
  'training',
];

const READ: readonly TerminalCall[] = [
  'catalogue.search',
  'catalogue.byBarcode',
  'catalogue.list',
  'catalogue.categories',
  'catalogue.taxRates',
  'catalogue.inStoreCodes',
  'people.list',
  'settings.list',
];

/** Whoever comes or goes does so in the real shop, and whoever practised has stopped. */
const ENDS_TRAINING: readonly TerminalCall[] = [
  'people.signIn',
  'people.switch',
  'people.signOut',
  'people.lock',
];

/** Before anything else of a call: whether it may be done in training, or ends it. */
export function keepTrainingApart(
  core: EngineCore,
  name: TerminalCall,
): Result<null, Refusal<'in-training'>> {
  if (!core.isTraining) return ok(null);
  if (ENDS_TRAINING.includes(name)) {
    stopPractice(core);
    return ok(null);
  }
  const [room = ''] = name.split('.');
  return PRACTISED.includes(room) || READ.includes(name) ? ok(null) : refused({ code: 'in-training' });
}
