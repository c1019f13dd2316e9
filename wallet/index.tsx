/**
 * Starts the wallet: opens what is on the device, shows it, and only then asks the network. The words of one
 * language, the styles and the code below are all that the start needs.
 */
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { InvariantViolation } from '../shared/assert.ts';
import type { WalletPayment } from '../shared/contract/clearing.ts';
import { formatMoney } from '../shared/money.ts';
import { App, Stopped } from './app.tsx';
import { FullPageNote } from './parts/full-page-note.tsx';
import { noticeText } from './parts/notices.tsx';
import { awaitInstallOffer } from './state/install.ts';
import { newsOf } from './state/snapshot.ts';
import { registerWorker, type Updates } from './state/updates.ts';
import { WalletProvider } from './state/use-wallet.ts';
import { Wallet } from './state/wallet.ts';
import './style/tokens.css';
import './style/base.css';
import './style/parts.css';
import './style/code.css';
import { fill } from './words/fill.ts';
import { directionOf, isLanguage, loadWords, localeOf, preferredLanguage } from './words/load.ts';
import type { Language, Words } from './words/shape.ts';
import { SpeechProvider } from './words/speech.tsx';

interface Spoken {
  readonly language: Language;
  readonly words: Words;
}

/** What is spoken now, for news outside of the page. */
let spoken: Spoken | null = null;

function speak(next: Spoken): void {
  spoken = next;
  const { documentElement } = document;
  documentElement.lang = next.language;
  documentElement.dir = directionOf(next.language);
}

/** A system notification, if the customer allowed it and is not looking. */
function announce(payment: WalletPayment): void {
  const isAllowed = 'Notification' in globalThis && Notification.permission === 'granted';
  if (!isAllowed || spoken === null || document.visibilityState === 'visible') return;
  const { words, language } = spoken;
  const body = noticeText(
    { id: 0, kind: newsOf(payment), payment },
    {
      words,
      fill,
      money: (amount) => formatMoney(amount, localeOf(language, navigator.languages)),
      number: String,
    },
  );
  const options = { body, icon: '/icon-192.png', tag: `payment-${payment.number}`, lang: language };
  void navigator.serviceWorker.ready.then((worker) => worker.showNotification(words.app.name, options));
}

interface RootProps {
  readonly wallet: Wallet;
  readonly updates: Updates;
  readonly first: Spoken;
}

function Root({ wallet, updates, first }: RootProps) {
  const [current, setCurrent] = useState(first);
  const choose = (language: Language) => {
    void wallet.keepLanguage(language);
    void loadWords(language).then((words) => {
      const next = { language, words };
      speak(next);
      setCurrent(next);
    });
  };
  const { app } = current.words;
  const [bug, setBug] = useState<InvariantViolation | null>(null);
  useEffect(() => {
    // an invariant that broke outside of a screen stops the screens too
    const heard = ({ reason }: PromiseRejectionEvent) => {
      if (reason instanceof InvariantViolation) setBug(reason);
    };
    addEventListener('unhandledrejection', heard);
    return () => removeEventListener('unhandledrejection', heard);
  }, []);
  if (bug !== null) return <FullPageNote what={app.broken} todo={app.brokenTodo} again={app.reopen} />;
  return (
    <SpeechProvider value={{ ...current, choose }}>
      <WalletProvider value={wallet}>
        <Stopped fallback={<FullPageNote what={app.broken} todo={app.brokenTodo} again={app.reopen} />}>
          <App updates={updates} />
        </Stopped>
      </WalletProvider>
    </SpeechProvider>
  );
}

async function start(): Promise<void> {
  const root = createRoot(document.querySelector('#app') ?? document.body);
  awaitInstallOffer();
  const preferred = preferredLanguage(navigator.languages);
  const wallet = await openWallet();
  const kept = typeof wallet === 'string' ? undefined : await wallet.readLanguage();
  const language = kept !== undefined && isLanguage(kept) ? kept : preferred;
  const first = { language, words: await loadWords(language) };
  speak(first);
  if (typeof wallet === 'string') {
    const { app } = first.words;
    const [what, todo] =
      wallet === 'insecure' ? [app.insecure, app.insecureTodo] : [app.noStorage, app.noStorageTodo];
    root.render(<FullPageNote what={what} todo={todo} again={app.reopen} />);
    return;
  }
  const updates = registerWorker(() => wallet.snapshot.get().overlay !== null);
  root.render(<Root wallet={wallet} updates={updates} first={first} />);
  addEventListener('online', () => wallet.syncNow());
  addEventListener('offline', () => wallet.syncNow());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') wallet.syncNow();
  });
}

/** The wallet, or why there is none: without a secure context there are no keys, without storage no counter. */
async function openWallet(): Promise<Wallet | 'insecure' | 'no-storage'> {
  if (!isSecureContext) return 'insecure';
  try {
    return await Wallet.open(announce);
  } catch (error) {
    if (error instanceof DOMException) return 'no-storage';
    throw error;
  }
}

void start();
