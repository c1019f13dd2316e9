/** Our invoice for the customer's wallet to scan: who is paid, how much, and how long it holds. */
import { IconClock } from '@tabler/icons-react';
import type { TerminalState } from '../../../shared/contract/terminal.ts';
import { formatCountdown } from '../../formats.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import { Money } from '../../parts/money.tsx';
import { moneyText } from '../../parts/money-text.ts';
import { QrPicture } from '../../parts/qr-picture.tsx';
import { useNow } from '../../parts/use-now.ts';
import { useLanguage, useSay } from '../../words/say.ts';
import classes from './invoice-panel.module.css';
import type { Invoice } from './sale.ts';

interface InvoicePanelProps {
  readonly invoice: Invoice;
  readonly terminal: NonNullable<TerminalState['terminal']>;
  readonly minor: bigint;
}

export function InvoicePanel({ invoice, terminal, minor }: InvoicePanelProps) {
  const say = useSay();
  const { tag } = useLanguage();
  const leftS = (invoice.expiresAtMs - useNow(500)) / 1000;
  const isExpired = leftS <= 0;
  const amount = { minor: minor.toString(), currency: terminal.currency };
  return (
    <section className={classes.invoice} data-testid="invoice" data-expired={isExpired || undefined}>
      <QrPicture
        digits={invoice.digits}
        label={say('invoice.qr', { amount: moneyText(amount.minor, amount.currency, tag) })}
        className={classes.qr}
      />
      <div className={classes.words}>
        <h2 className={classes.title}>{say('invoice.title')}</h2>
        <p className={classes.then}>{say('invoice.answer')}</p>
        <div className={classes.payTo}>
          {say('invoice.payTo')}
          <bdi className={classes.shop}>{terminal.displayName}</bdi>
        </div>
        <Money of={amount} className={classes.amount ?? ''} />
        <p className={classes.left} role={isExpired ? 'alert' : undefined}>
          <IconClock size={20} aria-hidden />
          {isExpired
            ? say('invoice.expired')
            : say('invoice.timeLeft', { duration: formatCountdown(leftS, tag) })}
        </p>
        <CopyButton text={invoice.digits} variant="default">
          {say('invoice.copy')}
        </CopyButton>
      </div>
    </section>
  );
}
