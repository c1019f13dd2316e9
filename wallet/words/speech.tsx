/** The words, numbers and dates of the language that is spoken, for every screen; a switch needs no reload. */
import { createContext, Fragment, type ReactNode, useContext } from 'react';
import { formatMoney, type Money } from '../../shared/money.ts';
import { fill, piecesOf } from './fill.ts';
import { localeOf } from './load.ts';
import type { Language, Words } from './shape.ts';

export interface Speech {
  readonly language: Language;
  readonly words: Words;
  readonly choose: (language: Language) => void;
}

const SpeechContext = createContext<Speech | null>(null);
export const SpeechProvider = SpeechContext.Provider;

export interface Spoken extends Speech {
  /** Plain text with values in it. */
  readonly fill: typeof fill;
  /** Text with parts of a page in it. */
  readonly say: (text: string, values: Readonly<Record<string, ReactNode>>) => ReactNode;
  readonly money: (amount: Money) => string;
  readonly date: (atMs: number) => string;
  readonly time: (atMs: number) => string;
  readonly dateTime: (atMs: number) => string;
  /** "18 s", "3 min": one unit, rounded up. */
  readonly duration: (seconds: number) => string;
  readonly number: (value: number) => string;
}

function say(text: string, values: Readonly<Record<string, ReactNode>>): ReactNode {
  const parts = piecesOf(text).map((piece, at) => (
    // the pieces of one text never change places
    // biome-ignore lint/suspicious/noArrayIndexKey: position is identity here
    <Fragment key={at}>{at % 2 === 0 ? piece : <bdi>{values[piece]}</bdi>}</Fragment>
  ));
  // one element, so that a row lays it out as one text
  return <span>{parts}</span>;
}

export function useSpeech(): Spoken {
  const speech = useContext(SpeechContext);
  if (speech === null) throw new TypeError('no SpeechProvider around this part');
  const locale = localeOf(speech.language, navigator.languages);
  const duration = (seconds: number): string => {
    const [value, unit] = seconds < 100 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
    const [shown, as] = value < 100 ? [value, unit] : [Math.ceil(value / 60), 'hour'];
    return new Intl.NumberFormat(locale, { style: 'unit', unit: as, unitDisplay: 'short' }).format(shown);
  };
  return {
    ...speech,
    fill,
    say,
    money: (amount) => formatMoney(amount, locale),
    date: (atMs) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(atMs),
    time: (atMs) => new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(atMs),
    dateTime: (atMs) =>
      new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(atMs),
    duration,
    number: (value) => new Intl.NumberFormat(locale).format(value),
  };
}
