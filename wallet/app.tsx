/** Chooses what is on the screen: the welcome, one of the pages, or what covers them. */
import { Component, lazy, type ReactNode, Suspense, useEffect } from 'react';
import { Notices } from './parts/notices.tsx';
import { TabBar } from './parts/tab-bar.tsx';
import { Pay } from './screens/pay.tsx';
import { QuickCode } from './screens/quick-code.tsx';
import type { Overlay } from './state/snapshot.ts';
import type { Updates } from './state/updates.ts';
import { useOverlayHistory } from './state/use-overlay-history.ts';
import { type Route, useRoute } from './state/use-route.ts';
import { useSnapshot, useWallet } from './state/use-wallet.ts';
import { useSpeech } from './words/speech.tsx';

/** The start needs the page to pay from and the code; the others come from the stored files when wanted. */
const LATER = {
  welcome: () => import('./screens/welcome.tsx'),
  scan: () => import('./screens/scan.tsx'),
  history: () => import('./screens/history.tsx'),
  me: () => import('./screens/me.tsx'),
  getPurse: () => import('./screens/get-purse.tsx'),
  confirmInvoice: () => import('./screens/confirm-invoice.tsx'),
  answerCode: () => import('./screens/answer-code.tsx'),
};
const Welcome = lazy(async () => ({ default: (await LATER.welcome()).Welcome }));
const Scan = lazy(async () => ({ default: (await LATER.scan()).Scan }));
const History = lazy(async () => ({ default: (await LATER.history()).History }));
const Me = lazy(async () => ({ default: (await LATER.me()).Me }));
const GetPurse = lazy(async () => ({ default: (await LATER.getPurse()).GetPurse }));
const ConfirmInvoice = lazy(async () => ({ default: (await LATER.confirmInvoice()).ConfirmInvoice }));
const AnswerCode = lazy(async () => ({ default: (await LATER.answerCode()).AnswerCode }));

/** Once the first page stands, the others are read in, so that going to them takes no moment. */
const READ_IN_AFTER_MS = 1000;

function Covering({ overlay }: { readonly overlay: Overlay }) {
  switch (overlay.kind) {
    case 'quick':
      return <QuickCode key={overlay.presentation.counter} overlay={overlay} />;
    case 'confirm':
      return <ConfirmInvoice overlay={overlay} />;
    case 'answer':
      return <AnswerCode overlay={overlay} />;
  }
}

function Page({ route, updates }: { readonly route: Route; readonly updates: Updates }) {
  switch (route) {
    case 'pay':
      return <Pay />;
    case 'scan':
      return <Scan />;
    case 'history':
      return <History />;
    case 'me':
      return <Me updates={updates} />;
    case 'purse':
      return <GetPurse />;
  }
}

export function App({ updates }: { readonly updates: Updates }) {
  const wallet = useWallet();
  const { phase, overlay } = useSnapshot();
  const { words } = useSpeech();
  const route = useRoute();
  useOverlayHistory(overlay !== null, wallet);
  useEffect(() => {
    document.documentElement.dataset.phase = phase;
  }, [phase]);
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const load of Object.values(LATER)) void load();
    }, READ_IN_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  if (phase === 'starting') return <p className="page hint">{words.app.loading}</p>;
  const page = phase === 'signed-out' ? <Welcome /> : <Page key={route} route={route} updates={updates} />;
  return (
    <>
      <button type="button" className="skip button" onClick={skipToContent}>
        {words.app.skip}
      </button>
      <Suspense fallback={<p className="page hint">{words.app.loading}</p>}>
        {overlay === null ? page : <Covering overlay={overlay} />}
      </Suspense>
      {phase === 'signed-in' && overlay === null && <TabBar route={route} />}
      <Notices />
    </>
  );
}

function skipToContent(): void {
  document.querySelector<HTMLElement>('#content h1')?.focus();
}

/** A bug of ours: nothing more is shown that could be paid with; what is on the device stays as it is. */
export class Stopped extends Component<
  { readonly fallback: ReactNode; readonly children: ReactNode },
  { readonly hasStopped: boolean }
> {
  override state = { hasStopped: false };

  static getDerivedStateFromError(): { hasStopped: boolean } {
    return { hasStopped: true };
  }

  override render(): ReactNode {
    return this.state.hasStopped ? this.props.fallback : this.props.children;
  }
}
