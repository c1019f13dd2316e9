/** The purses on this device, and those of the same customer that are elsewhere. */
import { isCurrencyCode } from '../../shared/iso-4217.ts';
import { parseMinor } from '../../shared/money.ts';
import { faceOf, inOrderOfUse, type PurseFace } from '../core/purse-face.ts';
import { useClock } from '../state/use-clock.ts';
import { useSnapshot } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';
import { Money } from './money.tsx';
import { PursesComing } from './purses-coming.tsx';

function OnePurse({ face }: { readonly face: PurseFace }) {
  const { words, say, date } = useSpeech();
  const { currency, allowanceMinor, perPaymentCapMinor, obstacle } = face;
  return (
    <li className="purse-row" data-testid="purse-row" data-purse={face.purse.purseId}>
      <span className="purse-row-main">
        <strong>
          {say(words.me.left, { amount: <Money minor={face.leftMinor} currency={currency} /> })}
        </strong>
        <span className="muted">
          {say(words.me.of, { amount: <Money minor={allowanceMinor} currency={currency} /> })}
        </span>
      </span>
      <span className="muted">
        {say(words.me.upToEach, { amount: <Money minor={perPaymentCapMinor} currency={currency} /> })} ·{' '}
        {say(words.me.ends, { date: date(face.expiresAtMs) })}
      </span>
      {face.reservedMinor > 0n && (
        <span className="muted">
          {say(words.pay.reserved, { amount: <Money minor={face.reservedMinor} currency={currency} /> })}
          <br />
          {words.pay.reservedWhy}
        </span>
      )}
      {face.heldMinor > 0n && (
        <span className="muted">
          {say(words.pay.held, { amount: <Money minor={face.heldMinor} currency={currency} /> })}
        </span>
      )}
      {obstacle !== null && <span>{words.pay[obstacle === 'rolled-back' ? 'rolledBack' : obstacle]}</span>}
    </li>
  );
}

export function PurseList() {
  const { purses, trust, profile, damagedPurses } = useSnapshot();
  const { words, say, date } = useSpeech();
  const nowMs = useClock(60_000);
  const faces = inOrderOfUse(purses.map((purse) => faceOf(purse, trust, nowMs)));
  const here = new Set<string>(purses.map(({ purseId }) => purseId));
  const elsewhere = (profile?.lastView.purses ?? []).filter(
    (view) => !here.has(view.purseId) && view.state === 'open',
  );
  return (
    <>
      <PursesComing />
      {damagedPurses > 0 && <p className="note warn">{words.me.damaged}</p>}
      {faces.length === 0 && elsewhere.length === 0 ? (
        <p className="card muted">{words.me.none}</p>
      ) : (
        <ul className="card list">
          {faces.map((face) => (
            <OnePurse key={face.purse.purseId} face={face} />
          ))}
          {elsewhere.map(({ purseId, currency, allowanceMinor, expiresAtMs }) => (
            <li key={purseId} className="purse-row">
              <span className="purse-row-main">
                <strong>
                  {isCurrencyCode(currency) && (
                    <Money minor={parseMinor(allowanceMinor) ?? 0n} currency={currency} />
                  )}
                </strong>
                <span className="muted">{words.me.elsewhere}</span>
              </span>
              <span className="muted">{say(words.me.ends, { date: date(expiresAtMs) })}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
