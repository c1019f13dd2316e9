/**
 * The till: an amount, a scan, a verdict. Scans come from the camera, a scanner, the clipboard or a dropped
 * picture, whatever is in focus; with an amount each is decided at once. No rule of payments lives here.
 */
import { useEffect, useState } from 'react';
import type { TerminalState } from '../../../shared/contract/terminal.ts';
import { Header } from '../../parts/header.tsx';
import { Notice, useNotice } from '../../parts/notice.tsx';
import { prepareSound, sound } from '../../parts/tones.ts';
import { usePaymentRows } from '../../payment-rows.ts';
import { useKeys } from '../../pressed-keys.tsx';
import { refusalText } from '../../refusal-text.ts';
import { callTerminal } from '../../terminal-client.ts';
import { useWedgeEvents } from '../../wedge-events.ts';
import { useLanguage, useSay } from '../../words/say.ts';
import { PaymentsScreen } from '../payments/payments-screen.tsx';
import { AmountPanel } from './amount-panel.tsx';
import { useCamera } from './camera-use.ts';
import { InvoicePanel } from './invoice-panel.tsx';
import { LastPayments } from './last-payments.tsx';
import { ScanPanel } from './scan-panel.tsx';
import classes from './till-screen.module.css';
import { type PictureFault, useTransferredScans } from './transferred-scans.ts';
import { useSale } from './use-sale.ts';
import { VerdictView } from './verdict-view.tsx';

type Terminal = NonNullable<TerminalState['terminal']>;

interface TillScreenProps {
  readonly state: TerminalState;
  readonly terminal: Terminal;
}

const PAGE_ROWS = 50;

