/** Why something was refused and what to do, beside the form that asked. */
import { IconAlertTriangle } from '@tabler/icons-react';
import { refusalText, type SaidRefusal } from '../refusal-text.ts';
import { useLanguage, useSay } from '../words/say.ts';
import classes from './refusal-note.module.css';

export function RefusalNote({ refusal }: { readonly refusal: SaidRefusal | null }) {
  const say = useSay();
  const { tag } = useLanguage();
  const text = refusal === null ? null : refusalText(refusal, { say, locale: tag, currency: null });
  // The live region stands before it has something to say, or nobody is told.
  return (
    <div role="alert">
      {text !== null && (
        <div className={classes.note} data-refusal={refusal?.code}>
          <IconAlertTriangle size={22} aria-hidden className={classes.icon} />
          <div>
            <div className={classes.what}>{text.what}</div>
            <div>{text.todo}</div>
          </div>
        </div>
      )}
    </div>
  );
}
