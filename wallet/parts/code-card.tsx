/**
 * The card that a shop scans: the picture, its moving border (a photograph of it stands still), and which form
 * of the code it is. Covered while the page is out of view.
 */
import type { ReactNode } from 'react';
import type { Code } from '../core/code.ts';
import { useVisible } from '../state/use-visible.ts';
import { useSpeech } from '../words/speech.tsx';
import { CopyCode } from './copy-code.tsx';
import { Icon } from './icon.tsx';
import { QrCanvas } from './qr-canvas.tsx';
import { Segmented } from './segmented.tsx';

export interface CodeCardProps {
  readonly code: Code;
  readonly form: keyof Code;
  readonly onForm: (form: keyof Code) => void;
  readonly label: string;
  /** The picture may not be shown at this moment: its time is over and the next one is not here. */
  readonly isStale: boolean;
  /** Beneath the picture: what it is, and for how long. */
  readonly children: ReactNode;
}

export function CodeCard({ code, form, onForm, label, isStale, children }: CodeCardProps) {
  const { words } = useSpeech();
  const isVisible = useVisible();
  const isCovered = !isVisible || isStale;
  return (
    <>
      <div className="code-frame" data-testid="code-picture" data-form={form}>
        <div className={isCovered ? 'code-card covered' : 'code-card'}>
          <QrCanvas digits={code[form]} label={label} />
          {isCovered && (
            <p className="cover">
              <Icon name="hidden" />
              {words.code.covered}
            </p>
          )}
          {children}
        </div>
      </div>
      <CopyCode digits={code[form]} />
      <Segmented
        label={words.code.form}
        testId="code-form"
        value={form}
        options={[
          { value: 'full', label: words.code.full },
          { value: 'short', label: words.code.short },
        ]}
        onChange={onForm}
      />
      <p className="hint">{form === 'full' ? words.code.fullHint : words.code.shortHint}</p>
      <p className="hint with-icon">
        <Icon name="sun" />
        {words.code.bright}
      </p>
    </>
  );
}
