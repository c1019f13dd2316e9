/** Puts values into words. Each value is isolated, so an amount or a name keeps its own direction (UAX #9). */

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';
const PLACE = /\{([a-z]+)\}/;

/** The pieces of a text: words at even places, names of values at odd ones. */
export function piecesOf(text: string): readonly string[] {
  return text.split(PLACE);
}

/** For places where only plain text can go: labels, notifications. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return piecesOf(text)
    .map((piece, at) => (at % 2 === 0 ? piece : FIRST_STRONG_ISOLATE + (values[piece] ?? '') + POP_ISOLATE))
    .join('');
}
