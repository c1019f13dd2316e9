/** What became of the payment whose code was on the screen. */
import type { CurrencyCode } from '../../shared/iso-4217.ts';
import type { PaymentResult } from '../core/purse-state.ts';
import { useWallet } from '../state/use-wallet.ts';
import type { Words } from '../words/shape.ts';
import { useSpeech } from '../words/speech.tsx';
import { Icon } from './icon.tsx';
import { Money } from './money.tsx';

export interface PaymentEndProps {
  readonly result: Exclude<PaymentResult, { kind: 'unknown' }>;
  readonly currency: CurrencyCode;
}

/** The heading in place of "show this": nothing is to be shown any more. */
export function endTitle(words: Words, result: PaymentEndProps['result']): string {
  switch (result.kind) {
    case 'settled':
      return words.code.settled;
    case 'receipt':
      return words.history.charged;
    case 'rejected':
      return words.code.rejected;
    case 'lapsed':
      return words.history.lapsed;
  }
}

export function PaymentEnd({ result, currency }: PaymentEndProps) {
  const wallet = useWallet();
  const { words, say } = useSpeech();
  const paid =
    result.kind === 'receipt' ? result.chargedMinor : result.kind === 'settled' ? result.amountMinor : null;
  const merchant = 'merchantName' in result ? result.merchantName : '';
  return (
    <section className="end card stack" role="status" data-testid="payment-end" data-kind={result.kind}>
      <span className={paid === null ? 'end-sign bad' : 'end-sign good'}>
        <Icon name={paid === null ? 'refused' : 'done'} />
      </span>
      {paid !== null && (
        <>
          <p className="end-amount">
            <Money minor={paid} currency={currency} />
          </p>
          <h2>{say(words.code.charged, { merchant, amount: <Money minor={paid} currency={currency} /> })}</h2>
        </>
      )}
      {result.kind === 'settled' && <p>{words.history.settledWhy}</p>}
      {result.kind === 'lapsed' && <p>{words.history.lapsedWhy}</p>}
      {result.kind === 'receipt' && <p>{words.history.chargedWhy}</p>}
      {result.kind === 'rejected' && result.reason !== null && <p>{words.reasons[result.reason]}</p>}
      <button type="button" className="button primary wide" onClick={() => wallet.leave()}>
        {words.code.done}
      </button>
    </section>
  );
}
