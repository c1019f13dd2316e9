/**
 * What the full-text index holds of an item and how it is asked. Each token is a mark and letters: `w` before a
 * whole word, `s` before each end of a word, so that "ilk" finds "milk" by `silk*`. Nothing that somebody types
 * reaches the index but folded letters and digits inside quotes: no operator of FTS5 can be typed.
 */
import { searchWords } from '../../../shared/catalogue/search-words.ts';

/** Longer words are found by their first letters. */
const MAX_TOKEN_CHARACTERS = 24;
/** More words than this narrow nothing down. */
const MAX_QUERY_WORDS = 8;
const MARK = /^\p{M}/u;

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

function cut(characters: readonly string[], from: number): string {
  return characters.slice(from, from + MAX_TOKEN_CHARACTERS).join('');
}

/** A whole word and all of its ends; `parts` are letters, or syllables that are not taken apart. */
function addEnds(tokens: Set<string>, parts: readonly string[]): void {
  tokens.add(`w${cut([...parts.join('')], 0)}`);
  for (let i = 0; i < parts.length; i++) {
    if (MARK.test(parts[i] ?? '')) continue; // a vowel sign alone begins nothing
    tokens.add(`s${cut([...parts.slice(i, i + MAX_TOKEN_CHARACTERS).join('')], 0)}`);
  }
}

/** The text to index. */
export function tokensOf({ name, itemId, barcodes, syllables }: ItemWords): string {
  const tokens = new Set<string>();
  for (const word of searchWords(name)) addEnds(tokens, [...word]);
  for (const run of syllables) {
    addEnds(tokens, run);
    addEnds(
      tokens,
      run.map((syllable) => syllable[0] ?? ''),
    );
  }
  for (const code of [itemId, ...barcodes]) {
    for (const word of searchWords(code)) {
      tokens.add(`w${cut([...word], 0)}`);
      tokens.add(`s${cut([...word], 0)}`);
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
  const match = (mark: string): string => words.map((word) => `"${mark}${cut([...word], 0)}"*`).join(' ');
  return { folded: words.join(' '), wordStarts: match('w'), anywhere: match('s') };
}
