/** What covers everything else while it lasts: one thing, and the way out of it. */
import { type ReactNode, useEffect } from 'react';
import { holdCodeShown } from '../state/updates.ts';
import { useWallet } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';
import { Icon } from './icon.tsx';
import { Heading } from './screen.tsx';
import { StatusChip } from './status-chip.tsx';

export interface OverlayScreenProps {
  readonly title: ReactNode;
  /** What leaving is called here; "Done" when not given. */
  readonly leave?: string;
  readonly children: ReactNode;
}

export function OverlayScreen({ title, leave, children }: OverlayScreenProps) {
  const wallet = useWallet();
  const { words } = useSpeech();
  // no update while it shows
  useEffect(() => holdCodeShown(), []);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key === 'Escape') wallet.leave();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [wallet]);
  return (
    <>
      <header className="bar">
        <button type="button" className="quiet-button" onClick={() => wallet.leave()} data-testid="leave">
          <Icon name="close" />
          {leave ?? words.code.done}
        </button>
        <StatusChip />
      </header>
      <main id="content" className="page overlay">
        <Heading>{title}</Heading>
        {children}
      </main>
    </>
  );
}
