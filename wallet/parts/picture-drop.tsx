/** The shop's code as a picture: dropped, pasted or chosen. */
import { type DragEvent, useCallback, useEffect, useId, useState } from 'react';
import type { RefusalCode } from '../../shared/refusals.ts';
import { useSpeech } from '../words/speech.tsx';
import { Icon } from './icon.tsx';
import type { RefusalNoteProps } from './refusal-note.tsx';

export interface PictureDropProps {
  readonly onText: (text: string) => void;
  readonly onProblem: (problem: RefusalNoteProps) => void;
  readonly onStart: () => void;
}

/** What became of a picture, as the wallet's own words know it. */
const PROBLEMS = {
  'no-code': 'picture-without-code',
  'several-codes': 'several-codes',
  'too-large': 'too-large',
  'not-a-picture': 'picture-without-code',
  'too-slow': 'picture-without-code',
  'decoder-unavailable': 'unavailable',
} as const satisfies Record<string, RefusalCode>;

export function PictureDrop({ onText, onProblem, onStart }: PictureDropProps) {
  const { words } = useSpeech();
  const id = useId();
  const [isOver, setOver] = useState(false);
  const [isReading, setReading] = useState(false);

  const read = useCallback(
    async (file: File | null | undefined) => {
      if (file === null || file === undefined) return;
      onStart();
      setReading(true);
      const [{ decodePicture }, { spawnDecoder }] = await Promise.all([
        import('../../ui/scanner/decode-picture.ts'),
        import('../../ui/scanner/spawn-decoder.ts'),
      ]);
      const reading = await decodePicture(file, spawnDecoder);
      setReading(false);
      if (reading.ok) onText(reading.text);
      else onProblem({ refusal: { code: PROBLEMS[reading.code] } });
    },
    [onText, onProblem, onStart],
  );

  useEffect(() => {
    const pasted = (event: ClipboardEvent) => void read(event.clipboardData?.files[0]);
    addEventListener('paste', pasted);
    return () => removeEventListener('paste', pasted);
  }, [read]);

  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void read(event.dataTransfer.files[0]);
  };
  return (
    <section
      className={isOver ? 'card stack drop over' : 'card stack drop'}
      aria-label={words.scan.picture}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      data-testid="picture-drop"
    >
      <Icon name="picture" />
      <p role="status">{isReading ? words.scan.reading : words.scan.drop}</p>
      <label className="button primary wide" htmlFor={id}>
        {words.scan.choose}
        <input
          id={id}
          className="visually-hidden"
          type="file"
          accept="image/*"
          onChange={(event) => {
            void read(event.target.files?.[0]);
            event.target.value = '';
          }}
          data-testid="picture-file"
        />
      </label>
    </section>
  );
}
