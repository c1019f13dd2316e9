/** Which purse pays, where there are several. */
import { useId } from 'react';
import type { PurseFace } from '../core/purse-face.ts';
import { useSpeech } from '../words/speech.tsx';

export interface PurseChoiceProps {
  readonly faces: readonly PurseFace[];
  readonly chosen: PurseFace;
  readonly onChoose: (purseId: string) => void;
}

export function PurseChoice({ faces, chosen, onChoose }: PurseChoiceProps) {
  const { words, money, date } = useSpeech();
  const id = useId();
  return (
    <div className="choice-row">
      <label htmlFor={id}>{words.pay.choosePurse}</label>
      <select
        id={id}
        data-testid="choose-purse"
        value={chosen.purse.purseId}
        onChange={(event) => onChoose(event.target.value)}
      >
        {faces.map((face) => (
          <option key={face.purse.purseId} value={face.purse.purseId}>
            {money({ minor: face.leftMinor, currency: face.currency })} · {date(face.expiresAtMs)}
          </option>
        ))}
      </select>
    </div>
  );
}
