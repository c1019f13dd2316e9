/** The purse that pays: what is left in it, large; what is set aside; until when it is good. */
import type { PurseFace } from '../core/purse-face.ts';
import { useSpeech } from '../words/speech.tsx';
import { Money } from './money.tsx';

export function PurseCard({ face }: { readonly face: PurseFace }) {
  const { words, say, date } = useSpeech();
  const { currency } = face;
  return (
    <section className="purse-card" aria-label={words.pay.purse} data-testid="purse-card">
      <p className="purse-caption">{words.pay.left}</p>
      <p className="purse-left" data-testid="purse-left" data-minor={face.leftMinor.toString()}>
        <Money minor={face.leftMinor} currency={currency} />
      </p>
      <p className="purse-foot">
        <span data-testid="purse-reserved" data-minor={face.reservedMinor.toString()}>
          {face.reservedMinor > 0n &&
            say(words.pay.reserved, { amount: <Money minor={face.reservedMinor} currency={currency} /> })}
        </span>
        <span>{say(words.pay.validUntil, { date: date(face.expiresAtMs) })}</span>
      </p>
    </section>
  );
}
