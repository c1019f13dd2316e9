/** Which refusals are decisions about a customer's payment, and so have a sentence for the customer. */
import { REFUSALS, type RefusalCode, type RefusalStage } from '../../shared/refusals.ts';
import type { DecisionCode } from './shape.ts';

const OTHER_STAGES: readonly RefusalStage[] = ['engine', 'access', 'request'];

export function isDecisionCode(code: RefusalCode): code is DecisionCode {
  return !OTHER_STAGES.includes(REFUSALS[code].stage);
}
