/** News, in words, for a few seconds; read out by a screen reader, and gone by itself. */
import { useEffect } from 'react';
import { isCurrencyCode } from '../../shared/iso-4217.ts';
import { parseMinor } from '../../shared/money.ts';
import type { Notice } from '../state/snapshot.ts';
import { useSnapshot, useWallet } from '../state/use-wallet.ts';
import { type Spoken, useSpeech } from '../words/speech.tsx';
import { Icon } from './icon.tsx';

const SHOWN_MS = 7000;

/** The notice as plain text. */
export function noticeText(
  notice: Notice,
  speech: Pick<Spoken, 'words' | 'fill' | 'money' | 'number'>,
): string {
  const { words, fill, money, number } = speech;
  switch (notice.kind) {
    case 'settled':
    case 'rejected':
    case 'returned':
    case 'kept': {
      const { merchantName, amountMinor, currency } = notice.payment;
      const minor = parseMinor(amountMinor) ?? 0n;
      const amount = isCurrencyCode(currency) ? money({ minor, currency }) : amountMinor;
      return fill(words.notice[notice.kind], { merchant: merchantName, amount });
    }
    case 'refund': {
      const { merchantName: merchant, amountMinor: minor, currency } = notice.note;
      return fill(words.notice.refund, { merchant, amount: money({ minor, currency }) });
    }
    case 'settled-many':
      return fill(words.notice.many, { count: number(notice.count) });
    case 'receipt':
      return words.notice.receipt;
    case 'copied':
      return words.notice.copied;
    case 'purse-ready':
      return words.notice.purseReady;
  }
}

function OneNotice({ notice }: { readonly notice: Notice }) {
  const wallet = useWallet();
  const speech = useSpeech();
  const { id } = notice;
  useEffect(() => {
    const timer = setTimeout(() => wallet.dismiss(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [wallet, id]);
  const isBad = notice.kind === 'rejected' || notice.kind === 'kept';
  return (
    <li className={isBad ? 'notice bad' : 'notice good'} data-testid="notice" data-kind={notice.kind}>
      <Icon name={isBad ? 'refused' : 'done'} />
      <span className="notice-text">{noticeText(notice, speech)}</span>
      <button
        type="button"
        className="icon-button"
        aria-label={speech.words.notice.dismiss}
        onClick={() => wallet.dismiss(id)}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}

export function Notices() {
  const { notices } = useSnapshot();
  const { words } = useSpeech();
  return (
    <section className="notices" aria-label={words.notice.label} aria-live="polite">
      <ul>
        {notices.map((notice) => (
          <OneNotice key={notice.id} notice={notice} />
        ))}
      </ul>
    </section>
  );
}
