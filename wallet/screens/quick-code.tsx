/** A quick code on the screen: renewed while it shows, ended when it is left, and told when it was charged. */
import { useEffect, useState } from 'react';
import type { Code } from '../core/code.ts';
import { certificateOf, paymentOf } from '../core/purse-state.ts';
import { CodeCard } from '../parts/code-card.tsx';
import { CountdownRing } from '../parts/countdown-ring.tsx';
import { Money } from '../parts/money.tsx';
import { OverlayScreen } from '../parts/overlay-screen.tsx';
import { endTitle, PaymentEnd } from '../parts/payment-end.tsx';
import { RefusalNote } from '../parts/refusal-note.tsx';
import type { Overlay } from '../state/snapshot.ts';
import { useClock } from '../state/use-clock.ts';
import { useVisible } from '../state/use-visible.ts';
import { useWakeLock } from '../state/use-wake-lock.ts';
import { useSnapshot, useWallet } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';

/** From one picture to the next (core/present.ts), for the ring. */
const RENEWAL_MS = 20_000;
/** After this much beyond its renewal a picture is too old to be scanned. */
const STALE_MS = 10_000;

export function QuickCode({ overlay }: { readonly overlay: Extract<Overlay, { kind: 'quick' }> }) {
  const { presentation, ended } = overlay;
  const wallet = useWallet();
  const { purses } = useSnapshot();
  const { words, say, duration, number, fill } = useSpeech();
  const nowMs = useClock(250);
  const isVisible = useVisible();
  const [form, setForm] = useState<keyof Code>('full');
  useWakeLock();
  useEffect(() => {
    // timers sleep while the page is out of view
    if (isVisible) void wallet.renewCode();
  }, [isVisible, wallet]);

  const purse = purses.find(({ purseId }) => purseId === presentation.purseId);
  const record = purse === undefined ? undefined : paymentOf(purse, presentation.counter);
  if (purse === undefined || record === undefined) return null;
  const { currency } = certificateOf(purse);
  const cap = <Money minor={presentation.capMinor} currency={currency} />;

  if (record.result.kind !== 'unknown') {
    return (
      <OverlayScreen title={endTitle(words, record.result)}>
        <PaymentEnd result={record.result} currency={currency} />
      </OverlayScreen>
    );
  }
  if (ended !== null) {
    return (
      <OverlayScreen title={words.code.title}>
        <RefusalNote refusal={ended} about="purse" />
        <p className="hint">{say(words.code.reservedAfter, { amount: cap })}</p>
      </OverlayScreen>
    );
  }
  const leftMs = Math.max(0, presentation.renewAtMs - nowMs);
  return (
    <OverlayScreen title={words.code.title}>
      <p className="code-cap">{say(words.code.upTo, { amount: cap })}</p>
      <CodeCard
        code={presentation.code}
        form={form}
        onForm={setForm}
        label={fill(words.code.picture, { number: number(presentation.counter) })}
        isStale={nowMs > presentation.renewAtMs + STALE_MS}
      >
        <p className="code-foot">
          <span data-testid="code-number" data-counter={presentation.counter}>
            {say(words.code.number, { number: number(presentation.counter) })}
          </span>
          <span className="code-time">
            <CountdownRing left={leftMs / RENEWAL_MS} />
            {say(words.code.renews, { time: duration(Math.ceil(leftMs / 1000)) })}
          </span>
        </p>
      </CodeCard>
      <p className="hint">{say(words.code.reservedAfter, { amount: cap })}</p>
    </OverlayScreen>
  );
}
