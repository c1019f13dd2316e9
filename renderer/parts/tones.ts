/**
 * The sounds of a verdict: rising for approved, falling for declined, a short tap for "not now". Distinct by
 * melody, not by pitch alone, and always beside a picture and words. Made here, so nothing is loaded.
 */

export type Tone = 'approved' | 'declined' | 'notice';

/** Hertz and seconds, one after the other. */
const MELODIES: Readonly<Record<Tone, readonly (readonly [hertz: number, seconds: number])[]>> = {
  approved: [
    [659, 0.09],
    [988, 0.16],
  ],
  declined: [
    [330, 0.16],
    [0, 0.05],
    [262, 0.28],
  ],
  notice: [[523, 0.06]],
};

const LOUDNESS = 0.12;
const STORED = 'fieldtill.silent';

let context: AudioContext | undefined;

export function isSilent(): boolean {
  return localStorage.getItem(STORED) === 'yes';
}

export function setSilent(silent: boolean): void {
  if (silent) localStorage.setItem(STORED, 'yes');
  else localStorage.removeItem(STORED);
}

/** Opening the way to the loudspeaker takes as long as a whole decision: it is done before the first one. */
export function prepareSound(): void {
  try {
    context ??= new AudioContext();
  } catch {
    // A machine without sound shows the same in colour and words.
    context = undefined;
  }
}

export function sound(tone: Tone): void {
  if (isSilent()) return;
  prepareSound();
  if (context === undefined) return;
  let atS = context.currentTime + 0.01;
  for (const [hertz, seconds] of MELODIES[tone]) {
    if (hertz > 0) beep(context, hertz, atS, seconds);
    atS += seconds;
  }
}

function beep(audio: AudioContext, hertz: number, atS: number, seconds: number): void {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.frequency.value = hertz;
  // Up and down in a few milliseconds, or each end would click.
  gain.gain.setValueAtTime(0, atS);
  gain.gain.linearRampToValueAtTime(LOUDNESS, atS + 0.008);
  gain.gain.setValueAtTime(LOUDNESS, atS + seconds - 0.02);
  gain.gain.linearRampToValueAtTime(0, atS + seconds);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(atS);
  oscillator.stop(atS + seconds);
}
