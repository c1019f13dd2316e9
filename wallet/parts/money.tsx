/** An amount, in the language's digits and with its currency, apart from the direction of the text around it. */
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import { useSpeech } from '../words/speech.tsx';

export function Money({ minor, currency }: { readonly minor: bigint; readonly currency: CurrencyCode }) {
  const { money } = useSpeech();
  return <bdi className="money">{money({ minor, currency })}</bdi>;
}
