/** The newest payments at a glance: a start after a crash shows at once that the last one is there. */
import type { PaymentRow } from '../../../shared/contract/terminal.ts';
import { formatTime } from '../../formats.ts';
import { Money } from '../../parts/money.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { rowKey } from '../../payment-rows.ts';
import { useLanguage, useSay } from '../../words/say.ts';
import classes from './last-payments.module.css';

interface LastPaymentsProps {
  readonly rows: readonly PaymentRow[];
  readonly isLoaded: boolean;
  /** On a low screen the camera's picture needs the room. */
  readonly isBesideCamera: boolean;
}

export function LastPayments({ rows, isLoaded, isBesideCamera }: LastPaymentsProps) {
  const say = useSay();
  const { tag } = useLanguage();
  return (
    <section
      className={classes.last}
      aria-label={say('till.last')}
      data-beside-camera={isBesideCamera || undefined}
    >
      <h2 className={classes.title}>{say('till.last')}</h2>
      {isLoaded && rows.length === 0 && <p className={classes.none}>{say('till.noneYet')}</p>}
      <ul className={classes.rows}>
        {rows.map((row) => (
          <li key={rowKey(row)} className={classes.row} data-testid="last-payment" data-state={row.state}>
            <span className={`numbers ${classes.time}`}>{formatTime(row.atMs, tag)}</span>
            <StateMark state={row.state} />
            <Money of={row.amount} className={classes.amount ?? ''} />
          </li>
        ))}
      </ul>
    </section>
  );
}
