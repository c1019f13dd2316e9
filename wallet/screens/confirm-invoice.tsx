/** The shop asks, the customer decides: whose name it is, how much, from which purse. */
import { useState } from 'react';
import { certificateOf, leftMinor } from '../core/purse-state.ts';
import { Icon } from '../parts/icon.tsx';
import { Money } from '../parts/money.tsx';
import { OverlayScreen } from '../parts/overlay-screen.tsx';
import { RefusalNote, type RefusalNoteProps } from '../parts/refusal-note.tsx';
import type { Overlay } from '../state/snapshot.ts';
import { useWallet } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';

export function ConfirmInvoice({ overlay }: { readonly overlay: Extract<Overlay, { kind: 'confirm' }> }) {
  const { checked, purse } = overlay;
  const wallet = useWallet();
  const { words, say, time } = useSpeech();
  const [refusal, setRefusal] = useState<RefusalNoteProps | null>(null);
  const [isWorking, setWorking] = useState(false);
  const { currency, allowanceMinor } = certificateOf(purse);
  const { amountMinor, reference } = checked.invoice;
  const left = leftMinor(purse, allowanceMinor);
  const amount = <Money minor={amountMinor} currency={currency} />;
  const pay = async () => {
    if (isWorking) return;
    setWorking(true);
    const answered = await wallet.answer(checked, purse.purseId);
    setWorking(false);
    if (!answered.ok) setRefusal(answered.refusal);
  };
  return (
    <OverlayScreen title={words.confirm.title} leave={words.app.close}>
      <section className="card stack invoice" data-testid="invoice">
        <p className="invoice-name" data-testid="invoice-merchant">
          <bdi>{checked.terminal.displayName}</bdi>
        </p>
        <p className="hint with-icon">
          <Icon name="shield" />
          {words.confirm.vouched}
        </p>
        <p className="invoice-amount" data-testid="invoice-amount" data-minor={amountMinor.toString()}>
          {amount}
        </p>
        <dl className="facts">
          {reference !== '' && (
            <div>
              <dt>{words.confirm.reference}</dt>
              <dd>
                <bdi>{reference}</bdi>
              </dd>
            </div>
          )}
          <div>
            <dt>{words.confirm.purse}</dt>
            <dd>
              <Money minor={left} currency={currency} />
            </dd>
          </div>
          <div>
            <dt>{words.confirm.leftAfter}</dt>
            <dd>
              <Money minor={left - amountMinor} currency={currency} />
            </dd>
          </div>
        </dl>
        <p className="hint">{say(words.confirm.expires, { time: time(checked.expiresAtS * 1000) })}</p>
      </section>
      {refusal !== null && <RefusalNote {...refusal} />}
      <button
        type="button"
        className="button primary wide tall"
        aria-disabled={isWorking}
        onClick={() => void pay()}
        data-testid="confirm-pay"
      >
        {say(words.confirm.pay, { amount })}
      </button>
      <button
        type="button"
        className="button wide"
        onClick={() => wallet.leave()}
        data-testid="confirm-cancel"
      >
        {words.confirm.cancel}
      </button>
    </OverlayScreen>
  );
}
