/** The frame of a page: its bar with the name and the connection, one heading that takes the focus, its content. */
import { type ReactNode, useEffect, useRef } from 'react';
import { useSnapshot } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';
import { Icon } from './icon.tsx';
import { StatusChip } from './status-chip.tsx';

export interface ScreenProps {
  readonly title: string;
  /** The title is only for those who do not see the page: its content says it already. */
  readonly isTitleHidden?: boolean;
  /** Where "back" leads; without it the product's name stands there. */
  readonly backTo?: string;
  readonly children: ReactNode;
}

/** Tells who hears the page that it changed, by moving the focus to its heading; not at the first one. */
let wasShown = false;

export function Heading({
  children,
  isHidden,
}: {
  readonly children: ReactNode;
  readonly isHidden?: boolean;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (wasShown) heading.current?.focus({ preventScroll: true });
    wasShown = true;
    scrollTo(0, 0);
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1} className={isHidden === true ? 'visually-hidden' : 'title'}>
      {children}
    </h1>
  );
}

export function Screen({ title, isTitleHidden = false, backTo, children }: ScreenProps) {
  const { words } = useSpeech();
  const { profile } = useSnapshot();
  return (
    <>
      <header className="bar">
        {backTo === undefined ? (
          <span className="wordmark">
            <img src="/icon.svg" alt="" width="28" height="28" />
            {words.app.name}
          </span>
        ) : (
          <a className="quiet-button" href={backTo}>
            <Icon name="back" />
            {words.app.back}
          </a>
        )}
        {profile?.world === 'test' && <span className="world">{words.app.testMoney}</span>}
        <StatusChip />
      </header>
      <main id="content" className="page">
        <Heading isHidden={isTitleHidden}>{title}</Heading>
        {children}
      </main>
    </>
  );
}
