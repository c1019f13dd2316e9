/** Which purse pays an invoice: the one that answered it before, else the one among those able that ends first. */
import type { Refusal } from '../../shared/refusals.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import { answerTo, type CheckedInvoice, canPay } from './answer-invoice.ts';
import type { ChainRefusal } from './chain.ts';
import { certificateOf, type PurseState } from './purse-state.ts';

/** @param nowS seconds since 1970 */
export function choosePurse(
  purses: readonly PurseState[],
  checked: CheckedInvoice,
  nowS: number,
): Result<PurseState, ChainRefusal | Refusal<'currency-mismatch'>> {
  const { currency } = checked.terminal;
  const answered = purses.find((purse) => answerTo(purse, checked.invoice.digest) !== undefined);
  if (answered !== undefined) return ok(answered);
  const fitting = purses
    .filter((purse) => certificateOf(purse).currency === currency)
    .sort((a, b) => certificateOf(a).expS - certificateOf(b).expS);
  const able = fitting.find((purse) => canPay(purse, checked, nowS).ok);
  if (able !== undefined) return ok(able);
  // the reason of the purse that lasts longest: the others have ended or are stopped
  const [last] = fitting.slice(-1);
  const [other] = purses;
  const held = other === undefined ? currency : certificateOf(other).currency;
  if (last === undefined) return refused({ code: 'currency-mismatch', detail: { purseCurrency: held } });
  const reason = canPay(last, checked, nowS);
  return reason.ok ? ok(last) : reason;
}
