/** All payments, by day, each with its state in plain words and what it means. */
import { type HistoryEntry, historyOf } from '../core/history.ts';
import { Icon } from '../parts/icon.tsx';
import { Money } from '../parts/money.tsx';
import { PaymentSummary } from '../parts/payment-row.tsx';
import { Screen } from '../parts/screen.tsx';
import { useClock } from '../state/use-clock.ts';
import { useSnapshot, useWallet } from '../state/use-wallet.ts';
import { type Spoken, useSpeech } from '../words/speech.tsx';

/** Shown at once; the oldest are beyond what a page can show quickly. */
const MAX_SHOWN = 500;

export function History() {
  const { purses, cleared, creditNotes } = useSnapshot();
  const speech = useSpeech();
  const { words } = speech;
  const entries = historyOf(purses, cleared, creditNotes).slice(0, MAX_SHOWN);
  const days = Map.groupBy(entries, (entry) => speech.date(entry.atMs));
  return (
    <Screen title={words.history.title}>
      {entries.length === 0 && (
        <section className="card stack empty">
          <Icon name="history" />
          <h2>{words.history.empty}</h2>
          <p>{words.history.emptyWhy}</p>
        </section>
      )}
      {[...days].map(([day, payments]) => (
        <section key={day} className="stack">
          <h2 className="day">{day}</h2>
          <ul className="card list">
            {payments.map((entry) => (
              <li key={entry.key}>
                <details className="payment-details">
                  <summary>
                    <PaymentSummary entry={entry} />
                  </summary>
                  <Details entry={entry} />
                </details>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Screen>
  );
}

/** What the state means for the customer. */
function meaning(entry: HistoryEntry, { words, fill, money }: Spoken): string {
  switch (entry.state) {
    case 'reserved':
      return fill(words.history.reservedWhy, {
        amount: money({ minor: entry.minor, currency: entry.currency }),
      });
    case 'charged':
      return words.history.chargedWhy;
    case 'settled':
      return words.history.settledWhy;
    case 'lapsed':
      return words.history.lapsedWhy;
    case 'returning':
      return words.history.returningWhy;
    case 'returned':
      return words.history.returnedWhy;
    case 'kept':
    case 'rejected':
      return entry.reason === null ? words.code.rejected : words.reasons[entry.reason];
  }
}

function Details({ entry }: { readonly entry: HistoryEntry }) {
  const wallet = useWallet();
  const speech = useSpeech();
  const { words, dateTime, number } = speech;
  const nowMs = useClock(5000);
  const { ownPurseId, answerUntilS, state } = entry;
  const isRefund = state === 'returning' || state === 'returned' || state === 'kept';
  const canShowAgain = ownPurseId !== null && answerUntilS !== null && answerUntilS * 1000 > nowMs;
  return (
    <div className="payment-more">
      <p>{meaning(entry, speech)}</p>
      <dl className="facts">
        <div>
          <dt>{words.history.time}</dt>
          <dd>{dateTime(entry.atMs)}</dd>
        </div>
        {entry.reference !== '' && (
          <div>
            <dt>{words.history.reference}</dt>
            <dd>
              <bdi>{entry.reference}</bdi>
            </dd>
          </div>
        )}
        {entry.ownPurseId === null && !isRefund && (
          <div>
            <dt>{words.pay.purse}</dt>
            <dd>{words.history.other}</dd>
          </div>
        )}
        <div>
          <dt>{words.history.counter}</dt>
          <dd>{number(entry.counter)}</dd>
        </div>
        <div>
          <dt>{words.history.id}</dt>
          <dd className="mono" dir="ltr">
            {entry.paymentId}
          </dd>
        </div>
      </dl>
      {canShowAgain && (
        <button
          type="button"
          className="button wide"
          onClick={() => void wallet.showAgain(ownPurseId, entry.counter)}
        >
          {words.history.showAgain}
          <span className="visually-hidden">
            <Money minor={entry.minor} currency={entry.currency} />
          </span>
        </button>
      )}
    </div>
  );
}
