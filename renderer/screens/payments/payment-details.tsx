/** One payment: what became of it, why, and what to do. */
import type { PaymentRow } from '../../../shared/contract/terminal.ts';
import { formatTime } from '../../formats.ts';
import { Money } from '../../parts/money.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { refusalText } from '../../refusal-text.ts';
import { useLanguage, useSay } from '../../words/say.ts';
import classes from './payments-screen.module.css';

export function PaymentDetails({ row }: { readonly row: PaymentRow }) {
  const say = useSay();
  const { tag } = useLanguage();
  const declined =
    row.refusal === null
      ? null
      : refusalText(row.refusal, { say, locale: tag, currency: row.amount.currency });
  return (
    <section className={classes.card} data-testid="payment-details" aria-live="polite">
      <h2 className={classes.cardTitle}>
        <Money of={row.amount} />
      </h2>
      <StateMark state={row.state} />
      {declined !== null && (
        <>
          <p className={classes.why}>{declined.what}</p>
          <p className={classes.soft}>{declined.todo}</p>
        </>
      )}
      {row.rejectReason !== null && <p className={classes.why}>{say(`rejectReason.${row.rejectReason}`)}</p>}
      <dl className={classes.facts}>
        {row.lossBearer !== null && row.state !== 'settled' && (
          <Fact name={say('payments.loss')}>{say(`lossBearer.${row.lossBearer}`)}</Fact>
        )}
        <Fact name={say('payments.time')}>{formatTime(row.atMs, tag)}</Fact>
        <Fact name={say('payments.how')}>{say(`mode.${row.mode}`)}</Fact>
        <Fact name={say('payments.cashier')}>
          <bdi>{row.cashier}</bdi>
        </Fact>
        <Fact name={say('payments.number')}>
          <bdi>
            {row.epoch}/{row.journalSeq}
          </bdi>
        </Fact>
        {row.paymentId !== null && (
          <Fact name={say('payments.paymentId')}>
            <bdi className={`selectable ${classes.id}`}>{row.paymentId}</bdi>
          </Fact>
        )}
      </dl>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
