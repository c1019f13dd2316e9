/**
 * The stream of payments that became known (server-sent events). It only says "fetch now": what counts is
 * fetched over the contract's route, so a lost or repeated event changes nothing.
 */
import { clearingStreams } from '../../shared/contract/clearing/streams.ts';

export interface PaymentEvents {
  readonly close: () => void;
}

export interface EventListeners {
  readonly opened: () => void;
  readonly heard: () => void;
  /** Told once, when the stream ends; the caller opens another after its next contact. */
  readonly lost: () => void;
}

export function openPaymentEvents({ opened, heard, lost }: EventListeners): PaymentEvents {
  const source = new EventSource(clearingStreams.walletEvents.path);
  source.addEventListener('open', opened);
  source.addEventListener('payment', heard);
  source.addEventListener('error', () => {
    // the browser's own retries know no backoff and never look at the session
    source.close();
    lost();
  });
  return { close: () => source.close() };
}
