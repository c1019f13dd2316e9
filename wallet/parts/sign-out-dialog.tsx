/** Asks before signing out, and says what stays: purses are money on this device. */
import { useEffect, useRef } from 'react';
import { faceOf } from '../core/purse-face.ts';
import { useSnapshot, useWallet } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';
import { Money } from './money.tsx';

export function SignOutDialog({ onClose }: { readonly onClose: () => void }) {
  const wallet = useWallet();
  const { purses, trust } = useSnapshot();
  const { words, say } = useSpeech();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const holding = purses
    .map((purse) => faceOf(purse, trust, Date.now()))
    .filter((face) => face.obstacle === null && face.leftMinor > 0n);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="sign-out-title" onClose={onClose}>
      <div className="stack">
        <h2 id="sign-out-title">{words.signOut.title}</h2>
        <p>{words.signOut.body}</p>
        {holding.map((face) => (
          <p key={face.purse.purseId}>
            <strong>
              {say(words.signOut.holds, {
                amount: <Money minor={face.leftMinor} currency={face.currency} />,
              })}
            </strong>
          </p>
        ))}
        <button type="button" className="button primary wide" onClick={() => dialog.current?.close()}>
          {words.signOut.stay}
        </button>
        <button
          type="button"
          className="button wide danger"
          onClick={() => void wallet.signOut()}
          data-testid="sign-out-confirm"
        >
          {words.signOut.confirm}
        </button>
      </div>
    </dialog>
  );
}
