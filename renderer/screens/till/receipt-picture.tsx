/**
 * The receipt of a payment that was approved, as a code for the customer's wallet. Asked for after the verdict
 * is shown, so that nobody waits for it; its place is kept meanwhile.
 */
import { useEffect, useState } from 'react';
import type { PaymentRow } from '../../../shared/contract/terminal.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import { QrPicture } from '../../parts/qr-picture.tsx';
import { callTerminal } from '../../terminal-client.ts';
import { useSay } from '../../words/say.ts';
import classes from './verdict-view.module.css';

export function ReceiptPicture({ payment }: { readonly payment: PaymentRow }) {
  const say = useSay();
  const { epoch, journalSeq } = payment;
  const [digits, setDigits] = useState<string | null>(null);
  useEffect(() => {
    let isShown = true;
    void callTerminal('payments.receipt', { epoch, journalSeq }).then((answer) => {
      if (isShown && answer.ok) setDigits(answer.value.digits);
    });
    return () => {
      isShown = false;
    };
  }, [epoch, journalSeq]);
  return (
    <figure className={classes.receipt}>
      {digits === null ? (
        <div className={classes.qr} />
      ) : (
        <QrPicture digits={digits} label={say('verdict.receiptQr')} className={classes.qr} />
      )}
      <figcaption className={classes.caption}>
        {say('verdict.receipt')}
        {digits === null ? null : (
          <CopyButton text={digits} variant="default" data-testid="copy-receipt">
            {say('verdict.copyReceipt')}
          </CopyButton>
        )}
      </figcaption>
    </figure>
  );
}
