/** Purses that were asked for and whose answer was lost: they come by themselves. */
import { isCurrencyCode } from '../../shared/iso-4217.ts';
import { useSnapshot } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';
import { Icon } from './icon.tsx';
import { Money } from './money.tsx';

export function PursesComing() {
  const { purseRequests } = useSnapshot();
  const { words, say } = useSpeech();
  return purseRequests.map(({ requestId, currency, allowanceMinor }) => (
    <div key={requestId} className="note">
      <Icon name="waiting" />
      <p>
        {say(words.pay.coming, {
          amount: isCurrencyCode(currency) ? <Money minor={allowanceMinor} currency={currency} /> : currency,
        })}
      </p>
    </div>
  ));
}