export function TillScreen({ state, terminal }: TillScreenProps) {
  const say = useSay();
  const { tag } = useLanguage();
  const { currency, minorUnits } = terminal;
  const { sale, dueMinor, tell, scan, showInvoice, leaveInvoice } = useSale(currency, minorUnits);
  const payments = usePaymentRows(PAGE_ROWS);
  const [isListOpen, setListOpen] = useState(false);
  const [received, setReceived] = useState<number | null>(null);
  const { notice, notify, dismiss } = useNotice();
  const { verdict, invoice } = sale;

  const take = (text: string, scannedAtMs: number, isDeliberate: boolean) => {
    setReceived(null);
    if (scan(text, scannedAtMs)) return;
    // A camera keeps seeing the code that was just paid; a scanner's trigger was meant.
    if (!isDeliberate && verdict !== null) return;
    sound('notice');
    notify(say('till.amountFirst'), 'amount-first');
  };
  const camera = useCamera(verdict?.outcome.kind === 'approved' ? 0n : dueMinor, (text, atMs) =>
    take(text, atMs, false),
  );
  const problem = (text: string, code: string) => {
    sound('notice');
    notify(text, code);
  };

  useWedgeEvents((event) => {
    if (event.kind === 'receiving') return setReceived(event.digits);
    if (event.kind === 'taken-back') return tell({ type: 'taken-back', digits: event.digits });
    setReceived(null);
    if (event.kind === 'scanned') return take(event.text, event.endedAtMs, true);
    if (event.kind === 'cut-off') return problem(say('till.cutOff'), event.kind);
    if (event.kind === 'not-digits') return problem(say('till.notDigits'), event.kind);
    return problem(say('till.tooLong'), event.kind);
  });
  const isDragging = useTransferredScans({
    onText: (text, atMs) => take(text, atMs, true),
    onPictureFault: (fault) => problem(pictureFaultText(fault), fault),
  });
  const pictureFaultText = (fault: PictureFault): string => {
    if (fault === 'no-code' || fault === 'several-codes') {
      const code = fault === 'no-code' ? 'picture-without-code' : fault;
      const text = refusalText({ code }, { say, locale: tag, currency });
      return `${text.what} ${text.todo}`;
    }
    return say(PICTURE_WORDS[fault]);
  };

  const sync = async () => {
    const answer = await callTerminal('sync.now', {});
    const refusal = answer.ok ? answer.value.lastProblem : answer.refusal;
    if (refusal === null) return;
    const text = refusalText(refusal, { say, locale: tag, currency });
    notify(`${text.what} ${text.todo}`, refusal.code);
  };

  useEffect(() => {
    if (verdict === null) return;
    dismiss();
    setListOpen(false);
    // After the picture: the eye comes first.
    const tone = verdict.outcome.kind === 'approved' ? 'approved' : 'declined';
    const timer = setTimeout(() => sound(tone), 0);
    return () => clearTimeout(timer);
  }, [verdict, dismiss]);
  useEffect(() => {
    const idle = requestIdleCallback(prepareSound);
    return () => cancelIdleCallback(idle);
  }, []);

  useKeys({
    digits: (digit) => {
      dismiss();
      setListOpen(false);
      tell({ type: 'digit', digit });
    },
    point: () => tell({ type: 'point' }),
    erase: () => tell({ type: 'erase' }),
    back: () => (isListOpen ? setListOpen(false) : invoice ? leaveInvoice() : tell({ type: 'back' })),
    main: verdict
      ? () => tell({ type: 'continue' })
      : dueMinor > 0n && !camera.isOn
        ? camera.toggle
        : undefined,
  });

  return (
    <div className={classes.window} data-screen="till" data-stage={stageOf(sale)}>
      <div className={classes.page} inert={verdict !== null}>
        <Header
          state={state}
          terminal={terminal}
          isListOpen={isListOpen}
          isCovered={verdict !== null}
          onList={() => setListOpen(!isListOpen)}
          onSync={() => void sync()}
        />
        {isListOpen && (
          <PaymentsScreen state={state} payments={payments} onClose={() => setListOpen(false)} />
        )}
        <main className={classes.body} hidden={isListOpen}>
          <div className={classes.scan}>
            {invoice !== null && (
              <InvoicePanel key={invoice.invoiceId} invoice={invoice} terminal={terminal} minor={dueMinor} />
            )}
            <ScanPanel
              camera={camera}
              isReady={dueMinor > 0n}
              isDeciding={sale.isDeciding}
              received={received}
              isSmall={invoice !== null}
            />
            {invoice === null && (
              <LastPayments
                rows={payments.rows.slice(0, 3)}
                isLoaded={payments.isLoaded}
                isBesideCamera={camera.isOn}
              />
            )}
          </div>
          <AmountPanel
            dueMinor={dueMinor}
            currency={currency}
            minorUnits={minorUnits}
            isLocked={sale.isDeciding || invoice !== null}
            hasInvoice={invoice !== null}
            isCameraOn={camera.isOn}
            onDigit={(digit) => tell({ type: 'digit', digit })}
            onPoint={() => tell({ type: 'point' })}
            onErase={() => tell({ type: 'erase' })}
            onClear={() => (invoice ? leaveInvoice() : tell({ type: 'back' }))}
            onCamera={camera.toggle}
            onInvoice={showInvoice}
          />
        </main>
      </div>
      {verdict !== null && (
        <VerdictView
          key={verdict.scannedAtMs}
          verdict={verdict}
          currency={currency}
          onNext={() => tell({ type: 'back' })}
          onContinue={() => tell({ type: 'continue' })}
        />
      )}
      {isDragging && <div className={classes.drop}>{say('till.dropHere')}</div>}
      <Notice notice={notice} />
    </div>
  );
}

const PICTURE_WORDS = {
  'not-a-picture': 'till.notAPicture',
  'too-large': 'till.pictureTooLarge',
  'too-slow': 'till.pictureTooSlow',
  'decoder-unavailable': 'till.decoderUnavailable',
} as const;

function stageOf({ verdict, isDeciding, invoice }: ReturnType<typeof useSale>['sale']): string {
  if (verdict !== null) return 'verdict';
  if (isDeciding) return 'deciding';
  return invoice === null ? 'entering' : 'invoice';
}
