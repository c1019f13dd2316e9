/** The answer to an invoice: a code that only this shop can open. */
import { useState } from 'react';
import type { Code } from '../core/code.ts';
import { certificateOf, paymentOf } from '../core/purse-state.ts';
import { CodeCard } from '../parts/code-card.tsx';
import { CountdownRing } from '../parts/countdown-ring.tsx';
import { Icon } from '../parts/icon.tsx';
import { Money } from '../parts/money.tsx';
import { OverlayScreen } from '../parts/overlay-screen.tsx';
import { endTitle, PaymentEnd } from '../parts/payment-end.tsx';
import type { Overlay } from '../state/snapshot.ts';
import { useClock } from '../state/use-clock.ts';
import { useWakeLock } from '../state/use-wake-lock.ts';
import { useSnapshot } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';

/** The ring is full at this much, whatever life the shop gave its request. */
const FULL_RING_S = 300;

export function AnswerCode({ overlay }: { readonly overlay: Extract<Overlay, { kind: 'answer' }> }) {
  const { answer } = overlay;
  const { record } = answer;
  const { purses } = useSnapshot();
  const { words, say, duration, number, fill } = useSpeech();
  const nowMs = useClock(500);
  const [form, setForm] = useState<keyof Code>(answer.isKnownTerminal ? 'short' : 'full');
  useWakeLock();
  const purse = purses.find(({ purseId }) => purseId === answer.purseId);
  if (purse === undefined) return null;
  const { currency } = certificateOf(purse);
  const title = say(words.answer.title, { merchant: record.merchantName });
  const result = paymentOf(purse, record.counter)?.result;
  if (result !== undefined && result.kind !== 'unknown') {
    return (
      <OverlayScreen title={endTitle(words, result)}>
        <PaymentEnd result={result} currency={currency} />
      </OverlayScreen>
    );
  }
  const leftS = Math.max(0, Math.ceil(record.invoiceExpiresAtS - nowMs / 1000));
  return (
    <OverlayScreen title={title}>
      <p className="code-cap">
        <Money minor={record.amountMinor} currency={currency} />
      </p>
      {leftS === 0 ? (
        <div className="note warn" role="alert">
          <Icon name="alert" />
          <p>{words.answer.ended}</p>
        </div>
      ) : (
        <CodeCard
          code={answer.code}
          form={form}
          onForm={setForm}
          label={fill(words.code.picture, { number: number(record.counter) })}
          isStale={false}
        >
          <p className="code-foot">
            <span data-testid="code-number" data-counter={record.counter}>
              {say(words.code.number, { number: number(record.counter) })}
            </span>
            <span className="code-time">
              <CountdownRing left={leftS / FULL_RING_S} />
              {say(words.answer.expires, { time: duration(leftS) })}
            </span>
          </p>
        </CodeCard>
      )}
      <p className="hint with-icon">
        <Icon name="shield" />
        {words.answer.sealed}
      </p>
    </OverlayScreen>
  );
}
