/** The shop's code as digits, pasted or typed. */
import { useId, useState } from 'react';
import { useSpeech } from '../words/speech.tsx';
import { Icon } from './icon.tsx';

export function PasteCode({ onText }: { readonly onText: (text: string) => void }) {
  const { words } = useSpeech();
  const id = useId();
  const [text, setText] = useState('');
  const [hasFailed, setFailed] = useState(false);
  const fromClipboard = async () => {
    const clipboard: Clipboard | undefined = navigator.clipboard;
    try {
      const copied = (await clipboard?.readText?.()) ?? '';
      setFailed(copied === '');
      if (copied !== '') {
        setText(copied);
        onText(copied);
      }
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      setFailed(true);
    }
  };
  return (
    <section className="card stack">
      <div className="field">
        <label htmlFor={id}>{words.scan.pasteLabel}</label>
        <textarea
          id={id}
          rows={4}
          dir="ltr"
          inputMode="numeric"
          autoComplete="off"
          spellCheck={false}
          aria-describedby={`${id}-note`}
          value={text}
          onChange={(event) => setText(event.target.value)}
          data-testid="paste-field"
        />
        <p id={`${id}-note`} className={hasFailed ? 'field-note error' : 'field-note'}>
          {hasFailed ? words.scan.clipboardFailed : words.scan.pasteHint}
        </p>
      </div>
      <button
        type="button"
        className="button primary wide"
        aria-disabled={text.trim() === ''}
        onClick={() => {
          if (text.trim() !== '') onText(text);
        }}
        data-testid="paste-use"
      >
        {words.scan.use}
      </button>
      <button type="button" className="button wide" onClick={() => void fromClipboard()}>
        <Icon name="paste" />
        {words.scan.fromClipboard}
      </button>
    </section>
  );
}
