/** One payment in a list: where, when, how much, and what became of it, in a word beside a sign. */
import type { HistoryEntry, HistoryState } from '../core/history.ts';
import { useSpeech } from '../words/speech.tsx';
import { Icon, type IconName } from './icon.tsx';
import { Money } from './money.tsx';

const SIGNS: Readonly<Record<HistoryState, IconName>> = {
  reserved: 'waiting',
  charged: 'receipt',
  settled: 'done',
  rejected: 'refused',
  lapsed: 'lapsed',
  returning: 'receipt',
  returned: 'done',
  kept: 'refused',
};

export function PaymentSummary({ entry }: { readonly entry: HistoryEntry }) {
  const { words, say, time } = useSpeech();
  const amount = <Money minor={entry.minor} currency={entry.currency} />;
  const isVoid = entry.state === 'rejected' || entry.state === 'lapsed' || entry.state === 'kept';
  return (
    <span className="payment" data-testid="payment" data-state={entry.state} data-counter={entry.counter}>
      <span className={`sign ${entry.state}`}>
        <Icon name={SIGNS[entry.state]} />
      </span>
      <span className="payment-where">
        <span className="payment-name">
          <bdi>{entry.merchantName ?? words.history.quick}</bdi>
        </span>
        <span className="payment-note">
          {words.history[entry.state]} · {time(entry.atMs)}
        </span>
      </span>
      <span className={isVoid ? 'payment-amount void' : 'payment-amount'}>
        {entry.isMost ? say(words.history.upTo, { amount }) : amount}
      </span>
    </span>
  );
}
