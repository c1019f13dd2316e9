/** Opens straight to the code: how much the shop may take, and one button. Works without a network. */
import { useEffect, useState } from 'react';
import type { Refusal } from '../../shared/refusals.ts';
import { capChoices, defaultCap } from '../core/cap-choices.ts';
import { historyOf } from '../core/history.ts';
import { faceOf, inOrderOfUse, type PurseFace } from '../core/purse-face.ts';
import { AmountChoice } from '../parts/amount-choice.tsx';
import { ClockWarning } from '../parts/clock-warning.tsx';
import { Icon } from '../parts/icon.tsx';
import { PaymentSummary } from '../parts/payment-row.tsx';
import { PurseCard } from '../parts/purse-card.tsx';
import { PurseChoice } from '../parts/purse-choice.tsx';
import { PursesComing } from '../parts/purses-coming.tsx';
import { RefusalNote } from '../parts/refusal-note.tsx';
import { Screen } from '../parts/screen.tsx';
import { useClock } from '../state/use-clock.ts';
import { hrefOf } from '../state/use-route.ts';
import { useSnapshot, useWallet } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';

const RECENT = 3;

export function Pay() {
  const { purses, trust, cleared, creditNotes, isSessionEnded, contact } = useSnapshot();
  const { words } = useSpeech();
  const nowMs = useClock(60_000);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const faces = inOrderOfUse(purses.map((purse) => faceOf(purse, trust, nowMs)));
  const face = faces.find(({ purse }) => purse.purseId === chosenId) ?? faces[0];
  const recent = historyOf(purses, cleared, creditNotes).slice(0, RECENT);
  return (
    <Screen title={words.tabs.pay} isTitleHidden>
      {isSessionEnded && (
        <a className="note" href={hrefOf('me')}>
          <Icon name="alert" />
          <p>{words.status.signInAgain}</p>
        </a>
      )}
      <ClockWarning />
      <PursesComing />
      {face === undefined ? (
        <NoPurse />
      ) : (
        <>
          {faces.length > 1 && <PurseChoice faces={faces} chosen={face} onChoose={setChosenId} />}
          <PurseCard face={face} />
          <QuickPay key={face.purse.purseId} face={face} />
        </>
      )}
      {contact === 'offline' && face?.obstacle === null && (
        <p className="hint center">{words.status.offlineHint}</p>
      )}
      {recent.length > 0 && (
        <section className="stack">
          <div className="section-head">
            <h2>{words.pay.recent}</h2>
            <a className="text-button" href={hrefOf('history')}>
              {words.pay.all}
            </a>
          </div>
          <ul className="card list">
            {recent.map((entry) => (
              <li key={entry.key}>
                <PaymentSummary entry={entry} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </Screen>
  );
}

function NoPurse() {
  const { words } = useSpeech();
  return (
    <section className="card stack empty">
      <Icon name="pay" />
      <h2>{words.pay.noPurse}</h2>
      <p>{words.pay.noPurseWhy}</p>
      <a className="button primary wide" href={hrefOf('purse')} data-testid="get-purse">
        {words.pay.getPurse}
      </a>
    </section>
  );
}

const OBSTACLES = {
  frozen: 'frozen',
  closed: 'closed',
  'rolled-back': 'rolledBack',
  ended: 'ended',
  empty: 'empty',
} as const;

function QuickPay({ face }: { readonly face: PurseFace }) {
  const wallet = useWallet();
  const { words } = useSpeech();
  const { currency, quickLimitMinor, obstacle, purse } = face;
  const choices = capChoices(quickLimitMinor);
  const [lastCap, setLastCap] = useState<bigint | null>(null);
  const [picked, setPicked] = useState<bigint | null | 'default'>('default');
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isWorking, setWorking] = useState(false);
  useEffect(() => {
    void wallet.lastCap(currency).then(setLastCap);
  }, [wallet, currency]);

  const usual = defaultCap(choices, lastCap !== null && choices.includes(lastCap) ? lastCap : null);
  const isPickedStill = picked !== 'default' && picked !== null && picked <= quickLimitMinor;
  const cap = picked === null ? null : isPickedStill ? picked : usual;

  if (obstacle !== null) {
    return (
      <section className="stack">
        <div className="note">
          <Icon name="alert" />
          <p>{words.pay[OBSTACLES[obstacle]]}</p>
        </div>
        <a className="button primary wide" href={hrefOf('purse')} data-testid="get-purse">
          {words.pay.getAnother}
        </a>
      </section>
    );
  }
  const show = async () => {
    if (cap === null || isWorking) return;
    setWorking(true);
    setRefusal(null);
    const shown = await wallet.showQuickCode(purse.purseId, cap, currency);
    setWorking(false);
    if (!shown.ok) setRefusal(shown.refusal);
  };
  return (
    <section className="stack">
      <AmountChoice
        legend={words.pay.cap}
        currency={currency}
        choices={choices}
        limitMinor={quickLimitMinor}
        value={cap}
        onChange={setPicked}
      />
      {refusal !== null && <RefusalNote refusal={refusal} about="purse" />}
      <button
        type="button"
        className="button primary wide tall"
        aria-disabled={cap === null || isWorking}
        onClick={() => void show()}
        data-testid="show-code"
      >
        <Icon name="pay" />
        {words.pay.show}
      </button>
      <a className="button wide" href={hrefOf('scan')}>
        <Icon name="scan" />
        {words.pay.scan}
      </a>
    </section>
  );
}
