/** Moves money from the account into a new purse on this device. Needs a network; the key is made here. */
import { useState } from 'react';
import { type CurrencyCode, isCurrencyCode } from '../../shared/iso-4217.ts';
import { parseMinor } from '../../shared/money.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { capChoices, defaultCap } from '../core/cap-choices.ts';
import { least } from '../core/purse-face.ts';
import type { WalletTrust } from '../core/trusted-terminal.ts';
import { AmountChoice } from '../parts/amount-choice.tsx';
import { Icon } from '../parts/icon.tsx';
import { Money } from '../parts/money.tsx';
import { RefusalNote } from '../parts/refusal-note.tsx';
import { Screen } from '../parts/screen.tsx';
import { Segmented } from '../parts/segmented.tsx';
import { goTo, hrefOf } from '../state/use-route.ts';
import { useSnapshot, useWallet } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';

interface Funds {
  readonly currency: CurrencyCode;
  readonly availableMinor: bigint;
}

/** What one shop takes of one purse in a day: a purse with more is of little use, so no more is offered. */
function offerLimit(funds: Funds, trust: WalletTrust | null): bigint {
  const policy = trust?.policy.currencies.find(({ currency }) => currency === funds.currency);
  return least(policy?.purseDayAmount.lower ?? funds.availableMinor, funds.availableMinor);
}

export function GetPurse() {
  const { profile, contact } = useSnapshot();
  const { words } = useSpeech();
  const [chosen, setChosen] = useState<string | null>(null);
  const funds: Funds[] = [];
  for (const { currency, availableMinor } of profile?.lastView.accounts ?? []) {
    const minor = parseMinor(availableMinor) ?? 0n;
    if (isCurrencyCode(currency) && minor > 0n) funds.push({ currency, availableMinor: minor });
  }
  const selected = funds.find(({ currency }) => currency === chosen) ?? funds[0];
  return (
    <Screen title={words.purse.title} backTo={hrefOf('pay')}>
      <p className="lead">{words.purse.intro}</p>
      {contact === 'offline' && (
        <div className="note">
          <Icon name="offline" />
          <p>{words.purse.offline}</p>
        </div>
      )}
      {selected === undefined ? (
        <section className="card stack empty">
          <Icon name="pay" />
          <h2>{words.purse.noMoney}</h2>
          <p>{words.purse.noMoneyTodo}</p>
        </section>
      ) : (
        <>
          {funds.length > 1 && (
            <Segmented
              label={words.purse.currency}
              testId="purse-currency"
              value={selected.currency}
              options={funds.map(({ currency }) => ({ value: currency, label: currency }))}
              onChange={setChosen}
            />
          )}
          <PurseForm key={selected.currency} funds={selected} />
        </>
      )}
    </Screen>
  );
}

function PurseForm({ funds }: { readonly funds: Funds }) {
  const wallet = useWallet();
  const { trust } = useSnapshot();
  const { words, say } = useSpeech();
  const { currency, availableMinor } = funds;
  const choices = capChoices(offerLimit(funds, trust));
  const [picked, setPicked] = useState<bigint | null | 'default'>('default');
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isWorking, setWorking] = useState(false);
  const allowance = picked === 'default' ? defaultCap(choices, null) : picked;
  const get = async () => {
    if (allowance === null || isWorking) return;
    setWorking(true);
    setRefusal(null);
    const made = await wallet.getPurse(currency, allowance);
    setWorking(false);
    if (made.ok) goTo('pay');
    else setRefusal(made.refusal);
  };
  return (
    <section className="card stack">
      <p>{say(words.purse.available, { amount: <Money minor={availableMinor} currency={currency} /> })}</p>
      <AmountChoice
        legend={words.purse.amount}
        currency={currency}
        choices={choices}
        limitMinor={availableMinor}
        value={allowance}
        onChange={setPicked}
      />
      {refusal !== null && <RefusalNote refusal={refusal} />}
      <button
        type="button"
        className="button primary wide tall"
        aria-disabled={allowance === null || isWorking}
        onClick={() => void get()}
        data-testid="purse-submit"
      >
        {isWorking || allowance === null
          ? isWorking
            ? words.purse.working
            : words.pay.getPurse
          : say(words.purse.get, { amount: <Money minor={allowance} currency={currency} /> })}
      </button>
    </section>
  );
}
