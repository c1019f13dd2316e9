/** An amount from the wire as text: alone it goes into a <bdi> (parts/money.tsx), else into a sentence. */
import { formatMoney, fromWire } from '../../shared/money.ts';

/** A currency or amount that this version does not know is shown as it came. */
export function moneyText(minor: string, currency: string, locale: string): string {
  const amount = fromWire({ minor, currency });
  return amount === undefined ? `${minor} ${currency}` : formatMoney(amount, locale);
}

/** First strong isolate … pop (UAX #9): the sentence around an amount, in any script, does not reorder it. */
export function moneyInSentence(minor: string, currency: string, locale: string): string {
  return `\u2068${moneyText(minor, currency, locale)}\u2069`;
}
