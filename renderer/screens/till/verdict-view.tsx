/**
 * The answer to a scan, over the whole window: colour, picture, word and sentence. Approved shows the amount
 * and a receipt to scan; a decline says what happened, what to do and what to tell the customer. The next
 * digit or scan begins the next sale at once.
 */
import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react';
import { REFUSALS, type RefusalCode } from '../../../shared/refusals.ts';
import { formatTime } from '../../formats.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { Money } from '../../parts/money.tsx';
import { moneyInSentence } from '../../parts/money-text.ts';
import { refusalText } from '../../refusal-text.ts';
import { useLanguage, useSay } from '../../words/say.ts';
import { ReceiptPicture } from './receipt-picture.tsx';
import type { Outcome, Verdict } from './sale.ts';
import { usePaintedMs } from './use-painted-ms.ts';
import classes from './verdict-view.module.css';

interface VerdictViewProps {
  readonly verdict: Verdict;
  readonly currency: string;
  readonly onNext: () => void;
  readonly onContinue: () => void;
}

export function VerdictView({ verdict, currency, onNext, onContinue }: VerdictViewProps) {
  const say = useSay();
  const { tag } = useLanguage();
  const { outcome, minor, scannedAtMs } = verdict;
  const tookMs = usePaintedMs(scannedAtMs);
  const amount = { minor: minor.toString(), currency };
  return (
    <section
      className={classes.verdict}
      data-testid="verdict"
      data-kind={outcome.kind}
      data-code={outcome.kind === 'approved' ? undefined : outcome.refusal.code}
      data-tone={toneOf(outcome)}
      data-frame-to-verdict-ms={tookMs ?? undefined}
      role="alert"
    >
      {outcome.kind === 'approved' ? (
        <Approved outcome={outcome} amount={amount} onNext={onNext} />
      ) : (
        <Declined outcome={outcome} amount={amount} onNext={onNext} onContinue={onContinue} />
      )}
      <footer className={classes.foot}>
        {outcome.kind !== 'refused' && (
          <span className="numbers">{formatTime(outcome.payment.atMs, tag)}</span>
        )}
        {outcome.kind !== 'refused' && outcome.payment.purseTail !== null && (
          <span>{say('verdict.customerTail', { tail: outcome.payment.purseTail })}</span>
        )}
        {tookMs !== null && <span className="numbers">{say('verdict.tookMs', { ms: tookMs })}</span>}
      </footer>
    </section>
  );
}

interface ApprovedProps {
  readonly outcome: Extract<Outcome, { kind: 'approved' }>;
  readonly amount: { readonly minor: string; readonly currency: string };
  readonly onNext: () => void;
}

function Approved({ outcome, amount, onNext }: ApprovedProps) {
  const say = useSay();
  return (
    <div className={classes.columns}>
      <div className={classes.main}>
        <div className={classes.headline}>
          <span className={classes.icon}>
            <IconCheck size={64} stroke={3} aria-hidden />
          </span>
          <h1 className={classes.word}>{say('verdict.approved')}</h1>
        </div>
        <Money of={amount} className={classes.amount ?? ''} />
        <p className={classes.line}>
          {outcome.payment.state === 'approved-offline'
            ? say('verdict.saved')
            : say(`paymentState.${outcome.payment.state}`)}
        </p>
        <ActionButton action="main" size="lg" variant="white" color="dark" onPress={onNext}>
          {say('verdict.next')}
        </ActionButton>
      </div>
      <ReceiptPicture payment={outcome.payment} />
    </div>
  );
}

interface DeclinedProps {
  readonly outcome: Exclude<Outcome, { kind: 'approved' }>;
  readonly amount: { readonly minor: string; readonly currency: string };
  readonly onNext: () => void;
  readonly onContinue: () => void;
}

function Declined({ outcome, amount, onNext, onContinue }: DeclinedProps) {
  const say = useSay();
  const { tag } = useLanguage();
  const text = refusalText(outcome.refusal, { say, locale: tag, currency: amount.currency });
  const Icon = toneOf(outcome) === 'red' ? IconX : IconAlertTriangle;
  return (
    <div className={classes.main}>
      <div className={classes.headline}>
        <span className={classes.icon}>
          <Icon size={56} stroke={2.6} aria-hidden />
        </span>
        <h1 className={classes.word}>
          {say(outcome.kind === 'declined' ? 'verdict.declined' : 'verdict.notTaken')}
        </h1>
      </div>
      <p className={classes.what}>{text.what}</p>
      <p className={classes.todo}>
        <span className={classes.label}>{say('verdict.todo')}</span>
        {text.todo}
      </p>
      {text.customer !== null && (
        <p className={classes.customer}>
          <span className={classes.label}>{say('verdict.forCustomer')}</span>
          {text.customer}
        </p>
      )}
      {outcome.kind === 'declined' && (
        <p className={classes.line}>
          {say('verdict.notCharged', { amount: moneyInSentence(amount.minor, amount.currency, tag) })}
        </p>
      )}
      <div className={classes.buttons}>
        <ActionButton action="main" size="lg" variant="white" color="dark" onPress={onContinue}>
          {say('verdict.scanAgain')}
        </ActionButton>
        <ActionButton action="back" size="lg" variant="outline" color="white" onPress={onNext}>
          {say('verdict.newSale')}
        </ActionButton>
      </div>
    </div>
  );
}

/** Red where this code will never pass; amber where something can be done. */
function toneOf(outcome: Outcome): 'green' | 'amber' | 'red' {
  if (outcome.kind === 'approved') return 'green';
  return REFUSALS[outcome.refusal.code as RefusalCode]?.retry === 'never' ? 'red' : 'amber';
}
