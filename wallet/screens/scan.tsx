/** Takes the shop's code in: by camera, as pasted digits, or as a picture. The reader is loaded only here. */
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { PasteCode } from '../parts/paste-code.tsx';
import { PictureDrop } from '../parts/picture-drop.tsx';
import { RefusalNote, type RefusalNoteProps } from '../parts/refusal-note.tsx';
import { Screen } from '../parts/screen.tsx';
import { Segmented } from '../parts/segmented.tsx';
import { goTo } from '../state/use-route.ts';
import { useWallet } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';

const CameraScan = lazy(async () => ({ default: (await import('../parts/camera-scan.tsx')).CameraScan }));

type How = 'camera' | 'paste' | 'picture';

export function Scan() {
  const wallet = useWallet();
  const { words } = useSpeech();
  const [how, setHow] = useState<How>('camera');
  const [problem, setProblem] = useState<RefusalNoteProps | null>(null);

  const take = useCallback(
    async (text: string) => {
      setProblem(null);
      const taken = await wallet.take(text);
      if (!taken.ok) setProblem(taken.refusal);
      else if (taken.value !== 'invoice') goTo('history');
    },
    [wallet],
  );

  useEffect(() => {
    // a code copied at the till can be pasted anywhere on this page
    const pasted = (event: ClipboardEvent) => {
      const text = event.clipboardData?.getData('text') ?? '';
      if (event.target instanceof HTMLTextAreaElement || text.trim() === '') return;
      event.preventDefault();
      setHow('paste');
      void take(text);
    };
    addEventListener('paste', pasted);
    return () => removeEventListener('paste', pasted);
  }, [take]);

  return (
    <Screen title={words.scan.title}>
      <Segmented
        label={words.scan.how}
        testId="scan-how"
        value={how}
        options={[
          { value: 'camera', label: words.scan.camera },
          { value: 'paste', label: words.scan.paste },
          { value: 'picture', label: words.scan.picture },
        ]}
        onChange={(next) => {
          setHow(next);
          setProblem(null);
        }}
      />
      {problem !== null && <RefusalNote {...problem} />}
      {how === 'camera' && (
        <Suspense fallback={<p className="hint">{words.scan.starting}</p>}>
          <CameraScan onText={(text) => void take(text)} />
        </Suspense>
      )}
      {how === 'paste' && <PasteCode onText={(text) => void take(text)} />}
      {how === 'picture' && (
        <PictureDrop
          onText={(text) => void take(text)}
          onProblem={setProblem}
          onStart={() => setProblem(null)}
        />
      )}
    </Screen>
  );
}
