/** The account as the clearing house last told it, and when that was. */
import { isCurrencyCode } from '../../shared/iso-4217.ts';
import { parseMinor } from '../../shared/money.ts';
import { useSnapshot } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';
import { Money } from './money.tsx';

export function AccountCard() {
  const { profile } = useSnapshot();
  const { words, dateTime } = useSpeech();
  if (profile === null) return null;
  return (
    <section className="card stack" aria-label={words.me.account}>
      <p className="account-name">
        <bdi data-testid="account-name">{profile.userName}</bdi>
      </p>
      {profile.lastView.accounts.map(({ currency, availableMinor, reservedMinor }) => {
        if (!isCurrencyCode(currency)) return null;
        return (
          <dl key={currency} className="facts">
            <div>
              <dt>{words.me.available}</dt>
              <dd data-testid={`available-${currency}`} data-minor={availableMinor}>
                <Money minor={parseMinor(availableMinor) ?? 0n} currency={currency} />
              </dd>
            </div>
            <div>
              <dt>{words.me.inPurses}</dt>
              <dd>
                <Money minor={parseMinor(reservedMinor) ?? 0n} currency={currency} />
              </dd>
            </div>
          </dl>
        );
      })}
      <p className="hint">
        {words.me.lastContact}: {dateTime(profile.lastViewAtMs)}
      </p>
    </section>
  );
}
