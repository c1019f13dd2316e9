/** A wrong clock makes good codes look old: said before a shop says it. */
import { useSnapshot } from '../state/use-wallet.ts';
import { useSpeech } from '../words/speech.tsx';
import { Icon } from './icon.tsx';

/** Half of what terminals forgive; less than this may be the network's delay. */
const WORTH_SAYING_MS = 30_000;

export function ClockWarning() {
  const { clockOffsetMs } = useSnapshot();
  const { words, say, duration } = useSpeech();
  if (clockOffsetMs === null || Math.abs(clockOffsetMs) < WORTH_SAYING_MS) return null;
  const time = duration(Math.round(Math.abs(clockOffsetMs) / 1000));
  const text = clockOffsetMs < 0 ? words.pay.clockAhead : words.pay.clockBehind;
  return (
    <div className="note warn" role="alert">
      <Icon name="alert" />
      <p>{say(text, { time })}</p>
    </div>
  );
}
