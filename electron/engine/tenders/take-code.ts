/** Takes a part of an order by a payment code: the sale and what it pays become true in one transaction. */
import { invariant } from '../../../shared/assert.ts';
import { fromHex } from '../../../shared/bytes.ts';
import { refusalFromWire } from '../../../shared/contract/refusal-wire.ts';
import { money } from '../../../shared/money.ts';
import { ok, type Result } from '../../../shared/result.ts';
import { acceptPayment } from '../payments/accept-payment.ts';
import { exactAmount, type TenderAnswer, type TenderAsk } from './tender.ts';

/** @param how whether only the clearing house may say yes */
export async function takeCode(
  ask: TenderAsk,
  { isOnlineRequired }: { readonly isOnlineRequired: boolean },
): Promise<Result<TenderAnswer>> {
  const amount = exactAmount(ask);
  if (!amount.ok) return amount;
  const orderId = fromHex(ask.orderId);
  invariant(orderId !== undefined, 'an order id in hexadecimal');
  const amountMinor = amount.value;
  const answer = await acceptPayment(
    ask.session,
    ask.person.name,
    money(amountMinor, ask.currency),
    ask.input,
    {
      orderId,
      isOnlineRequired,
      alongside: ({ entry: { epoch, seq } }) =>
        ask.keep({ amountMinor, roundingMinor: 0n, givenMinor: null, sale: { epoch, seq } }),
    },
  );
  if (!answer.ok) return answer;
  const taken = answer.value;
  return taken.verdict === 'approved'
    ? ok({ verdict: 'taken', payment: taken.payment })
    : ok({ verdict: 'declined', payment: taken.payment, refusal: refusalFromWire(taken.refusal) });
}
