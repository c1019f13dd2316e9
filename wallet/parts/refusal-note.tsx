/** Says that something was not done: what happened, and what to do. */
import type { Refusal } from '../../shared/refusals.ts';
import { type RefusalWords, SHOWN_REFUSALS } from '../words/refusals/shape.ts';
import type { Words } from '../words/shape.ts';
import { useSpeech } from '../words/speech.tsx';
import { Icon } from './icon.tsx';

export interface RefusalNoteProps {
  readonly refusal: Refusal;
  /** Whose it is: some codes mean another thing when it is the customer's own purse. */
  readonly about?: 'purse' | 'shop';
}

/** The two sentences for a refusal; a code that the wallet has no words for is "unavailable". */
function refusalWords(words: Words, code: string, about: 'purse' | 'shop' | undefined): RefusalWords {
  const own: Readonly<Record<string, RefusalWords>> = words.purseRefusals;
  const ofPurse = own[code];
  if (about === 'purse' && ofPurse !== undefined) return ofPurse;
  const known = SHOWN_REFUSALS.find((shown) => shown === code);
  return words.refusals[known ?? 'unavailable'];
}

export function RefusalNote({ refusal, about }: RefusalNoteProps) {
  const { words } = useSpeech();
  const { what, todo } = refusalWords(words, refusal.code, about);
  return (
    <div className="note bad" role="alert" data-testid="refusal" data-code={refusal.code}>
      <Icon name="alert" />
      <p>
        <strong>{what}</strong> {todo}
      </p>
    </div>
  );
}
