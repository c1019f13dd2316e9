/** Every payment of this till with its state in plain words, and what waits to be sent. */
import { IconChevronDown } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { PaymentRow, TerminalState } from '../../../shared/contract/terminal.ts';
import { formatTime } from '../../formats.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { Money } from '../../parts/money.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { type PaymentRows, rowKey } from '../../payment-rows.ts';
import { useKeys } from '../../pressed-keys.tsx';
import { refusalText } from '../../refusal-text.ts';
import { type Say, useLanguage, useSay } from '../../words/say.ts';
import { PaymentDetails } from './payment-details.tsx';
import classes from './payments-screen.module.css';
import { SyncPanel } from './sync-panel.tsx';

interface PaymentsScreenProps {
  readonly state: TerminalState;
  readonly payments: PaymentRows;
  readonly onClose: () => void;
}

export function PaymentsScreen({ state, payments, onClose }: PaymentsScreenProps) {
  const say = useSay();
  const { rows, hasMore, isLoaded, more } = payments;
  const [chosenKey, setChosenKey] = useState<string | null>(null);
  const chosen = rows.find((row) => rowKey(row) === chosenKey);
  const step = (by: number) => {
    const at = rows.findIndex((row) => rowKey(row) === chosenKey);
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next) setChosenKey(rowKey(next));
  };
  useKeys({ up: () => step(-1), down: () => step(1), main: onClose });

  return (
    <main className={classes.screen} data-screen="payments">
      <section className={classes.list}>
        <h1 className={classes.title}>{say('payments.title')}</h1>
        {isLoaded && rows.length === 0 && <p className={classes.none}>{say('payments.none')}</p>}
        {rows.length > 0 && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keys
          <section className={classes.scroll} tabIndex={0} aria-label={say('payments.title')}>
            <table className={classes.table}>
              <thead>
                <tr>
                  <th scope="col">{say('payments.time')}</th>
                  <th scope="col">{say('payments.state')}</th>
                  <th scope="col">{say('payments.wallet')}</th>
                  <th scope="col" className={classes.end}>
                    {say('payments.amount')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <Row
                    key={rowKey(row)}
                    row={row}
                    isChosen={rowKey(row) === chosenKey}
                    onChoose={() => setChosenKey(rowKey(row))}
                  />
                ))}
              </tbody>
            </table>
            {hasMore && (
              <ActionButton
                action="more"
                variant="default"
                leftSection={<IconChevronDown size={20} aria-hidden />}
                onPress={more}
              >
                {say('payments.more')}
              </ActionButton>
            )}
          </section>
        )}
      </section>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls on a low screen, and must do so by keys */}
      <aside className={classes.side} tabIndex={0} aria-label={say('sync.title')}>
        {chosen ? <PaymentDetails row={chosen} /> : <p className={classes.none}>{say('payments.choose')}</p>}
        <SyncPanel sync={state.sync} trust={state.trust} />
      </aside>
    </main>
  );
}

/** One sentence under a payment that did not go as wished. */
function whyOf(row: PaymentRow, say: Say, locale: string): string | null {
  if (row.rejectReason !== null) return say(`rejectReason.${row.rejectReason}`);
  if (row.refusal === null) return null;
  return refusalText(row.refusal, { say, locale, currency: row.amount.currency }).what;
}

interface RowProps {
  readonly row: PaymentRow;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function Row({ row, isChosen, onChoose }: RowProps) {
  const say = useSay();
  const { tag } = useLanguage();
  const why = whyOf(row, say, tag);
  const place = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (isChosen) place.current?.scrollIntoView({ block: 'nearest' });
  }, [isChosen]);
  return (
    <tr
      ref={place}
      className={classes.row}
      aria-current={isChosen || undefined}
      onClick={onChoose}
      data-testid="payment-row"
      data-state={row.state}
      data-seq={row.journalSeq}
      data-payment-id={row.paymentId ?? undefined}
      data-code={row.refusal?.code ?? row.rejectReason ?? undefined}
    >
      <td className={`numbers ${classes.time}`}>{formatTime(row.atMs, tag)}</td>
      <td>
        <StateMark state={row.state} />
        {why !== null && <div className={classes.rowWhy}>{why}</div>}
      </td>
      <td className={classes.tail}>{row.purseTail === null ? '–' : <bdi dir="ltr">…{row.purseTail}</bdi>}</td>
      <td className={classes.end}>
        <Money of={row.amount} className={classes.amount ?? ''} />
      </td>
    </tr>
  );
}
