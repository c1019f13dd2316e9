/**
 * What the full-text index holds of an item and how it is asked. Each token is a mark and letters: `w` before a
 * whole word, `s` before each end of a word, so that "ilk" finds "milk" by `silk*`. Nothing that somebody types
 * reaches the index but folded letters and digits inside quotes: no operator of FTS5 can be typed.
 */
import { searchWords } from '../../../shared/catalogue/search-words.ts';

/** Longer words are found by their first letters. */
const MAX_TOKEN_LENGTH = 24;
/** More words than this narrow nothing down. */
const MAX_QUERY_WORDS = 8;
const HALF = /[\ud800-\udbff]$/;
const NO_BEGINNING = /^(\p{M}|[\udc00-\udfff])/u;

export interface ItemWords {
  readonly name: string;
  readonly itemId: string;
  readonly barcodes: readonly string[];
  /** Readings of its Chinese runs, syllable by syllable. */
  readonly syllables: readonly (readonly string[])[];
}

/** An item's name as it is sorted and compared by its beginning. */
export function foldedName(name: string): string {
  return searchWords(name).join(' ');
}

/** The first letters of a word, never half of a character. */
function cut(word: string): string {
  const first = word.slice(0, MAX_TOKEN_LENGTH);
  return HALF.test(first) ? first.slice(0, -1) : first;
}

/** A whole word and all of its ends. */
function addEnds(tokens: Set<string>, word: string): void {
  tokens.add(`w${cut(word)}`);
  for (let i = 0; i < word.length; i++) {
    const code = word.charCodeAt(i);
    // ASCII needs no look: a vowel sign alone begins nothing, and half of a character neither
    if (code < 0x80 || !NO_BEGINNING.test(word.slice(i, i + 2))) tokens.add(`s${cut(word.slice(i))}`);
  }
}

/** Syllables are not taken apart: "niurou" is found by "rou", not by "iurou". */
function addSyllables(tokens: Set<string>, syllables: readonly string[]): void {
  tokens.add(`w${cut(syllables.join(''))}`);
  for (let i = 0; i < syllables.length; i++) tokens.add(`s${cut(syllables.slice(i).join(''))}`);
}

/** The text to index. */
export function tokensOf({ name, itemId, barcodes, syllables }: ItemWords): string {
  const tokens = new Set<string>();
  for (const word of searchWords(name)) addEnds(tokens, word);
  for (const run of syllables) {
    addSyllables(tokens, run);
    addSyllables(
      tokens,
      run.map((syllable) => syllable[0] ?? ''),
    );
  }
  for (const code of [itemId, ...barcodes]) {
    for (const word of searchWords(code)) {
      tokens.add(`w${cut(word)}`);
      tokens.add(`s${cut(word)}`);
    }
  }
  return [...tokens].join(' ');
}

export interface TextQuery {
  readonly folded: string;
  /** FTS5: every word begins a word of the item. */
  readonly wordStarts: string;
  /** FTS5: every word is somewhere in the item. */
  readonly anywhere: string;
}

/** Undefined when nothing can be searched by: no letter, no digit. */
export function textQuery(typed: string): TextQuery | undefined {
  const words = searchWords(typed).slice(0, MAX_QUERY_WORDS);
  if (words.length === 0) return undefined;
  const match = (mark: string): string => words.map((word) => `"${mark}${cut(word)}"*`).join(' ');
  return { folded: words.join(' '), wordStarts: match('w'), anywhere: match('s') };
}
