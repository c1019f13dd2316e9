/** The account, the purses, this device, the language, and the way out. */
import { useState } from 'react';
import { AccountCard } from '../parts/account-card.tsx';
import { DeviceCard } from '../parts/device-card.tsx';
import { Icon } from '../parts/icon.tsx';
import { LanguageChoice } from '../parts/language-choice.tsx';
import { PurseList } from '../parts/purse-list.tsx';
import { Screen } from '../parts/screen.tsx';
import { SignInAgain } from '../parts/sign-in-again.tsx';
import { SignOutDialog } from '../parts/sign-out-dialog.tsx';
import type { Updates } from '../state/updates.ts';
import { hrefOf } from '../state/use-route.ts';
import { useSnapshot } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';

export function Me({ updates }: { readonly updates: Updates }) {
  const { words } = useSpeech();
  const { isSessionEnded } = useSnapshot();
  const [isLeaving, setLeaving] = useState(false);
  return (
    <Screen title={words.me.title}>
      {isSessionEnded && <SignInAgain />}
      <AccountCard />
      <section className="stack">
        <h2>{words.me.purses}</h2>
        <PurseList />
        <a className="button wide" href={hrefOf('purse')} data-testid="get-purse">
          <Icon name="plus" />
          {words.pay.getPurse}
        </a>
      </section>
      <section className="stack">
        <h2>{words.me.device}</h2>
        <DeviceCard updates={updates} />
        <LanguageChoice />
      </section>
      <button
        type="button"
        className="button wide danger"
        onClick={() => setLeaving(true)}
        data-testid="sign-out"
      >
        {words.me.signOut}
      </button>
      {isLeaving && <SignOutDialog onClose={() => setLeaving(false)} />}
    </Screen>
  );
}
