/** Copies a code as digits, so that one computer without a camera can do everything. */
import { useState } from 'react';
import { useWallet } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';
import { Icon } from './icon.tsx';

export function CopyCode({ digits }: { readonly digits: string }) {
  const { words } = useSpeech();
  const wallet = useWallet();
  const [hasFailed, setFailed] = useState(false);
  const copy = async () => {
    const clipboard: Clipboard | undefined = navigator.clipboard;
    try {
      await clipboard?.writeText(digits);
      setFailed(clipboard === undefined);
      if (clipboard !== undefined) wallet.notice({ kind: 'copied' });
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      setFailed(true);
    }
  };
  return (
    <div className="copy-code">
      <button type="button" className="button wide" data-testid="copy-code" onClick={() => void copy()}>
        <Icon name="copy" />
        {words.code.copy}
      </button>
      <details open={hasFailed}>
        <summary>{words.code.digits}</summary>
        {hasFailed && <p className="hint">{words.code.copyFailed}</p>}
        <output className="digits" dir="ltr" data-testid="code-digits">
          {digits}
        </output>
      </details>
    </div>
  );
}
